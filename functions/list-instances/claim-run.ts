import * as z from 'zod';
import type { Bucket } from '../aws/bucket.ts';
import { describeExecutionStatus } from '../aws/executions.ts';
import type { SFNClient } from '../aws/sdk/clients.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { occurrenceKey } from '../domain/model/object-keys.ts';
import type { Timestamp } from '../domain/model/time.ts';
import type { ExecutionStatus } from '../domain/ownership/execution-status.ts';
import { decideLock, type LockDecision, occurrenceSchema, type RunLock } from '../domain/ownership/run-lock.ts';
import { readLock, takeLock } from '../operations/take-run-lock.ts';

/** What a run's claim came to. `held`: it may begin; the others mean that another run does the same work, or has done it. */
export const claimSchema = z.enum(['held', 'already-running', 'already-done', 'none']);
export type LockOutcome = z.infer<typeof claimSchema>;

const NOT_ASKED: ExecutionStatus = { status: 'unknown', why: 'not asked' };

/** Who has finished this occurrence; asked only where nobody is at work on it. */
async function finishedBy(bucket: Bucket, scheduledTime: Timestamp | null): Promise<string | null> {
  if (scheduledTime === null) return null;
  return (await bucket.get(occurrenceKey(scheduledTime), occurrenceSchema))?.runId ?? null;
}

/**
 * Claims the one lock for a run, before anything is listed. Three calls of S3 for a scheduled run, two for another.
 * @returns whose work it is; `runId` is the other run's if it is not ours
 * @throws AlreadyRunning if another run is at work; LockedForNow if whoever has it is about to let go
 */
export async function takeRunLock(
  { bucket, sfn }: { bucket: Bucket; sfn: SFNClient },
  lock: RunLock,
  now: Date,
): Promise<{ claim: LockOutcome; runId: string }> {
  const seen = await readLock(bucket);
  const holder = seen?.value ?? null;
  const isAnother = holder?.kind === 'run' && holder.executionArn !== lock.executionArn;
  const execution = isAnother ? await describeExecutionStatus(sfn, holder.executionArn) : NOT_ASKED;
  const facts = { lock: holder, execution, finishedBy: await finishedBy(bucket, lock.scheduledTime) };
  return carryOut(bucket, decideLock(lock, facts, now), lock, seen);
}

async function carryOut(
  bucket: Bucket,
  decision: LockDecision,
  lock: RunLock,
  seen: Awaited<ReturnType<typeof readLock>>,
): Promise<{ claim: LockOutcome; runId: string }> {
  switch (decision.action) {
    case 'held':
      return { claim: 'held', runId: lock.runId };
    case 'take':
      if (await takeLock(bucket, lock, seen)) return { claim: 'held', runId: lock.runId };
      throw new ReveilleError('LockedForNow', 'another run took the lock at the same moment');
    case 'leave':
      return { claim: decision.claim, runId: decision.runId };
    case 'wait':
      throw new ReveilleError('LockedForNow', decision.reason.text);
    case 'refuse':
      throw new ReveilleError('AlreadyRunning', `${decision.reason.text}; two at once would fight over instances`);
  }
}
