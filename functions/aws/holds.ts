import type { Batch, Hold } from '../domain/conveyor.ts';
import type { InstanceFacts } from '../domain/instances.ts';
import { type HoldRecord, holdRecordSchema, LEASE_TAG, parseLease, recordKey } from '../domain/leases.ts';
import type { Bucket } from './bucket.ts';

/**
 * Holds of this very batch that the payload may not know: a Lambda that crashed, or whose reply was lost, has left its
 * lease on the instance and its record in the bucket. A lease without a record, or one that the record does not name, is
 * copied or forged, and counts for nothing.
 */
export async function findHolds(
  bucket: Bucket,
  batch: Pick<Batch, 'run' | 'index' | 'child'>,
  instances: Iterable<InstanceFacts>,
): Promise<Map<string, Hold>> {
  const records = new Map<string, HoldRecord | null>();
  const holds = new Map<string, Hold>();
  for (const { instanceId, tags } of instances) {
    const lease = parseLease(tags[LEASE_TAG] ?? '');
    if (lease === null || lease.runId !== batch.run.runId || lease.child !== batch.child) continue;
    const { attempt } = lease;
    const record = records.has(attempt)
      ? records.get(attempt)
      : await bucket.get(recordKey(batch.run, batch.index, attempt), holdRecordSchema);
    records.set(attempt, record ?? null);
    if (record?.instances.some((member) => member.instanceId === instanceId)) {
      holds.set(instanceId, { attempt, recordedAt: record.recordedAt, startBy: record.startBy });
    }
  }
  return holds;
}
