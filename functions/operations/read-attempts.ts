import type { Bucket } from '../aws/bucket.ts';
import { recordKey, recordPrefix, startNoteKey } from '../domain/model/object-keys.ts';
import type { Leaseholder } from '../domain/model/run.ts';
import { type RecordedAttempt, startNoteSchema, startRecordSchema } from '../domain/ownership/start-record.ts';

/**
 * What one attempt has written down of itself; null if it has written nothing. Asked of a key that `listAttempts` has found:
 * a missing key answers 403 to a role that may not list (docs/aws-behaviour.md 34).
 * @throws UnexpectedReply if it doesn't fit the schema
 */
export async function readAttempt(
  bucket: Bucket,
  leaseholder: Leaseholder,
  attempt: string,
): Promise<RecordedAttempt | null> {
  const record = await bucket.get(recordKey(leaseholder, attempt), startRecordSchema);
  return record === null
    ? null
    : { record, note: await bucket.get(startNoteKey(leaseholder, attempt), startNoteSchema) };
}

/** The names of all attempts of one child that have left a record. */
export async function listAttempts(bucket: Bucket, leaseholder: Leaseholder): Promise<string[]> {
  const prefix = recordPrefix(leaseholder);
  const keys = await bucket.list(prefix);
  return keys.flatMap((key) => (key.endsWith('.json') ? [key.slice(prefix.length, -'.json'.length)] : []));
}
