import { type BatchInstance, batchInstanceSchema } from '../batch/batch-instance.ts';
import { WRITERS_DEAD_SECONDS } from '../model/limits.ts';
import { secondsBetween, type Timestamp } from '../model/time.ts';
import type { Orphan } from '../ownership/leased-instance.ts';

/**
 * An orphan as the restoring rules know instances: the work on it is over, with its run. Its commands are found by their
 * comments; who else is at work on it has been so, as far as we know, since the run died.
 */
export function toBatchInstance({ facts, status }: Orphan): BatchInstance {
  return batchInstanceSchema.parse({
    instanceId: facts.instanceId,
    originalState: status.originalState,
    step: 'restore',
    stepSince: status.deadSince,
    hold: status.hold,
    launchTime: facts.launchTime,
    neighbourSince: status.deadSince,
  });
}

/** Whether no start of a dead run can be on its way any more: a `stopped` is then believed. */
export const areWritersDead = (deadSince: Timestamp, now: Date): boolean =>
  secondsBetween(deadSince, now) >= WRITERS_DEAD_SECONDS;
