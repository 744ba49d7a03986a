import { readTemplate } from '../../local/deployment/template.ts';
import { asItWas } from '../../local/simulation/checkers/as-it-was.ts';
import { endedRight } from '../../local/simulation/checkers/ended-right.ts';
import { neverStopped } from '../../local/simulation/checkers/never-stopped.ts';
import { trueOutcomes } from '../../local/simulation/checkers/true-outcomes.ts';
import { trueReport } from '../../local/simulation/checkers/true-report.ts';
import { twoEnds } from '../../local/simulation/checkers/two-ends.ts';
import { files, read } from './sources.ts';

/** Paragraphs that begin with names in bold, such as **`A`, `B`**: or **A**, **B**: */
const namesInBold = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => /^\*\*[^*]+\*\*(, \*\*[^*]+\*\*)*:/.test(line))
    .flatMap((line) => line.slice(0, line.indexOf('**:')).split(','))
    .map((name) => name.replace(/[*`\s]/g, ''));

const section = (text: string, from: string, to: string): string =>
  text.slice(text.indexOf(`\n## ${from}\n`), text.indexOf(`\n## ${to}\n`));

const PROMISES = {
  'No false success': [trueOutcomes, endedRight, trueReport],
  'Back as it was': [asItWas, neverStopped, twoEnds],
};

describe('the pages', () => {
  it.each(Object.entries(PROMISES))(
    'promise (%s) what the checkers hold, in their words, and nothing else',
    (name, checkers) => {
      const paragraph = read('README.md')
        .split('\n')
        .find((line) => line.startsWith(`**${name}.**`));
      expect(paragraph).toBe(`**${name}.** ${checkers.map(({ says }) => says).join(' ')}`);
    },
  );

  it('say of each parameter when to change it, and of nothing else', () => {
    const told = namesInBold(section(read('docs/configuration.md'), 'What is updated', 'The input of a run'));
    expect(told.sort()).toEqual(Object.keys(readTemplate().Parameters).sort());
  });

  it('say of each alarm what to do', () => {
    const alarms = Object.entries(readTemplate().Resources).filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');
    const told = namesInBold(read('docs/when-something-breaks.md'));
    expect(told.sort()).toEqual(alarms.map(([logicalId]) => logicalId).sort());
  });

  it('are all listed in docs/README.md', () => {
    const pages = files.filter((file) => /^docs\/[^/]+\.md$/.test(file) && file !== 'docs/README.md');
    const listed = [...read('docs/README.md').matchAll(/^\| \[([\w-]+\.md)\]\(\1\)/gm)].map(
      ([, page]) => `docs/${page}`,
    );
    expect(listed.sort()).toEqual(pages.sort());
  });

  it('begin with a README that is read to its end', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(151);
  });
});
