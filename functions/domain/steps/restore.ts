import type { BatchInstance } from '../batch/batch-instance.ts';
import { type InstanceFacts, isHibernated } from '../model/instance.ts';
import {
  CONSISTENCY_SECONDS,
  OTHER_ACTIVITY_WAIT_SECONDS,
  STOP_REPEAT_SECONDS,
  STRAY_LAMBDA_SECONDS,
} from '../model/limits.ts';
import { type Reason, reason, retold } from '../model/reason.ts';
import type { ReasonCode } from '../model/reason-codes.ts';
import { isAfter, secondsBetween, toTimestamp } from '../model/time.ts';
import { type Hold, isOpenWindow, isOurBoot, mayHaveStarted } from '../ownership/attempt.ts';
import { parseLease } from '../ownership/lease.ts';
import { updateMayRunUntil } from '../work/sent-commands.ts';

export interface RestoreFacts {
  /** null: EC2 does not know it any more. */
  instance: InstanceFacts | null;
  /** The value that its lease tag should have. */
  leaseValue: string | null;
  leaseTag: string;
  /** Who else is at work on it; null: nobody, or not asked for, since it is not to be stopped now. */
  neighbour: Reason | null;
  /** Every Lambda that could start it has been dead for long enough: a `stopped` is believed without a stop of our own. */
  areWritersDead: boolean;
}

export type RestoreDecision =
  | { action: 'wait'; reason: Reason }
  | { action: 'stop'; hibernate: boolean }
  /** It is as it should be: our lease goes, if there is one. */
  | { action: 'settle'; finalState: string; releaseLease: boolean; restored: boolean; reason: Reason | null }
  /** Not as it was, and nothing more can be done here: the lease stays, as a claim for whoever cleans up. */
  | { action: 'give-up'; finalState: string; reason: Reason };

const STOP_NOT_SHOWN = 'stop-not-shown';

/** The reason of everybody who was at work when a step of the conveyor failed for good. */
export const STEP_FAILED = 'step-failed';

const NEIGHBOURS_UNKNOWN = 'neighbours-unknown';

/** Who else is at work could not be found out: then it is not stopped, as if somebody were. */
export const otherActivityUnknown = (why: string): Reason =>
  reason(NEIGHBOURS_UNKNOWN, `whether somebody else is at work on it could not be found out: ${why}`);

const wait = (code: ReasonCode, text: string): RestoreDecision => ({ action: 'wait', reason: reason(code, text) });

/** Whether a Lambda that nobody waits for any more may still start it or send it a command. */
const mayBeTouched = ({ reason: why, stepSince }: BatchInstance, { earlier, ...newest }: Hold, now: Date): boolean =>
  (why?.code === STEP_FAILED && secondsBetween(stepSince, now) < STRAY_LAMBDA_SECONDS) ||
  [newest, ...earlier].some(({ startBy }) => isAfter(startBy, now)) ||
  // Of one whose reply was lost nobody knows when it ended.
  earlier.some((lost) => isOpenWindow(lost) && secondsBetween(lost.recordedAt, now) < STRAY_LAMBDA_SECONDS);

/** Whether a failed step may have done something to it that the payload does not know. */
export const hasFailedStep = ({ reason: why }: BatchInstance): boolean => why?.code === STEP_FAILED;

const stateNow = (facts: InstanceFacts): string => (isHibernated(facts) ? 'hibernated' : facts.state);

/** It is someone else's. One that they have stopped meanwhile is not awake, and not called so. */
const leaveToOthers = (why: Reason, releaseLease: boolean, facts: InstanceFacts): RestoreDecision => ({
  action: 'settle',
  finalState: facts.state === 'stopped' ? stateNow(facts) : 'handed-over',
  releaseLease,
  restored: false,
  reason: why,
});

/** Whether a start that nobody knows of may still come to it: its step failed, and we do not hold it. */
export const mayStillBeStarted = ({ hold, originalState, reason: why, handedOver }: BatchInstance): boolean =>
  hold === null && originalState !== 'running' && handedOver === null && why?.code === STEP_FAILED;

/** What we never held is not ours to put back: it is looked at, and that is all. */
function settleUnheld(instance: BatchInstance, facts: InstanceFacts, now: Date): RestoreDecision {
  if (instance.handedOver !== null) return leaveToOthers(instance.handedOver, false, facts);
  if (mayStillBeStarted(instance) && secondsBetween(instance.stepSince, now) < STRAY_LAMBDA_SECONDS) {
    return wait('start-may-come', 'a start that the failed step has left behind may still come');
  }
  return { action: 'settle', finalState: stateNow(facts), releaseLease: false, restored: false, reason: null };
}

