import * as z from 'zod';
import { createBucket } from '../aws/bucket.ts';
import { type Described, describeByIds } from '../aws/ec2-describe-by-id.ts';
import { createEc2Client, createS3Client, createSsmClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { applyChanges } from '../domain/batch/apply-changes.ts';
import { type Batch, batchSchema, leaseholderOf } from '../domain/batch/batch.ts';
import type { BatchInstance, InstanceAt } from '../domain/batch/batch-instance.ts';
import type { BatchResult } from '../domain/batch/batch-result.ts';
import { countWaiting } from '../domain/batch/look.ts';
import { awaitSight, seenOf, unseenOf } from '../domain/batch/unseen.ts';
import type { InstanceFacts } from '../domain/model/instance.ts';
import { resultKey } from '../domain/model/object-keys.ts';
import { isAfter, toTimestamp } from '../domain/model/time.ts';
import { attemptsOf } from '../domain/ownership/owner.ts';
import { noteLostStart } from '../domain/steps/failed-step.ts';
import { decideUnseen } from '../domain/steps/restore-decision.ts';
import { applyRestore, type RestoreOutcome } from '../domain/steps/restore-result.ts';
import { chosenWork } from '../domain/work/chosen-work.ts';
import { readHolds } from '../operations/holds.ts';
import { proveBoots } from '../operations/prove-boots.ts';
import {
  findLateWrites,
  followCommands,
  type RecoveryTools,
  recoverFailedStep,
} from '../operations/recover-failed-step.ts';
import { type RestoreTools, restoreAll } from '../operations/restore-all.ts';
import { environment, optOutEnvironment, optOutTagOf } from '../runtime/environment.ts';
import { createHandler, type Handler, parseEnvironment } from '../runtime/handler.ts';
import { type Runtime, timeKeeper } from '../runtime/runtime.ts';
import { tryWayBack } from './try-way-back.ts';

const environmentSchema = z.object({
  BUCKET_NAME: environment.BUCKET_NAME,
  ...optOutEnvironment,
  RESTORE_DEADLINE_SECONDS: environment.RESTORE_DEADLINE_SECONDS,
});

/**
 * RestoreInstances: restores each instance as soon as the work on it is over; only here an instance is settled. A Catch of
 * the state machine leads here too: then the instances that were still at work have failed, and are restored. What is leased
 * and not started yet has its way back tried here, by the role that goes it.
 */
export function createRestoreInstances(runtime: Runtime, work = chosenWork): Handler<Batch> {
  const { now, logger } = runtime;
  const settings = parseEnvironment(environmentSchema, runtime.environment);
  const { RESTORE_DEADLINE_SECONDS: deadlineSeconds } = settings;
  const ec2 = createEc2Client(runtime.clientOptions);
  const bucket = createBucket(createS3Client(runtime.clientOptions), settings.BUCKET_NAME);
  const ssm = createSsmClient(runtime.clientOptions);
  const optOutTag = optOutTagOf(settings);
  const tools: Tools = { optOutTag, ec2, bucket, ssm, work, now, logger };

  return createHandler(runtime, 'RestoreInstances', batchSchema, async (received, context) => {
    const { facts, unseen } = await describeMembers(tools, received);
    const seenAt = now();
    const batch = await recoverFailedStep(tools, received);
    const isRecovered = received.error !== undefined && batch.error === undefined;
    const known = await readLostWork(tools, batch, facts, isRecovered);
    const instances = await proveOrGoOn(tools, batch, known, { facts, at: seenAt });
    const holds = await readHolds(tools, takenOver(batch, instances, facts));
    const hasTime = timeKeeper(context);
    const outcomes = await restoreAll(tools, {
      leaseholder: leaseholderOf(batch),
      members: seenOf(instances, facts).map((seen) => ({
        ...seen,
        deadSince: null,
        hold: holds.get(seen.instance.instanceId) ?? null,
      })),
      deadlineSeconds,
      turn: received.invocations,
      hasTime,
      // Its lease is of this run, which is alive: no other takes it.
      findChanged: async () => new Set(),
    });
    // What a failed step has done to a leased instance may not be known yet.
    const leased = batch.error === undefined ? batch.instances.filter(isLeased) : [];
    const trying = await tryWayBack(tools, { ...batch, instances: leased }, { facts, at: seenAt }, hasTime);
    const moment = now();
    const missed = unseenOf(instances, unseen, seenAt).map(
      (one): RestoreOutcome => ({ ...one, decision: decideUnseen(one, deadlineSeconds, moment), refusal: null }),
    );
    const restoring = [...outcomes, ...missed].map((outcome) => applyRestore(outcome, deadlineSeconds, moment));
    const untried = unseenOf(leased, unseen, seenAt).map((one) => awaitSight(one, deadlineSeconds, moment));
    const looks = [...restoring, ...trying, ...untried];
    const changed = looks.map(({ instance }) => instance);
    const next = applyChanges(batch, changed, moment);
    if (next.counts.unsettled < received.counts.unsettled || next.counts.unsettled === 0)
      await storeResult(tools, next);
    const { run, index, counts } = next;
    const waiting = countWaiting(looks);
    logger.info('RestoreInstances has looked', { runId: run.runId, batch: index, counts, waiting });
    return next;
  });
}

type Tools = RestoreTools & RecoveryTools;

const isLeased = (instance: BatchInstance): instance is InstanceAt<'preflight'> => instance.step === 'preflight';

/** Those at its two steps; after a failed step, every instance may have to be restored. */
function describeMembers({ ec2 }: Tools, { instances, error }: Batch): Promise<Described> {
  const wanted = instances.filter(({ step }) => step === 'restore' || step === 'preflight' || error !== undefined);
  return describeByIds(ec2, wanted);
}

/**
 * The instances at this step, with what a failed step has done to them meanwhile, and with the ends of their commands.
 * @param isRecovered what the step has done was found out just now
 */
async function readLostWork(
  tools: Tools,
  batch: Batch,
  facts: Map<string, InstanceFacts>,
  isRecovered: boolean,
): Promise<InstanceAt<'restore'>[]> {
  const members = batch.instances.filter((instance) => instance.step === 'restore');
  const known = isRecovered ? members : await findLateWrites(tools, batch, members);
  const noted = known.map((instance) => noteLostStart(instance, facts.get(instance.instanceId) ?? null, tools.now()));
  return followCommands(tools, noted);
}

/** Those that run, and that an earlier run has tried to start: it may have left one to others. */
const takenOver = ({ run }: Batch, instances: InstanceAt<'restore'>[], facts: Map<string, InstanceFacts>): string[] =>
  instances
    .filter(({ owner }) => attemptsOf(owner).some(({ recordedAt }) => isAfter(run.startedAt, recordedAt)))
    .map(({ instanceId }) => instanceId)
    .filter((id) => facts.get(id)?.state === 'running');

/** A boot that can't be written down must not keep its instance awake: the same look tells the rules whose it is. */
async function proveOrGoOn(
  { bucket, logger }: Tools,
  batch: Batch,
  instances: InstanceAt<'restore'>[],
  look: Parameters<typeof proveBoots>[3],
): Promise<InstanceAt<'restore'>[]> {
  try {
    return await proveBoots(bucket, leaseholderOf(batch), instances, look);
  } catch (error) {
    logger.warn('could not write down whose boots these are', { failure: describeFailure(error) });
    return instances;
  }
}

/** A result that can't be stored must not stop restoring; but once all instances are settled, nothing else is left to do. */
async function storeResult({ bucket, now, logger }: Tools, { run, index, instances, counts }: Batch): Promise<void> {
  const result: BatchResult = { runId: run.runId, batch: index, writtenAt: toTimestamp(now()), instances };
  try {
    await bucket.put(resultKey(run, index), result);
  } catch (error) {
    if (counts.unsettled === 0) throw error;
    logger.warn('could not store the result, will be tried again', { failure: describeFailure(error) });
  }
}
