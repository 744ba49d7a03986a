import * as z from 'zod';
import { createBucket } from '../aws/bucket.ts';
import { createEc2Client, createS3Client, createSsmClient } from '../aws/clients.ts';
import { describeInstances, stopInstances, untagInstances } from '../aws/ec2.ts';
import { describeFailure } from '../aws/failures.ts';
import { findLostAttempts } from '../aws/holds.ts';
import { findCommands, listInvocations } from '../aws/ssm.ts';
import { type Batch, batchSchema, type ConveyorInstance, closeLook, commentPrefix } from '../domain/conveyor.ts';
import type { InstanceFacts } from '../domain/instances.ts';
import { formatLease, LEASE_TAG, toHold } from '../domain/leases.ts';
import {
  applyRestore,
  decideKeptLease,
  decideRestore,
  failCaught,
  mayHaveStray,
  type RestoreDecision,
} from '../domain/restoring.ts';
import { type BatchResult, resultKey } from '../domain/results.ts';
import { toTimestamp } from '../domain/time.ts';
import { updateMayRunUntil, withEnds, withLostCommands } from '../domain/updating.ts';
import { updateSsmAgent } from '../domain/work/update-ssm-agent.ts';
import type { Invocation } from '../domain/work/work.ts';
import { environment } from '../environment.ts';
import { createHandler, type Handler, parseEnvironment, type Runtime, timeKeeper } from '../runtime.ts';

const environmentSchema = z.object({
  BUCKET_NAME: environment.BUCKET_NAME,
  RESTORE_DEADLINE_SECONDS: environment.RESTORE_DEADLINE_SECONDS,
});
const work = updateSsmAgent;
type Decided = [ConveyorInstance, RestoreDecision];

/**
 * RestoreInstances: puts back everybody whose work is over, each as soon as it is done, and is the only way off the
 * conveyor. A Catch of the state machine leads here too: whoever was still at work has then failed, and is put back.
 */
