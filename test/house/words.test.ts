import { demandNone, files, read, type Source } from './sources.ts';

/** In a text about instances, Lambdas and people these words don't say which of them is meant. */
const VAGUE = /nobody|somebody|whoever|everybody/gi;

/** How often they still stand there. These numbers only go down; what has no number has none of these words. */
const LEFT: Record<string, number> = {
  'local/simulation': 46,
  'test/local/simulation': 29,
  'docs/reliability.md': 8,
};

/** What is counted together; the first that fits. */
const PLACES = [...Object.keys(LEFT), 'functions', 'statemachine', 'local', 'docs', 'test', '.github'];

/** `the root`: the pages and the template there. */
const treeOf = (file: string): string | undefined =>
  file.includes('/')
    ? PLACES.find((place) => file === place || file.startsWith(`${place}/`))
    : /\.(md|ya?ml)$/.test(file)
      ? 'the root'
      : undefined;

/** Where they stand more often than is left to be put right, with every place. */
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
  const page = { file: 'template.yaml', text: 'Description: somebody' };
  expect(judgeWords([page], {})).toEqual([expect.stringContaining('template.yaml:1: somebody')]);
  const told = { file: 'functions/a.ts', text: 'first line\n// Nobody starts it.' };
  expect(judgeWords([told], { functions: 1 })).toEqual([]);
  expect(judgeWords([told, { file: 'docs/a.md', text: 'whoever and nobodyElse' }], { docs: 2 })).toEqual([
    "functions has 1 words that don't say who is meant, and 0 are allowed: write the noun (the instance, the run, someone " +
      'else).\n  functions/a.ts:2: Nobody',
  ]);
});
