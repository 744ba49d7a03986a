// An instance is held while others keep it awake after its run has ended. ReconcileLeases looks at it in passes that have no
// memory of their own, and a later run may take it over: what a look has to know of those before it is this.
import * as z from 'zod';
import { type Timestamp, timestampSchema, toTimestamp } from '../model/time.ts';
import type { OtherActivity } from './other-activity.ts';

export const holdSchema = z.object({
  /** Of the boot in which it is held: in another one this says nothing. */
  launchTime: timestampSchema.nullable(),
  /** Since which look nothing was seen on it; null: something was seen in the last one, or none has come since its run ended. */
  quietSince: timestampSchema.nullable(),
});
export type Hold = z.infer<typeof holdSchema>;

/** Something is seen on it. */
export const newHold = (launchTime: Timestamp | null): Hold => ({ launchTime, quietSince: null });

/**
 * What is remembered after SSM was asked; null: nothing keeps it awake, and nothing did when its run ended. That SSM could not
 * tell is no quiet, and holds no instance by itself.
 */
export function noteQuiet(
  hold: Hold | null,
  found: OtherActivity | null,
  launchTime: Timestamp | null,
  now: Date,
): Hold | null {
  const known = hold?.launchTime === launchTime ? hold : null;
  if (found !== null) return found.isKnown || known !== null ? newHold(launchTime) : null;
  return known === null ? null : { launchTime, quietSince: known.quietSince ?? toTimestamp(now) };
}
