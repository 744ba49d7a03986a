import * as z from 'zod';
import { plainText } from './plain-text.ts';
import { type ExclusionCode, exclusions, handovers, type ReasonCode, remarks } from './reason-codes.ts';

/**
 * Why an outcome is what it is: a code for programs, a text for people. What is read may be older than this code, and a
 * redriven run must still restore its instances: so any code is read, and only those of the table are written.
 */
export const reasonSchema = z.object({ code: z.string(), text: z.string() });
export type Reason = z.infer<typeof reasonSchema>;

export const reason = (code: ReasonCode, text: string): Reason => ({ code, text: plainText(text) });

export const exclusion = (code: ExclusionCode, text: string): Reason => reason(code, text);

/** The same reason, with more to say. */
export const retold = ({ code }: Reason, text: string): Reason => ({ code, text: plainText(text) });

/** An unknown code is never benign. */
export const isBenignExclusion = (code: string): boolean =>
  Object.hasOwn(exclusions, code) && exclusions[code as ExclusionCode].benign;

/** The codes that fail a run whatever the outcome of their instance: they say that a promise was not kept. */
const BROKEN_PROMISES: string[] = Object.entries({ ...handovers, ...remarks })
  .filter(([, { failsRun: isBroken }]) => isBroken)
  .map(([code]) => code);

/** Whether this reason fails the run, whatever the outcome of its instance. */
export const failsRun = ({ code }: Reason): boolean => BROKEN_PROMISES.includes(code);
