import { UPDATE_HARD_DEADLINE_SECONDS } from '../model/limits.ts';
import type { Ends } from '../model/run.ts';
import { addSeconds, isAfter, type Timestamp } from '../model/time.ts';

/** What a deployment chooses. */
export interface WindowSettings {
  /** From a run's start until its last stop may be sent. */
  windowSeconds: number;
  restoreDeadlineSeconds: number;
}

/**
 * The two ends of a run. Stops end with its window, or at `finishBy` if that comes earlier; sending ends so much earlier that an
 * update sent last can take all of its time (docs/aws-behaviour.md 3), and the restoring after it, too.
 */
export function computeEnds(
  startedAt: Timestamp,
  finishBy: Timestamp | null,
  { windowSeconds, restoreDeadlineSeconds }: WindowSettings,
): Ends {
  const windowEnd = addSeconds(startedAt, windowSeconds);
  const stopUntil = finishBy !== null && isAfter(windowEnd, finishBy) ? addSeconds(finishBy, 0) : windowEnd;
  return { sendUntil: addSeconds(stopUntil, -(UPDATE_HARD_DEADLINE_SECONDS + restoreDeadlineSeconds)), stopUntil };
}
