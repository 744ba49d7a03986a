import type { BatchInstance } from '../batch/batch-instance.ts';
import { exclude, fail, toStep } from '../batch/transitions.ts';
import type { InstanceFacts } from '../model/instance.ts';
import { exclusion, type Reason, reason } from '../model/reason.ts';
import { isAfter, secondsBetween, type Timestamp, toTimestamp } from '../model/time.ts';
import { type Attempt, type Hold, isOpenWindow, isOurBoot } from '../ownership/attempt.ts';
import type { LeaseStatus } from '../ownership/lease-status.ts';

export interface StartFacts {
  /** Read anew, just before. */
  instance: InstanceFacts | null;
  /** What earlier attempts of this very batch recorded: they crashed, or their replies were lost. */
  earlierHold: Hold | null;
  /** What the lease means that it carries now; null if it carries none, or this very batch's own. */
  lease: LeaseStatus | null;
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
  if (lease?.kind === 'orphaned' && launchTime !== null && isOurBoot(launchTime, lease.hold)) {
    const { earlier, ...newest } = lease.hold;
    return { action: 'take-over', adopted: [newest, ...earlier].filter(isOpenWindow), launchTime };
  }
  return startedByOthers();
}

/** Since it was listed, another run has come and holds it: what that one does to it is not ours to disturb. */
function heldByOthers(instance: BatchInstance, { lease, earlierHold }: StartFacts): StartDecision | null {
  if (lease?.kind !== 'busy' && lease?.kind !== 'ending') return null;
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
  instance: BatchInstance,
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

/** The instance after a decision that needs no hold; null if it is to be started or taken over. */
export function applyStartDecision(
  instance: BatchInstance,
  decision: StartDecision,
  facts: StartFacts,
  now: Date,
): BatchInstance | null {
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
      return toStep({ ...instance, hold: decision.hold, wokenAt }, 'readiness', now);
    }
    case 'hand-over': {
      // An attempt that was lost may have left its lease on it, which is to be removed.
      const hold = instance.hold ?? facts.earlierHold;
      return { ...toStep(instance, 'readiness', now), handedOver: decision.reason, hold };
    }
    case 'fail': {
      const hold = instance.hold ?? facts.earlierHold;
      return fail({ ...instance, hold }, decision.reason.code, decision.reason.text, now);
    }
  }
}
