import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyMutant, type Mutant } from './mutant.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const COMPILER = join(root, 'node_modules/.bin/tsc');

/** A copy of the deployed code in which mutants can be tried on the compiler. */
export interface TypeChecker {
  /** @returns those that compile, each by itself, in their order */
  accepted(mutants: Mutant[]): Promise<Mutant[]>;
  close(): void;
}

/** What the compiler rejects is no mistake that a person could have committed. */
export function createTypeChecker(): TypeChecker {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-mutants-'));
  cpSync(join(root, 'functions'), join(folder, 'functions'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const { compilerOptions, exclude } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as {
    compilerOptions: object;
    exclude: string[];
  };
  // What is left unused is the linter's, and says nothing of whether the change could have been meant.
  const options = { ...compilerOptions, types: ['node'], noUnusedLocals: false, noUnusedParameters: false };
  // What runs in a browser has other types, and is excluded there, too.
  const project = { compilerOptions: options, include: ['functions'], exclude };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
  return {
    async accepted(mutants) {
      const compiling = new Set<Mutant>();
      for (const round of inRounds(mutants)) {
        for (const mutant of await compileTogether(folder, round)) compiling.add(mutant);
      }
      return mutants.filter((mutant) => compiling.has(mutant));
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The compiler takes seconds for one file or for all: so mutants of different files are tried together. */
function inRounds(mutants: Mutant[]): Mutant[][] {
  const rounds: Mutant[][] = [];
  for (const mutant of mutants) {
    const free = rounds.find((round) => round.every(({ file }) => file !== mutant.file));
    if (free === undefined) rounds.push([mutant]);
    else free.push(mutant);
  }
  return rounds;
}

/**
 * Those of a round that compile. An error in a file with a mutant is that mutant's; one elsewhere may be of any of them, so
 * they are tried by halves then. What is left is tried again, since an error can hide others.
 */
async function compileTogether(folder: string, round: Mutant[]): Promise<Mutant[]> {
  if (round.length === 0) return [];
  const wrong = await filesWithErrors(folder, round);
  if (wrong.size === 0) return round;
  if (round.length === 1) return [];
  const rest = round.filter(({ file }) => !wrong.has(file));
  if (rest.length < round.length) return compileTogether(folder, rest);
  const middle = Math.ceil(round.length / 2);
  const left = await compileTogether(folder, round.slice(0, middle));
  return [...left, ...(await compileTogether(folder, round.slice(middle)))];
}

async function filesWithErrors(folder: string, mutants: Mutant[]): Promise<Set<string>> {
  const texts = new Map(mutants.map(({ file }) => [file, readFileSync(join(folder, file), 'utf8')]));
  for (const mutant of mutants) {
    writeFileSync(join(folder, mutant.file), applyMutant(mutant, texts.get(mutant.file) ?? ''));
  }
  try {
    return await compile(folder);
  } finally {
    for (const [file, text] of texts) writeFileSync(join(folder, file), text);
  }
}

/** @returns the files of which the compiler complains, relative to the folder */
const compile = (folder: string): Promise<Set<string>> =>
  new Promise((resolve, reject) => {
    execFile(COMPILER, ['--project', '.', '--pretty', 'false'], { cwd: folder }, (error, stdout) => {
      const files = [...stdout.matchAll(/^(functions\/[^(]+)\(/gm)].map(([, file]) => file ?? '');
      if (error !== null && files.length === 0)
        reject(new Error(`the compiler could not be asked: ${stdout}${error.message}`));
      else resolve(new Set(files));
    });
  });
