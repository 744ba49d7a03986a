import * as z from 'zod';
import { createBucket } from '../aws/bucket.ts';
import { describeInstances } from '../aws/ec2-describe.ts';
import { createEc2Client, createS3Client, createSsmClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { applyChanges } from '../domain/batch/apply-changes.ts';
import { type Batch, batchSchema } from '../domain/batch/batch.ts';
import type { BatchInstance } from '../domain/batch/batch-instance.ts';
import type { BatchResult } from '../domain/batch/batch-result.ts';
import { resultKey } from '../domain/model/object-keys.ts';
import type { Reason } from '../domain/model/reason.ts';
import { toTimestamp } from '../domain/model/time.ts';
import { LEASE_TAG } from '../domain/ownership/lease.ts';
import { decideKeptLease, decideRestore } from '../domain/steps/restore.ts';
import { applyRestore } from '../domain/steps/restore-result.ts';
import { chosenWork } from '../domain/work/chosen-work.ts';
import { createRecovery } from '../operations/recover-failed-step.ts';
import { confirmStops, type Decided, leaseOf, releaseDecided, stopDecided } from '../operations/stop-and-release.ts';
import { environment } from '../runtime/environment.ts';
import { createHandler, type Handler, parseEnvironment } from '../runtime/handler.ts';
import { type Runtime, timeKeeper } from '../runtime/runtime.ts';

const environmentSchema = z.object({
  BUCKET_NAME: environment.BUCKET_NAME,
  RESTORE_DEADLINE_SECONDS: environment.RESTORE_DEADLINE_SECONDS,
});

/**
 * RestoreInstances: puts back everybody whose work is over, each as soon as it is done, and is the only way off the
 * conveyor. A Catch of the state machine leads here too: whoever was still at work has then failed, and is put back.
 */
export function createRestoreInstances(runtime: Runtime, work = chosenWork): Handler<Batch> {
  const { now, logger } = runtime;
  const settings = parseEnvironment(environmentSchema, runtime.environment);
  const ec2 = createEc2Client(runtime.clientOptions);
  const bucket = createBucket(createS3Client(runtime.clientOptions), settings.BUCKET_NAME);
  const ssm = createSsmClient(runtime.clientOptions);
  const recovery = createRecovery({ bucket, ssm, work, now, logger });

  /** A result that can't be stored must not stop the restoring; but once everybody is settled, nothing else is left to do. */
  async function store(batch: Batch): Promise<void> {
    const { run, index, instances } = batch;
    const result: BatchResult = { runId: run.runId, batch: index, writtenAt: toTimestamp(now()), instances };
    try {
      await bucket.put(resultKey(run, index), result);
    } catch (error) {
      if (batch.counts.unsettled === 0) throw error;
      logger.warn('the result could not be stored, will be tried again', { failure: describeFailure(error) });
    }
  }

  return createHandler(runtime, 'RestoreInstances', batchSchema, async (received, context) => {
    const wanted = received.instances.filter(({ step }) => step === 'restore' || received.error !== undefined);
    const facts = await describeInstances(
      ec2,
      wanted.map(({ instanceId }) => instanceId),
    );
    const batch = await recovery.recoverFailedStep(received);
    const waiting = batch.instances.filter(({ step }) => step === 'restore');
    const members = await recovery.followCommands(await recovery.findLateWrites(batch, waiting));

    const decide = (instance: BatchInstance, neighbour: Reason | null): Decided => {
      const found = facts.get(instance.instanceId);
      const leaseValue = leaseOf(batch, instance, found);
      const seen = { instance: found ?? null, leaseTag: LEASE_TAG, leaseValue, neighbour, areWritersDead: false };
      return [instance, decideRestore(instance, seen, settings.RESTORE_DEADLINE_SECONDS, now())];
    };
    const alone = members.map((instance) => decide(instance, null));
    const decided = await confirmStops({ ssm, logger, now }, alone, facts, decide);
    const refusals = await stopDecided(ec2, decided, timeKeeper(context));
    const keptLeases = await releaseDecided(ec2, batch, decided, facts);

    const moment = now();
    const changed = decided.map(([instance, decision]) => {
      const kept = keptLeases.get(instance.instanceId);
      const effective =
        kept !== undefined && decision.action === 'settle'
          ? decideKeptLease(instance, decision.finalState, kept, settings.RESTORE_DEADLINE_SECONDS, moment)
          : decision;
      return applyRestore(instance, effective, refusals.get(instance.instanceId) ?? null, moment);
    });
    const closed = applyChanges(batch, changed, moment);
    const next = batch.error === undefined ? closed : { ...closed, error: batch.error };
    if (next.counts.unsettled < received.counts.unsettled || next.counts.unsettled === 0) await store(next);
    logger.info('restoring looked at', { runId: batch.run.runId, batch: batch.index, counts: next.counts });
    return next;
  });
}
