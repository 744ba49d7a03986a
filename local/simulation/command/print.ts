import { checkers, judge } from '../checkers/all-checkers.ts';
import type { Played } from '../play/stage.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { shrink } from '../scenario/shrink.ts';
import { describeEnd, describeScenario, tell } from './narrative.ts';
import type { Output, Placed, Summary } from './summary.ts';

/** So many broken promises are shrunk and told: each takes up to as long as a hundred and fifty simulations. */
const TOLD_MAX = 3;

/** Of each promise. */
const LISTED_MAX = 10;

const STORY_LINES_MAX = 80;

/** How often each kind of thing happened: what was covered. */
export function printHappened(happened: Record<string, number>): string {
  const groups = new Map<string, string[]>();
  for (const [what, count] of Object.entries(happened).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [kind = '', ...rest] = what.split(' ');
    const name = rest.length > 0 ? rest.join(' ') : kind;
    groups.set(kind, [...(groups.get(kind) ?? []), `${name} ${count}`]);
  }
  return [...groups].map(([kind, counts]) => `${kind}: ${counts.join(', ')}`).join('\n');
}

/** Each promise, with how often it was broken. */
export function printPromises(broken: Placed[], name: (verdict: Placed) => string): string {
  const names = checkers.map(({ promise, says }) => [promise, says] as const);
  const complaints = broken.flatMap((verdict) =>
    verdict.complaints.map((complaint) => ({ name: name(verdict), ...complaint })),
  );
  const unknown = complaints.filter(({ promise }) => !names.some(([known]) => known === promise));
  const lines = names.map(([promise, says]) => {
    const where = new Set(complaints.filter((one) => one.promise === promise).map((one) => one.name));
    return where.size === 0
      ? `held    ${promise}: ${says}`
      : `BROKEN  ${promise}: ${says} In ${where.size} simulation(s).`;
  });
  const details = [...new Set(complaints.map(({ promise }) => promise))].flatMap((promise) => {
    const all = complaints.filter((one) => one.promise === promise);
    const listed = all.slice(0, LISTED_MAX).map((one) => `  ${one.name}, ${promise}: ${one.text}`);
    return all.length > LISTED_MAX ? [...listed, `  ... and ${all.length - LISTED_MAX} more`] : listed;
  });
  const failures = unknown.length === 0 ? [] : [`BROKEN  the simulation itself, ${unknown.length} time(s)`];
  return [...lines, ...failures, ...details].join('\n');
}

/** How much was needless, in one line; where it was stands among the broken promises. */
export function printNeedless({ simulations, needless }: Pick<Summary, 'simulations' | 'needless'>): string {
  const { instances, failures, minutes } = needless;
  const inVain = minutes.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  const per = (count: number) => ((count * 1000) / simulations).toFixed(0);
  return `needless failures: ${failures.length} in ${instances} instances, needless minutes: ${inVain.toFixed(1)} on ${minutes.length} instances (per 1,000 simulations: ${per(failures.length)} failures, ${per(inVain)} minutes)`;
}

/** How a verdict's scenario is found again, and played. */
export interface Tasks {
  name(verdict: Placed): string;
  scenarioOf(verdict: Placed): Scenario;
  play(scenario: Scenario): Promise<Played>;
}

/** The smallest scenario that still breaks the promise, and what happens in it. */
async function tellSmallest(verdict: Placed, promise: string, { name, scenarioOf, play }: Tasks): Promise<string> {
  const complains = async (candidate: Scenario) =>
    judge((await play(candidate)).evidence).some((complaint) => complaint.promise === promise);
  const smallest = await shrink(scenarioOf(verdict), complains);
  const played = await play(smallest);
  const lines = tell(played, true);
  const shown = lines.slice(0, STORY_LINES_MAX);
  return [
    '',
    `--- ${promise}, as it is broken by ${name(verdict)}, in the smallest scenario that was found:`,
    ...describeScenario(smallest),
    ...shown,
    ...(lines.length > shown.length ? [`... and ${lines.length - shown.length} more lines`] : []),
    ...describeEnd(played),
    ...judge(played.evidence).map((complaint) => `BROKEN ${complaint.promise}: ${complaint.text}`),
  ].join('\n');
}

/** For the first ones that broke each promise: the shortest story that can be found. */
export async function printBroken(
  broken: Placed[],
  tasks: Tasks,
  { progress }: Pick<Output, 'progress'>,
): Promise<string> {
  const told = new Set<string>();
  const stories: string[] = [];
  for (const verdict of broken) {
    for (const { promise } of verdict.complaints) {
      if (told.has(promise) || promise === 'simulation' || told.size >= TOLD_MAX) continue;
      told.add(promise);
      progress(`looking for the shortest story of ${promise}`);
      stories.push(await tellSmallest(verdict, promise, tasks));
    }
  }
  return stories.join('\n');
}
