import * as z from 'zod';
import { plainText } from './plain-text.ts';
import { type ExclusionCode, exclusions, type ReasonCode, reasonCodes } from './reason-codes.ts';

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

/** Whether this reason fails the run, whatever the outcome of its instance: it says that a promise was not kept. */
export function failsRun({ code }: Reason): boolean {
  if (!Object.hasOwn(reasonCodes, code)) return false;
  const known = reasonCodes[code as ReasonCode];
  return 'failsRun' in known && known.failsRun;
}
