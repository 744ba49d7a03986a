// Whose boot is it? An attempt of StartInstances has a window, from its record to the last moment at which its start can
// take effect: a boot whose LaunchTime lies in it is ours, any other is someone else's.
import * as z from 'zod';
import { CLOCK_MARGIN_SECONDS } from '../model/limits.ts';
import { addSeconds, secondsBetween, type Timestamp, timestampSchema, toTimestamp } from '../model/time.ts';

/**
 * Later than this after its record, an attempt sends no start: the next attempt does, with a record of its own. With the time
 * that a request may take (8 s) and the margin for clocks (5 s) a window is 23 s.
 */
const START_SENDING_SECONDS = 10;

/** LaunchTime has whole seconds, so a start may look up to a second older than it is (docs/aws-behaviour.md 44). */
const LAUNCH_TIME_PRECISION_SECONDS = 1;

/** One attempt of StartInstances, as its record in the bucket says. */
export const attemptSchema = z.object({
  attempt: z.string(),
  recordedAt: timestampSchema,
  /**
   * After this moment no start that this attempt sent can take effect any more. The same as recordedAt if its start was
   * refused or never sent: then no boot can be its own.
   */
  startBy: timestampSchema,
});
export type Attempt = z.infer<typeof attemptSchema>;

type Window = Pick<Attempt, 'recordedAt' | 'startBy'>;

/** Whether the boot at `launchTime` lies in the window of one of these attempts: then our StartInstances caused it. */
export const isOurBoot = (launchTime: Timestamp | null, attempts: Window[]): boolean =>
  launchTime !== null && attempts.some((attempt) => isWithin(launchTime, attempt));

const isWithin = (launchTime: Timestamp, attempt: Window): boolean =>
  isOpenWindow(attempt) &&
  secondsBetween(attempt.recordedAt, launchTime) >= -LAUNCH_TIME_PRECISION_SECONDS &&
  secondsBetween(launchTime, attempt.startBy) >= 0;

/** Whether any boot can be this attempt's: its start was accepted, or its reply was lost. */
export const isOpenWindow = ({ recordedAt, startBy }: Window): boolean => recordedAt !== startBy;

/**
 * A new attempt with its window. The shorter the window, the less likely that someone else's start falls into it where
 * EC2's answer to ours is not known.
 * @param requestSeconds how long a request that was sent can be on its way
 */
export const toAttempt = (attempt: string, now: Date, requestSeconds: number): Attempt => ({
  attempt,
  recordedAt: toTimestamp(now),
  startBy: addSeconds(now, START_SENDING_SECONDS + requestSeconds + CLOCK_MARGIN_SECONDS),
});

/** Whether an attempt may still send a start: later, its window could end before the start takes effect. */
export const maySendStart = ({ recordedAt }: Attempt, now: Date): boolean =>
  secondsBetween(recordedAt, now) <= START_SENDING_SECONDS;

/** The attempts on one instance, newest first: the lease names the first. */
export const newestFirst = (attempts: Attempt[]): Attempt[] =>
  [...attempts].sort((a, b) => secondsBetween(a.recordedAt, b.recordedAt));
