// Whose boot is it, once EC2 has accepted our start of a stopped instance? Its first new LaunchTime is ours if it can't be that of
// a later start; and once one is ours, no other is.
import * as z from 'zod';
import type { InstanceFacts } from '../model/instance.ts';
import { BOOT_PROOF_SECONDS, CLOCK_MARGIN_SECONDS, LATE_BOOT_SECONDS } from '../model/limits.ts';
import { isAfter, secondsBetween, type Timestamp, timestampSchema, toTimestamp } from '../model/time.ts';

/** A start was sent, and no look has shown its LaunchTime yet. */
const soughtSchema = z.object({
  kind: z.literal('sought'),
  /** When EC2 accepted the start, of an instance that it had found stopped; null: its reply is not known. */
  repliedAt: timestampSchema.nullable(),
  /** What EC2 said of the instance just before the start. */
  previousLaunchTime: timestampSchema.nullable(),
  previousTransitionReason: z.string().nullable(),
  /** A look since the reply has shown it `pending` or `running`, with the LaunchTime of before. */
  wasSeenAwake: z.boolean(),
});
export type SoughtBoot = z.infer<typeof soughtSchema>;

/** It is ours, and no other is. `isAssumed`: EC2's reply is not known, so that only the attempt's window speaks for it. */
export const knownBootSchema = z.object({
  kind: z.literal('known'),
  launchTime: timestampSchema,
  isAssumed: z.boolean(),
  /** When a look first showed that it was over. What is awake later with the same LaunchTime is another boot. */
  endedAt: timestampSchema.optional(),
});
export type KnownBoot = z.infer<typeof knownBootSchema>;

export const bootSchema = z.discriminatedUnion('kind', [
  soughtSchema,
  knownBootSchema,
  /** Its LaunchTime came too late, or not at all, or after a stop: no boot counts as ours. */
  z.object({ kind: z.literal('doubtful') }),
]);
export type Boot = z.infer<typeof bootSchema>;

/** What one DescribeInstances showed, and when. */
export type BootLook = Pick<InstanceFacts, 'state' | 'launchTime' | 'transitionReason'> & { at: Date };

/** When a start of an attempt can take effect. */
export interface Window {
  recordedAt: Timestamp;
  startBy: Timestamp;
}

/**
 * What one look makes of a boot that is sought. Where EC2's reply is known, each rule rests on an order of events, and not on a
 * clock alone:
 *
 * - A LaunchTime of at most 5 s after the reply is ours, and so is one that is seen by then: someone else would have had to stop
 *   the instance and start it again within these seconds.
 * - A later one, of up to 60 s, is ours if a look since the reply showed the instance awake with the LaunchTime of before, and
 *   none showed it going down: then there was a start between the two LaunchTimes, and ours is the only one that is known of.
 * - Anything else is doubtful, for good. `stopped` with the reason of before lags, and proves nothing (docs/aws-behaviour.md 45).
 *
 * Where it is not known, a LaunchTime in the attempt's window is taken for ours, and one of the next five minutes is doubtful.
 */
export function judgeBoot(sought: SoughtBoot, window: Window, look: BootLook): Boot {
  const { repliedAt, previousLaunchTime, previousTransitionReason, wasSeenAwake } = sought;
  const { launchTime, state, at } = look;
  const isDown = isGoingDown(look, previousTransitionReason);
  if (launchTime === null || isUnshown(sought, window, launchTime)) {
    const isOverdue = secondsBetween(repliedAt ?? window.startBy, at) >= BOOT_PROOF_SECONDS;
    if (isOverdue || isDown) return { kind: 'doubtful' };
    const isAwake = state === 'pending' || state === 'running';
    return isAwake && launchTime === previousLaunchTime ? { ...sought, wasSeenAwake: true } : sought;
  }
  if (repliedAt === null) return judgeByWindow(sought, window, launchTime);
  const secondsAfterReply = secondsBetween(repliedAt, isAfter(launchTime, at) ? at : launchTime);
  const isAlone = wasSeenAwake && !isDown;
  const isOurs = secondsAfterReply <= CLOCK_MARGIN_SECONDS || (secondsAfterReply <= LATE_BOOT_SECONDS && isAlone);
  return isOurs ? { kind: 'known', launchTime, isAssumed: false } : { kind: 'doubtful' };
}

/** A boot of ours that is seen going down, or down, is over: the next one's LaunchTime may be shown late, too. */
export const noteEnd = (boot: KnownBoot, { state, launchTime, at }: BootLook): KnownBoot =>
  boot.endedAt === undefined && boot.launchTime === launchTime && (state === 'stopping' || state === 'stopped')
    ? { ...boot, endedAt: toTimestamp(at) }
    : boot;

/** The LaunchTime of before is still shown; or, after an accepted start, that of a boot in between, which is shown late. */
export const isUnshown = (
  { previousLaunchTime, repliedAt }: SoughtBoot,
  { recordedAt }: Window,
  launchTime: Timestamp | null,
): boolean =>
  launchTime === null ||
  launchTime === previousLaunchTime ||
  (repliedAt !== null && secondsBetween(launchTime, recordedAt) > CLOCK_MARGIN_SECONDS);

/**
 * One that comes before the window, or long after it, is surely someone else's, and says nothing of what is sought. One of the
 * minutes after it may be ours all the same: how late LaunchTime comes, AWS does not say.
 */
function judgeByWindow(sought: SoughtBoot, window: Window, launchTime: Timestamp): Boot {
  if (isWithin(launchTime, window)) return { kind: 'known', launchTime, isAssumed: true };
  const secondsLate = secondsBetween(window.startBy, launchTime);
  return secondsLate > 0 && secondsLate <= BOOT_PROOF_SECONDS ? { kind: 'doubtful' } : sought;
}

/** LaunchTime has whole seconds, and was seen two seconds before the reply: so much before the record a boot may look (44). */
const LAUNCH_TIME_EARLY_SECONDS = 3;

export const isWithin = (launchTime: Timestamp, { recordedAt, startBy }: Window): boolean =>
  recordedAt !== startBy &&
  secondsBetween(recordedAt, launchTime) >= -LAUNCH_TIME_EARLY_SECONDS &&
  secondsBetween(launchTime, startBy) >= 0;

/** It is being stopped, or was stopped since our start: EC2 says of each stop when it was (docs/aws-behaviour.md 74). */
const isGoingDown = (
  { state, transitionReason }: Pick<BootLook, 'state' | 'transitionReason'>,
  previousReason: string | null,
): boolean => state === 'stopping' || (state === 'stopped' && transitionReason !== previousReason);
