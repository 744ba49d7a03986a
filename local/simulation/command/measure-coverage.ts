import { wayKey } from '../coverage/branches.ts';
import { measure } from '../coverage/measure.ts';
import { createTally, type Tally, type WayTally } from '../coverage/tally.ts';
import { readUnreachable } from '../coverage/unreachable.ts';
import type { SimulateArguments } from './simulate-flags.ts';
import { EXIT, type Output } from './summary.ts';

/** The rules: what decides about starting, stopping, leasing and proving. */
const RULES = 'functions/domain/';

/** What comes about in fewer of a thousand simulations is rare: it must be drawn more often, or be argued about. */
const SIMULATIONS_MIN = 5;

/** Of fewer simulations it can't be told what is rare: they are only shown. */
const SEEDS_JUDGED = 1000;

/** How many of the rarest lines the docs show. */
const THINNEST = 20;

/** A way of a decision, or a reason, and how often it came about. */
export interface Line extends Tally {
  name: string;
  text: string;
  /** The same for the docs, which must not be stale whenever a line moves. */
  inDocs: string;
  /** Why it is rare or never met, and why that is right; null: it is to be met. */
  why: string | null;
}

/** Says how often each way of each decision was gone, and each reason ended an instance. */
export async function measureCoverage(parsed: SimulateArguments, output: Output): Promise<number> {
  const { seeds, from, workers, json, markdown, file } = parsed;
  const tally = createTally(file ?? RULES);
  const tasks = Array.from({ length: seeds }, (_, index) => from + index);
  let done = 0;
  await measure(tasks, workers, (measurement) => {
    tally.add(measurement);
    output.progress(`${++done} of ${seeds}`);
  });
  const unreachable = readUnreachable();
  const whyRare = ({ way }: WayTally) => unreachable.get(wayKey(way)) ?? unreachable.get(way.file) ?? null;
  const ways = tally.ways.map((one): Line => ({ ...sayWay(one), why: whyRare(one) }));
  const reasons = [...tally.reasons].map(([code, counts]): Line => {
    const name = `reason ${code}`;
    return { ...counts, name, text: name, inDocs: name, why: unreachable.get(name) ?? null };
  });
  const rare = [...ways, ...reasons].filter((line) => isRare(line, seeds) && line.why === null);
  if (json) output.out(JSON.stringify({ seeds, ways, reasons }, null, 2));
  else if (markdown) output.out(toMarkdown(seeds, ways, reasons));
  else output.out(print(seeds, ways, reasons));
  return rare.length === 0 || seeds < SEEDS_JUDGED ? EXIT.ok : EXIT.promiseBroken;
}

const sayWay = ({ way, times, simulations }: WayTally): Omit<Line, 'why'> => ({
  name: wayKey(way),
  text: `${way.file}:${way.line} ${way.what}`,
  inDocs: `${way.file} ${way.within}: ${way.what}`,
  times,
  simulations,
});

const isRare = ({ simulations }: Tally, seeds: number): boolean => simulations * 1000 < SIMULATIONS_MIN * seeds;

const rarestFirst = (lines: Line[]): Line[] =>
  [...lines].sort((a, b) => a.simulations - b.simulations || a.times - b.times);

const row = ({ simulations, times, text, why }: Line): string =>
  `${String(simulations).padStart(6)} ${String(times).padStart(8)}  ${text}${why === null ? '' : `\n                  ${why}`}`;

function print(seeds: number, ways: Line[], reasons: Line[]): string {
  const rareWays = ways.filter((line) => isRare(line, seeds));
  return [
    'What ended an instance (simulations, times):',
    ...rarestFirst(reasons).map(row),
    '',
    `Ways of decisions that fewer than ${SIMULATIONS_MIN} of 1,000 simulations went:`,
    ...rarestFirst(rareWays).map(row),
    '',
    `${seeds} simulations went ${ways.filter(({ times }) => times > 0).length} of ${ways.length} ways; ${rareWays.length} are rare or never gone, ${rareWays.filter(({ why }) => why !== null).length} of these with a reason`,
  ].join('\n');
}

/** What docs/reliability.md shows: the totals, and the rarest of all that is to be met. */
export function toMarkdown(seeds: number, ways: Line[], reasons: Line[]): string {
  const count = (lines: Line[]) => lines.filter(({ simulations }) => simulations > 0).length.toLocaleString('en');
  const argued = [...ways, ...reasons].filter((line) => isRare(line, seeds) && line.why !== null).length;
  const met = rarestFirst([...ways, ...reasons].filter(({ why }) => why === null));
  const cell = (text: string) => `\`${text.replaceAll('|', '\\|').replaceAll('`', "'")}\``;
  return [
    `${seeds.toLocaleString('en')} simulations went ${count(ways)} of the ${ways.length} ways of the rules' decisions, and gave ${count(reasons)} reasons. ${argued} are rare and argued about; the rarest ${THINNEST} of the others:`,
    '',
    '| way of a decision, or reason | simulations | times |',
    '| --- | --- | --- |',
    ...met
      .slice(0, THINNEST)
      .map(({ inDocs, simulations, times }) => `| ${cell(inDocs)} | ${simulations} | ${times.toLocaleString('en')} |`),
  ].join('\n');
}
