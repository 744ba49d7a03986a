// How quick AWS was in a run, as far as the run saw it: the beliefs of docs/beliefs.md, measured in this very account.
import * as z from 'zod';
import type { BatchInstance } from '../batch/batch-instance.ts';
import { secondsBetween } from '../model/time.ts';

const rangeSchema = z.object({
  instances: z.int().describe('Of how many instances it was seen'),
  min: z.number(),
  median: z.number(),
  max: z.number(),
});
type Range = z.infer<typeof rangeSchema>;

const range = (what: string) => rangeSchema.nullable().describe(`${what}; null if it was seen of no instance`);

export const observedPaceSchema = z
  .object({
    launchAfterReplySeconds: range(
      "From EC2's reply to a start to the LaunchTime of its boot; it can be the earlier one",
    ),
    describeLagSeconds: range("From EC2's reply to a start to the last look that still showed the instance stopped"),
    leaseSeenSeconds: range('From just before a lease was written to the first look that showed it'),
    firstPingSeconds: range('From LaunchTime to the first ping that was seen'),
  })
  .describe('What the run saw of how quick AWS is; its looks are 15 seconds and more apart');
type ObservedPace = z.infer<typeof observedPaceSchema>;

/** @returns undefined if nothing was seen: nothing was started */
export function observePace(results: BatchInstance[]): ObservedPace | undefined {
  const of = (what: Length): Range | null => toRange(results.flatMap(({ sightings }) => sightings?.[what] ?? []));
  const pace = {
    launchAfterReplySeconds: of('launchAfterReply'),
    describeLagSeconds: of('describeLag'),
    leaseSeenSeconds: of('leaseSeen'),
    firstPingSeconds: toRange(results.flatMap(firstPingSeconds)),
  };
  return Object.values(pace).every((one) => one === null) ? undefined : pace;
}

/** What is a length among the sightings. */
type Length = 'launchAfterReply' | 'describeLag' | 'leaseSeen';

function firstPingSeconds(result: BatchInstance): number[] {
  const { firstPingAt } = result.sightings ?? {};
  const launchTime = 'launchTime' in result ? result.launchTime : null;
  return firstPingAt === undefined || launchTime === null ? [] : [secondsBetween(launchTime, firstPingAt)];
}

function toRange(values: number[]): Range | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  if (min === undefined || max === undefined || median === undefined) return null;
  return { instances: sorted.length, min, median, max };
}