/** Whether our lease is gone from it; right after it was written, it may only not be shown yet. */
function leaseLoss(hold: Hold, facts: InstanceFacts, expected: RestoreFacts, now: Date): Reason | null {
  const carried = facts.tags[expected.leaseTag];
  if (carried === expected.leaseValue || secondsBetween(hold.recordedAt, now) <= CONSISTENCY_SECONDS) return null;
  const other = parseLease(carried ?? '');
  const what = other === null ? 'changed' : `changed to that of run ${other.runId}`;
  return reason(
    'lease-removed',
    `its lease tag was ${carried === undefined ? 'removed' : what}, not by this run: it is left alone`,
  );
}

function decideRunning(
  instance: BatchInstance,
  hold: Hold,
  facts: InstanceFacts,
  expected: RestoreFacts,
  now: Date,
): RestoreDecision {
  if (!isOurBoot(facts.launchTime, hold)) {
    const text = `it was started again at ${facts.launchTime ?? 'an unknown time'}, not by Reveille`;
    return leaveToOthers(reason('restarted-by-others', text), true, facts);
  }
  const lost = leaseLoss(hold, facts, expected, now);
  if (lost !== null) return leaveToOthers(lost, false, facts);
  const until = updateMayRunUntil(instance, now);
  if (until !== null) return wait('update-may-run', `an update may be at work on it until ${until}`);
  // A pending instance can't be stopped yet, whatever we want.
  if (facts.state === 'pending') return wait('pending', 'it is still starting');
  const { stopAcceptedAt } = instance;
  if (stopAcceptedAt !== null && secondsBetween(stopAcceptedAt, now) < STOP_REPEAT_SECONDS) {
    return wait(STOP_NOT_SHOWN, 'its stop is not shown yet');
  }
  if (expected.neighbour !== null) return decideOtherActivity(instance, facts, expected.neighbour, now);
  return { action: 'stop', hibernate: instance.originalState === 'hibernated' };
}

/** Somebody who goes on for long has taken it over; who is not known to be there has not. */
function decideOtherActivity(
  { neighbourSince }: BatchInstance,
  facts: InstanceFacts,
  neighbour: Reason,
  now: Date,
): RestoreDecision {
  const waitedSeconds = neighbourSince === null ? 0 : secondsBetween(neighbourSince, now);
  if (neighbour.code === NEIGHBOURS_UNKNOWN || waitedSeconds < OTHER_ACTIVITY_WAIT_SECONDS) {
    return { action: 'wait', reason: neighbour };
  }
  const text = `${neighbour.text}, for more than ${OTHER_ACTIVITY_WAIT_SECONDS / 60} minutes: it is theirs now`;
  return leaveToOthers(retold(neighbour, text), true, facts);
}

/** Notes since when somebody else has been at work on it. */
export const noteOtherActivity = (instance: BatchInstance, neighbour: Reason | null, now: Date): BatchInstance => ({
  ...instance,
  neighbourSince: neighbour === null ? null : (instance.neighbourSince ?? toTimestamp(now)),
});

/**
 * A `stopped` proves something only after our own stop was accepted, and that after our last start: a start could
 * still be on its way. So one that is found stopped is told to stop once more, which costs nothing.
 */
function decideStopped(
  instance: BatchInstance,
  hold: Hold,
  facts: InstanceFacts,
  expected: RestoreFacts,
  now: Date,
): RestoreDecision {
  const hibernated = isHibernated(facts);
  const finalState = hibernated ? 'hibernated' : 'stopped';
  if (instance.stopAcceptedAt === null && !expected.areWritersDead) {
    const taken = leaseLoss(hold, facts, expected, now);
    if (taken === null && mayHaveStarted(hold)) {
      return { action: 'stop', hibernate: instance.originalState === 'hibernated' };
    }
    // Every start was refused, so none can be on its way: a stop would only hit somebody else's.
    if (taken === null) return { action: 'settle', finalState, releaseLease: true, restored: false, reason: null };
    // Without its lease nobody may stop it, and it is stopped: there is nothing to do, but something to tell.
    return { action: 'settle', finalState, releaseLease: false, restored: true, reason: taken };
  }
  // Its lease may be gone by now: a try of this very step removed it, and its reply was lost.
  return {
    action: 'settle',
    finalState,
    releaseLease: facts.tags[expected.leaseTag] === expected.leaseValue,
    restored: true,
    // A hibernation that fails falls back to a plain stop, silently (docs/aws-behaviour.md 37).
    reason:
      instance.originalState === 'hibernated' && !hibernated
        ? reason('hibernation-lost', 'it was hibernated, and EC2 fell back to a plain stop')
        : null,
  };
}

