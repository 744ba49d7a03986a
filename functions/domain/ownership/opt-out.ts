// The opt-out tag: by it an instance's owner keeps it out, for good or until a day.
import * as z from 'zod';
import type { InstanceFacts } from '../model/instance.ts';

/** As deployed. */
export interface OptOutTag {
  key: string;
  /** The schedule's time zone: in it a day ends. */
  timeZone: string;
}

/** A value may end with the last day on which it holds: `kernel too old, until 2027-03-31`. */
const UNTIL = /^.*\buntil\b[\s:]*(.*)$/is;

const DAY = /^(\d{4}-\d{2}-\d{2})(?![\w-])/;

/**
 * Why an instance is kept out by its tag; null if it is not, or if EC2 does not list it. The value is the reason, for people. "false" lets it in, and so does
 * a day that is over. A day that can't be read keeps it out, and says so: to let it in by mistake would be worse.
 */
export function optOutText(ec2: Pick<InstanceFacts, 'tags'> | null, tag: OptOutTag, now: Date): string | null {
  const value = ec2 !== null && Object.hasOwn(ec2.tags, tag.key) ? ec2.tags[tag.key]?.trim() : undefined;
  if (value === undefined || value.toLowerCase() === 'false') return null;
  const carries = `carries the tag ${tag.key}`;
  const said = UNTIL.exec(value)?.[1];
  if (said !== undefined) {
    const day = z.iso.date().safeParse(DAY.exec(said)?.[1]).data;
    if (day === undefined) {
      return `${carries}, and the day after its "until" can't be read (write one such as 2027-03-31): ${value}`;
    }
    if (day < dayIn(tag.timeZone, now)) return null;
  }
  return value === '' ? carries : `${carries}: ${value}`;
}

/** The day in a time zone, such as 2027-03-31: Swedish writes it like that. */
const dayIn = (timeZone: string, now: Date): string => new Intl.DateTimeFormat('sv-SE', { timeZone }).format(now);
