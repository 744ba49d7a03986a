import { calls, changes, type Evidence, type InstanceEvidence } from './evidence.ts';

/** How an instance stood from a moment on: EC2's state, or `hibernated`, or `not-found`. */
export interface StandingSince {
  from: number;
  standing: string;
  launchTime: number | null;
  by: { principal: string; runId: string } | null;
}

const HIBERNATED = 'Client.UserInitiatedHibernate';

/** What DescribeInstances shows may be older by so much (docs/aws-behaviour.md 45). */
export const VIEW_LAG_MILLISECONDS = 5_000;

/** The same in an account whose describes lag behind by more than is usual, or do so with stops. */
export function viewLagMilliseconds({
  describeLagSeconds,
  habits,
}: Pick<Evidence, 'describeLagSeconds' | 'habits'>): number {
  const lagSeconds = Math.max(describeLagSeconds, habits?.stopShownSeconds ?? 0);
  return Math.max(VIEW_LAG_MILLISECONDS, lagSeconds * 1000 + CALL_MILLISECONDS);
}

/** From a look to the note of it. */
const CALL_MILLISECONDS = 2_000;

/** How an instance stood, in order; the first is from before everything. */
export function standingsOf(evidence: Evidence, { instanceId, before }: InstanceEvidence): StandingSince[] {
  const all: StandingSince[] = [{ from: Number.NEGATIVE_INFINITY, standing: before.state, launchTime: null, by: null }];
  for (const { at, facts, by } of changes(evidence, instanceId)) {
    if (facts.about === 'gone') all.push({ from: at, standing: 'not-found', launchTime: null, by });
    if (facts.about !== 'state') continue;
    const { state, stateReasonCode, launchTime } = facts;
    const standing = state === 'stopped' && stateReasonCode === HIBERNATED ? 'hibernated' : state;
    all.push({ from: at, standing, launchTime, by });
  }
  return all;
}

export const standingAt = (evidence: Evidence, instance: InstanceEvidence, at: number): string =>
  standingsOf(evidence, instance).findLast(({ from }) => from <= at)?.standing ?? instance.before.state;

/** All that it stood as between two moments, the one that it had at the first included. */
export function standingsBetween(
  evidence: Evidence,
  instance: InstanceEvidence,
  from: number,
  to: number,
): Set<string> {
  const all = standingsOf(evidence, instance);
  const first = all.findLastIndex((one) => one.from <= from);
  return new Set(
    all.filter((one, index) => index >= first && one.from <= Math.max(from, to)).map(({ standing }) => standing),
  );
}

/** When a run's listing was final: its manifest was written; null: it never got so far. */
export function listedAt(evidence: Evidence, runId: string): number | null {
  const written = calls(evidence, 'PutObject').findLast(
    ({ error, parameters }) => error === null && parameters['key'] === `runs/${runId}/manifest.json`,
  );
  return written?.at ?? null;
}
