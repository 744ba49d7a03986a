import { handovers } from '../../functions/domain/model/reason-codes.ts';
import { messageWords } from '../../functions/domain/words/message-words.ts';
import { reconcileWords } from '../../functions/domain/words/reconcile-words.ts';
import { readTemplate } from '../../local/deployment/template.ts';
import { blocksOf } from '../../local/pages/blocks.ts';
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

  it.each(['docs/when-something-breaks.md', 'docs/ja/when-something-breaks.md'])(
    'say in %s what to do about each thing that a subject can say, and each reason to be left awake',
    (page) => {
      const rows = read(page)
        .split('\n')
        .filter((line) => line.startsWith('| `'));
      const subjects = rows.map((row) => row.split(' | ')[0]).join('\n');
      const en = messageWords.en;
      const said = [
        en.leftAwake('N' as never, ''),
        en.updated('', 'N' as never, 'M' as never),
        en.failed('K' as never, ''),
        en.butRunFailed(''),
        en.runDied,
        en.notAsBefore('N' as never),
        en.stateUnknown('N' as never),
        en.allBack,
        en.notAllBack,
        en.backNotChecked,
        reconcileWords.en.headline.trim(),
      ];
      expect(said.filter((phrase) => !subjects.includes(phrase))).toEqual([]);
      const awake = rows.find((row) => row.startsWith('| `LEFT AWAKE')) ?? '';
      const codes = [...Object.keys(handovers), 'not-restored', 'opted-out'];
      expect(codes.filter((code) => !awake.includes(`\`${code}\``))).toEqual([]);
    },
  );

  it('are all listed in docs/README.md', () => {
    const pages = files.filter((file) => /^docs\/[^/]+\.md$/.test(file) && file !== 'docs/README.md');
    const listed = [...read('docs/README.md').matchAll(/^\| \[([\w-]+\.md)\]\(\1\)/gm)].map(
      ([, page]) => `docs/${page}`,
    );
    expect(listed.sort()).toEqual(pages.sort());
  });

  it('show the same commands in Japanese', () => {
    const pairs = files.flatMap((japanese) => {
      const english = japanese.replace(/^docs\/ja\//, 'docs/').replace(/^(\w+)\.ja\.md$/, '$1.md');
      return english === japanese ? [] : [[english, japanese] as const];
    });
    expect(pairs.length).toBeGreaterThan(3);
    const commandsIn = (page: string) => blocksOf(page, read(page)).map(({ text }) => text);
    for (const [english, japanese] of pairs) expect(commandsIn(japanese)).toEqual(commandsIn(english));
  });

  it('say of each alarm what to do in Japanese, too, and of each parameter what there is', () => {
    const alarms = (page: string) => namesInBold(read(page).replaceAll('**、**', '**, **'));
    expect(alarms('docs/ja/when-something-breaks.md')).toEqual(alarms('docs/when-something-breaks.md'));
    const { Parameters, Resources } = readTemplate();
    const known = new Set([...Object.keys(Parameters), ...Object.keys(Resources), 'LaunchTime', 'InvalidInput']);
    const named = ['README.ja.md', 'docs/ja/getting-started.md', 'docs/ja/when-something-breaks.md'].flatMap((page) =>
      [...read(page).matchAll(/`((?:[A-Z][a-z]+){2,})(?:=\w+)?`/g)].map(([, name = '']) => name),
    );
    const errors = ['EmptyGroup', 'BrokenGroup', 'AlreadyRunning'];
    expect(named.filter((name) => !known.has(name) && !errors.includes(name))).toEqual([]);
  });

  it('begin with a README that is read to its end', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(151);
  });
});
