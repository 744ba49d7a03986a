// How an instance moves from step to step.
import type { Refusal } from '../model/aws-errors.ts';
import { STRAY_LAMBDA_SECONDS } from '../model/limits.ts';
import { plainEnd, plainText } from '../model/plain-text.ts';
import { exclusion, type Reason, reason } from '../model/reason.ts';
import type { FailureCode } from '../model/reason-codes.ts';
import { endsOf } from '../model/run.ts';
import { addSeconds, toTimestamp } from '../model/time.ts';
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
  const { instanceId, originalState, zone, unseenSince, unseenAs, owner, sightings, refusedStarts } = instance;
  const placed = {
    ...(zone !== undefined && { zone }),
    ...(unseenSince && { unseenSince }),
    ...(unseenAs && { unseenAs }),
  };
  const seen = { ...placed, ...(sightings && { sightings }), ...(refusedStarts && { refusedStarts }) };
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

type Refusable = InstanceAt<'start' | 'preflight' | 'update' | 'restore'>;

/** Not done for it: AWS has refused it, or there was no time to ask; then the error of before is still the last one. */
export const withRefusal = <One extends Refusable>(instance: One, { text, error }: Refusal): One => ({
  ...instance,
  lastRefusal: plainText(text),
  ...(error && { lastError: error }),
});

/** AWS has done what was asked. */
export function withoutRefusal<One extends Refusable>(instance: One): One {
  const { lastError: _over, ...rest } = instance;
  return { ...rest, lastRefusal: null } as One;
}

/** How a text goes on where no time was left in the end, and AWS had refused before. */
export const refusedBefore = ({ lastError }: Pick<Refusable, 'lastError'>): string =>
  lastError === undefined ? '' : `; before that, ${lastError.call} was answered with ${lastError.code}`;

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

/** A Lambda that was lost may start it yet, or has done so: that is sought, and waited for, before it is settled. */
export const mayStillStart = (instance: InstanceAt<'restore'>, now: Date): InstanceAt<'restore'> => ({
  ...instance,
  strayUntil: addSeconds(now, STRAY_LAMBDA_SECONDS),
});

/** Another run may be at work on the same instances: a run that has lost the lock starts no instance and sends no command. */
export const failWithoutLock = (instance: Working, now: Date): InstanceAt<'restore'> =>
  fail(instance, 'lock-lost', 'this run has lost the lock, so it only restores what it started', now);
