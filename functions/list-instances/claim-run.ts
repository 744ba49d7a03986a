// Phase 1 of ListInstances: whether this run may begin, and whose work it is if it may not.
import type { Bucket, Versioned } from '../aws/bucket.ts';
import type { SFNClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import type { ListRequest } from '../domain/listing/execution-input.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import type { ExecutionNames } from '../domain/model/execution-arn.ts';
import { occurrenceKey } from '../domain/model/object-keys.ts';
import type { RunRef } from '../domain/model/run.ts';
import { type Timestamp, toTimestamp } from '../domain/model/time.ts';
import {
  decideLock,
  type Lock,
  type LockDecision,
  occurrenceSchema,
  type RunLock,
} from '../domain/ownership/run-lock.ts';
import { readLockHolder, releaseOwnLock, takeLock } from '../operations/take-run-lock.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** What a run's claim came to: it may begin, or the named run does the same work, or has done it. */
export type LockOutcome = { claim: 'held' } | { claim: 'already-running' | 'already-done'; doneBy: string };

export interface ClaimTools extends Pick<Runtime, 'now' | 'logger'> {
  bucket: Bucket;
  sfn: SFNClient;
}

/**
 * Takes the one lock for a run, before anything is listed. Three calls of S3 for a scheduled run, two for another.
 * @throws AlreadyRunning if another run is at work; LockedForNow if its holder is about to let go
 */
export async function takeRunLock(tools: ClaimTools, lock: RunLock): Promise<LockOutcome> {
  const { holder, seen } = await readLockHolder(tools, lock);
  const finishedBy = await readFinishedBy(tools.bucket, lock.scheduledTime);
  return carryOut(tools.bucket, decideLock(lock, holder, finishedBy), lock, seen);
}

/**
 * A run that is refused has touched no instance, so others may begin at once. If the lock can't be released, it is a dead
 * run's once this execution has ended. An error of AWS keeps it, since the state machine tries this step again.
 */
export async function releasingLockOnError<T>(
  { bucket, logger }: Pick<ClaimTools, 'bucket' | 'logger'>,
  run: RunRef,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ReveilleError) || error.name === 'AwsUnavailable') throw error;
    await releaseOwnLock(bucket, run).catch((failure: unknown) => {
      logger.warn('the lock of a refused run could not be released', { failure: describeFailure(failure) });
    });
    throw error;
  }
}

/** The lock as this run writes it. */
export const toLock = (
  { executionArn, startedAt, input }: ListRequest,
  { runId }: ExecutionNames,
  now: Date,
): RunLock => ({
  kind: 'run',
  runId,
  executionArn,
  startedAt,
  scheduledTime: input.scheduledTime ?? null,
  takenAt: toTimestamp(now),
});

/** The run that has finished this occurrence of the schedule; null if none has, or if it is no occurrence. */
async function readFinishedBy(bucket: Bucket, scheduledTime: Timestamp | null): Promise<string | null> {
  if (scheduledTime === null) return null;
  return (await bucket.get(occurrenceKey(scheduledTime), occurrenceSchema))?.runId ?? null;
}

async function carryOut(
  bucket: Bucket,
  decision: LockDecision,
  lock: RunLock,
  seen: Versioned<Lock> | null,
): Promise<LockOutcome> {
  switch (decision.action) {
    case 'held':
      return { claim: 'held' };
    case 'take':
      if (await takeLock(bucket, lock, seen)) return { claim: 'held' };
      throw new ReveilleError('LockedForNow', 'another run took the lock at the same moment');
    case 'leave':
      return { claim: decision.claim, doneBy: decision.runId };
    case 'wait':
      throw new ReveilleError('LockedForNow', decision.reason.text);
    case 'refuse':
      throw new ReveilleError('AlreadyRunning', `${decision.reason.text}; two at once would fight over instances`);
  }
}
