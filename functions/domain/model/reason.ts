import * as z from 'zod';
import { plainText } from './plain-text.ts';

/** Why an outcome is what it is: a code for programs, a text for people. */
export const reasonSchema = z.object({ code: z.string(), text: z.string() });
export type Reason = z.infer<typeof reasonSchema>;

export const reason = (code: string, text: string): Reason => ({ code, text: plainText(text) });

/**
 * Exclusions by code. A benign one is structural or chosen, and leaves a run successful;
 * any other would hide a failure behind "excluded", so it fails the run.
 */
export const exclusions = {
  'auto-scaling': { benign: true },
  'instance-store': { benign: true },
  'not-found': { benign: true },
  'opted-out': { benign: true },
  spot: { benign: true },
  'spot-interrupted': { benign: true },
  'stop-protected': { benign: true },
  terminated: { benign: true },
  'still-settling': { benign: false },
  /** Another run, or another state machine, holds it. */
  busy: { benign: false },
  /** There was no time left to wake it and put it back. */
  'finish-by': { benign: false },
} as const satisfies Record<string, { benign: boolean }>;

export type ExclusionCode = keyof typeof exclusions;

export const exclusion = (code: ExclusionCode, text: string): Reason => reason(code, text);

/** An unknown code is never benign. */
export const isBenignExclusion = (code: string): boolean =>
  Object.hasOwn(exclusions, code) && exclusions[code as ExclusionCode].benign;
