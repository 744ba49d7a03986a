import { styleText } from 'node:util';
import type { Judged } from '../mutants/judged.ts';
import { type Mutant, sayMutant } from '../mutants/mutant.ts';
import type { Fate } from '../mutants/try-mutant.ts';

/** A mutant with what became of it, and what was found out about it before. */
export interface Tried {
  mutant: Mutant;
  fate: Fate;
  judged: Judged | null;
}

/** What the score counts: mutants that are reached, and that are not known to change nothing. */
export interface Score {
  counted: number;
  noticed: number;
  unminded: number;
  unchanged: number;
  unreached: number;
  equivalent: number;
}

export function scoreOf(tried: Tried[]): Score {
  const of = (fate: Fate['fate']) => tried.filter((one) => one.fate.fate === fate);
  const isEquivalent = ({ judged, fate }: Tried) => judged?.verdict === 'equivalent' && fate.fate !== 'noticed';
  const reached = tried.filter(({ fate }) => fate.fate !== 'unreached');
  return {
    counted: reached.filter((one) => !isEquivalent(one)).length,
    noticed: of('noticed').length,
    unminded: of('unminded').length,
    unchanged: of('unchanged').length,
    unreached: of('unreached').length,
    equivalent: reached.filter(isEquivalent).length,
  };
}

const percent = ({ noticed, counted }: Score): string =>
  counted === 0 ? '-' : `${Math.round((100 * noticed) / counted)} %`;

const listOf = (title: string, tried: Tried[]): string[] =>
  tried.length === 0
    ? []
    : [
        '',
        title,
        ...tried.map(({ mutant, fate, judged }) => {
          const seed = 'seed' in fate ? ` (seed ${fate.seed})` : '';
          return `  ${sayMutant(mutant)}${seed}${judged === null ? '' : `\n      ${judged.verdict}: ${judged.why}`}`;
        }),
      ];

/** For people: what was noticed by which checker, and the survivors in two lists. */
export function printMutants(tried: Tried[]): string {
  const score = scoreOf(tried);
  const by = (fate: Fate['fate']) => tried.filter((one) => one.fate.fate === fate);
  const promises = new Map<string, number>();
  for (const { fate } of tried) {
    if (fate.fate === 'noticed') promises.set(fate.by, (promises.get(fate.by) ?? 0) + 1);
  }
  return [
    ...[...promises].sort((a, b) => b[1] - a[1]).map(([promise, count]) => `${String(count).padStart(4)}  ${promise}`),
    ...listOf('Changed the history, and no checker minded:', by('unminded')),
    ...listOf('Changed no history:', by('unchanged')),
    ...listOf('Not reached:', by('unreached')),
    '',
    `${styleText('bold', percent(score))} noticed: ${score.noticed} of ${score.counted} that are reached and not equivalent`,
    `(${tried.length} mutants: ${score.unreached} not reached, ${score.equivalent} equivalent, ${score.unminded} changed a history that no checker minded, ${score.unchanged} changed none)`,
  ].join('\n');
}

/** The tables of docs/reliability.md: the score by file, and the survivors with their reasons. */
export function toMutantsMarkdown(tried: Tried[]): string {
  const files = [...new Set(tried.map(({ mutant }) => mutant.file))].sort();
  const row = (name: string, of: Tried[]) => {
    const { noticed, counted, unminded, unchanged, unreached } = scoreOf(of);
    return `| ${name} | ${noticed} of ${counted} | ${percent(scoreOf(of))} | ${unminded} | ${unchanged} | ${unreached} |`;
  };
  const survivors = tried.filter(({ fate }) => fate.fate === 'unminded' || fate.fate === 'unchanged');
  return [
    '| where | noticed | score | changed, not minded | changed nothing | not reached |',
    '| --- | --- | --- | --- | --- | --- |',
    ...files.map((file) =>
      row(
        file,
        tried.filter(({ mutant }) => mutant.file === file),
      ),
    ),
    row('**all**', tried),
    '',
    '| survivor | history | judged |',
    '| --- | --- | --- |',
    ...survivors.map(({ mutant, fate, judged }) => {
      const text = `\`${sayMutant(mutant).replaceAll('|', '\\|').replaceAll('`', "'")}\``;
      const verdict = judged === null ? 'not yet' : `${judged.verdict}: ${judged.why}`;
      return `| ${text} | ${fate.fate === 'unminded' ? 'another' : 'the same'} | ${verdict} |`;
    }),
  ].join('\n');
}
