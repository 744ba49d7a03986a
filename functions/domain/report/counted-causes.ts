import * as z from 'zod';
import { outcomeSchema } from '../batch/batch-instance.ts';
import type { Reason } from '../model/reason.ts';

const causeSchema = z.object({ code: z.string(), outcome: outcomeSchema, count: z.int() });
export type Cause = z.infer<typeof causeSchema>;

export const causesSchema = z
  .array(causeSchema)
  .default([])
  .describe('How many instances have which reason, by outcome; the most first');

/** The reasons of a run, counted: the most first, and among as many in the order of their codes. */
export function countCauses(instances: { outcome: Cause['outcome']; reason: Reason | null }[]): Cause[] {
  const causes = new Map<string, Cause>();
  for (const { outcome, reason } of instances) {
    if (reason === null) continue;
    const { code } = reason;
    const key = `${code} ${outcome}`;
    causes.set(key, { code, outcome, count: (causes.get(key)?.count ?? 0) + 1 });
  }
  const keyed = [...causes].sort(([one, a], [other, b]) => b.count - a.count || (one < other ? -1 : 1));
  return keyed.map(([, cause]) => cause);
}
