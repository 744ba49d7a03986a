import { existsSync } from 'node:fs';
import {
  demandNone,
  files,
  filesImportedBy,
  importsOf,
  inside,
  listFiles,
  read,
  root,
  type Source,
  sources,
} from './sources.ts';

const LINES_MAX = 300;

const tooLong = ({ file, text }: Source): string[] => {
  const lines = text.split('\n').length - 1;
  if (lines <= LINES_MAX) return [];
  return [`${file} has ${lines} lines, and ${LINES_MAX} are allowed: split it by what its parts are for.`];
};

/** Files of these in which a pattern stands, outside of comments; but for those where it belongs. */
const using = (where: Source[], pattern: RegExp, ...homes: string[]): string[] =>
  where
    .filter(({ file, text }) => !homes.includes(file) && pattern.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')))
    .map(({ file }) => file);

/** A path of this repository, as texts and comments name it. */
const PATH = /(?<![\w/.@:-])(?:functions|local|test|statemachine|docs|schemas|fleets|events|\.ci)\/[\w./-]*\w/g;

/** The paths that a text names, and that are no file and no folder. */
const pathsToNowhere = ({ file, text }: Source): string[] =>
  [...text.matchAll(PATH)]
    .map(([path]) => path)
    .filter((path) => !existsSync(new URL(path, root)))
    .map((path) => `${file} names ${path}, which does not exist: write where it is now.`);

describe('the house rules', () => {
  const deployed = inside('functions');

  it('finds the sources at all', () => {
    expect(deployed.length).toBeGreaterThan(30);
    expect(inside('statemachine').length).toBeGreaterThan(0);
    expect(inside('local').length).toBeGreaterThan(20);
  });

  // Biome's rule of this kind does not count the lines of a block comment.
  it(`no file has more than ${LINES_MAX} lines`, () => {
    demandNone(sources.flatMap(tooLong));
    expect(tooLong({ file: 'local/a.ts', text: '// line\n'.repeat(LINES_MAX) })).toEqual([]);
    expect(tooLong({ file: 'local/a.ts', text: '// line\n'.repeat(LINES_MAX + 1) })).toEqual([
      'local/a.ts has 301 lines, and 300 are allowed: split it by what its parts are for.',
    ]);
  });

  it('deployed code never imports local/ or test/', () => {
    const bad = [...deployed, ...inside('statemachine')].filter((source) =>
      filesImportedBy(source).some((path) => /^(local|test)\//.test(path)),
    );
    demandNone(bad.map(({ file }) => `${file} imports what is not deployed: move that part into functions/.`));
  });

  it('the domain imports nothing but itself and zod', () => {
    const bad = inside('functions/domain').flatMap((source) =>
      [
        ...filesImportedBy(source).filter((path) => !path.startsWith('functions/domain/')),
        ...importsOf(source.text).filter((name) => !name.startsWith('.') && name !== 'zod'),
      ].map(
        (name) => `${source.file} imports ${name}: a rule is pure, so let the Lambda pass in what it needs of that.`,
      ),
    );
    demandNone(bad);
  });

  it('only functions/aws speaks to AWS', () => {
    const bad = deployed.filter(({ file, text }) => !file.startsWith('functions/aws/') && /@aws-sdk\//.test(text));
    demandNone(bad.map(({ file }) => `${file} imports the SDK: put the call into functions/aws/, and import that.`));
  });

  it.each([
    ['the time', /new Date\(\)|Date\.now/, 'functions/runtime/runtime.ts', 'take it from the runtime, or as `now`'],
    [
      'randomness',
      /Math\.random|randomUUID/,
      'no file at all',
      'derive it from what the run knows, so that a retry does the same',
    ],
    ['a client', /new \w+Client\(/, 'functions/aws/sdk/clients.ts', 'take it from there'],
    ['the environment', /process\.env/, 'functions/runtime/runtime.ts', 'take it from the runtime'],
  ])('%s is made in one place', (what, pattern, home, remedy) => {
    demandNone(
      using(deployed, pattern, home).map((file) => `${file} makes ${what}, which belongs in ${home}: ${remedy}.`),
    );
    if (existsSync(new URL(home, root))) expect(using(deployed, pattern)).toEqual([home]);
  });

  it('error names are string literals', () => {
    demandNone([
      ...using(deployed, /new ReveilleError\(\s*[^'\s?p]/).map(
        (file) =>
          `${file} gives a ReveilleError a name that is no literal: minifying would change it, so write it out.`,
      ),
      ...using(deployed, /throw new Error\(/).map(
        (file) => `${file} throws a plain Error: throw a ReveilleError, whose name the state machine knows.`,
      ),
    ]);
  });

  it('nothing is left to be done, and nothing is called utils', () => {
    const others = sources.filter(({ file }) => !file.startsWith('test/house/'));
    demandNone([
      ...using(others, /\b(TODO|FIXME|XXX)\b/).map(
        (file) => `${file} leaves something to be done: do it, or take the note out.`,
      ),
      ...files
        .filter((file) => /utils?[./]/.test(file))
        .map((file) => `${file} says nothing of what it holds: name it after that.`),
    ]);
  });

  it('git keeps every source', () => {
    const trees = ['functions', 'statemachine', 'local', 'test'];
    const lost = listFiles('--others', '--ignored', '--exclude-standard', '--', ...trees);
    demandNone(
      lost
        .filter((file) => /\.(ts|mjs|json|py)$/.test(file))
        .map((file) => `${file} is in no commit, as .gitignore names its folder: begin that line there with a slash.`),
    );
  });

  // But for the tests, whose examples are made up.
  it('each path that is named exists', () => {
    const texts = files
      .filter((file) => /\.(ts|mjs|js|md|py|ya?ml|toml)$|(^|\/)run$/.test(file) && !/^test\/.*\.ts$/.test(file))
      .map((file) => ({ file, text: read(file) }));
    demandNone(texts.flatMap(pathsToNowhere));
    expect(pathsToNowhere({ file: 'docs/a.md', text: 'see functions/aws and local/nowhere.ts' })).toEqual([
      'docs/a.md names local/nowhere.ts, which does not exist: write where it is now.',
    ]);
  });

  it('each fact that the code names stands in docs/aws-behaviour.md', () => {
    const facts = read('docs/aws-behaviour.md');
    const known = new Set([...facts.matchAll(/^\*\*(\d+)\.\*\*/gm)].map(([, number]) => number));
    const named = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/docs\/aws-behaviour\.md ([\d, -]+)/g)].flatMap(([, numbers]) =>
        (numbers?.match(/\d+/g) ?? []).map((number) => ({ file, number })),
      ),
    );
    expect(named.length).toBeGreaterThan(30);
    demandNone(
      named
        .filter(({ number }) => !known.has(number))
        .map(
          ({ file, number }) => `${file} names the fact ${number}, and docs/aws-behaviour.md has none: add it there.`,
        ),
    );
  });
});
