// One attempt of StartInstances, and which boots of an instance its attempts have caused.
import * as z from 'zod';
import { BOOT_PROOF_SECONDS, CLOCK_MARGIN_SECONDS } from '../model/limits.ts';
import { addSeconds, secondsBetween, type Timestamp, timestampSchema, toTimestamp } from '../model/time.ts';
import {
  type BootLook,
  bootSchema,
  isUnshown,
  isWithin,
  judgeBoot,
  type KnownBoot,
  noteEnd,
  type Window,
} from './boot.ts';

/**
 * Later than this after its record, an attempt sends no start: the next attempt does, with a record of its own. With the time
 * that a request may take (8 s) and the margin for clocks (5 s) a window ends 23 s after the record.
 */
const START_SENDING_SECONDS = 10;

/** One attempt of StartInstances, as its record in the bucket says. */
export const attemptSchema = z.object({
  attempt: z.string(),
  recordedAt: timestampSchema,
  /**
   * After this moment no start that this attempt sent can take effect any more. The same as recordedAt if its start was
   * refused or never sent: then no boot can be its own.
   */
  startBy: timestampSchema,
  /** What is known of the boot that it has caused; left out where nothing but its window is known. */
  boot: bootSchema.optional(),
});
export type Attempt = z.infer<typeof attemptSchema>;

/**
 * Whose boot an instance has: `ours`, someone `others'`, or not known: `open` as long as EC2 may yet show its LaunchTime, and
 * `doubtful` from then on.
 */
export type BootOwner = 'ours' | 'open' | 'doubtful' | 'others';

/** Whose boot one look shows, by all attempts of ours. */
export function bootOwnerOf(attempts: Attempt[], ec2: Omit<BootLook, 'at'>, now: Date): BootOwner {
  const { launchTime } = ec2;
  const judged = attempts.map((attempt) => judgeAttempt(attempt, { ...ec2, at: now }));
  for (const { boot } of judged) {
    if (boot?.kind === 'known' && boot.launchTime === launchTime) return ownerAfter(boot, ec2, now);
  }
  const isOpen = ({ boot, ...window }: Attempt) => boot?.kind === 'sought' && isUnshown(boot, window, launchTime);
  if (judged.some(isOpen)) return 'open';
  return judged.some(({ boot }) => boot?.kind === 'doubtful') ? 'doubtful' : 'others';
}

/** Our own boot is still shown. If it was over before, someone else has started the instance, and that LaunchTime is not shown yet. */
function ownerAfter({ endedAt }: KnownBoot, { state }: Omit<BootLook, 'at'>, now: Date): BootOwner {
  if (endedAt === undefined || (state !== 'pending' && state !== 'running')) return 'ours';
  return secondsBetween(endedAt, now) < BOOT_PROOF_SECONDS ? 'open' : 'doubtful';
}

/** Until when a LaunchTime is waited for at the latest: that of a start of ours, or of one after ours was over; null: none is. */
export const bootSoughtUntil = (attempts: Attempt[]): Timestamp | null =>
  attempts
    .flatMap(({ boot, startBy }) => {
      if (boot?.kind === 'sought') return [addSeconds(boot.repliedAt ?? startBy, BOOT_PROOF_SECONDS)];
      return boot?.kind === 'known' && boot.endedAt !== undefined ? [addSeconds(boot.endedAt, BOOT_PROOF_SECONDS)] : [];
    })
    .sort()
    .at(-1) ?? null;

/** The attempt with what one look makes of its boot. Whether it is known, or doubtful, stays as it is. */
export function judgeAttempt(attempt: Attempt, look: BootLook): Attempt {
  const boot = findBoot(attempt, look);
  if (boot === undefined) return attempt;
  return { ...attempt, boot: boot.kind === 'known' ? noteEnd(boot, look) : boot };
}

function findBoot(attempt: Attempt, look: BootLook): Attempt['boot'] {
  const { boot } = attempt;
  if (boot?.kind === 'sought') return judgeBoot(boot, attempt, look);
  const { launchTime } = look;
  if (boot !== undefined || launchTime === null || !isWithin(launchTime, attempt)) return boot;
  return { kind: 'known', launchTime, isAssumed: true };
}

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
