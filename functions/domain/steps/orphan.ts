// An instance that a dead run has left behind, as the rules of `restore` see it.
import type { InstanceAt } from '../batch/batch-instance.ts';
import { toRestore } from '../batch/transitions.ts';
import { STOP_REPEAT_SECONDS, WRITERS_DEAD_SECONDS } from '../model/limits.ts';
import { secondsBetween, type Timestamp } from '../model/time.ts';
import type { Orphan } from '../ownership/leased-instance.ts';
import { triedBy } from '../ownership/owner.ts';

/**
 * An orphan as the rules of `restore` know instances: the work on it ended with its run. Its commands are found by their
 * comments.
 */
export function toBatchInstance({ facts, record, status }: Orphan): InstanceAt<'restore'> {
  const { instanceId, launchTime } = facts;
  const zone = record.instances.find((one) => one.instanceId === instanceId)?.zone;
  const { originalState, deadSince, ends, attempts } = status;
  const owner = triedBy(attempts, null);
  return {
    ...toRestore({
      instanceId,
      originalState,
      ...(zone !== undefined && { zone }),
      stepSince: deadSince,
      ...ends,
      owner,
    }),
    launchTime,
  };
}

/** Whether it can't be stopped any more, and a stop that was sent last has had its time to show: it only has to be told. */
export const isOver = ({ status }: Orphan, now: Date): boolean =>
  secondsBetween(status.ends.stopUntil, now) > STOP_REPEAT_SECONDS;

/** Whether no start of a dead run can be on its way any more: then `stopped` is believed without a stop of our own. */
export const areWritersDead = (deadSince: Timestamp, now: Date): boolean =>
  secondsBetween(deadSince, now) >= WRITERS_DEAD_SECONDS;
