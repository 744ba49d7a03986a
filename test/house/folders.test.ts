import { posix } from 'node:path';
import { demandNone, files } from './sources.ts';

const FILES_MAX = 15;
const TREES = ['functions', 'statemachine', 'local', 'test'];

/** The folders that have become too large to be read at a glance. */
function judgeFolders(paths: string[]): string[] {
  const inFolder = Map.groupBy(paths, posix.dirname);
  return [...inFolder]
    .filter(([, inside]) => inside.length > FILES_MAX)
    .map(
      ([folder, { length }]) =>
        `${folder}/ holds ${length} files, and ${FILES_MAX} are allowed: move those that belong together into a folder ` +
        'whose name says what they have in common.',
    );
}

it(`no folder has more than ${FILES_MAX} files`, () => {
  const housed = files.filter((file) => TREES.some((tree) => file.startsWith(`${tree}/`)));
  expect(housed.length).toBeGreaterThan(300);
  demandNone(judgeFolders(housed));
});

it('a folder of one file more is told to be split', () => {
  const full = Array.from({ length: FILES_MAX }, (_, index) => `local/room/file-${index}.ts`);
  expect(judgeFolders([...full, 'local/room/inner/file.ts'])).toEqual([]);
  expect(judgeFolders([...full, 'local/room/more.py'])).toEqual([
    'local/room/ holds 16 files, and 15 are allowed: move those that belong together into a folder whose name says what ' +
      'they have in common.',
  ]);
});
