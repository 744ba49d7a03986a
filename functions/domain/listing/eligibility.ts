import type { Refusal, Silent } from '../model/aws-errors.ts';
import { type InstanceFacts, isHibernated, type OriginalState } from '../model/instance.ts';
import { exclusion, noAnswer, type Reason, reason } from '../model/reason.ts';
import { isAfter } from '../model/time.ts';
import { bootOwnerOf } from '../ownership/attempt.ts';
import type { LeaseStatus } from '../ownership/lease-status.ts';
import { type OptOutTag, optOutText } from '../ownership/opt-out.ts';
import { controllerReason } from './controller.ts';

export type Eligibility =
  | { decision: 'take-part'; originalState: OriginalState; reason: null }
  | { decision: 'in-transition'; originalState: null; reason: Reason }
  | { decision: 'excluded'; originalState: null; reason: Reason };

/**
 * Decides whether an instance takes part in a run (docs/aws-behaviour.md 20-22, 25), if it has no stop protection.
 * @param instance null: the group names it and EC2 doesn't know it
 * @param lease what the lease that it carries means; null if it carries none
 */
export function decideEligibility(
  instance: InstanceFacts | null,
  lease: LeaseStatus | null,
  optOutTag: OptOutTag,
  now: Date,
): Eligibility {
  if (instance === null) return excluded(exclusion('not-found', 'the group names it, EC2 does not know it'));
  if (instance.state === 'terminated' || instance.state === 'shutting-down') {
    return excluded(exclusion('terminated', `the instance is ${instance.state}`));
  }
  const why = optOutReason(instance, optOutTag, now) ?? structuralReason(instance);
  if (why !== null) return excluded(why);
  if (lease?.kind === 'busy') return excluded(exclusion('busy', lease.why));
  if (lease?.kind === 'ending') {
    return { decision: 'in-transition', originalState: null, reason: reason('in-transition', lease.why) };
  }
  if (instance.state === 'pending' || instance.state === 'stopping') {
    return {
      decision: 'in-transition',
      originalState: null,
      reason: reason('in-transition', `the instance is ${instance.state}`),
    };
  }
  return { decision: 'take-part', originalState: originalStateOf(instance, lease, now), reason: null };
}

/**
 * EC2 does not say how it is. What passes, as the trouble of a zone does, is worth another listing. Otherwise it is not woken, and
 * the run is no success; the others take part.
 */
export const notSaid = ({ refusal, passes }: Silent): Eligibility =>
  passes
    ? { decision: 'in-transition', originalState: null, reason: noAnswer(refusal) }
    : excluded(exclusion('question-refused', `EC2 did not say how it is: ${refusal.text}`, refusal.error));

/** Why EC2 did not say how it is, and how it is called; null: it did, or does not know it. */
export function whyUntold({ reason: why }: Eligibility): { why: string; passes: boolean } | null {
  const isUntold = why?.code === 'question-refused' || why?.code === 'no-answer';
  return isUntold ? { why: why.text, passes: why.code === 'no-answer' } : null;
}

export const excluded = (why: Reason): Eligibility => ({ decision: 'excluded', originalState: null, reason: why });

/**
 * The attribute disableApiStop is asked only of instances that would otherwise take part, or soon might. Where EC2 won't say
 * whether it is on, that instance is not woken, and the run is no success; the others take part.
 */
export function judgeStopProtection(
  eligibility: Eligibility,
  { isOn, refusal }: { isOn: boolean; refusal: Refusal | null },
): Eligibility {
  if (isOn) return STOP_PROTECTED;
  if (refusal === null) return eligibility;
  const text = `EC2 did not say whether it has stop protection: ${refusal.text}`;
  return excluded(exclusion('question-refused', text, refusal.error));
}

const STOP_PROTECTED = excluded(
  exclusion('stop-protected', 'stop protection (disableApiStop) is on: started, it could not be stopped again'),
);

/** Of a node that Systems Manager knows and EC2 does not: a server of one's own, or of another cloud (docs/aws-behaviour.md 112). */
export const OUTSIDE_OF_EC2 = excluded(
  exclusion('not-an-instance', 'a managed node outside of EC2: EC2 can neither start nor stop it'),
);

/** No file of its family has the target version. */
export const targetNotAvailable = ({ platform, architecture }: InstanceFacts, target: string): Eligibility =>
  excluded(
    exclusion(
      'target-not-available',
      `the region's manifest of the agent has no file of ${target} for ${platform ?? 'its platform'} on ${architecture ?? 'its architecture'}`,
    ),
  );

function optOutReason(instance: InstanceFacts, optOutTag: OptOutTag, now: Date): Reason | null {
  const text = optOutText(instance, optOutTag, now);
  return text === null ? null : exclusion('opted-out', text);
}

/** docs/aws-behaviour.md 121 */
export const NO_ROOT_VOLUME = 'nothing is attached as its root device, so it could not boot';

/** EC2 stopped it, so only EC2 can start it again (docs/aws-behaviour.md 22). */
const wasInterrupted = (instance: InstanceFacts): boolean =>
  instance.stateReason?.code.startsWith('Server.Spot') ?? false;

function structuralReason(instance: InstanceFacts): Reason | null {
  const owned = controllerReason(instance);
  if (owned !== null) return owned;
  if (instance.isSpot && wasInterrupted(instance)) {
    return exclusion('spot-interrupted', 'Spot Instance that EC2 interrupted: only EC2 can start it again');
  }
  // A one-time Spot Instance can't be stopped; that this one is stopped proves a persistent request.
  if (instance.isSpot && instance.state !== 'stopped' && instance.state !== 'stopping') {
    return exclusion('spot', 'Spot Instance: whether it can be stopped is not known');
  }
  if (instance.rootDeviceType === 'instance-store') {
    return exclusion('instance-store', 'its root device is an instance store: it can be terminated, not stopped');
  }
  if (instance.lacksRootVolume) return exclusion('no-root-volume', NO_ROOT_VOLUME);
  return null;
}

/**
 * How it was before Reveille touched it: a dead run may have left it awake, and its record says how it was. Someone else may have
 * started it since, or that run's end may have passed: then it counts as running, and is never stopped.
 */
function originalStateOf(instance: InstanceFacts, lease: LeaseStatus | null, now: Date): OriginalState {
  if (lease?.kind === 'orphaned') {
    const isOthers = bootOwnerOf(lease.attempts, instance, now) === 'others';
    const isHeld = !isOthers && !isAfter(now, lease.ends.stopUntil);
    if (instance.state !== 'running' || isHeld) return lease.originalState;
  }
  if (instance.state === 'running') return 'running';
  return isHibernated(instance) ? 'hibernated' : 'stopped';
}
