import type { ExecutionRecord } from './model.ts';

/** How long after its end an execution can be redriven (docs/aws-behaviour.md 47). */
const REDRIVABLE_MILLISECONDS = 14 * 86_400_000;

/** Thrown by a redrive of an execution that cannot be redriven. */
export class NotRedrivable extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'NotRedrivable';
  }
}

/** Why an execution cannot go on from where it ended, in AWS's words; null if it can. */
export function whyNotRedrivable({ status, stoppedAt }: Pick<ExecutionRecord, 'status' | 'stoppedAt'>): string | null {
  if (status === 'RUNNING' || status === 'SUCCEEDED') return `Execution is ${status} and cannot be redriven`;
  if (stoppedAt !== null && Date.now() - stoppedAt >= REDRIVABLE_MILLISECONDS)
    return 'Execution redrivable period exceeded';
  return null;
}

/** Where a map has failed for one of these, a redrive begins a map run anew (docs/aws-behaviour.md 48). */
const NEW_MAP_RUN_AFTER = ['States.DataLimitExceeded', 'States.Runtime'];

export const needsNewMapRun = (error: string | undefined): boolean =>
  error !== undefined && NEW_MAP_RUN_AFTER.includes(error);
