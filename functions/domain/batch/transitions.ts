// How an instance moves from step to step.
import { plainEnd } from '../model/plain-text.ts';
import { exclusion, type Reason, reason } from '../model/reason.ts';
import type { FailureCode } from '../model/reason-codes.ts';
import { endsOf } from '../model/run.ts';
import { toTimestamp } from '../model/time.ts';
import {
  type BatchInstance,
  type Carried,
  commandsOf,
  type InstanceAt,
  type Outcome,
  type Working,
} from './batch-instance.ts';

/** What the instance waited for, what was refused, and all else that belongs to the step that it leaves stays behind. */
export function carryOn(instance: BatchInstance, now: Date): Carried & Pick<BatchInstance, 'stepSince'> {
  const { instanceId, originalState, owner, sightings, refusedStarts } = instance;
  const seen = { ...(sightings && { sightings }), ...(refusedStarts && { refusedStarts }) };
  return { instanceId, originalState, stepSince: toTimestamp(now), ...endsOf(instance), owner, ...seen };
}

/** The work on it is over, well or badly: what is left is to restore it as it was. */
export function finishWork(instance: Working, outcome: Outcome, why: Reason | null, now: Date): InstanceAt<'restore'> {
  const isHeard = instance.step === 'update' || instance.step === 'verify';
  const { launchTime, versionBefore, commands } = isHeard ? instance : UNHEARD;
  const heardAt = isHeard ? instance.heardAt : undefined;
  const otherUpdateSince = instance.step === 'update' ? instance.otherUpdateSince : null;
  const worked = { launchTime, versionBefore, commands, otherUpdateSince, outcome, reason: why };
  return { ...toRestore(carryOn(instance, now)), ...worked, ...(heardAt === undefined ? {} : { heardAt }) };
}

const UNHEARD = { launchTime: null, versionBefore: null, commands: [] };

/** One of which nothing but its owner is known: no work that was done on it, and nothing yet of its restoring. */
export const toRestore = (carried: ReturnType<typeof carryOn>): InstanceAt<'restore'> => ({
  ...carried,
  step: 'restore',
  ...UNHEARD,
  versionAfter: null,
  otherUpdateSince: null,
  outcome: null,
  reason: null,
  isUnresponsive: false,
  lastRefusal: null,
  strayUntil: null,
  stopAcceptedAt: null,
  otherActivitySince: null,
});

/** Left out. */
export const exclude = (instance: Working, why: Reason, now: Date): InstanceAt<'restore'> =>
  finishWork(instance, 'excluded', why, now);

/** Its owner has put the opt-out tag on it: nothing more is sent to it, and the work that was done on it counts for nothing. */
export const optOut = (instance: Working, text: string, now: Date): InstanceAt<'restore'> =>
  exclude(instance, exclusion('opted-out-in-run', text), now);

export const fail = (instance: Working, code: FailureCode, text: string, now: Date): InstanceAt<'restore'> =>
  finishWork(instance, 'failed', reason(code, text), now);

/** With what AWS or its agent said when it failed, unless its reason has all of that. */
export function withSaid(instance: InstanceAt<'restore'>, words: string): InstanceAt<'restore'> {
  const said = plainEnd(words);
  return said === '' || instance.reason?.text.includes(said) ? instance : { ...instance, said };
}

/**
 * No time is left for it: excluded if nothing was done to it yet, so that it had no turn; else it has failed, and is restored.
 */
export function outOfTime(instance: Working, text: string, now: Date): InstanceAt<'restore'> {
  const isUntouched = instance.owner.kind === 'none' && commandsOf(instance).length === 0;
  return isUntouched
    ? exclude(instance, exclusion('out-of-time', text), now)
    : fail(instance, 'out-of-time', text, now);
}

/** Another run may be at work on the same instances: a run that has lost the lock starts no instance and sends no command. */
export const failWithoutLock = (instance: Working, now: Date): InstanceAt<'restore'> =>
  fail(instance, 'lock-lost', 'this run has lost the lock, so it only restores what it started', now);
