// What one pass tells the next one of instances that others keep awake: it stands beside the other files of their run.
import type { Bucket } from '../aws/bucket.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { batchResultSchema } from '../domain/batch/batch-result.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { holdKey, resultKey } from '../domain/model/object-keys.ts';
import type { Orphan } from '../domain/ownership/leased-instance.ts';
import { type Hold, holdSchema, newHold } from '../domain/steps/hold.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface HoldTools extends Pick<Runtime, 'logger'> {
  bucket: Bucket;
}

/**
 * What is remembered of the orphans of one child, by instance: by a pass, or by the run itself, whose result says which it had to
 * leave to others. Costs one read of S3 for each, and one for the result.
 */
export async function readHolds(tools: HoldTools, group: [Orphan, ...Orphan[]]): Promise<Map<string, Hold>> {
  const [{ record }] = group;
  const result = await orNull(tools, () => tools.bucket.get(resultKey(record, record.batch), batchResultSchema));
  const isHeldByRun = (instanceId: string) =>
    result?.instances.some(
      (one) => one.instanceId === instanceId && one.step === 'settled' && one.otherActivitySince !== null,
    ) ?? false;
  const holds = new Map<string, Hold>();
  for (const { facts } of group) {
    const { instanceId, launchTime } = facts;
    const known = await orNull(tools, () => tools.bucket.get(holdKey(record, instanceId), holdSchema));
    if (known !== null) holds.set(instanceId, known);
    else if (isHeldByRun(instanceId)) holds.set(instanceId, newHold(launchTime));
  }
  return holds;
}

/** What does not fit its schema must not keep an instance awake for good. */
async function orNull<T>({ logger }: HoldTools, read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ReveilleError)) throw error;
    logger.warn('could not read who has kept instances awake', { problem: error.message });
    return null;
  }
}

/** What can't be written is remembered as it was: then the instance is left alone for longer, or the next pass sees for itself. */
export async function writeHold(
  { bucket, logger }: HoldTools,
  run: { runId: string },
  instanceId: string,
  hold: Hold,
): Promise<void> {
  try {
    await bucket.put(holdKey(run, instanceId), hold);
  } catch (error) {
    logger.warn('could not note that others keep it awake', { instanceId, failure: describeFailure(error) });
  }
}
