import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyMutant, type Mutant } from './mutant.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A copy of the deployed code in which mutants can be tried on the compiler, one after another. */
export interface TypeChecker {
  accepts(mutant: Mutant): Promise<boolean>;
  close(): void;
}

/** What the compiler rejects is no mistake that a person could have committed. */
export function createTypeChecker(): TypeChecker {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-mutants-'));
  cpSync(join(root, 'functions'), join(folder, 'functions'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as {
    compilerOptions: object;
  };
  // What is left unused is the linter's, and says nothing of whether the change could have been meant.
  const options = { ...compilerOptions, types: ['node'], noUnusedLocals: false, noUnusedParameters: false };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['functions'] }));
  return {
    async accepts(mutant) {
      const path = join(folder, mutant.file);
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, applyMutant(mutant, text));
      try {
        return await compiles(folder);
      } finally {
        writeFileSync(path, text);
      }
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const compiles = (folder: string): Promise<boolean> =>
  new Promise((resolve) => {
    execFile(join(root, 'node_modules/.bin/tsc'), ['--project', folder], (error) => resolve(error === null));
  });
