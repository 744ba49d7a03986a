// What can be decided at the step `restore`.
import type { BatchInstance, InstanceAt } from '../batch/batch-instance.ts';
import { minutesUnseen, type Unseen, unseenReason } from '../batch/unseen.ts';
import { type InstanceFacts, stateNow } from '../model/instance.ts';
import { FOLLOW_STOP_SECONDS, STOP_SECONDS_BY_PLATFORM } from '../model/limits.ts';
import { type Reason, reason } from '../model/reason.ts';
import { addSeconds, earliest, isAfter, minutesBetween, type Timestamp } from '../model/time.ts';
import { attemptsOf } from '../ownership/owner.ts';
import { updateMayRunUntil } from '../work/sent-commands.ts';

interface Wait {
  action: 'wait';
  reason: Reason;
  /** When the wait ends at the latest; null: no rule knows how long EC2 or SSM takes, so only the deadline ends it, if any. */
  until: Timestamp | null;
  /** It ends by itself, and takes its time even after the deadline. */
  outlastsDeadline?: true;
}

export type RestoreDecision =
  | Wait
  | { action: 'stop'; hibernate: boolean }
  /** It is as it should be, or someone else's, or gone: remove our lease if there is one to remove. */
  | {
      action: 'settle';
      /** null: EC2 does not say it. */
      finalState: string | null;
      releaseLease: boolean;
      wasSeenStopped: boolean;
      isGone: boolean;
      reason: Reason | null;
    }
  /**
   * It is not as it was, as far as is known, and this run can do no more. The lease stays, so that ReconcileLeases finds the
   * instance. `finalState` is null where EC2 does not say it.
   */
  | { action: 'give-up'; finalState: string | null; reason: Reason };

export const LEFT_AWAKE = 'left-awake';

/** Whether an instance is left awake because its end has passed. */
export const isLeftAwakeByEnd = (decision: RestoreDecision): boolean =>
  decision.action === 'settle' && decision.reason?.code === LEFT_AWAKE;

/** @param until null: only the deadline ends it, if there is one */
export function wait(why: Reason, until: Timestamp | null): Wait {
  return { action: 'wait', reason: why, until };
}

export function stop({ originalState }: BatchInstance): RestoreDecision {
  return { action: 'stop', hibernate: originalState === 'hibernated' };
}

export function settle(
  finalState: string | null,
  more: Partial<Extract<RestoreDecision, { action: 'settle' }>>,
): RestoreDecision {
  const usual = { releaseLease: false, wasSeenStopped: false, isGone: false, reason: null };
  return { action: 'settle', finalState, ...usual, ...more };
}

/** It is someone else's. One that they have stopped meanwhile is not awake, and is reported as stopped. */
export function leaveToOthers(
  ec2: InstanceFacts,
  why: Reason,
  { releaseLease }: { releaseLease: boolean },
): RestoreDecision {
  return settle(ec2.state === 'stopped' ? stateNow(ec2) : 'handed-over', { releaseLease, reason: why });
}

/** What a decision is held to: one instance that is being restored. */
interface LateCase {
  instance: InstanceAt<'restore'>;
  ec2: InstanceFacts;
  /** null: it is never given up. */
  deadlineSeconds: number | null;
  now: Date;
}

/** Ends what takes too long; but a first stop is always tried, and given its time to show, however late it is. */
export function enforceDeadline(ours: LateCase, decision: RestoreDecision): RestoreDecision {
  const { instance, ec2 } = ours;
  const deadline = deadlineOf(ours);
  const isFirstStop = decision.action === 'stop' && instance.stopAcceptedAt === null && instance.lastRefusal === null;
  const outlastsDeadline = decision.action === 'wait' && decision.outlastsDeadline === true;
  if (deadline === null || decision.action === 'settle' || isFirstStop || outlastsDeadline) return decision;
  if (isAfter(deadline, ours.now)) {
    if (decision.action !== 'wait' || isBefore(decision.until, deadline)) return decision;
    return { ...decision, until: deadline };
  }
  const isWaiting = decision.action === 'wait' && ec2.state === 'running';
  const waitedFor = isWaiting ? `: ${decision.reason.text}` : '';
  const error = instance.lastError ?? (isWaiting ? decision.reason.awsError : undefined);
  const refusal = instance.lastRefusal === null ? '' : `; last refusal: ${instance.lastRefusal}`;
  const minutes = minutesBetween(mayBeStoppedSince(ours), ours.now);
  const text = `it is ${ec2.state} after ${minutes} minutes of restoring, its lease is kept${waitedFor}${refusal}`;
  return { action: 'give-up', finalState: ec2.state, reason: reason('not-restored', text, error) };
}

/** When an instance that is not put back by then is given up; null: never. */
export function deadlineOf(late: LateCase): Timestamp | null {
  const { instance, deadlineSeconds } = late;
  if (deadlineSeconds === null) return null;
  return earliest(
    addSeconds(mayBeStoppedSince(late), Math.max(deadlineSeconds, stopSecondsOf(late))),
    addSeconds(instance.stopUntil, FOLLOW_STOP_SECONDS),
  );
}

/** Of one that is on its way down. */
function stopSecondsOf({ ec2: { state, platform } }: LateCase): number {
  if (state !== 'stopping' || platform === null) return 0;
  const [, seconds = 0] = Object.entries(STOP_SECONDS_BY_PLATFORM).find(([name]) => platform.startsWith(name)) ?? [];
  return seconds;
}

/** The deadline is counted from here: no update could run any more, or our stop was accepted. */
function mayBeStoppedSince({ instance, ec2 }: LateCase): Timestamp {
  const since = (ec2.state === 'stopping' ? instance.stopAcceptedAt : null) ?? instance.stepSince;
  return updateMayRunUntil(instance, new Date(since)) ?? since;
}

const isBefore = (moment: Timestamp | null, other: Timestamp): boolean => moment !== null && isAfter(other, moment);

/**
 * One that no look shows: it may be back any minute, so it is waited for like all else that is to be restored.
 * @param deadlineSeconds from the first look that did not show it
 */
export function decideUnseen(
  { instance, unseen }: { instance: InstanceAt<'restore'> & { unseenSince: Timestamp }; unseen: Unseen },
  deadlineSeconds: number,
  now: Date,
): RestoreDecision {
  const { unseenSince, stopUntil } = instance;
  const until = earliest(addSeconds(unseenSince, deadlineSeconds), addSeconds(stopUntil, FOLLOW_STOP_SECONDS));
  if (isAfter(until, now)) return wait(unseenReason(unseen), until);
  const minutes = minutesUnseen(unseenSince, now);
  if (unseen.kind === 'unknown') {
    const text = `EC2 has not known it for ${minutes}`;
    return settle('not-found', { isGone: true, reason: reason('disappeared', text) });
  }
  const { text: said, error } = unseen.refusal;
  if (attemptsOf(instance.owner).length === 0) {
    // Nothing was tried that would have to be taken back.
    const isLate = instance.strayUntil !== null && isAfter(instance.strayUntil, now);
    if (isLate) return wait(unseenReason(unseen), instance.strayUntil);
    return settle(null, {
      reason: reason('question-refused', `EC2 did not say for ${minutes} how it is: ${said}`, error),
    });
  }
  const text = `EC2 did not say for ${minutes} how it is, its lease is kept: ${said}`;
  return { action: 'give-up', finalState: null, reason: reason('not-restored', text, error) };
}
