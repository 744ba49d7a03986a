import * as z from 'zod';

/** A moment as it travels in payloads and files: ISO 8601 in UTC. */
export const timestampSchema = z.iso.datetime();
export type Timestamp = z.infer<typeof timestampSchema>;

export const toTimestamp = (moment: Date): Timestamp => moment.toISOString();

/** Seconds from one moment to another; negative if `to` is the earlier one. */
export function secondsBetween(from: Timestamp | Date, to: Timestamp | Date): number {
  return (new Date(to).getTime() - new Date(from).getTime()) / 1000;
}

/** Minutes from one moment to another, as a text says them. */
export const minutesBetween = (from: Timestamp | Date, to: Timestamp | Date): number =>
  Math.round(secondsBetween(from, to) / 60);

export function addSeconds(moment: Timestamp | Date, seconds: number): Timestamp {
  return new Date(new Date(moment).getTime() + seconds * 1000).toISOString();
}

export const isAfter = (moment: Timestamp | Date, other: Timestamp | Date): boolean =>
  secondsBetween(other, moment) > 0;

export const latest = (first: Timestamp, ...others: Timestamp[]): Timestamp =>
  others.reduce((last, moment) => (isAfter(moment, last) ? moment : last), first);

export const earliest = (one: Timestamp, other: Timestamp): Timestamp => (isAfter(one, other) ? other : one);
