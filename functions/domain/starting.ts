import { type Attempt, type ConveyorInstance, fail, type Hold, moveTo } from './conveyor.ts';
import type { InstanceFacts } from './instances.ts';
import { isOurBoot, toHold } from './leases.ts';
import { type Reason, reason } from './reasons.ts';
import { CAPACITY_RETRY_SECONDS, PASSING_RETRY_SECONDS } from './settings.ts';
import { addSeconds, isAfter, secondsBetween, toTimestamp } from './time.ts';

export interface StartFacts {
  /** Read anew, just before. */
  instance: InstanceFacts | null;
  /** What earlier attempts of this very batch recorded: they crashed, or their replies were lost. */
  earlierHold: Hold | null;
}

export type StartDecision =
  | { action: 'start' }
  | { action: 'wait'; reason: Reason }
  /** An earlier attempt's start took effect: it is ours, and awake. */
  | { action: 'adopt'; hold: Hold }
  /** It runs, and not by us: update it, never stop it. */
  | { action: 'hand-over'; reason: Reason }
  | { action: 'fail'; reason: Reason };

/**
 * What to do with an instance that awaits its start.
 * Ours or not: a boot between an earlier record and the death of its writer is ours; any other is somebody else's.
 */
export function decideStart(
  instance: ConveyorInstance,
  facts: StartFacts,
  startDeadlineSeconds: number,
  now: Date,
): StartDecision {
  if (facts.instance === null) {
    return { action: 'fail', reason: reason('disappeared', 'EC2 does not know it any more') };
  }
  const { state, launchTime } = facts.instance;
  switch (state) {
    case 'stopped':
      if (instance.retryAt !== null && isAfter(instance.retryAt, now)) {
        return { action: 'wait', reason: reason('waiting-for-capacity', 'waits before the next attempt to start it') };
      }
      return { action: 'start' };
    case 'running':
    case 'pending':
      if (facts.earlierHold !== null && isOurBoot(launchTime, facts.earlierHold)) {
        return { action: 'adopt', hold: facts.earlierHold };
      }
      return {
        action: 'hand-over',
        reason: reason('started-by-others', 'somebody else started it before Reveille did: it is not stopped'),
      };
    case 'stopping':
      if (secondsBetween(instance.stepSince, now) >= startDeadlineSeconds) {
        return { action: 'fail', reason: reason('stuck-stopping', 'it has been stopping ever since') };
      }
      return { action: 'wait', reason: reason('stopping', 'it is stopping: it can be started once it has stopped') };
    default:
      return { action: 'fail', reason: reason('terminated-in-run', `it is ${state} now`) };
  }
}

/** EC2 may have room for it later (docs/aws-behaviour.md 18). */
const CAPACITY_ERRORS = new Set([
  'InsufficientInstanceCapacity',
  'InsufficientHostCapacity',
  'InsufficientReservedInstanceCapacity',
  'InstanceLimitExceeded',
  'VcpuLimitExceeded',
  'MaxSpotInstanceCountExceeded',
]);
export const lacksCapacity = (errorCode: string): boolean => CAPACITY_ERRORS.has(errorCode);

/** A lease that was just written may not be seen yet by the policy that wants it; later than this, it is the policy. */
const UNAUTHORIZED_RETRY_SECONDS = 5 * 60;

/** The describe that said `stopped` ran ahead, or EC2 is busy: both pass. */
const PASSING_ERRORS = new Set(['IncorrectInstanceState', 'RequestLimitExceeded']);

export type RefusedStartDecision =
  | { action: 'retry'; afterSeconds: number; reason: Reason }
  | { action: 'fail'; reason: Reason };

/** How long such a refusal is worth another try, and how soon; null: it never is. */
function retryRule(
  code: string,
  startDeadlineSeconds: number,
): { deadlineSeconds: number; afterSeconds: number } | null {
  if (lacksCapacity(code)) return { deadlineSeconds: startDeadlineSeconds, afterSeconds: CAPACITY_RETRY_SECONDS };
  if (PASSING_ERRORS.has(code)) return { deadlineSeconds: startDeadlineSeconds, afterSeconds: PASSING_RETRY_SECONDS };
  if (code === 'UnauthorizedOperation') {
    const deadlineSeconds = Math.min(UNAUTHORIZED_RETRY_SECONDS, startDeadlineSeconds);
    return { deadlineSeconds, afterSeconds: PASSING_RETRY_SECONDS };
  }
  return null;
}

