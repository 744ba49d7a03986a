import type { Bucket } from '../aws/bucket.ts';
import type { Ends, Leaseholder } from '../domain/model/run.ts';
import type { Attempt } from '../domain/ownership/attempt.ts';
import { attemptsOn, endsOn, type StartRecord } from '../domain/ownership/start-record.ts';
import { listAttempts, readRecord } from './read-records.ts';

/** What the records of lost attempts say of one instance. */
export interface LostAttempts {
  attempts: Attempt[];
  /** The earliest: an attempt may have taken it over, by the ends of a dead run. */
  ends: Ends;
}

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
): Promise<Map<string, LostAttempts>> {
  const known = new Set(answered);
  const lost: StartRecord[] = [];
  for (const attempt of await listAttempts(bucket, leaseholder)) {
    const record = known.has(attempt) ? null : await readRecord(bucket, leaseholder, attempt);
    if (record !== null) lost.push(record);
  }
  const instanceIds = new Set(lost.flatMap(({ instances }) => instances.map(({ instanceId }) => instanceId)));
  return new Map(
    [...instanceIds].flatMap((instanceId) => {
      const [earliest] = endsOn(instanceId, lost);
      return earliest === undefined
        ? []
        : [[instanceId, { attempts: attemptsOn(instanceId, lost), ends: earliest }] as const];
    }),
  );
}
