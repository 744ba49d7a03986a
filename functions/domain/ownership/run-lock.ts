import * as z from 'zod';
import { type Reason, reason } from '../model/reason.ts';
import type { Run } from '../model/run.ts';
import { secondsBetween, type Timestamp, timestampSchema } from '../model/time.ts';
import { type ExecutionStatus, livenessOf } from './execution-status.ts';

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

/** Whether this run is the one that the lock names: names of executions can be used again, so the start counts as well. */
export const isHeldBy = (lock: Lock | null, run: Pick<Run, 'runId' | 'startedAt'>): boolean =>
  lock?.kind === 'run' && lock.runId === run.runId && secondsBetween(lock.startedAt, run.startedAt) === 0;

export const occurrenceSchema = z.object({ runId: z.string(), endedAt: timestampSchema });

/** Whether nothing of the holder can act any more: its execution has ended, and every Lambda of it is dead. */
export type Liveness = 'alive' | 'ending' | 'dead';

/** @param execution what Step Functions says of the holder; not looked at for a reconciler */
export function holderLiveness(lock: Lock, execution: ExecutionStatus, now: Date): Liveness {
  if (lock.kind === 'run') return livenessOf(execution, lock.takenAt, now);
  return secondsBetween(lock.expiresAt, now) > 0 ? 'dead' : 'ending';
}

export type LockDecision =
  | { action: 'held' }
  | { action: 'take' }
  /** The same occurrence was delivered twice: the other one does it, or has done it. */
  | { action: 'leave'; claim: 'already-running' | 'already-done'; runId: string }
  /** Soon free: whoever has it is dead, or is only cleaning up. */
  | { action: 'wait'; reason: Reason }
  | { action: 'refuse'; reason: Reason };

export interface LockFacts {
  lock: Lock | null;
  /** What Step Functions says of the holder, if that is another run. */
  execution: ExecutionStatus;
  /** The run that has finished this very occurrence; null if none is remembered. */
  finishedBy: string | null;
}

/**
 * Whether a run may begin. Two runs at once would fight over the same instances, so one of them has to go; it goes
 * quietly only if the other one does the same work for the same occurrence, since anything else would be a success
 * of a run that did nothing.
 */
export function decideLock(
  run: Pick<Run, 'runId' | 'startedAt'> & { scheduledTime: Timestamp | null },
  { lock, execution, finishedBy }: LockFacts,
  now: Date,
): LockDecision {
  if (isHeldBy(lock, run)) return { action: 'held' };
  const isSameOccurrence =
    lock?.kind === 'run' &&
    lock.scheduledTime !== null &&
    run.scheduledTime !== null &&
    secondsBetween(lock.scheduledTime, run.scheduledTime) === 0;
  if (isSameOccurrence) return { action: 'leave', claim: 'already-running', runId: lock.runId };
  if (finishedBy !== null && finishedBy !== run.runId) {
    return { action: 'leave', claim: 'already-done', runId: finishedBy };
  }
  if (lock === null) return { action: 'take' };
  const life = holderLiveness(lock, execution, now);
  if (life === 'dead') return { action: 'take' };
  const holder = lock.kind === 'run' ? `run ${lock.runId}` : 'the reconciler';
  if (life === 'ending') return { action: 'wait', reason: reason('lock-ending', `${holder} is about to let go of it`) };
  return { action: 'refuse', reason: reason('already-running', `${holder} has been at work since ${lock.takenAt}`) };
}
