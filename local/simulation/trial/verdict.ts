import { createHash } from 'node:crypto';
import type { BehaviourName } from '../../account/fleet/behaviours.ts';
import { judge } from '../checkers/all-checkers.ts';
import { drawScenario } from '../draw/draw-scenario.ts';
import type { Complaint } from '../evidence/checker.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { findNeedless, type Needless } from '../needless/needless.ts';
import { play } from '../play/play.ts';
import type { Played } from '../play/stage.ts';
import { quietNight } from '../scenario/quiet-nights.ts';
import type { Scenario, Task } from '../scenario/scenario.ts';
import { judgeQuietNight } from './quiet-night.ts';

const NOTHING_NEEDLESS: Needless = { instances: 0, failures: [], minutes: [] };

/** What is told of one simulation, from process to process. */
export interface Verdict {
  seed: number;
  /** Of all that happened, to the byte. */
  digest: string;
  complaints: Complaint[];
  /** How often each kind of thing happened: faults, disturbances, outcomes, reasons. */
  happened: Record<string, number>;
  needless: Needless;
  cpuMilliseconds: number;
}

/** What was overheard is left out: all of it follows from the rest. */
function digestOf({ account, evidence, notes }: Played): string {
  const { overheard: _overheard, ...seen } = evidence;
  return createHash('sha256')
    .update(JSON.stringify([account.journal.entries, notes, seen]))
    .digest('hex');
}

function countWhatHappened({ evidence, notes }: Played): Record<string, number> {
  const happened: Record<string, number> = {};
  const count = (what: string) => {
    happened[what] = (happened[what] ?? 0) + 1;
  };
  for (const { what } of notes) count(what);
  for (const { status, error, report } of evidence.executions) {
    count(`run ${status}${error === null ? '' : ` ${error}`}`);
    for (const { outcome, reason, notes: more } of report?.instances ?? []) {
      count(`outcome ${outcome}`);
      for (const { code } of reason === null ? more : [reason, ...more]) count(`reason ${code}`);
    }
  }
  return happened;
}

/** What is looked at besides the promises; none, if the simulation is held to them alone. */
type MoreComplaints = (evidence: Evidence) => Complaint[];

/** Plays a scenario and judges it. What breaks the simulation itself is told as a broken promise, too. */
export async function tryScenario(scenario: Scenario, more: MoreComplaints = () => []): Promise<Verdict> {
  const before = process.cpuUsage();
  const { seed } = scenario;
  const done = (rest: Omit<Verdict, 'seed' | 'cpuMilliseconds'>): Verdict => {
    const { user, system } = process.cpuUsage(before);
    return { seed, ...rest, cpuMilliseconds: (user + system) / 1000 };
  };
  try {
    const played = await play(scenario);
    const { evidence } = played;
    const complaints = [...judge(evidence), ...more(evidence)];
    const needless = findNeedless(evidence);
    return done({ digest: digestOf(played), complaints, happened: countWhatHappened(played), needless });
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const complaint = { promise: 'simulation', instanceId: null, at: null, text };
    return done({ digest: '', complaints: [complaint], happened: {}, needless: NOTHING_NEEDLESS });
  }
}

/** One quiet night: held to the promises, and to the table of behaviours. */
export const tryQuietNight = (behaviour: BehaviourName): Promise<Verdict> =>
  tryScenario(quietNight(behaviour), (evidence) => judgeQuietNight(behaviour, evidence));

/** Plays and judges whatever a worker is given. */
export function tryTask(task: Task): Promise<Verdict> {
  if (typeof task === 'number') return tryScenario(drawScenario(task));
  return 'quietNight' in task ? tryQuietNight(task.quietNight) : tryScenario(task);
}
