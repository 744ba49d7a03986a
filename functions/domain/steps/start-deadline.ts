// finishBy: until when an instance may be started, so that it is surely restored in time.
import type { BatchInstance } from '../batch/batch-instance.ts';
import { exclude, finishWork } from '../batch/transitions.ts';
import { OTHER_ACTIVITY_WAIT_SECONDS, UPDATE_HARD_DEADLINE_SECONDS } from '../model/limits.ts';
import { exclusion, type Reason } from '../model/reason.ts';
import { secondsBetween, type Timestamp } from '../model/time.ts';
import { type StartCandidate, withLostAttempts } from './start.ts';

/** From its start until it is surely back as it was, if every step takes all of its time. */
export interface AwakeLimits {
  readinessDeadlineSeconds: number;
  updateDeadlineSeconds: number;
  verifyDeadlineSeconds: number;
  restoreDeadlineSeconds: number;
}

/**
 * Why no instance may be started any more; null while there is time to restore all of them before `finishBy`: the office
 * opens then, or another scheduler starts to act. A hung update is followed to its hard deadline, whatever its own; and a
 * session at the end is waited for before the stop, which then has the whole deadline.
 */
export function tooLateToStart(finishBy: Timestamp | null, limits: AwakeLimits, now: Date): Reason | null {
  if (finishBy === null) return null;
  const { readinessDeadlineSeconds, updateDeadlineSeconds, verifyDeadlineSeconds, restoreDeadlineSeconds } = limits;
  const updateSeconds = Math.max(updateDeadlineSeconds, UPDATE_HARD_DEADLINE_SECONDS);
  const restoreSeconds = OTHER_ACTIVITY_WAIT_SECONDS + restoreDeadlineSeconds;
  const neededSeconds = readinessDeadlineSeconds + updateSeconds + verifyDeadlineSeconds + restoreSeconds;
  if (secondsBetween(now, finishBy) >= neededSeconds) return null;
  const minutes = Math.round(neededSeconds / 60);
  return exclusion(
    'finish-by',
    `too late to start it: boot, update, verification and restoring may take ${minutes} minutes, and every instance must be restored by ${finishBy}`,
  );
}

/** An instance that is not started any more: excluded if nothing was done to it yet; else it has failed, and is restored. */
export function skipStart(
  { instance, lostAttempts }: Pick<StartCandidate, 'instance' | 'lostAttempts'>,
  why: Reason,
  now: Date,
): BatchInstance {
  const known = withLostAttempts(instance, lostAttempts);
  return known.owner.kind === 'none' ? exclude(known, why, now) : finishWork(known, 'failed', why, now);
}
