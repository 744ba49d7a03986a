// What a run sees of an instance while it starts it: when, and how quick AWS is. No rule looks at it: reports tell it, and these
// are the numbers on which docs/beliefs.md rests.
import * as z from 'zod';
import type { InstanceFacts } from '../model/instance.ts';
import { secondsBetween, timestampSchema, toTimestamp } from '../model/time.ts';
import { type Attempt, bootOwnerOf } from './attempt.ts';
import type { BootLook } from './boot.ts';
import { LEASE_TAG, parseLease } from './lease.ts';

/** Each is left out as long as it was not seen. Lengths are in seconds. */
export const sightingsSchema = z.object({
  /** From EC2's reply to the LaunchTime of the boot; negative if it is the earlier one. */
  launchAfterReply: z.number().optional(),
  /** From EC2's reply to the last look that still showed the instance as it was before. */
  describeLag: z.number().optional(),
  /** From the attempt's record, which comes just before the lease, to the first look that showed the lease. */
  leaseSeen: z.number().optional(),
  /** When EC2's yes to our start had come. */
  startAcceptedAt: timestampSchema.optional(),
  /** The first look that showed our boot `running`. */
  runningAt: timestampSchema.optional(),
  /** The first ping of our boot that was seen, as SSM dates it. */
  firstPingAt: timestampSchema.optional(),
});
export type Sightings = z.infer<typeof sightingsSchema>;

/**
 * What was seen so far, with one more look.
 * @param before the attempts as they were before the look; what it says of their boots stands in `after`
 */
export function withLook(seen: Sightings, [before, after]: [Attempt[], Attempt[]], look: BootLook): Sightings {
  const launchAfterReply = seen.launchAfterReply ?? launchSeconds(before, after);
  const describeLag = lagSeconds(after, look) ?? seen.describeLag;
  const isRunning = look.state === 'running' && bootOwnerOf(after, look, look.at) === 'ours';
  const runningAt = seen.runningAt ?? (isRunning ? toTimestamp(look.at) : undefined);
  return {
    ...seen,
    ...(launchAfterReply === undefined ? {} : { launchAfterReply }),
    ...(describeLag === undefined ? {} : { describeLag }),
    ...(runningAt === undefined ? {} : { runningAt }),
  };
}

function launchSeconds(before: Attempt[], after: Attempt[]): number | undefined {
  for (const { attempt, boot } of before) {
    const found = after.find((one) => one.attempt === attempt)?.boot;
    if (boot?.kind !== 'sought' || boot.repliedAt === null || found?.kind !== 'known') continue;
    return secondsBetween(boot.repliedAt, found.launchTime);
  }
  return undefined;
}

function lagSeconds(attempts: Attempt[], { state, at }: BootLook): number | undefined {
  const boot = attempts[0]?.boot;
  if (boot?.kind !== 'sought' || boot.repliedAt === null || state !== 'stopped') return undefined;
  return secondsBetween(boot.repliedAt, at);
}

/** What was seen so far, with one more look at an instance that one of these attempts has leased. */
export function withLeaseLook(
  seen: Sightings,
  attempts: Attempt[],
  { tags, at }: Pick<InstanceFacts, 'tags'> & { at: Date },
): Sightings {
  const lease = parseLease(tags[LEASE_TAG] ?? '');
  const shown = attempts.find(({ attempt }) => attempt === lease?.attempt);
  if (shown === undefined || seen.leaseSeen !== undefined) return seen;
  return { ...seen, leaseSeen: secondsBetween(shown.recordedAt, at) };
}
