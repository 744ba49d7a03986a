import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A file of the repository, by its path from the root. */
export interface Source {
  file: string;
  text: string;
}

export const root = new URL('../../', `file://${__filename}`);

export const read = (file: string): string => readFileSync(new URL(file, root), 'utf8');

/** The files that `git ls-files` lists, by their paths from the root. */
export const listFiles = (...args: string[]): string[] =>
  execFileSync('git', ['ls-files', ...args], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter(Boolean);

/** What git knows, and what is new and not ignored. A file that was deleted or moved a moment ago is left out. */
export const files: string[] = listFiles('--cached', '--others', '--exclude-standard').filter((file) =>
  existsSync(new URL(file, root)),
);

export const sources: Source[] = files
  .filter((file) => /\.(ts|mjs|js)$/.test(file))
  .map((file) => ({ file, text: read(file) }));

export const inside = (folder: string): Source[] => sources.filter(({ file }) => file.startsWith(`${folder}/`));

/** What a file imports, as it is written there; types included. */
export const importsOf = (text: string): string[] =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name]) => name ?? '');

/** The files of this repository that a file imports, by their paths from the root. */
export const filesImportedBy = ({ file, text }: Source): string[] =>
  importsOf(text)
    .filter((name) => name.startsWith('.'))
    .map((name) => join(dirname(file), name));

/** Fails with the sentences of what breaks a rule: each names the file, the rule and what to do. */
export function demandNone(sentences: string[]): void {
  if (sentences.length > 0) throw new Error(`\n\n${sentences.join('\n')}\n`);
}
