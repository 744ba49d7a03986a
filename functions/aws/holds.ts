import type { Attempt, Batch } from '../domain/conveyor.ts';
import { holdRecordSchema, recordPrefix } from '../domain/leases.ts';
import type { Bucket } from './bucket.ts';

/** A batch is tried a few times by Lambda's retries, and once for every look: the records are bounded by both. */
const RECORDS_MAX = 1000;

/**
 * Attempts of this very batch whose replies never arrived, by instance: a Lambda that crashed, or whose answer was lost,
 * has left its record in the bucket. The bucket is asked, and not the lease tags, because tags lag behind
 * (docs/aws-behaviour.md 45) while S3 shows what was written. A lease without a record (copied with an image, forged)
 * counts for nothing.
 */
export async function findLostAttempts(
  bucket: Bucket,
  { run, index, child, attempts }: Pick<Batch, 'run' | 'index' | 'child' | 'attempts'>,
): Promise<Map<string, Attempt[]>> {
  const lost = new Map<string, Attempt[]>();
  const prefix = recordPrefix(run, index);
  const keys = await bucket.list(prefix, RECORDS_MAX);
  const known = new Set(attempts.map((attempt) => `${prefix}${attempt}.json`));
  for (const key of keys.filter((one) => !known.has(one))) {
    const record = await bucket.get(key, holdRecordSchema);
    if (record === null || record.child !== child) continue;
    const { attempt, recordedAt, startBy } = record;
    for (const { instanceId } of record.instances) {
      lost.set(instanceId, [...(lost.get(instanceId) ?? []), { attempt, recordedAt, startBy }]);
    }
  }
  return lost;
}
