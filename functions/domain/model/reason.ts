import * as z from 'zod';
import { type AwsError, awsErrorSchema, type Refusal } from './aws-errors.ts';
import { plainText } from './plain-text.ts';
import { type ExclusionCode, exclusions, handovers, type ReasonCode, remarks } from './reason-codes.ts';

/**
 * Why an outcome is what it is: a code for programs, a text for people. What is read may be older than this code, and a
 * redriven run must still restore its instances: so any code is read, and only those of the table are written.
 */
export const reasonSchema = z.object({
  code: z.string(),
  text: z.string(),
  awsError: awsErrorSchema
    .optional()
    .describe('The call that AWS refused, and its error code; left out if there is none'),
});
export type Reason = z.infer<typeof reasonSchema>;

/** @param awsError the refusal that the text quotes */
export const reason = (code: ReasonCode, text: string, awsError?: AwsError): Reason => ({
  code,
  text: plainText(text),
  ...(awsError && { awsError }),
});

export const exclusion = (code: ExclusionCode, text: string, awsError?: AwsError): Reason =>
  reason(code, text, awsError);

/** EC2 does not answer for an instance, for now. */
export const noAnswer = ({ text, error }: Refusal): Reason =>
  reason('no-answer', `EC2 does not say how it is: ${text}`, error);

/** The same reason, with more to say. */
export const retold = (told: Reason, text: string): Reason => ({ ...told, text: plainText(text) });

/** An unknown code is never benign. */
export const isBenignExclusion = (code: string): boolean =>
  Object.hasOwn(exclusions, code) && exclusions[code as ExclusionCode].benign;

/** The codes that fail a run whatever the outcome of their instance: they say that a promise was not kept. */
const BROKEN_PROMISES: string[] = Object.entries({ ...handovers, ...remarks })
  .filter(([, { failsRun: isBroken }]) => isBroken)
  .map(([code]) => code);

/** Whether this reason fails the run, whatever the outcome of its instance. */
export const failsRun = ({ code }: Reason): boolean => BROKEN_PROMISES.includes(code);
