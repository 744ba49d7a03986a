import type { Bucket, Versioned } from '../aws/bucket.ts';
import { describeExecutionStatus } from '../aws/executions.ts';
import type { SFNClient } from '../aws/sdk/clients.ts';
import { LOCK_KEY } from '../domain/model/object-keys.ts';
import type { RunRef } from '../domain/model/run.ts';
import {
  isHeldBy,
  isSameHolder,
  type Lock,
  type LockHolder,
  lockHolderOf,
  lockSchema,
  type RunLock,
} from '../domain/ownership/run-lock.ts';
import type { Runtime } from '../runtime/runtime.ts';

export const readLock = (bucket: Bucket): Promise<Versioned<Lock> | null> => bucket.getVersioned(LOCK_KEY, lockSchema);

/** Who has the lock, and the object in the bucket that says so; null if there is none. */
export interface HolderFinding {
  holder: LockHolder;
  seen: Versioned<Lock> | null;
}

/**
 * Who has the lock, and whether its holder lives. Costs one read of S3, and one DescribeExecution if another run has it.
 * @param own the lock that the asking run would take; null if no run asks
 */
export async function readLockHolder(
  { bucket, sfn, now }: { bucket: Bucket; sfn: SFNClient } & Pick<Runtime, 'now'>,
  own: RunLock | null,
): Promise<HolderFinding> {
  const seen = await readLock(bucket);
  const lock = seen?.value ?? null;
  // Asked of an older run of the asking run's own name, Step Functions would answer for the asking run.
  const isAnother = lock?.kind === 'run' && lock.executionArn !== own?.executionArn;
  const execution = isAnother ? await describeExecutionStatus(sfn, lock.executionArn) : null;
  return { holder: lockHolderOf({ lock, own, execution, now: now() }), seen };
}

/**
 * Takes the lock, if it is free or still the one that was judged to be a dead holder's. A reply may be lost, and the
 * SDK's second try is then refused because of our own first one. So after a refusal the lock is read again
 * (docs/aws-behaviour.md 34).
 * @param seen what was there when it was judged; null: nothing
 * @returns whether it is ours now
 */
export async function takeLock(bucket: Bucket, lock: Lock, seen: Versioned<Lock> | null): Promise<boolean> {
  const written =
    seen === null ? (await bucket.putOnce(LOCK_KEY, lock)) !== null : await bucket.putIfSame(LOCK_KEY, lock, seen.etag);
  if (written) return true;
  return isSameHolder((await readLock(bucket))?.value ?? null, lock);
}

/** Removes the lock, if it is still the one that was seen. */
export const releaseLock = (bucket: Bucket, seen: Versioned<Lock>): Promise<void> =>
  bucket.deleteIfSame(LOCK_KEY, seen.etag);

/** Whether this run has the lock now. Read anew before every call that leases an instance or sends it a command. */
export const hasLock = async (bucket: Bucket, run: RunRef): Promise<boolean> =>
  isHeldBy((await readLock(bucket))?.value ?? null, run);

/** Releases a run's own lock. A lock that someone else has taken meanwhile is left alone. */
export async function releaseOwnLock(bucket: Bucket, run: RunRef): Promise<void> {
  const seen = await readLock(bucket);
  if (seen !== null && isHeldBy(seen.value, run)) await releaseLock(bucket, seen);
}