/** Past its deadline, counted from the moment when it might first have been stopped, or when its stop was accepted. */
function isOverdue(instance: BatchInstance, ec2: InstanceFacts, deadlineSeconds: number, now: Date): boolean {
  const since = (ec2.state === 'stopping' ? instance.stopAcceptedAt : null) ?? instance.stepSince;
  const due = secondsBetween(since, now) >= deadlineSeconds;
  return due && updateMayRunUntil(instance, new Date(now.getTime() - deadlineSeconds * 1000)) === null;
}

/** Nobody is given up before a stop was tried at least once, and had its time to show, however late it is. */
const isUnderWay = (instance: BatchInstance, decision: RestoreDecision): boolean =>
  (decision.action === 'stop' && instance.stopAcceptedAt === null && instance.lastRefusal === null) ||
  (decision.action === 'wait' && decision.reason.code === STOP_NOT_SHOWN);

/**
 * How to put one instance back as it was. What was running, and what others took over, is never stopped.
 * @param deadlineSeconds how long the restoring itself may take
 */
export function decideRestore(
  instance: BatchInstance,
  facts: RestoreFacts,
  deadlineSeconds: number,
  now: Date,
): RestoreDecision {
  const ec2 = facts.instance;
  if (ec2 === null || ec2.state === 'terminated' || ec2.state === 'shutting-down') {
    const text = ec2 === null ? 'EC2 does not know it any more' : `it is ${ec2.state}`;
    return {
      action: 'settle',
      finalState: ec2?.state ?? 'not-found',
      releaseLease: false,
      restored: false,
      reason: reason('terminated-in-run', text),
    };
  }
  const { hold } = instance;
  if (hold === null) return settleUnheld(instance, ec2, now);
  if (instance.handedOver !== null) return leaveToOthers(instance.handedOver, true, ec2);

  const decision = decideHeld(instance, hold, ec2, facts, now);
  const isDone = decision.action === 'settle' || isUnderWay(instance, decision);
  if (isDone || !isOverdue(instance, ec2, deadlineSeconds, now)) return decision;
  const { neighbour } = facts;
  if (neighbour !== null && neighbour.code !== NEIGHBOURS_UNKNOWN) {
    return leaveToOthers(
      retold(neighbour, `${neighbour.text}, and the time to put it back is over: it is theirs now`),
      true,
      ec2,
    );
  }
  const refusal = instance.lastRefusal === null ? '' : `; last refusal: ${instance.lastRefusal}`;
  const text = `it is ${ec2.state} after ${Math.round(deadlineSeconds / 60)} minutes of restoring, its lease is kept${refusal}`;
  return { action: 'give-up', finalState: ec2.state, reason: reason('not-restored', text) };
}

function decideHeld(
  instance: BatchInstance,
  hold: Hold,
  ec2: InstanceFacts,
  facts: RestoreFacts,
  now: Date,
): RestoreDecision {
  if (mayBeTouched(instance, hold, now)) {
    return wait('writer-may-live', 'a Lambda that may start it, or send it a command, may still be alive');
  }
  if (ec2.state === 'stopping') return wait('stopping', 'it is stopping');
  if (ec2.state === 'stopped') return decideStopped(instance, hold, ec2, facts, now);
  return decideRunning(instance, hold, ec2, facts, now);
}

/** What to do with one that is as it should be, but for its lease, which EC2 did not remove: try again, within the deadline. */
export function decideKeptLease(
  instance: BatchInstance,
  finalState: string,
  refusal: string,
  deadlineSeconds: number,
  now: Date,
): RestoreDecision {
  const text = `its lease could not be removed: ${refusal}`;
  // Counted from its stop, which may have come late.
  const since = instance.stopAcceptedAt ?? instance.stepSince;
  if (secondsBetween(since, now) < deadlineSeconds) return wait('lease-kept', text);
  return { action: 'give-up', finalState, reason: reason('lease-kept', text) };
}
