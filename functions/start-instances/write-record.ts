// Both writes of an attempt's record: before its lease and its start, and once it is known which instances it may have started.
import type { Bucket } from '../aws/bucket.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { type Batch, leaseholderOf } from '../domain/batch/batch.ts';
import type { BatchInstance } from '../domain/batch/batch-instance.ts';
import { recordKey } from '../domain/model/object-keys.ts';
import { endsOf } from '../domain/model/run.ts';
import { type Attempt, isOpenWindow } from '../domain/ownership/attempt.ts';
import { type StartRecord, startRecordSchema } from '../domain/ownership/start-record.ts';
import { isToStart, type StartCandidate } from '../domain/steps/start.ts';
import { answeredRecord } from '../domain/steps/start-result.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface RecordTools extends Pick<Runtime, 'logger'> {
  bucket: Bucket;
}

/** A record as it was written first. `etag` is null where it is not known which version, if any, that became. */
export interface WrittenRecord {
  value: StartRecord;
  etag: string | null;
}

/** The first write: without a record no lease, and no start. */
export async function writeRecord(tools: RecordTools, value: StartRecord): Promise<WrittenRecord> {
  try {
    // A record of this attempt that is there already is our own, written by a call whose reply was lost.
    return { value, etag: await tools.bucket.putOnce(recordKey(value, value.attempt), value) };
  } catch (error) {
    await completeRecord(tools, { value, etag: null }, []);
    throw error;
  }
}

/**
 * The second write, with what only the replies tell: later readers of the record can't know what they said. This run knows it
 * without the record, as the same is in this function's reply: so what can't be written costs no true reply. Nothing is
 * written where the first write surely came to nothing: an attempt that has leased nothing must not count as one. Nor where no
 * start was meant to be sent, as the first write says so already.
 * @param instances what became of them; none if no start was sent
 */
export async function completeRecord(
  { bucket, logger }: RecordTools,
  { value, etag }: WrittenRecord,
  instances: BatchInstance[],
): Promise<void> {
  if (!value.instances.some(({ startBy }) => isOpenWindow({ recordedAt: value.recordedAt, startBy }))) return;
  const key = recordKey(value, value.attempt);
  try {
    const first = etag ?? (await bucket.getVersioned(key, startRecordSchema))?.etag;
    if (first !== undefined) await bucket.putIfSame(key, answeredRecord(value, instances), first);
  } catch (error) {
    logger.warn('the record of an attempt to start could not be completed', { key, failure: describeFailure(error) });
  }
}

/** The record as it is written first: each instance that is to be started may be, until the attempt's last moment; no other. */
export function toRecord(
  batch: Batch,
  candidates: StartCandidate[],
  { attempt, recordedAt, startBy }: Attempt,
): StartRecord {
  return {
    ...leaseholderOf(batch),
    batch: batch.index,
    attempt,
    recordedAt,
    instances: candidates.map((candidate) => ({
      instanceId: candidate.instance.instanceId,
      ...(candidate.ec2.zone !== null && { zone: candidate.ec2.zone }),
      originalState: candidate.instance.originalState,
      previousLaunchTime: candidate.ec2.launchTime,
      previousTransitionReason: candidate.ec2.transitionReason,
      repliedAt: null,
      startBy: isToStart(candidate) ? startBy : recordedAt,
      adopted: candidate.adopted,
      ...endsOf(candidate.instance),
    })),
  };
}
