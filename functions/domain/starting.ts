import { CLOCK_MARGIN_SECONDS } from './attempts.ts';
import { type Attempt, type ConveyorInstance, exclude, fail, type Hold, moveTo } from './conveyor.ts';
import type { InstanceFacts } from './instances.ts';
import type { LeaseStanding } from './lease-standing.ts';
import { isOpenWindow, isOurBoot, toHold } from './leases.ts';
import { exclusion, type Reason, reason } from './reasons.ts';
import { CAPACITY_RETRY_SECONDS, PASSING_RETRY_SECONDS } from './settings.ts';
import { addSeconds, isAfter, secondsBetween, type Timestamp, toTimestamp } from './time.ts';

export interface StartFacts {
  /** Read anew, just before. */
  instance: InstanceFacts | null;
  /** What earlier attempts of this very batch recorded: they crashed, or their replies were lost. */
  earlierHold: Hold | null;
  /** What the lease means that it carries now; null if it carries none, or this very batch's own. */
  lease: LeaseStanding | null;
}

export type StartDecision =
  | { action: 'start' }
  | { action: 'wait'; reason: Reason }
  /** An earlier attempt's start took effect: it is ours, and awake. */
  | { action: 'adopt'; hold: Hold }
  /** A dead run's start: it is to be put back as that run's record says, by this run now. */
  | { action: 'take-over'; adopted: Attempt[]; launchTime: Timestamp }
  /** It runs, and not by us: update it, never stop it. */
  | { action: 'hand-over'; reason: Reason }
  /** Left out after all, untouched. */
  | { action: 'exclude'; reason: Reason }
  | { action: 'fail'; reason: Reason };

const startedByOthers = (): StartDecision => ({
  action: 'hand-over',
  reason: reason('started-by-others', 'somebody else started it before Reveille did: it is not stopped'),
});

/** One that is awake already: by whom, its LaunchTime tells. */
function decideAwake(launchTime: Timestamp | null, { earlierHold, lease }: StartFacts): StartDecision {
  if (earlierHold !== null && isOurBoot(launchTime, earlierHold)) return { action: 'adopt', hold: earlierHold };
  if (lease?.standing === 'orphaned' && launchTime !== null && isOurBoot(launchTime, lease.hold)) {
    const { earlier, ...newest } = lease.hold;
    return { action: 'take-over', adopted: [newest, ...earlier].filter(isOpenWindow), launchTime };
  }
  return startedByOthers();
}

/** Since it was listed, another run has come and holds it: what that one does to it is not ours to disturb. */
function heldByOthers(instance: ConveyorInstance, { lease, earlierHold }: StartFacts): StartDecision | null {
  if (lease?.standing !== 'busy' && lease?.standing !== 'ending') return null;
  const untouched = instance.hold === null && earlierHold === null;
  return untouched
    ? { action: 'exclude', reason: exclusion('busy', lease.why) }
    : { action: 'fail', reason: reason('lease-removed', `its lease was changed by another run: ${lease.why}`) };
}

/**
 * What to do with an instance that awaits its start.
 * Ours or not: a boot in the window of an earlier attempt is ours; any other is somebody else's.
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
  const held = heldByOthers(instance, facts);
  if (held !== null) return held;
  switch (state) {
    case 'stopped':
      if (instance.retryAt !== null && isAfter(instance.retryAt, now)) {
        return { action: 'wait', reason: reason('waiting-for-capacity', 'waits before the next attempt to start it') };
      }
      return { action: 'start' };
    case 'running':
    case 'pending':
      return decideAwake(launchTime, facts);
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
]);
/** Or the account may have room within its own limits, once something else has stopped. */
const LIMIT_ERRORS = new Set(['InstanceLimitExceeded', 'VcpuLimitExceeded', 'MaxSpotInstanceCountExceeded']);
export const lacksCapacity = (errorCode: string): boolean =>
  CAPACITY_ERRORS.has(errorCode) || LIMIT_ERRORS.has(errorCode);

/** Whose lack it is, as the report says: of EC2, or of the account; anything else is a refusal. */
function refusalCode(errorCode: string): 'no-capacity' | 'limit-reached' | 'start-refused' {
  if (CAPACITY_ERRORS.has(errorCode)) return 'no-capacity';
  return LIMIT_ERRORS.has(errorCode) ? 'limit-reached' : 'start-refused';
}

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
  const code = refusalCode(error.code);
  return { action: 'fail', reason: reason(code, `${text} (tried again for ${minutes} minutes)`) };
}

