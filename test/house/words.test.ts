import { demandNone, files, read, type Source } from './sources.ts';

/** In a text about instances, Lambdas and people these words don't say which of them is meant. */
const VAGUE = /nobody|somebody|whoever|everybody/gi;

/** How often they still stand in a tree (`*.md`: the pages at the root). These numbers only go down; a tree without one has none. */
const LEFT: Record<string, number> = {
  local: 46,
  docs: 25,
  test: 75,
  '*.md': 48,
};

const TREES = ['functions', 'statemachine', 'local', 'docs', 'test'];

const treeOf = (file: string): string | undefined =>
  file.includes('/') ? TREES.find((tree) => file.startsWith(`${tree}/`)) : file.endsWith('.md') ? '*.md' : undefined;

/** The trees in which they stand more often than is left to be put right, with every place. */
function judgeWords(texts: Source[], left: Record<string, number>): string[] {
  const places = texts.flatMap(({ file, text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        [...line.matchAll(VAGUE)].map(([word]) => ({ tree: treeOf(file), place: `${file}:${index + 1}: ${word}` })),
      ),
  );
  return [...Map.groupBy(places, ({ tree }) => tree)]
    .filter(([tree, found]) => tree !== undefined && found.length > (left[tree] ?? 0))
    .map(
      ([tree, found]) =>
        `${tree} has ${found.length} words that don't say who is meant, and ${left[tree ?? ''] ?? 0} are allowed: write the ` +
        `noun (the instance, the run, someone else).\n${found.map(({ place }) => `  ${place}`).join('\n')}`,
    );
}

const texts = files
  .filter((file) => treeOf(file) !== undefined && file !== 'test/house/words.test.ts')
  .map((file) => ({ file, text: read(file) }));

it('texts name who is meant: an instance, a run, a Lambda, someone else', () => {
  expect(texts.length).toBeGreaterThan(300);
  demandNone(judgeWords(texts, LEFT));
});

it('one such word more is told with its place', () => {
  const told = { file: 'functions/a.ts', text: 'first line\n// Nobody starts it.' };
  expect(judgeWords([told], { functions: 1 })).toEqual([]);
  expect(judgeWords([told, { file: 'docs/a.md', text: 'whoever and nobodyElse' }], { docs: 2 })).toEqual([
    "functions has 1 words that don't say who is meant, and 0 are allowed: write the noun (the instance, the run, someone " +
      'else).\n  functions/a.ts:2: Nobody',
  ]);
});
