// Times as the clocks of people show them, in a zone of the tz database.
import * as z from 'zod';
import { isAfter, type Timestamp, toTimestamp } from '../model/time.ts';

/** A name of the tz database, such as `Europe/Berlin`. */
export const timeZoneSchema = z
  .string()
  .refine(isTimeZone, 'give a name of the IANA time zone database, such as Europe/Berlin');

/** Such as `2026-12-06 04:00:00 (Europe/Berlin)`. */
export const toLocalText = (moment: Timestamp, timeZone: string): string =>
  `${new Date(localMilliseconds(new Date(moment), timeZone)).toISOString().slice(0, 19).replace('T', ' ')} (${timeZone})`;

const MOMENT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z/g;

/** A text that is ours, with its moments as clocks in that zone show them. */
export const withLocalMoments = (text: string, timeZone: string): string =>
  text.replace(MOMENT, (moment) => toLocalText(moment, timeZone));

/** The first moment after `after` at which clocks in that zone show this hour and minute, such as `06:00`. */
export function nextLocalTime(hourAndMinute: string, timeZone: string, after: Timestamp): Timestamp {
  const today = new Date(localMilliseconds(new Date(after), timeZone)).toISOString().slice(0, 10);
  const candidates = [0, 1, 2].map((days) => {
    const local = Date.parse(`${today}T${hourAndMinute}:00Z`) + days * 86_400_000;
    return fromLocalMilliseconds(local, timeZone);
  });
  const next = candidates.find((moment) => isAfter(moment, after));
  if (next === undefined) throw new RangeError(`no ${hourAndMinute} in ${timeZone} after ${after}`);
  return toTimestamp(next);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What a clock there shows, as if it were UTC. */
function localMilliseconds(moment: Date, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The moment at which a clock there shows that; of a time that daylight saving skips, one an hour beside it. */
function fromLocalMilliseconds(local: number, timeZone: string): Date {
  const offsetAt = (moment: number) => localMilliseconds(new Date(moment), timeZone) - moment;
  const guess = local - offsetAt(local);
  return new Date(local - offsetAt(guess));
}