export function createRestoreInstances(runtime: Runtime): Handler<Batch> {
  const { now, logger } = runtime;
  const settings = parseEnvironment(environmentSchema, runtime.environment);
  const ec2 = createEc2Client(runtime.clientOptions);
  const ssm = createSsmClient(runtime.clientOptions);
  const bucket = createBucket(createS3Client(runtime.clientOptions), settings.BUCKET_NAME);

  /**
   * What a crashed step may have done without the payload knowing: held an instance, or sent it a command. As long as
   * that can't be found out, those that the step had may neither be stopped nor settled; the others need not wait for it.
   */
  async function recover(batch: Batch): Promise<Batch> {
    const lost = await findLostAttempts(bucket, batch);
    const sent = await findCommands(ssm, work, commentPrefix(batch), batch.run.startedAt);
    const instances = batch.instances.map((instance): ConveyorInstance => {
      const known = instance.hold === null ? [] : [instance.hold, ...instance.hold.earlier];
      const hold = toHold([...known, ...(lost.get(instance.instanceId) ?? [])]);
      return failCaught(withLostCommands({ ...instance, hold }, sent), batch.error, now());
    });
    const { error: _recovered, ...rest } = batch;
    return { ...rest, instances };
  }

  async function recoverIfPossible(batch: Batch): Promise<Batch> {
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
  async function followCommands(instances: ConveyorInstance[]): Promise<ConveyorInstance[]> {
    const held = instances.filter((instance) => instance.hold !== null && updateMayRunUntil(instance, now()) !== null);
    const open = held.flatMap(({ commands }) => commands.filter(({ endedAt }) => endedAt === null));
    const invocations = new Map<string, Invocation>();
    for (const commandId of new Set(open.map((command) => command.commandId))) {
      for (const invocation of await listIfPossible(commandId)) {
        invocations.set(`${commandId}/${invocation.instanceId}`, invocation);
      }
    }
    return instances.map((instance) => {
      const ours = instance.commands.flatMap(
        ({ commandId }) => invocations.get(`${commandId}/${instance.instanceId}`) ?? [],
      );
      return withEnds(instance, ours, work, now());
    });
  }

  /** A copy of StartInstances that nobody waits for any more may have written its record after the step failed. */
  async function recoverStrays(batch: Batch, instances: ConveyorInstance[]): Promise<ConveyorInstance[]> {
    if (!instances.some((instance) => mayHaveStray(instance))) return instances;
    const lost = await findLostAttempts(bucket, batch);
    return instances.map((instance) =>
      mayHaveStray(instance) ? { ...instance, hold: toHold(lost.get(instance.instanceId) ?? []) } : instance,
    );
  }

  /** As long as SSM says nothing of a command, it may be at work. */
  async function listIfPossible(commandId: string): Promise<Invocation[]> {
    try {
      return await listInvocations(ssm, commandId, work);
    } catch (error) {
      logger.warn('a command could not be followed', { commandId, failure: describeFailure(error) });
      return [];
    }
  }

  /** The value that its lease should have: any of its attempts', for a lost one may have been the last to write it. */
  function leaseOf({ run, child }: Batch, { hold }: ConveyorInstance, facts: InstanceFacts | undefined): string | null {
    if (hold === null) return null;
    const values = [hold, ...hold.earlier].map(({ attempt }) =>
      formatLease({ stateMachine: run.stateMachine, runId: run.runId, child, attempt }),
    );
    return values.find((value) => value === facts?.tags[LEASE_TAG]) ?? values[0] ?? null;
  }

  /** Stops them in one call, hibernates the others in a second. @returns what EC2 refused, by instance */
  async function stop(decided: Decided[], hasTime: () => boolean): Promise<Map<string, string>> {
    const refusals = new Map<string, string>();
    for (const hibernate of [false, true]) {
      const ids = decided
        .filter(([, decision]) => decision.action === 'stop' && decision.hibernate === hibernate)
        .map(([{ instanceId }]) => instanceId);
      const { refused, untried } = await stopInstances(ec2, ids, { hibernate, hasTime });
      for (const { id, failure } of refused) refusals.set(id, `${failure.code}: ${failure.message}`);
      for (const id of untried) refusals.set(id, 'no time was left to stop it');
    }
    return refusals;
  }

  /** One call for each lease value. @returns what EC2 refused, by instance */
  async function release(
    batch: Batch,
    decided: Decided[],
    facts: Map<string, InstanceFacts>,
  ): Promise<Map<string, string>> {
    const byLease = new Map<string, string[]>();
    for (const [instance, decision] of decided) {
      const lease = leaseOf(batch, instance, facts.get(instance.instanceId));
      if (decision.action !== 'settle' || !decision.releaseLease || lease === null) continue;
      byLease.set(lease, [...(byLease.get(lease) ?? []), instance.instanceId]);
    }
    const refusals = new Map<string, string>();
    for (const [lease, ids] of byLease) {
      try {
        const { refused } = await untagInstances(ec2, ids, LEASE_TAG, lease);
        for (const { id, failure } of refused) refusals.set(id, `${failure.code}: ${failure.message}`);
      } catch (error) {
        const { code, message } = describeFailure(error);
        for (const id of ids) refusals.set(id, `${code}: ${message}`);
      }
    }
    return refusals;
  }

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
    const batch = await recoverIfPossible(received);
    const waiting = batch.instances.filter(({ step }) => step === 'restore');
    const members = await followCommands(await recoverStrays(batch, waiting));

    const decided = members.map((instance): Decided => {
      const found = facts.get(instance.instanceId);
      const seen = { instance: found ?? null, leaseTag: LEASE_TAG, leaseValue: leaseOf(batch, instance, found) };
      return [instance, decideRestore(instance, seen, settings.RESTORE_DEADLINE_SECONDS, now())];
    });
    const refusals = await stop(decided, timeKeeper(context));
    const keptLeases = await release(batch, decided, facts);

    const moment = now();
    const changed = decided.map(([instance, decision]) => {
      const kept = keptLeases.get(instance.instanceId);
      const effective =
        kept !== undefined && decision.action === 'settle'
          ? decideKeptLease(instance, decision.finalState, kept, settings.RESTORE_DEADLINE_SECONDS, moment)
          : decision;
      return applyRestore(instance, effective, refusals.get(instance.instanceId) ?? null, moment);
    });
    const closed = closeLook(batch, changed, moment);
    const next = batch.error === undefined ? closed : { ...closed, error: batch.error };
    if (next.counts.unsettled < received.counts.unsettled || next.counts.unsettled === 0) await store(next);
    logger.info('restoring looked at', { runId: batch.run.runId, batch: batch.index, counts: next.counts });
    return next;
  });
}