/** What to do after StartInstances refused this one instance, by EC2's error code and message. */
export function decideRefusedStart(
  instance: ConveyorInstance,
  error: { code: string; message: string },
  startDeadlineSeconds: number,
  now: Date,
): RefusedStartDecision {
  const text = `EC2 refused to start it: ${error.code}: ${error.message}`;
  const rule = retryRule(error.code, startDeadlineSeconds);
  if (rule === null) return { action: 'fail', reason: reason('start-refused', text) };
  const waitedSeconds = secondsBetween(instance.stepSince, now);
  if (waitedSeconds < rule.deadlineSeconds) {
    return { action: 'retry', afterSeconds: rule.afterSeconds, reason: reason('waiting-to-start', text) };
  }
  const minutes = Math.round(waitedSeconds / 60);
  const code = lacksCapacity(error.code) ? 'no-capacity' : 'start-refused';
  return { action: 'fail', reason: reason(code, `${text} (tried again for ${minutes} minutes)`) };
}

/** What became of an instance for which everything was asked, in order: its record, its lease, its start. */
export type StartResult =
  | { kind: 'lease-refused'; error: { code: string; message: string } }
  | { kind: 'lease-untried' }
  | { kind: 'start-refused'; error: { code: string; message: string } }
  | { kind: 'start-untried' }
  /** `wasRetried`: EC2 was asked more than once, because an answer was lost. */
  | { kind: 'accepted'; previousState: string; wasRetried: boolean };

/** Whether EC2 had found the instance awake already when it was told to start it. */
export const wasAwake = (result: StartResult): boolean =>
  result.kind === 'accepted' && (result.previousState === 'running' || result.previousState === 'pending');

/**
 * The instance after its start was asked for.
 * @param tried this attempt, as its record says
 * @param earlier attempts on this instance whose replies were lost
 */
export function applyStart(
  instance: ConveyorInstance,
  result: StartResult,
  tried: Attempt,
  earlier: Attempt[],
  startDeadlineSeconds: number,
  now: Date,
): ConveyorInstance {
  const hold: Hold = { ...tried, earlier };
  // Its start was not tried, or was refused: no boot from now on can be this attempt's.
  const unstarted: ConveyorInstance = { ...instance, hold: { ...hold, startBy: tried.recordedAt } };
  switch (result.kind) {
    case 'lease-refused': {
      const text = `its lease tag was refused, so it was not started: ${result.error.code}: ${result.error.message}`;
      // An attempt that was lost may still have started it.
      return fail({ ...instance, hold: instance.hold ?? toHold(earlier) }, 'lease-refused', text, now);
    }
    case 'lease-untried':
      return instance;
    case 'start-untried':
      return unstarted;
    case 'start-refused': {
      const decision = decideRefusedStart(instance, result.error, startDeadlineSeconds, now);
      if (decision.action === 'fail') return fail(unstarted, decision.reason.code, decision.reason.text, now);
      return { ...unstarted, retryAt: addSeconds(now, decision.afterSeconds), lastRefusal: decision.reason.text };
    }
    case 'accepted': {
      const held = moveTo({ ...instance, hold }, 'readiness', now);
      // Awake already: by a try of ours whose reply was lost, as its LaunchTime will tell, or by somebody else.
      if (!wasAwake(result) || result.wasRetried || earlier.length > 0) return { ...held, wokenAt: toTimestamp(now) };
      const text = `it was ${result.previousState} when Reveille started it: it is not stopped`;
      return { ...held, handedOver: reason('started-by-others', text) };
    }
  }
}

/** The instance after a decision that needs no start; null if it is to be started. */
export function applyStartDecision(
  instance: ConveyorInstance,
  decision: StartDecision,
  facts: StartFacts,
  now: Date,
): ConveyorInstance | null {
  switch (decision.action) {
    case 'start':
      return null;
    case 'wait':
      return instance;
    case 'adopt': {
      const wokenAt = facts.instance?.launchTime ?? toTimestamp(now);
      return moveTo({ ...instance, hold: decision.hold, wokenAt }, 'readiness', now);
    }
    case 'hand-over': {
      // An attempt that was lost may have left its lease on it, which is to be removed.
      const hold = instance.hold ?? facts.earlierHold;
      return { ...moveTo(instance, 'readiness', now), handedOver: decision.reason, hold };
    }
    case 'fail':
      return fail(instance, decision.reason.code, decision.reason.text, now);
  }
}
