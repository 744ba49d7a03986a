import type { Bucket } from '../aws/bucket.ts';
import { recordPrefix, startNoteKey } from '../domain/model/object-keys.ts';
import type { Leaseholder } from '../domain/model/run.ts';
import type { Attempt } from '../domain/ownership/attempt.ts';
import {
  type HoldRecord,
  holdRecordSchema,
  type StartNote,
  startNoteSchema,
} from '../domain/ownership/start-record.ts';

/**
 * Attempts of one child whose replies never arrived, by instance: a Lambda that crashed, or whose answer was lost, has
 * left its record in the bucket. The bucket is asked, and not the lease tags, because tags lag behind
 * (docs/aws-behaviour.md 45) while S3 shows what was written. A lease without a record (copied with an image, forged)
 * counts for nothing.
 * @param answered the attempts whose replies did arrive: their records are not read
 */
export async function findLostAttempts(
  bucket: Bucket,
  leaseholder: Leaseholder,
  answered: string[],
): Promise<Map<string, Attempt[]>> {
  const lost = new Map<string, Attempt[]>();
  const prefix = recordPrefix(leaseholder);
  const keys = await bucket.list(prefix);
  const known = new Set(answered.map((attempt) => `${prefix}${attempt}.json`));
  for (const key of keys.filter((one) => !known.has(one))) {
    const record = await bucket.get(key, holdRecordSchema);
    if (record === null) continue;
    const note = await bucket.get(startNoteKey(leaseholder, record.attempt), startNoteSchema);
    for (const { instanceId, adopted } of record.instances) {
      const own = ownAttempt(record, note, { instanceId, adopted });
      lost.set(instanceId, [...(lost.get(instanceId) ?? []), own, ...adopted]);
    }
  }
  return lost;
}

/** The window of a record's own attempt on one instance. It is empty if it only took the instance over, or did not start it. */
function ownAttempt(
  { attempt, recordedAt, startBy }: HoldRecord,
  note: StartNote | null,
  { instanceId, adopted }: Pick<HoldRecord['instances'][number], 'instanceId' | 'adopted'>,
): Attempt {
  const mayHaveStarted = adopted.length === 0 && !note?.notStarted.includes(instanceId);
  return { attempt, recordedAt, startBy: mayHaveStarted ? (note?.startBy ?? startBy) : recordedAt };
}
