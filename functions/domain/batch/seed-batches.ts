import { type Ends, endsOf } from '../model/run.ts';
import { type Timestamp, toTimestamp } from '../model/time.ts';
import type { Batch } from './batch.ts';
import type { BatchInstance, Step } from './batch-instance.ts';
import { countSteps, WAIT_SECONDS_MIN } from './counts-and-wait.ts';

/** A batch as ListInstances writes it: small, since all of them travel in one payload. */
export interface BatchSeed {
  index: number;
  lastProgressAt: Timestamp;
  waitSeconds: number;
  counts: Batch['counts'];
  instances: Pick<BatchInstance, 'instanceId' | 'originalState' | 'zone' | 'step' | 'stepSince' | keyof Ends>[];
}

/**
 * Cuts the members of a run into batches of at most `batchSize`, in order. What sleeps begins with its start.
 * @param ends of the run
 */
export function seedBatches(
  members: Pick<BatchInstance, 'instanceId' | 'originalState' | 'zone'>[],
  batchSize: number,
  ends: Ends,
  now: Date,
): BatchSeed[] {
  const stepSince = toTimestamp(now);
  const batches: BatchSeed[] = [];
  for (let first = 0; first < members.length; first += batchSize) {
    const instances = members.slice(first, first + batchSize).map(({ instanceId, originalState, zone }) => {
      const step: Step = originalState === 'running' ? 'readiness' : 'start';
      return { instanceId, originalState, ...(zone !== undefined && { zone }), step, stepSince, ...endsOf(ends) };
    });
    batches.push({
      index: batches.length,
      lastProgressAt: stepSince,
      waitSeconds: WAIT_SECONDS_MIN,
      counts: countSteps(instances, now),
      instances,
    });
  }
  return batches;
}
