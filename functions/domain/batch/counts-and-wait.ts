import { isAfter, secondsBetween, type Timestamp } from '../model/time.ts';
import type { Batch } from './batch.ts';
import type { Step } from './batch-instance.ts';

type Counted = { step: Step; retryAt?: Timestamp | null };

/** How many stand in each step. Whoever must wait before the next try of its start is not counted there. */
export const countSteps = (instances: Counted[], now: Date): Batch['counts'] => {
  const at = (step: Step) => instances.filter((instance) => instance.step === step).length;
  const waiting = instances.filter(({ step, retryAt }) => step === 'start' && retryAt != null && isAfter(retryAt, now));
  return {
    start: at('start') - waiting.length,
    readiness: at('readiness'),
    update: at('update'),
    verify: at('verify'),
    restore: at('restore'),
    unsettled: instances.length - at('settled'),
  };
};

export const WAIT_SECONDS_MIN = 15;

export const WAIT_SECONDS_MAX = 120;

/**
 * Waits grow for stragglers: a quarter of the time since anybody in the batch moved, within bounds. So nobody is awake
 * for more than a quarter longer than it must be. If all that is left are starts to be tried again, the first of them is waited for.
 */
export function waitSecondsFor(instances: Counted[], lastProgressAt: Timestamp, now: Date): number {
  const unsettled = instances.filter(({ step }) => step !== 'settled');
  const retries = unsettled.flatMap(({ step, retryAt }) => (step === 'start' && retryAt != null ? [retryAt] : []));
  const wanted =
    unsettled.length > 0 && retries.length === unsettled.length
      ? Math.ceil(secondsBetween(now, retries.sort()[0] ?? lastProgressAt))
      : Math.round(secondsBetween(lastProgressAt, now) / 4);
  return Math.min(WAIT_SECONDS_MAX, Math.max(WAIT_SECONDS_MIN, wanted));
}
