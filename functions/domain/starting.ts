import type { ConveyorInstance, Hold } from './conveyor.ts';
import type { InstanceFacts } from './instances.ts';
import { isOurBoot } from './leases.ts';
import { type Reason, reason } from './reasons.ts';
import { CAPACITY_RETRY_SECONDS, PASSING_RETRY_SECONDS } from './settings.ts';
import { isAfter, secondsBetween } from './time.ts';

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
