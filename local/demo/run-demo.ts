import type { Report } from '../../functions/domain/report/report.ts';
import { type Fleet, readFleet } from '../account/fleet/fleet.ts';
import { EXIT } from '../base/exit-codes.ts';
import { printable } from '../base/printable.ts';
import type { ExecutionResult } from '../engine/model.ts';
import { checkPromises } from '../promises/promise-checks.ts';
import { type Simulated, simulate } from '../run/simulated-run.ts';
import type { DemoArguments } from './demo-flags.ts';
import { type EndFacts, endScreen } from './end-screen.ts';
import { createFollower } from './lines/follow-run.ts';
import { namesIn } from './lines/names.ts';
import { createTeller, type Teller } from './lines/teller.ts';
import { playMaintenanceWindow, type WindowNight } from './maintenance-window.ts';
import { printPlan, printReport } from './print.ts';
import { trueNight } from './true-night.ts';
import { openingLines } from './two-nights.ts';
import { type Save, writePage } from './write-page.ts';

/** Where the demo writes, and when it is. */
export interface DemoOutput {
  out(text: string): void;
  error(text: string): void;
  columns: number | undefined;
  /** The folder in which the command was typed. */
  directory: string;
  save: Save;
  /** Real time, for the duration: monotonic, in milliseconds. */
  elapsed(): number;
}

const BAD_INPUT = new Set(['InvalidInput', 'TooManyInstances', 'UnknownAgentVersion']);

const BAD_GROUP = new Set(['EmptyGroup', 'BrokenGroup']);

/** Reveille's night, as it was watched. */
interface Watched {
  simulated: Simulated;
  versionsBefore: Map<string, string>;
  /** The instances that the run has started, by ID. */
  woken: Set<string>;
}

/** The demo command. @returns its exit code @throws BadInput if the fleet is wrong */
export async function demo(given: DemoArguments, output: DemoOutput): Promise<number> {
  const fleet = readFleet(given.fleet);
  const names = namesIn(fleet);
  const began = output.elapsed();
  const groups = groupsOf(fleet, given);
  const window = await playWindow({ ...fleet, groups }, given);
  const opening = window === null ? [] : openingLines(window);
  const watched = await watchNight(fleet, given, createTeller({ fleet, lines: given.lines, opening, out: output.out }));
  const { plan, report, execution } = watched.simulated;
  if (plan !== null) {
    output.out(given.json ? JSON.stringify(plan, null, 2) : `\n${printPlan(plan, names, output.columns)}`);
    return EXIT.ok;
  }
  if (report === null) return explainNoReport(execution, output);

  const { account, before, intended } = watched.simulated;
  const checks = checkPromises({ account, report, before, intended });
  const isKept = checks.every(({ broken }) => broken.length === 0);
  const { html: path } = given;
  const page = path === null ? null : writePage(account, report, { path, directory: output.directory }, output.save);
  if (given.json) {
    output.out(JSON.stringify(report, null, 2));
    for (const { promise, broken } of checks) for (const text of broken) output.error(`✗ ${promise}: ${text}`);
    return isKept ? EXIT.ok : EXIT.promiseBroken;
  }
  if (given.showsAll) output.out(`\n${printReport(report, names, output.columns)}`);
  const screen = endScreen(
    {
      groups: groups.map(({ name }) => name),
      report,
      checks,
      window,
      night: trueNight({ ...watched, groups, targetVersion: report.targetVersion }),
      names,
      cost: costOf(watched.simulated, report, output.elapsed() - began),
      next: [...(page === null ? [] : [['The report as a page', page] as const]), ...nextOf(given)],
    },
    { columns: output.columns, showsAll: given.showsAll },
  );
  output.out(given.lines === 'none' ? screen : `\n${screen}`);
  return isKept ? EXIT.ok : EXIT.promiseBroken;
}

const groupsOf = ({ groups }: Fleet, { input }: DemoArguments): Fleet['groups'] =>
  Array.isArray(input['groups']) ? groups.filter(({ name }) => (input['groups'] as string[]).includes(name)) : groups;

/** Where a group is empty or broken, there is no night to compare: Reveille refuses it. */
async function playWindow(fleet: Fleet, { seed, playsWindow }: DemoArguments): Promise<WindowNight | null> {
  const canPlay = fleet.groups.every(({ instances, queryError }) => instances.length > 0 && queryError === undefined);
  return playsWindow && canPlay && fleet.groups.length > 0 ? playMaintenanceWindow({ fleet, seed }) : null;
}

/** Plays Reveille's night, and tells each entry of the journal. */
async function watchNight(fleet: Fleet, { seed, input }: DemoArguments, tell: Teller): Promise<Watched> {
  const versionsBefore = new Map<string, string>();
  const woken = new Set<string>();
  let read: (key: string) => string | null = () => null;
  const follow = createFollower((key) => read(key));
  const simulated = await simulate({
    fleet,
    seed,
    input,
    prepare: (account) => {
      read = (key) => account.objects.read(account.bucket, key);
      for (const { id, agent } of account.world.machines.values()) versionsBefore.set(id, agent.version);
    },
    onEntry: (entry) => {
      const events = follow(entry);
      for (const event of events) if (event.kind === 'woken') woken.add(event.instanceId);
      tell(entry, events);
    },
  });
  return { simulated, versionsBefore, woken };
}

/** What the run cost: counted, not guessed. */
function costOf({ account, tally, durationSeconds }: Simulated, report: Report, realMilliseconds: number): string[] {
  const calls = account.journal.entries.filter(({ kind }) => kind === 'call').length;
  const awake = report.instances.reduce((sum, { awakeSeconds }) => sum + (awakeSeconds ?? 0), 0);
  return [
    `${Math.round(durationSeconds / 60)} min in ${(realMilliseconds / 1000).toFixed(1)} s: ${calls} AWS calls`,
    `${tally.invocations} Lambda invocations`,
    `${tally.transitions} transitions`,
    `${Math.round(awake / 60)} instance min awake`,
  ];
}

/** What a person may want to see next: a command, or a flag that this one takes as well. */
const nextOf = ({ isFirstNight, showsAll, lines }: DemoArguments): EndFacts['next'] => [
  ...(isFirstNight ? ([['A night of troubles', 'npm run demo -- --bad-night']] as const) : []),
  ...(showsAll ? [] : ([['Every instance', '--all']] as const)),
  ...(lines === 'everything' ? [] : ([['Every call', '--verbose']] as const)),
];

function explainNoReport(execution: ExecutionResult, output: DemoOutput): number {
  if (execution.status !== 'FAILED') {
    output.error(`The run ended ${execution.status} without a report.`);
    return EXIT.promiseBroken;
  }
  const message = `${execution.error}: ${messageOf(execution.cause)}`;
  output.error(message.split('\n').map(printable).join('\n'));
  if (BAD_GROUP.has(execution.error)) return EXIT.badGroup;
  return BAD_INPUT.has(execution.error) ? EXIT.badInput : EXIT.promiseBroken;
}

/** Lambda's cause is JSON; a person wants the message in it. */
function messageOf(cause: string): string {
  try {
    return (JSON.parse(cause) as { errorMessage?: string }).errorMessage ?? cause;
  } catch {
    return cause;
  }
}
