import * as z from 'zod';
import { type Reason, reason } from '../model/reason.ts';
import type { RunRef } from '../model/run.ts';
import { secondsBetween, type Timestamp, timestampSchema } from '../model/time.ts';
import { type ExecutionStatus, type Liveness, livenessOf } from './execution-status.ts';

const runLockSchema = z.object({
  kind: z.literal('run'),
  runId: z.string().min(1),
  executionArn: z.string().min(1),
  startedAt: timestampSchema,
  /** Of the schedule's occurrence; null for a run that was started by hand. */
  scheduledTime: timestampSchema.nullable(),
  takenAt: timestampSchema,
});
export type RunLock = z.infer<typeof runLockSchema>;

const reconcilerLockSchema = z.object({
  kind: z.literal('reconciler'),
  requestId: z.string().min(1),
  takenAt: timestampSchema,
  /** The Lambda that took it is dead after this moment. */
  expiresAt: timestampSchema,
});

export const lockSchema = z.discriminatedUnion('kind', [runLockSchema, reconcilerLockSchema]);
export type Lock = z.infer<typeof lockSchema>;

/** Whether this run is the one that the lock names. */
export const isHeldBy = (lock: Lock | null, run: RunRef): boolean =>
  lock?.kind === 'run' && lock.runId === run.runId && secondsBetween(lock.startedAt, run.startedAt) === 0;

/** Whether the lock that was found is of the holder that wrote this one. */
export const isSameHolder = (found: Lock | null, written: Lock): boolean =>
  written.kind === 'run'
    ? isHeldBy(found, written)
    : found?.kind === 'reconciler' && found.requestId === written.requestId;

export const occurrenceSchema = z.object({ runId: z.string(), endedAt: timestampSchema });

/** Who has the lock: nothing (`free`), the run that asks (`ours`), or someone else, with whether that one can still act. */
export type LockHolder = { status: 'free'; lock: null } | { status: 'ours' | Liveness; lock: Lock };

/** What is known of the lock when it is judged. */
export interface LockFacts {
  /** null: there is none in the bucket. */
  lock: Lock | null;
  /** The run that asks; null if no run does. */
  own: RunRef | null;
  /** What Step Functions says of the run that has it; null if it was not asked. */
  execution: ExecutionStatus | null;
  now: Date;
}

/** A reconciler has no execution: it is dead when its Lambda must be, and until then it is just about to let go. */
export function lockHolderOf({ lock, own, execution, now }: LockFacts): LockHolder {
  if (lock === null) return { status: 'free', lock };
  if (own !== null && isHeldBy(lock, own)) return { status: 'ours', lock };
  if (lock.kind === 'run') return { status: livenessOf(execution, lock.takenAt, now), lock };
  return { status: secondsBetween(lock.expiresAt, now) > 0 ? 'dead' : 'ending', lock };
}

export type LockDecision =
  | { action: 'held' }
  | { action: 'take' }
  /** The same occurrence was delivered twice: the other run does it, or has done it. */
  | { action: 'leave'; claim: 'already-running' | 'already-done'; runId: string }
  /** Soon free: its holder has just ended, or is only cleaning up. */
  | { action: 'wait'; reason: Reason }
  | { action: 'refuse'; reason: Reason };

/**
 * Whether a run may begin. Two runs at once would fight over the same instances, so one of them has to go; it goes
 * quietly only if the other one does the same work for the same occurrence, since anything else would be a success
 * of a run that did nothing.
 * @param finishedBy the run that has finished this very occurrence; null if none is remembered
 */
export function decideLock(
  run: RunRef & { scheduledTime: Timestamp | null },
  { status, lock }: LockHolder,
  finishedBy: string | null,
): LockDecision {
  if (status === 'ours') return { action: 'held' };
  const isSameOccurrence =
    lock?.kind === 'run' &&
    lock.scheduledTime !== null &&
    run.scheduledTime !== null &&
    secondsBetween(lock.scheduledTime, run.scheduledTime) === 0;
  if (isSameOccurrence) return { action: 'leave', claim: 'already-running', runId: lock.runId };
  if (finishedBy !== null && finishedBy !== run.runId) {
    return { action: 'leave', claim: 'already-done', runId: finishedBy };
  }
  if (status === 'free' || status === 'dead') return { action: 'take' };
  const holder = lock.kind === 'run' ? `run ${lock.runId}` : 'the reconciler';
  if (status === 'ending') {
    return { action: 'wait', reason: reason('lock-ending', `${holder} is about to release the lock`) };
  }
  return { action: 'refuse', reason: reason('already-running', `${holder} has been at work since ${lock.takenAt}`) };
}
