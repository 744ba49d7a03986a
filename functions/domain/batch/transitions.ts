// How an instance moves from step to step.
import { plainEnd } from '../model/plain-text.ts';
import { exclusion, type Reason, reason } from '../model/reason.ts';
import type { FailureCode } from '../model/reason-codes.ts';
import { toTimestamp } from '../model/time.ts';
import type { BatchInstance, Outcome, Step } from './batch-instance.ts';

/** What the instance waited for, and what was refused, belongs to the step that it leaves. */
export function toStep(instance: BatchInstance, step: Step, now: Date): BatchInstance {
  return { ...instance, step, stepSince: toTimestamp(now), retryAt: null, lastRefusal: null };
}

/** The work on it is over, well or badly: what is left is to restore it as it was. */
export function finishWork(instance: BatchInstance, outcome: Outcome, why: Reason | null, now: Date): BatchInstance {
  return { ...toStep(instance, 'restore', now), outcome, reason: why };
}

/** Left out. */
export const exclude = (instance: BatchInstance, why: Reason, now: Date): BatchInstance =>
  finishWork(instance, 'excluded', why, now);

/** Its owner has put the opt-out tag on it: nothing more is sent to it, and the work that was done on it counts for nothing. */
export const optOut = (instance: BatchInstance, text: string, now: Date): BatchInstance =>
  exclude(instance, exclusion('opted-out-in-run', text), now);

export const fail = (instance: BatchInstance, code: FailureCode, text: string, now: Date): BatchInstance =>
  finishWork(instance, 'failed', reason(code, text), now);

/** With what AWS or its agent said when it failed, unless its reason has all of that. */
export function withSaid(instance: BatchInstance, words: string): BatchInstance {
  const said = plainEnd(words);
  return said === '' || instance.reason?.text.includes(said) ? instance : { ...instance, said };
}

/**
 * No time is left for it: excluded if nothing was done to it yet, so that it had no turn; else it has failed, and is restored.
 */
export function outOfTime(instance: BatchInstance, text: string, now: Date): BatchInstance {
  const isUntouched = instance.owner.kind === 'none' && instance.commands.length === 0;
  return isUntouched
    ? exclude(instance, exclusion('out-of-time', text), now)
    : fail(instance, 'out-of-time', text, now);
}

/** Another run may be at work on the same instances: a run that has lost the lock starts no instance and sends no command. */
export const failWithoutLock = (instance: BatchInstance, now: Date): BatchInstance =>
  fail(instance, 'lock-lost', 'this run has lost the lock, so it only restores what it started', now);
