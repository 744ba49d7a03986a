import { type Reason, reason } from '../model/reason.ts';
import { toTimestamp } from '../model/time.ts';
import type { ConveyorInstance, Outcome, Step } from './batch-instance.ts';

export function moveTo(instance: ConveyorInstance, step: Step, now: Date): ConveyorInstance {
  return { ...instance, step, stepSince: toTimestamp(now), retryAt: null, lastRefusal: null };
}

/** The work on it is over, well or badly: what is left is to put it back as it was. */
export function conclude(
  instance: ConveyorInstance,
  outcome: Outcome,
  why: Reason | null,
  now: Date,
): ConveyorInstance {
  return { ...moveTo(instance, 'restore', now), outcome, reason: why };
}

/** Left out after all, before anything was done to it. */
export const exclude = (instance: ConveyorInstance, why: Reason, now: Date): ConveyorInstance =>
  conclude(instance, 'excluded', why, now);

export const fail = (instance: ConveyorInstance, code: string, text: string, now: Date): ConveyorInstance =>
  conclude(instance, 'failed', reason(code, text), now);

/** Another run may be at work on the same instances: whoever has lost the lock starts nothing and sends nothing any more. */
export const failWithoutLock = (instance: ConveyorInstance, now: Date): ConveyorInstance =>
  fail(instance, 'lock-lost', 'the run has lost its lock: it may only put back', now);
