// What a rule returns where nothing has to be done between deciding and moving on.
import { type Reason, reason } from '../model/reason.ts';
import type { ReasonCode } from '../model/reason-codes.ts';
import type { Timestamp } from '../model/time.ts';
import type { BatchInstance } from './batch-instance.ts';

/** Why an instance stays at its step, and until when at the latest: then it moves on, or fails. */
export interface Waiting {
  reason: Reason;
  until: Timestamp;
}

/** One look at one instance: what it is from now on, and what it waits for if it stays where it is. */
export interface Look<One extends BatchInstance = BatchInstance> {
  instance: One;
  waiting: Waiting | null;
}

export const moves = <One extends BatchInstance>(instance: One): Look<One> => ({ instance, waiting: null });

export const stays = <One extends BatchInstance>(
  instance: One,
  code: ReasonCode,
  text: string,
  until: Timestamp,
): Look<One> => ({
  instance,
  waiting: { reason: reason(code, text), until },
});

/** How many wait for what, by the reason's code; a log line has room for this, and not for each instance. */
export function countWaiting(looks: { waiting: Pick<Waiting, 'reason'> | null }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { waiting } of looks) {
    if (waiting !== null) counts[waiting.reason.code] = (counts[waiting.reason.code] ?? 0) + 1;
  }
  return counts;
}
