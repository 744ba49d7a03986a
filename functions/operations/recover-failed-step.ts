import type { Bucket } from '../aws/bucket.ts';
import type { SSMClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { findCommands, listOpenInvocations } from '../aws/ssm-commands.ts';
import { type Batch, ownerOf } from '../domain/batch/batch.ts';
import type { BatchInstance } from '../domain/batch/batch-instance.ts';
import { type Attempt, toHold } from '../domain/ownership/attempt.ts';
import { hasFailedStep, mayStillBeStarted } from '../domain/steps/restore.ts';
import { failCaught } from '../domain/steps/restore-result.ts';
import { commentPrefix } from '../domain/work/command-comment.ts';
import { noteCommandEnds, ownInvocations, updateMayRunUntil, withLostCommands } from '../domain/work/sent-commands.ts';
import type { Work } from '../domain/work/work.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { findLostAttempts } from './find-lost-attempts.ts';

export interface Sources extends Pick<Runtime, 'now' | 'logger'> {
  bucket: Bucket;
  ssm: SSMClient;
  work: Work;
}

/** Finds out what the payload may not know: what a step did whose reply was lost, and what became of its commands. */
export function createRecovery({ bucket, ssm, work, now, logger }: Sources) {
  /**
   * What a crashed step may have done without the payload knowing: held an instance, or sent it a command. As long as
   * that can't be found out, those that the step had may neither be stopped nor settled; the others need not wait for it.
   */
  async function recover(batch: Batch): Promise<Batch> {
    const lost = await findLostAttempts(bucket, ownerOf(batch), batch.attempts);
    const sent = await findCommands(ssm, work, commentPrefix(batch), batch.run.startedAt);
    const instances = batch.instances.map((instance): BatchInstance => {
      const known = instance.hold === null ? [] : [instance.hold, ...instance.hold.earlier];
      const hold = toHold([...known, ...(lost.get(instance.instanceId) ?? [])]);
      return failCaught(withLostCommands({ ...instance, hold }, sent), batch.error, now());
    });
    const { error: _recovered, ...rest } = batch;
    return { ...rest, instances };
  }

  async function recoverFailedStep(batch: Batch): Promise<Batch> {
    if (batch.error === undefined) return batch;
    try {
      return await recover(batch);
    } catch (error) {
      const hasOthers = batch.instances.some(({ step }) => step === 'restore');
      if (!hasOthers) throw error;
      logger.warn('what the failed step has done is not known yet, will be tried again', {
        failure: describeFailure(error),
      });
      return batch;
    }
  }

  /** Asks what became of commands that may still be at work on an instance which is to be stopped. */
  async function followCommands(instances: BatchInstance[]): Promise<BatchInstance[]> {
    const held = instances.filter((instance) => instance.hold !== null && updateMayRunUntil(instance, now()) !== null);
    const commands = held.flatMap((instance) => instance.commands);
    const invocations = await listOpenInvocations(ssm, commands, { work, onFailure: noteUnlisted });
    return instances.map((instance) => noteCommandEnds(instance, ownInvocations(instance, invocations), work, now()));
  }

  /**
   * A copy of a failed step that nobody waits for any more may have gone on: written its record, or sent its command,
   * after the step was given up.
   */
  async function findLateWrites(batch: Batch, instances: BatchInstance[]): Promise<BatchInstance[]> {
    if (!instances.some(hasFailedStep)) return instances;
    const lost = instances.some(mayStillBeStarted)
      ? await findLostAttempts(bucket, ownerOf(batch), batch.attempts)
      : new Map<string, Attempt[]>();
    const sent = await findCommands(ssm, work, commentPrefix(batch), batch.run.startedAt);
    return instances.map((instance) => {
      if (!hasFailedStep(instance)) return instance;
      const hold = mayStillBeStarted(instance) ? toHold(lost.get(instance.instanceId) ?? []) : instance.hold;
      return withLostCommands({ ...instance, hold }, sent);
    });
  }

  /** As long as SSM says nothing of a command, it may be at work. */
  function noteUnlisted(commandId: string, error: unknown): void {
    logger.warn('a command could not be followed', { commandId, failure: describeFailure(error) });
  }

  return { recoverFailedStep, findLateWrites, followCommands };
}
