// What the state machine reads of a batch: how many instances are at each step, and how long to wait.
import { isAfter, secondsBetween, type Timestamp } from '../model/time.ts';
import type { Batch } from './batch.ts';
import type { Step } from './batch-instance.ts';

/** A boot, an update and a stop take half a minute and more: a shorter wait would only cost looks. */
export const WAIT_SECONDS_MIN = 15;

/** With it a hung update costs about 30 looks in its 45 min, instead of 180. */
export const WAIT_SECONDS_MAX = 120;

type Counted = { step: Step; retryAt?: Timestamp | null; lastRefusal?: string | null };

/**
 * Counts the instances at each step. An instance that waits for its next start attempt is not counted under `start`; one at
 * `preflight` is counted under `restore` as well: both are for RestoreInstances, and an execution that began before a step was
 * added knows only the counts of its own definition.
 */
export const countSteps = (instances: Counted[], now: Date): Batch['counts'] => {
  const at = (step: Step) => instances.filter((instance) => instance.step === step).length;
  const waiting = instances.filter(({ step, retryAt }) => step === 'start' && retryAt != null && isAfter(retryAt, now));
  return {
    start: at('start') - waiting.length,
    preflight: at('preflight'),
    readiness: at('readiness'),
    update: at('update'),
    verify: at('verify'),
    restore: at('restore') + at('preflight'),
    unsettled: instances.length - at('settled'),
  };
};

/**
 * As long as it is not known what a failed step has done, all that is not settled is counted under `restore`: so the state
 * machine lets no other Lambda act on it.
 */
export const countForRecovery = (instances: Counted[]): Batch['counts'] => {
  const unsettled = instances.filter(({ step }) => step !== 'settled').length;
  return { start: 0, preflight: 0, readiness: 0, update: 0, verify: 0, restore: unsettled, unsettled };
};

/**
 * Waits grow for stragglers: a quarter of the time since an instance of the batch last moved, within bounds. So no instance
 * is awake for more than a quarter longer than it must be. If all that is left are starts to be tried again, the wait ends
 * with the first of them. An awake instance that is due already had no turn in this look, for want of time: it has it soon.
 */
export function waitSecondsFor(instances: Counted[], lastProgressAt: Timestamp, now: Date): number {
  const unsettled = instances.filter(({ step }) => step !== 'settled');
  const retries = unsettled.flatMap(({ step, retryAt }) => (step === 'start' && retryAt != null ? [retryAt] : []));
  const isDue = ({ step, retryAt, lastRefusal }: Counted) =>
    step === 'update' && lastRefusal != null && retryAt != null && !isAfter(retryAt, now);
  if (unsettled.some(isDue)) return WAIT_SECONDS_MIN;
  const wanted =
    unsettled.length > 0 && retries.length === unsettled.length
      ? Math.ceil(secondsBetween(now, retries.sort()[0] ?? lastProgressAt))
      : Math.round(secondsBetween(lastProgressAt, now) / 4);
  return Math.min(WAIT_SECONDS_MAX, Math.max(WAIT_SECONDS_MIN, wanted));
}
