import type { Bucket } from '../aws/bucket.ts';
import type { Batch } from '../domain/batch/batch.ts';
import { recordPrefix, startNoteKey } from '../domain/model/object-keys.ts';
import type { Run } from '../domain/model/run.ts';
import type { Attempt } from '../domain/ownership/attempt.ts';
import {
  type HoldRecord,
  holdRecordSchema,
  type StartNote,
  startNoteSchema,
} from '../domain/ownership/start-record.ts';

/** A batch is tried a few times by Lambda's retries, and once for every look: the records are bounded by both. */
const RECORDS_MAX = 1000;

type Source = Pick<Batch, 'child' | 'attempts'> & { run: Pick<Run, 'runId'> };

/** When an attempt may have started one of its instances; never, where it only took it over, or knew that it had not. */
function windowOf(
  { attempt, recordedAt, startBy }: HoldRecord,
  note: StartNote | null,
  id: string,
  adopted: Attempt[],
): Attempt {
  const mayHaveStarted = adopted.length === 0 && !note?.notStarted.includes(id);
  return { attempt, recordedAt, startBy: mayHaveStarted ? (note?.startBy ?? startBy) : recordedAt };
}

/**
 * Attempts of this very child whose replies never arrived, by instance: a Lambda that crashed, or whose answer was lost,
 * has left its record in the bucket. The bucket is asked, and not the lease tags, because tags lag behind
 * (docs/aws-behaviour.md 45) while S3 shows what was written. A lease without a record (copied with an image, forged)
 * counts for nothing.
 */
export async function findLostAttempts(
  bucket: Bucket,
  { run, child, attempts }: Source,
): Promise<Map<string, Attempt[]>> {
  const lost = new Map<string, Attempt[]>();
  const holder = { runId: run.runId, child };
  const prefix = recordPrefix(holder);
  const keys = await bucket.list(prefix, RECORDS_MAX);
  const known = new Set(attempts.map((attempt) => `${prefix}${attempt}.json`));
  for (const key of keys.filter((one) => !known.has(one))) {
    const record = await bucket.get(key, holdRecordSchema);
    if (record === null) continue;
    const note = await bucket.get(startNoteKey(holder, record.attempt), startNoteSchema);
    for (const { instanceId, adopted } of record.instances) {
      const window = windowOf(record, note, instanceId, adopted);
      lost.set(instanceId, [...(lost.get(instanceId) ?? []), window, ...adopted]);
    }
  }
  return lost;
}
