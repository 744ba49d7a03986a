// What a step that failed for good leaves behind: its instances go to be restored, and a Lambda of it may still act on them.
import type { Batch } from '../batch/batch.ts';
import type { BatchInstance } from '../batch/batch-instance.ts';
import { fail } from '../batch/transitions.ts';
import { STRAY_LAMBDA_SECONDS } from '../model/limits.ts';
import { addSeconds, type Timestamp } from '../model/time.ts';

const STEP_FAILED = 'step-failed';

/** The instances that a step was at work on when it failed for good have failed with it, and go to be restored. */
export function failCaught(instance: BatchInstance, caught: Batch['error'], now: Date): BatchInstance {
  if (caught === undefined || instance.step === 'restore' || instance.step === 'settled') return instance;
  return fail(instance, STEP_FAILED, `a step of its batch failed: ${caught.Error}: ${caught.Cause}`, now);
}

/** Until when a Lambda of the failed step may still act on the instance; null if no step failed. */
export const strayUntil = (instance: BatchInstance): Timestamp | null =>
  hasFailedStep(instance) ? addSeconds(instance.stepSince, STRAY_LAMBDA_SECONDS) : null;

/** Whether a failed step may have done something to the instance that the payload does not know. */
export const hasFailedStep = ({ reason }: BatchInstance): boolean => reason?.code === STEP_FAILED;

/** Whether a Lambda of the failed step may still start the instance, or have started it without our knowledge. */
export const mayStillBeStarted = (instance: BatchInstance): boolean =>
  hasFailedStep(instance) &&
  instance.hold === null &&
  instance.originalState !== 'running' &&
  instance.handedOver === null;
