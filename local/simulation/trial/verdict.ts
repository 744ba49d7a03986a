import { createHash } from 'node:crypto';
import { judge } from '../checkers/all-checkers.ts';
import type { Complaint } from '../checkers/checker.ts';
import { play } from '../play/play.ts';
import type { Played } from '../play/stage.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** What is told of one simulation, from process to process. */
export interface Verdict {
  seed: number;
  /** Of all that happened, to the byte. */
  digest: string;
  complaints: Complaint[];
  /** How often each kind of thing happened: faults, disturbances, outcomes, reasons. */
  happened: Record<string, number>;
  cpuMilliseconds: number;
}

const digestOf = ({ account, evidence, notes }: Played): string =>
  createHash('sha256')
    .update(JSON.stringify([account.journal.entries, notes, evidence]))
    .digest('hex');

function countWhatHappened({ evidence, notes }: Played): Record<string, number> {
  const happened: Record<string, number> = {};
  const count = (what: string) => {
    happened[what] = (happened[what] ?? 0) + 1;
  };
  for (const { what } of notes) count(what);
  for (const { status, error, report } of evidence.executions) {
    count(`run ${status}${error === null ? '' : ` ${error}`}`);
    for (const { outcome, reason } of report?.instances ?? []) {
      count(`outcome ${outcome}`);
      if (reason !== null) count(`reason ${reason.code}`);
    }
  }
  return happened;
}

/** Plays a scenario and judges it. What breaks the simulation itself is told as a broken promise, too. */
export async function tryScenario(scenario: Scenario): Promise<Verdict> {
  const before = process.cpuUsage();
  const { seed } = scenario;
  const done = (rest: Pick<Verdict, 'digest' | 'complaints' | 'happened'>): Verdict => {
    const { user, system } = process.cpuUsage(before);
    return { seed, ...rest, cpuMilliseconds: (user + system) / 1000 };
  };
  try {
    const played = await play(scenario);
    return done({ digest: digestOf(played), complaints: judge(played.evidence), happened: countWhatHappened(played) });
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const complaint = { promise: 'simulation', instanceId: null, at: null, text };
    return done({ digest: '', complaints: [complaint], happened: {} });
  }
}
