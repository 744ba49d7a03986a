import type { Bucket, Versioned } from '../aws/bucket.ts';
import { LOCK_KEY } from '../domain/model/object-keys.ts';
import type { Run } from '../domain/model/run.ts';
import { isHeldBy, type Lock, lockSchema } from '../domain/ownership/run-lock.ts';

export const readLock = (bucket: Bucket): Promise<Versioned<Lock> | null> => bucket.getVersioned(LOCK_KEY, lockSchema);

/**
 * Takes the lock, if it is free or still the one that was judged to be a dead holder's. A reply may be lost, and the
 * SDK's second try is then refused by our own first one: so a refusal is looked at (docs/aws-behaviour.md 34).
 * @param seen what was there when it was judged; null: nothing
 * @returns whether it is ours now
 */
export async function takeLock(bucket: Bucket, lock: Lock, seen: Versioned<Lock> | null): Promise<boolean> {
  const written =
    seen === null ? await bucket.putOnce(LOCK_KEY, lock) : await bucket.putIfSame(LOCK_KEY, lock, seen.etag);
  if (written) return true;
  const found = (await readLock(bucket))?.value ?? null;
  return lock.kind === 'run'
    ? isHeldBy(found, lock)
    : found?.kind === 'reconciler' && found.requestId === lock.requestId;
}

/** Removes the lock, if it is still the one that was seen. */
export const releaseLock = (bucket: Bucket, seen: Versioned<Lock>): Promise<void> =>
  bucket.deleteIfSame(LOCK_KEY, seen.etag);

/** Whether this run has the lock now: read anew before every step that holds an instance or sends it a command. */
export const hasLock = async (bucket: Bucket, run: Pick<Run, 'runId' | 'startedAt'>): Promise<boolean> =>
  isHeldBy((await readLock(bucket))?.value ?? null, run);

/** Lets go of a run's own lock. One that it lost meanwhile is left alone. */
export async function releaseOwnLock(bucket: Bucket, run: Pick<Run, 'runId' | 'startedAt'>): Promise<void> {
  const seen = await readLock(bucket);
  if (seen !== null && isHeldBy(seen.value, run)) await releaseLock(bucket, seen);
}
