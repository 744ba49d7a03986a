// What a step that failed for good leaves behind: its instances go to be restored, and a Lambda of it may still act on them.
import * as z from 'zod';
import type { Batch } from '../batch/batch.ts';
import type { BatchInstance, InstanceAt } from '../batch/batch-instance.ts';
import { fail, mayStillStart } from '../batch/transitions.ts';
import type { InstanceFacts } from '../model/instance.ts';
import { bootOwnerOf } from '../ownership/attempt.ts';
import { wokenAtOf } from '../ownership/owner.ts';

/** The instances that a step was at work on when it failed for good have failed with it, and go to be restored. */
export function failCaught(
  instance: BatchInstance,
  caught: NonNullable<Batch['error']>,
  now: Date,
): InstanceAt<'restore' | 'settled'> {
  if (instance.step === 'restore' || instance.step === 'settled') return instance;
  const text = `a step of its batch failed: ${caught.Error}: ${messageIn(caught.Cause)}`;
  return mayStillStart(fail(instance, 'step-failed', text, now), now);
}

const lambdaErrorSchema = z.object({ errorMessage: z.string() });

/** Lambda wraps what a function has thrown; a function that did not come to an end has thrown nothing. */
function messageIn(cause: string): string {
  try {
    return lambdaErrorSchema.parse(JSON.parse(cause)).errorMessage;
  } catch {
    return cause;
  }
}

/** An attempt whose reply was lost may have started it all the same: its LaunchTime says so, and when. */
export function noteLostStart(
  instance: InstanceAt<'restore'>,
  ec2: InstanceFacts | null,
  now: Date,
): InstanceAt<'restore'> {
  const { owner } = instance;
  if (owner.kind !== 'reveille' || owner.wokenAt !== null || ec2 === null) return instance;
  return bootOwnerOf(owner.attempts, ec2, now) === 'ours'
    ? { ...instance, owner: { ...owner, wokenAt: ec2.launchTime } }
    : instance;
}

/** Whether a failed step may have done something to the instance that the payload does not know. */
export const hasFailedStep = ({ strayUntil }: InstanceAt<'restore'>): boolean => strayUntil !== null;

/**
 * Whether a Lambda of the failed step may still start the instance, or have started it without our knowledge: also one that
 * was tried in vain before.
 */
export const mayBeStartedLate = (instance: InstanceAt<'restore'>): boolean =>
  hasFailedStep(instance) &&
  instance.originalState !== 'running' &&
  instance.owner.kind !== 'others' &&
  wokenAtOf(instance.owner) === null;
