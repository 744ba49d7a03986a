// What becomes of an instance once its restoring was decided and carried out.
import type { InstanceAt } from '../batch/batch-instance.ts';
import { carryOn, withoutRefusal, withRefusal } from '../batch/transitions.ts';
import type { Refusal } from '../model/aws-errors.ts';
import { type Reason, reason, retold } from '../model/reason.ts';
import { addSeconds, isAfter, type Timestamp, toTimestamp } from '../model/time.ts';
import { wokenAtOf } from '../ownership/owner.ts';
import type { RestoreDecision } from './restore-decision.ts';

type Settle = Extract<RestoreDecision, { action: 'settle' }>;

/** In place of a refusal: the Lambda's time was over before EC2 was asked. */
export const UNTRIED: Refusal = { text: 'no time was left to stop it', passes: true };

/** In place of a refusal: the lock or a lease was another one, right before EC2 was asked. */
export const CHANGED: Refusal = { text: 'a run may have come for it just now', passes: true };

/** One instance, what was decided on it, and what came of that. */
export interface RestoreOutcome {
  instance: InstanceAt<'restore'>;
  decision: RestoreDecision;
  /** What EC2 said if it refused the stop, or the removal of the lease. */
  refusal: Refusal | null;
}

/** One look at one instance: `until` is null where no rule knows how long the wait takes at most. */
export interface RestoreLook {
  instance: InstanceAt<'restore' | 'settled'>;
  waiting: { reason: Reason; until: Timestamp | null } | null;
}

/**
 * The instance from now on, and what it waits for if it is not settled yet.
 * @param deadlineSeconds how long the removal of a lease may be refused before the instance is given up
 */
export function applyRestore(outcome: RestoreOutcome, deadlineSeconds: number, now: Date): RestoreLook {
  const { instance, decision, refusal } = outcome;
  const isLeaseKept = decision.action === 'settle' && refusal !== null;
  const effective = isLeaseKept
    ? decideKeptLease(instance, { finalState: decision.finalState, refusal }, deadlineSeconds, now)
    : decision;
  switch (effective.action) {
    case 'wait':
      return { instance, waiting: { reason: effective.reason, until: effective.until } };
    case 'stop':
      return { instance: noteStop(instance, refusal, now), waiting: null };
    case 'give-up':
      return { instance: giveUp(instance, effective, now), waiting: null };
    case 'settle':
      return { instance: settle(instance, effective, now), waiting: null };
  }
}

/** The instance is as it should be, but EC2 did not remove its lease: that is tried again, within the deadline. */
export function decideKeptLease(
  instance: InstanceAt<'restore'>,
  { finalState, refusal }: { finalState: string | null; refusal: Refusal },
  deadlineSeconds: number,
  now: Date,
): RestoreDecision {
  const why = reason('lease-kept', `its lease could not be removed: ${refusal.text}`, refusal.error);
  // Counted from its stop, which may have come late.
  const until = addSeconds(instance.stopAcceptedAt ?? instance.stepSince, deadlineSeconds);
  if (isAfter(until, now)) return { action: 'wait', reason: why, until };
  return { action: 'give-up', finalState, reason: why };
}

const noteStop = (instance: InstanceAt<'restore'>, refusal: Refusal | null, now: Date): InstanceAt<'restore'> =>
  refusal === null ? withoutRefusal({ ...instance, stopAcceptedAt: toTimestamp(now) }) : withRefusal(instance, refusal);

function giveUp(
  instance: InstanceAt<'restore'>,
  { finalState, reason: why }: Extract<RestoreDecision, { action: 'give-up' }>,
  now: Date,
): InstanceAt<'settled'> {
  const told = retold(why, `${why.text}; ${workOf(instance)}`);
  // What was seen stopped is back as it was, although its lease could not be removed.
  const isAsleep = finalState === 'stopped' || finalState === 'hibernated';
  const restoredAt = isAsleep && wokenAtOf(instance.owner) !== null ? toTimestamp(now) : null;
  return { ...toSettled(instance, now), outcome: 'failed', reason: told, finalState, restoredAt };
}

/** What is told of it in the end. */
function toSettled(
  instance: InstanceAt<'restore'>,
  now: Date,
): Omit<InstanceAt<'settled'>, 'finalState' | 'restoredAt'> {
  const { launchTime, versionBefore, versionAfter, commands, outcome, reason: why, otherActivitySince } = instance;
  const { stopAcceptedAt, heardAt, said } = instance;
  const worked = { launchTime, versionBefore, versionAfter, commands, outcome, reason: why, stopAcceptedAt };
  const heard = { ...(heardAt && { heardAt }), ...(said && { said }) };
  return { ...carryOn(instance, now), step: 'settled', ...worked, ...heard, otherActivitySince };
}

/** How the work had ended, before the restoring. */
function workOf({ outcome, reason: why }: InstanceAt<'restore'>): string {
  if (outcome === null) return 'before the restoring it had no outcome';
  if (outcome !== 'failed') return `before the restoring its outcome was ${outcome}`;
  return `before the restoring it had failed${why === null ? '' : `: ${why.text}`}`;
}

const settle = (instance: InstanceAt<'restore'>, decision: Settle, now: Date): InstanceAt<'settled'> => ({
  ...toSettled(instance, now),
  outcome: decision.isGone ? 'failed' : instance.outcome,
  reason: joinReasons(instance, decision),
  finalState: decision.finalState,
  restoredAt: decision.wasSeenStopped && wokenAtOf(instance.owner) !== null ? toTimestamp(now) : null,
});

/** Why the work failed says more than how restoring went. Both are told, unless they are the same. */
function joinReasons(
  { outcome, reason: failure }: InstanceAt<'restore'>,
  { reason: restoring }: Settle,
): Reason | null {
  if (outcome !== 'failed' || failure === null || restoring === null) return restoring ?? failure;
  if (restoring.code === failure.code || restoring.text === failure.text) return failure;
  return retold(failure, `${failure.text}; ${restoring.text}`);
}
