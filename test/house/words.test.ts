import { demandNone, files, read, type Source } from './sources.ts';

/** In a text about instances, Lambdas and people these words don't say which of them is meant. */
const VAGUE = /nobody|somebody|whoever|everybody/gi;

/** The code, the tests and the pages, and the pages and the template at the root. */
const isJudged = (file: string): boolean =>
  /^(functions|statemachine|local|docs|test|\.github)\//.test(file) || /^[^/]+\.(md|ya?ml)$/.test(file);

/** Every place where one of them stands. */
const judgeWords = (texts: Source[]): string[] =>
  texts.flatMap(({ file, text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        [...line.matchAll(VAGUE)].map(
          ([word]) =>
            `${file}:${index + 1}: ${word} doesn't say who is meant: write the noun (the instance, the run, someone else).`,
        ),
      ),
  );

const texts = files
  .filter((file) => isJudged(file) && file !== 'test/house/words.test.ts')
  .map((file) => ({ file, text: read(file) }));

it('texts name who is meant: an instance, a run, a Lambda, someone else', () => {
  expect(texts.length).toBeGreaterThan(300);
  demandNone(judgeWords(texts));
});

it('each such word is told with its place', () => {
  expect(['template.yaml', 'functions/a.ts', 'package.json'].map(isJudged)).toEqual([true, true, false]);
  const told = { file: 'functions/a.ts', text: 'first line\n// Nobody starts it.' };
  expect(judgeWords([told, { file: 'docs/a.md', text: 'someone else' }])).toEqual([
    "functions/a.ts:2: Nobody doesn't say who is meant: write the noun (the instance, the run, someone else).",
  ]);
  expect(judgeWords([{ file: 'docs/a.md', text: 'whoever and nobodyElse' }])).toHaveLength(2);
});
