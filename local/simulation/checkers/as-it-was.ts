import type { Checker } from '../evidence/checker.ts';
import { isInDoubt } from '../evidence/doubt.ts';
import { stopUntil } from '../evidence/ends.ts';
import {
  type Boot,
  bootsOf,
  type CallEvidence,
  calls,
  changes,
  clock,
  type Evidence,
  type InstanceEvidence,
  isOurs,
  isStuck,
  LEASE_TAG,
  stateAt,
} from '../evidence/evidence.ts';
import { isTheirs } from '../evidence/takeovers.ts';

const AWAKE = new Set(['running', 'pending', 'stopping']);

/** The reports that say something of this instance. */
const linesOf = (evidence: Evidence, instanceId: string) =>
  evidence.executions.flatMap(({ report }) => report?.instances.filter((line) => line.instanceId === instanceId) ?? []);

/** The end of the run that has started it has passed, and people were told since that it is left awake. */
const isToldLeftAwake = (evidence: Evidence, instanceId: string, boot: Boot): boolean =>
  evidence.endedAt > stopUntil(evidence, boot) &&
  evidence.overheard.mails.some(
    ({ at, subject, message }) =>
      at > stopUntil(evidence, boot) && subject.startsWith('LEFT AWAKE') && message.includes(instanceId),
  );

function leftAwake(evidence: Evidence, instance: InstanceEvidence, boot: Boot): string | null {
  const { instanceId, after } = instance;
  if (!AWAKE.has(after.state) || boot.stop !== null || isStuck(instance)) return null;
  if (isTheirs(evidence, instance, boot) || isToldLeftAwake(evidence, instanceId, boot)) return null;
  if (isInDoubt(evidence, instance, boot)) return null;
  const since = clock(evidence, boot.at ?? evidence.startedAt);
  return `${instanceId} was ${instance.settled}, Reveille started it at ${since}, and it is still ${after.state}: no one else took it over`;
}

/** What mails of ReconcileLeases say before the state, in each language. */
const RESTORED = ['restored, ', 'back now, ', '元の状態に戻しました、', '使用後に元の状態に戻しました、'];

/** Hibernated, and now just stopped: only EC2 itself may do that, and then the report says so. */
function lostMemory(evidence: Evidence, instance: InstanceEvidence, boot: Boot): string | null {
  const { instanceId, settled, after, behaviours } = instance;
  if (settled !== 'hibernated' || after.state !== 'stopped' || boot.stop === null || !boot.stop.ours) return null;
  const isEc2s = behaviours.includes('hibernation-falls-back');
  const { at: stoppedAt } = boot.stop;
  // Someone else's lease on it makes it theirs: no run of ours looks at it any more.
  const isTaken = changes(evidence, instanceId).some(
    ({ at, facts, by }) =>
      facts.about === 'tags' && LEASE_TAG in facts.tags && at >= stoppedAt && by !== null && !isOurs(by.principal),
  );
  if (isEc2s && isTaken) return null;
  // Of a run that ended without a report, only that is told.
  const isReported = evidence.executions.some(({ name, report }) => name === boot.runId && report !== null);
  const isTold =
    (!isReported && boot.stop.runId === boot.runId) ||
    linesOf(evidence, instanceId).some(({ finalState }) => finalState === 'stopped') ||
    evidence.messages.some((message) =>
      RESTORED.some((told) => new RegExp(`${instanceId}  ${told}stopped`).test(message)),
    );
  if (isEc2s && isTold) return null;
  return `${instanceId} was hibernated, and ${boot.stop.principal} left it stopped at ${clock(evidence, boot.stop.at)}${isEc2s ? ' without a word to anybody' : ''}`;
}

const leaseIn = ({ parameters }: CallEvidence): string | undefined =>
  ((parameters['Tag'] ?? []) as { Key: string; Value?: string }[]).find(({ Key }) => Key === LEASE_TAG)?.Value;

/** DeleteTags that names a value removes that one only: a lease that is another run's by now stays. */
function removesLease(evidence: Evidence, instanceId: string, call: CallEvidence): boolean {
  const named = leaseIn(call);
  const written = calls(evidence, 'CreateTags').findLast(
    (one) =>
      one.error === null && one.at <= call.at && one.instanceIds.includes(instanceId) && leaseIn(one) !== undefined,
  );
  return named === undefined || written === undefined || leaseIn(written) === named;
}

/** A lease goes only when its instance is asleep again, or someone else's. Without it, no Lambda could put it back. */
function claimGivenUp(evidence: Evidence, instance: InstanceEvidence, boots: Boot[]): string | null {
  const { instanceId } = instance;
  for (const call of calls(evidence, 'DeleteTags')) {
    const { at, error, principal, instanceIds } = call;
    if (error !== null || !isOurs(principal) || !instanceIds.includes(instanceId)) continue;
    if (!removesLease(evidence, instanceId, call)) continue;
    const boot = boots.findLast((one) => (one.at ?? 0) <= at);
    const state = stateAt(evidence, instance, at);
    if (boot === undefined || !boot.ours || !AWAKE.has(state)) continue;
    // Only what someone else did before.
    const untilThen = { ...boot, stop: { at, ours: true, principal, runId: '' } };
    if (isTheirs(evidence, instance, untilThen) || at > stopUntil(evidence, boot)) continue;
    if (isInDoubt(evidence, instance, boot)) continue;
    return `${instanceId} was ${state} when ${principal} removed its lease at ${clock(evidence, at)}`;
  }
  return null;
}

export const asItWas: Checker = {
  promise: 'as-it-was',
  says: 'Whatever fails, crashes, times out or is aborted: every instance that Reveille started ends as it was, stopped, or hibernated if it was hibernated; unless someone else has taken it over, or its end has passed, and both are told.',
  check(evidence) {
    return evidence.instances.flatMap((instance) => {
      const boots = bootsOf(evidence, instance);
      const last = boots.at(-1);
      if (last === undefined) return [];
      const texts = [claimGivenUp(evidence, instance, boots)];
      if (last.ours) texts.push(leftAwake(evidence, instance, last), lostMemory(evidence, instance, last));
      return texts.flatMap((text) => (text === null ? [] : [{ instanceId: instance.instanceId, at: last.at, text }]));
    });
  },
};