/** What became of an instance for which everything was asked, in order: its record, its lease, its start. */
export type StartResult =
  | { kind: 'lease-refused'; error: { code: string; message: string } }
  | { kind: 'lease-untried' }
  | { kind: 'start-refused'; error: { code: string; message: string } }
  | { kind: 'start-untried' }
  /** A dead run had started it, and its lease is ours now. */
  | { kind: 'taken-over' }
  /** `isUnsure`: EC2 was asked before, and that answer was lost: it may have taken effect, or may still. */
  | { kind: 'accepted'; previousState: string; isUnsure: boolean };

const earliest = (one: Timestamp, other: Timestamp): Timestamp => (isAfter(one, other) ? other : one);

/** Whether EC2 had found the instance awake already when it was told to start it. */
export const wasAwake = (result: StartResult): boolean =>
  result.kind === 'accepted' && (result.previousState === 'running' || result.previousState === 'pending');

/** AWS has answered so slowly that no time was left for this one: the next attempt takes its turn, until the deadline. */
function leaveUntried(
  instance: ConveyorInstance,
  earlier: Attempt[],
  startDeadlineSeconds: number,
  now: Date,
): ConveyorInstance {
  const waitedSeconds = secondsBetween(instance.stepSince, now);
  const text = 'AWS answered so slowly that no time was left to start it';
  if (waitedSeconds < startDeadlineSeconds) return { ...instance, lastRefusal: text };
  // An attempt that was lost may still have started it.
  const held = { ...instance, hold: instance.hold ?? toHold(earlier) };
  return fail(held, 'not-started', `${text} (tried again for ${Math.round(waitedSeconds / 60)} minutes)`, now);
}

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
      return leaveUntried(instance, earlier, startDeadlineSeconds, now);
    case 'start-untried':
      return leaveUntried(unstarted, earlier, startDeadlineSeconds, now);
    case 'taken-over':
      return moveTo({ ...unstarted, wokenAt: toTimestamp(now) }, 'readiness', now);
    case 'start-refused': {
      const decision = decideRefusedStart(instance, result.error, startDeadlineSeconds, now);
      if (decision.action === 'fail') return fail(unstarted, decision.reason.code, decision.reason.text, now);
      return { ...unstarted, retryAt: addSeconds(now, decision.afterSeconds), lastRefusal: decision.reason.text };
    }
    case 'accepted': {
      // Asked, and answered: no boot that comes later can be this attempt's. Asked before without an answer, that may still come.
      const startBy = result.isUnsure ? tried.startBy : earliest(tried.startBy, addSeconds(now, CLOCK_MARGIN_SECONDS));
      const held = moveTo({ ...instance, hold: { ...hold, startBy } }, 'readiness', now);
      // Awake already: by a try of ours whose reply was lost, as its LaunchTime will tell, or by somebody else.
      if (!wasAwake(result) || result.isUnsure || earlier.length > 0) return { ...held, wokenAt: toTimestamp(now) };
      const text = `it was ${result.previousState} when Reveille started it: it is not stopped`;
      return { ...held, handedOver: reason('started-by-others', text) };
    }
  }
}

/** The instance after a decision that needs no hold; null if it is to be started or taken over. */
export function applyStartDecision(
  instance: ConveyorInstance,
  decision: StartDecision,
  facts: StartFacts,
  now: Date,
): ConveyorInstance | null {
  switch (decision.action) {
    case 'start':
    case 'take-over':
      return null;
    case 'wait':
      return instance;
    case 'exclude':
      return exclude(instance, decision.reason, now);
    case 'adopt': {
      const wokenAt = facts.instance?.launchTime ?? toTimestamp(now);
      return moveTo({ ...instance, hold: decision.hold, wokenAt }, 'readiness', now);
    }
    case 'hand-over': {
      // An attempt that was lost may have left its lease on it, which is to be removed.
      const hold = instance.hold ?? facts.earlierHold;
      return { ...moveTo(instance, 'readiness', now), handedOver: decision.reason, hold };
    }
    case 'fail': {
      const hold = instance.hold ?? facts.earlierHold;
      return fail({ ...instance, hold }, decision.reason.code, decision.reason.text, now);
    }
  }
}
