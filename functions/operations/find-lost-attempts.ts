import type { Bucket } from '../aws/bucket.ts';
import type { Leaseholder } from '../domain/model/run.ts';
import type { Attempt } from '../domain/ownership/attempt.ts';
import { attemptsOn, type RecordedAttempt } from '../domain/ownership/start-record.ts';
import { listAttempts, readAttempt } from './read-attempts.ts';

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
  const known = new Set(answered);
  const lost: RecordedAttempt[] = [];
  for (const attempt of await listAttempts(bucket, leaseholder)) {
    const recorded = known.has(attempt) ? null : await readAttempt(bucket, leaseholder, attempt);
    if (recorded !== null) lost.push(recorded);
  }
  const instanceIds = new Set(lost.flatMap(({ record }) => record.instances.map(({ instanceId }) => instanceId)));
  return new Map([...instanceIds].map((instanceId) => [instanceId, attemptsOn(instanceId, lost)]));
}
