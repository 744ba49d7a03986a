// Whose boot is it, once EC2 has accepted our start of a stopped instance? Its first new LaunchTime is ours if it can't be that of
// a later start; and once one is ours, no other is.
import * as z from 'zod';
import type { InstanceFacts } from '../model/instance.ts';
import { BOOT_PROOF_SECONDS, CLOCK_MARGIN_SECONDS, LATE_BOOT_SECONDS } from '../model/limits.ts';
import { isAfter, secondsBetween, type Timestamp, timestampSchema } from '../model/time.ts';

/** EC2 has accepted the start, and no look has shown its LaunchTime yet. */
const soughtSchema = z.object({
  kind: z.literal('sought'),
  repliedAt: timestampSchema,
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
});

export const bootSchema = z.discriminatedUnion('kind', [
  soughtSchema,
  knownBootSchema,
  /** Its LaunchTime came too late, or not at all, or after a stop: no boot counts as ours. */
  z.object({ kind: z.literal('doubtful') }),
]);
export type Boot = z.infer<typeof bootSchema>;

/** What one DescribeInstances showed, and when. */
export type BootLook = Pick<InstanceFacts, 'state' | 'launchTime' | 'transitionReason'> & { at: Date };

/**
 * What one look makes of a boot that is sought. Each rule rests on an order of events, and not on a clock alone:
 *
 * - A LaunchTime of at most 5 s after the reply is ours, and so is one that is seen by then: someone else would have had to stop
 *   the instance and start it again within these seconds.
 * - A later one, of up to 60 s, is ours if a look since the reply showed the instance awake with the LaunchTime of before, and
 *   none showed it going down: then there was a start between the two LaunchTimes, and ours is the only one that is known of.
 * - Anything else is doubtful, for good. `stopped` with the reason of before lags, and proves nothing (docs/aws-behaviour.md 45).
 *
 * @param recordedAt when the attempt was recorded: an older LaunchTime is of an earlier boot that is shown late
 */
export function judgeBoot(sought: SoughtBoot, recordedAt: Timestamp, look: BootLook): Boot {
  const { repliedAt, previousLaunchTime, previousTransitionReason, wasSeenAwake } = sought;
  const { launchTime, state, transitionReason, at } = look;
  const isOverdue = secondsBetween(repliedAt, at) >= BOOT_PROOF_SECONDS;
  const unproved: Boot = isOverdue ? { kind: 'doubtful' } : sought;
  if (launchTime !== null && launchTime !== previousLaunchTime) {
    if (secondsBetween(launchTime, recordedAt) > CLOCK_MARGIN_SECONDS) return unproved;
    const secondsAfterReply = secondsBetween(repliedAt, isAfter(launchTime, at) ? at : launchTime);
    const isAlone = wasSeenAwake && !isGoingDown(look, previousTransitionReason);
    const isOurs = secondsAfterReply <= CLOCK_MARGIN_SECONDS || (secondsAfterReply <= LATE_BOOT_SECONDS && isAlone);
    return isOurs ? { kind: 'known', launchTime, isAssumed: false } : { kind: 'doubtful' };
  }
  if (isGoingDown({ state, transitionReason }, previousTransitionReason)) return { kind: 'doubtful' };
  const isAwake = state === 'pending' || state === 'running';
  return isAwake && !isOverdue ? { ...sought, wasSeenAwake: true } : unproved;
}

/** It is being stopped, or was stopped since our start: EC2 says of each stop when it was (docs/aws-behaviour.md 74). */
const isGoingDown = (
  { state, transitionReason }: Pick<BootLook, 'state' | 'transitionReason'>,
  previousReason: string | null,
): boolean => state === 'stopping' || (state === 'stopped' && transitionReason !== previousReason);
