// A run's two ends, and what they leave time for.
import { BOOT_SECONDS_MIN, UPDATE_HARD_DEADLINE_SECONDS } from '../model/limits.ts';
import type { Ends } from '../model/run.ts';
import { addSeconds, isAfter, secondsBetween, type Timestamp } from '../model/time.ts';

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

/**
 * Why an instance is not woken any more; null while ten minutes are left for its boot. What comes after that is kept free
 * already: an update that is sent at the last moment has all of its time, and so has the restoring.
 */
export function tooLateToStart({ sendUntil, stopUntil }: Ends, now: Date | Timestamp): string | null {
  if (secondsBetween(now, sendUntil) >= BOOT_SECONDS_MIN) return null;
  const minutes = BOOT_SECONDS_MIN / 60;
  return `no time is left to wake it: its boot may take ${minutes} minutes, the last update is sent at ${sendUntil}, and nothing is stopped after ${stopUntil}`;
}

/** The shortest time from a run's start to its last stop in which an instance can be woken, with the sum. */
export function shortestWindow(restoreDeadlineSeconds: number): { seconds: number; sum: string } {
  const parts = [BOOT_SECONDS_MIN, UPDATE_HARD_DEADLINE_SECONDS, restoreDeadlineSeconds];
  const [boot, update, restore] = parts.map((seconds) => Math.ceil(seconds / 60));
  return {
    seconds: parts.reduce((sum, seconds) => sum + seconds, 0),
    sum: `${boot} minutes for a boot, ${update} for an update and ${restore} (RestoreDeadlineSeconds) to restore`,
  };
}
