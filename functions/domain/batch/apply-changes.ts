// How a Lambda begins and ends its look at a batch.
import { INVOCATIONS_MAX, UPDATE_HARD_DEADLINE_SECONDS } from '../model/limits.ts';
import { addSeconds, isAfter, toTimestamp } from '../model/time.ts';
import type { Batch } from './batch.ts';
import { type BatchInstance, commandsOf, type InstanceAt, type Working } from './batch-instance.ts';
import { countForRecovery, countSteps, waitSecondsFor } from './counts-and-wait.ts';
import { fail, mayStillStart, outOfTime } from './transitions.ts';

/** A batch may have waited for others before its first look: the deadlines of its instances begin with that look. */
export function beginBatch(batch: Batch, now: Date): Batch {
  if (batch.invocations > 0) return batch;
  const stepSince = toTimestamp(now);
  const instances = batch.instances.map((instance) => ({ ...instance, stepSince }));
  return { ...batch, lastProgressAt: stepSince, instances };
}

/**
 * Ends one Lambda's look: the new instances replace the old ones of the same ID; counts and waiting time are made anew.
 * What has taken too long is ended: an instance that is still at work fails, and is restored. Those of a failed step wait for its
 * recovery, which fails them as well.
 */
export function applyChanges(batch: Batch, changed: BatchInstance[], now: Date): Batch {
  const byId = new Map(changed.map((instance) => [instance.instanceId, instance]));
  const invocations = batch.invocations + 1;
  const awaitsRecovery = batch.error !== undefined;
  const instances = batch.instances
    .map((instance) => byId.get(instance.instanceId) ?? instance)
    .map((instance) => (awaitsRecovery ? instance : endWork(instance, invocations, now)));
  const moved = instances.some((instance, index) => hasMoved(instance, batch.instances[index]));
  const lastProgressAt = moved ? toTimestamp(now) : batch.lastProgressAt;
  return {
    ...batch,
    invocations,
    lastProgressAt,
    waitSeconds: waitSecondsFor(instances, lastProgressAt, now),
    counts: awaitsRecovery ? countForRecovery(instances) : countSteps(instances, now),
    instances,
  };
}

/** A command that was just sent is a move, too: what it does to the instance is to be seen soon. */
const hasMoved = (instance: BatchInstance, before: BatchInstance | undefined): boolean =>
  instance.step !== before?.step || commandsOf(instance).length > commandsOf(before).length;

/** Ends the work on an instance whose time is over. A reply that was lost may have started one that no look has shown since. */
function endWork(instance: BatchInstance, invocations: number, now: Date): BatchInstance {
  if (instance.step === 'restore' || instance.step === 'settled') return instance;
  const ended = endedByTime(instance, invocations, now);
  if (ended === null) return instance;
  return instance.unseenSince === undefined ? ended : mayStillStart(ended, now);
}

/**
 * Proving ends when an update that was sent last has had all of its time: the rest, until nothing is stopped any more, is kept for
 * the restoring.
 * @returns null if it has time
 */
function endedByTime(instance: Working, invocations: number, now: Date): InstanceAt<'restore'> | null {
  if (invocations > INVOCATIONS_MAX) {
    const text = `the work on it was not done after ${INVOCATIONS_MAX} invocations for its batch`;
    return fail(instance, 'run-limit', text, now);
  }
  const workUntil = addSeconds(instance.sendUntil, UPDATE_HARD_DEADLINE_SECONDS);
  if (!isAfter(now, workUntil)) return null;
  return outOfTime(
    instance,
    `the work on it was not done by ${workUntil}, and nothing is stopped after ${instance.stopUntil}`,
    now,
  );
}
