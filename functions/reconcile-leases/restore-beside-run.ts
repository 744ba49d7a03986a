import type { Bucket, Versioned } from '../aws/bucket.ts';
import { describeByIds } from '../aws/ec2-describe-by-id.ts';
import { type Manifest, manifestSchema } from '../domain/listing/manifest.ts';
import { manifestKey } from '../domain/model/object-keys.ts';
import { LEASE_TAG } from '../domain/ownership/lease.ts';
import type { Orphan } from '../domain/ownership/leased-instance.ts';
import { isHeldBy, type Lock } from '../domain/ownership/run-lock.ts';
import type { ReconcileResult } from '../domain/report/reconcile-report.ts';
import type { DecidedMember } from '../operations/stop-and-release.ts';
import { readLock } from '../operations/take-run-lock.ts';
import { type OrphanTools, restoreOrphans } from './restore-orphans.ts';

/**
 * Restores orphans while a run has the lock that has nothing to do with them: once its manifest is written, and does not say that it works on them.
 * Nothing is held meanwhile, so lock, manifest and leases are read anew right before each stop, and a changed one ends the try.
 */
export async function restoreBesideRun(
  tools: OrphanTools,
  seenLock: Versioned<Lock> | null,
  orphans: Orphan[],
  hasTime: () => boolean,
): Promise<ReconcileResult[]> {
  if (seenLock === null || orphans.length === 0) return [];
  const manifest = await readManifest(tools.bucket, seenLock.value);
  if (manifest === null) return [];
  // One that it leaves out, as EC2 was silent on it, it never touches.
  const taking = manifest.value.instances.filter(({ decision }) => decision === 'take-part');
  const named = new Set(taking.map(({ instanceId }) => instanceId));
  const unnamed = orphans.filter(({ facts }) => !named.has(facts.instanceId));
  return restoreOrphans(tools, unnamed, hasTime, (members) => findChanged(tools, { seenLock, manifest, members }));
}

/** The manifest of the run that has the lock; null if it has none yet. Names of runs are used again after 90 days. */
async function readManifest(bucket: Bucket, lock: Lock): Promise<Versioned<Manifest> | null> {
  if (lock.kind !== 'run') return null;
  const found = await bucket.getVersioned(manifestKey(lock), manifestSchema);
  return found !== null && isHeldBy(lock, found.value.run) ? found : null;
}

interface Seen {
  seenLock: Versioned<Lock>;
  manifest: Versioned<Manifest>;
  members: DecidedMember[];
}

/** Which of them may be another run's by now; all, if the lock is, or the manifest. */
async function findChanged(
  { bucket, ec2 }: Pick<OrphanTools, 'bucket' | 'ec2'>,
  { seenLock, manifest, members }: Seen,
): Promise<Set<string>> {
  const ids = members.map(({ instance }) => instance.instanceId);
  const lock = await readLock(bucket);
  const isSameLock = lock?.etag === seenLock.etag;
  const now = isSameLock ? await readManifest(bucket, seenLock.value) : null;
  if (now?.etag !== manifest.etag) return new Set(ids);
  const { facts } = await describeByIds(
    ec2,
    members.map(({ instance }) => instance),
  );
  const isSame = ({ instance: { instanceId }, ec2: before, expectedLease }: DecidedMember) => {
    const after = facts.get(instanceId);
    return after?.tags[LEASE_TAG] === expectedLease && after?.launchTime === before.launchTime;
  };
  return new Set(members.filter((member) => !isSame(member)).map(({ instance }) => instance.instanceId));
}
