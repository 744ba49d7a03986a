import type { BatchInstance } from '../batch/batch-instance.ts';
import { exclude, fail } from '../batch/transitions.ts';
import { UPDATE_HARD_DEADLINE_SECONDS } from '../model/limits.ts';
import { exclusion, type Reason } from '../model/reason.ts';
import { secondsBetween, type Timestamp } from '../model/time.ts';
import type { Hold } from '../ownership/attempt.ts';

/** From its start until it is surely back as it was, if every step takes all of its time. */
export interface AwakeLimits {
  readinessDeadlineSeconds: number;
  updateDeadlineSeconds: number;
  verifyDeadlineSeconds: number;
  restoreDeadlineSeconds: number;
}

/**
 * Why nobody may be started any more; null as long as there is time to put everybody back before the moment when others
 * come: the office opens, another scheduler starts to act. A hung update is followed to its hard deadline, whatever its own.
 */
export function tooLateToStart(finishBy: Timestamp | null, limits: AwakeLimits, now: Date): Reason | null {
  if (finishBy === null) return null;
  const { readinessDeadlineSeconds, updateDeadlineSeconds, verifyDeadlineSeconds, restoreDeadlineSeconds } = limits;
  const updateSeconds = Math.max(updateDeadlineSeconds, UPDATE_HARD_DEADLINE_SECONDS);
  const neededSeconds = readinessDeadlineSeconds + updateSeconds + verifyDeadlineSeconds + restoreDeadlineSeconds;
  if (secondsBetween(now, finishBy) >= neededSeconds) return null;
  const minutes = Math.round(neededSeconds / 60);
  return exclusion(
    'finish-by',
    `it might be awake for ${minutes} minutes, and everybody has to be back by ${finishBy}`,
  );
}

/** One that is not started any more: left out, if nothing was done to it yet; else it has failed, and is put back. */
export function skipStart(instance: BatchInstance, earlierHold: Hold | null, why: Reason, now: Date): BatchInstance {
  const hold = instance.hold ?? earlierHold;
  return hold === null ? exclude(instance, why, now) : fail({ ...instance, hold }, why.code, why.text, now);
}
