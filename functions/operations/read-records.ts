import type { Bucket } from '../aws/bucket.ts';
import { recordKey, recordPrefix } from '../domain/model/object-keys.ts';
import type { Leaseholder } from '../domain/model/run.ts';
import { type StartRecord, startRecordSchema } from '../domain/ownership/start-record.ts';

/**
 * The record of one attempt; null if it has written none. Asked for an attempt that `listAttempts` has found: a missing key
 * answers 403 to a role that may not list (docs/aws-behaviour.md 34).
 * @throws UnexpectedReply if it doesn't fit the schema
 */
export const readRecord = (bucket: Bucket, leaseholder: Leaseholder, attempt: string): Promise<StartRecord | null> =>
  bucket.get(recordKey(leaseholder, attempt), startRecordSchema);

/** The names of all attempts of one child that have left a record. */
export async function listAttempts(bucket: Bucket, leaseholder: Leaseholder): Promise<string[]> {
  const prefix = recordPrefix(leaseholder);
  const keys = await bucket.list(prefix);
  return keys.flatMap((key) => (key.endsWith('.json') ? [key.slice(prefix.length, -'.json'.length)] : []));
}
