// What the payload may not know: what a step did whose reply was lost, and what became of its commands.
import type { Bucket } from '../aws/bucket.ts';
import type { SSMClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { findCommands, listAllInvocations } from '../aws/ssm-commands.ts';
import { type Batch, leaseholderOf } from '../domain/batch/batch.ts';
import type { BatchInstance, InstanceAt } from '../domain/batch/batch-instance.ts';
import { attemptsOf } from '../domain/ownership/owner.ts';
import { failCaught, hasFailedStep, mayBeStartedLate } from '../domain/steps/failed-step.ts';
import { withLostAttempts } from '../domain/steps/start.ts';
import { commentPrefix } from '../domain/work/command-comment.ts';
import { noteCommandEnds, noteStatuses, updateMayRunUntil, withLostCommands } from '../domain/work/sent-commands.ts';
import type { Work } from '../domain/work/work.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { findLostAttempts, type LostAttempts } from './find-lost-attempts.ts';

export interface RecoveryTools extends Pick<Runtime, 'now' | 'logger'> {
  bucket: Bucket;
  ssm: SSMClient;
  work: Work;
}

/**
 * The batch with what a failed step did without the payload knowing, and with its instances failed; and without its error,
 * which nothing else takes away. As long as that can't be found out, the step's instances are neither stopped nor settled;
 * the others need not wait for it, so the batch is returned as it is.
 * @throws if it can't be found out, and no other instance is to be restored
 */
export async function recoverFailedStep(tools: RecoveryTools, batch: Batch): Promise<Batch> {
  const { error: caught, ...rest } = batch;
  if (caught === undefined) return batch;
  try {
    return { ...rest, instances: await recover(tools, batch, caught) };
  } catch (error) {
    const hasOthers = batch.instances.some(({ step }) => step === 'restore');
    if (!hasOthers) throw error;
    tools.logger.warn('what the failed step has done is not known yet, will be tried again', {
      failure: describeFailure(error),
    });
    return batch;
  }
}

/** The step may have leased an instance, or sent it a command. */
async function recover(
  { bucket, ssm, work, now }: RecoveryTools,
  batch: Batch,
  caught: NonNullable<Batch['error']>,
): Promise<BatchInstance[]> {
  const lost = await findLostAttempts(bucket, leaseholderOf(batch), batch.attempts);
  const sent = await findCommands(ssm, work, commentPrefix(batch), batch.run.startedAt);
  return batch.instances.map((instance) => {
    const found = lost.get(instance.instanceId);
    const known = withLostAttempts({ ...instance, ...found?.ends }, found?.attempts ?? []);
    return withLostCommands(failCaught(known, caught, now()), sent);
  });
}

/**
 * A copy of the failed step's Lambda, whose caller has given up, may have gone on: written its record, or sent its
 * command, after the step had failed.
 */
export async function findLateWrites(
  { bucket, ssm, work }: Pick<RecoveryTools, 'bucket' | 'ssm' | 'work'>,
  batch: Batch,
  instances: InstanceAt<'restore'>[],
): Promise<InstanceAt<'restore'>[]> {
  if (!instances.some(hasFailedStep)) return instances;
  const lost = instances.some(mayBeStartedLate)
    ? await findLostAttempts(bucket, leaseholderOf(batch), batch.attempts)
    : new Map<string, LostAttempts>();
  const sent = await findCommands(ssm, work, commentPrefix(batch), batch.run.startedAt);
  return instances.map((instance) => {
    if (!hasFailedStep(instance)) return instance;
    const found = mayBeStartedLate(instance) ? lost.get(instance.instanceId) : undefined;
    return withLostCommands(withLostAttempts({ ...instance, ...found?.ends }, found?.attempts ?? []), sent);
  });
}

/** Notes what became of commands that may still be at work on an instance which is to be stopped. */
export async function followCommands(
  { ssm, work, now, logger }: RecoveryTools,
  instances: InstanceAt<'restore'>[],
): Promise<InstanceAt<'restore'>[]> {
  const held = instances.filter(
    (instance) => attemptsOf(instance.owner).length > 0 && updateMayRunUntil(instance, now()) !== null,
  );
  // Those that have ended, too: a later one that got through tells of an earlier one of which nothing is heard.
  const followed = held.flatMap(({ instanceId, commands }) =>
    commands.map(({ commandId }) => ({ commandId, instanceId })),
  );
  // As long as SSM says nothing of a command, it may be at work.
  const onFailure = (commandId: string, error: unknown) =>
    logger.warn('a command could not be followed', { commandId, failure: describeFailure(error) });
  const invocations = await listAllInvocations(ssm, followed, { work, onFailure });
  return instances.map((instance) => noteStatuses(noteCommandEnds(instance, invocations, work, now()), invocations));
}
