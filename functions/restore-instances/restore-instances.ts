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
import { applyRestore, decideRestore, failCaught, type RestoreDecision } from '../domain/restoring.ts';
import { type BatchResult, resultKey } from '../domain/results.ts';
import { toTimestamp } from '../domain/time.ts';
import { updateMayRunUntil, withLostCommands } from '../domain/updating.ts';
import { updateSsmAgent } from '../domain/work/update-ssm-agent.ts';
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

  /** What a crashed step may have done without the payload knowing: held an instance, or sent it a command. */
  async function recover(batch: Batch): Promise<Batch> {
    const lost = await findLostAttempts(bucket, batch);
    const prefix = commentPrefix(batch);
    const sent = await findCommands(ssm, {
      documentName: work.documentName,
      comment: (text) => text.startsWith(prefix),
      since: batch.run.startedAt,
    });
    const instances = batch.instances.map((instance): ConveyorInstance => {
      const known = instance.hold === null ? [] : [instance.hold, ...instance.hold.earlier];
      const hold = toHold([...known, ...(lost.get(instance.instanceId) ?? [])]);
      return failCaught(withLostCommands({ ...instance, hold }, sent), batch.error, now());
    });
    return { ...batch, instances };
  }

  /** Asks what became of commands that may still be at work on an instance which is to be stopped. */
  async function followCommands(instances: ConveyorInstance[]): Promise<ConveyorInstance[]> {
    const held = instances.filter((instance) => instance.hold !== null && updateMayRunUntil(instance, now()) !== null);
    const open = held.flatMap(({ commands }) => commands.filter(({ endedAt }) => endedAt === null));
    const ends = new Map<string, string>();
    for (const commandId of new Set(open.map((command) => command.commandId))) {
      for (const invocation of await listInvocations(ssm, commandId, work)) {
        const { verdict } = work.judge(invocation);
        const isOver = verdict === 'done' || verdict === 'failed' || verdict === 'busy';
        if (isOver) ends.set(`${commandId}/${invocation.instanceId}`, invocation.endedAt ?? toTimestamp(now()));
      }
    }
    return instances.map((instance) => ({
      ...instance,
      commands: instance.commands.map((command) => ({
        ...command,
        endedAt: command.endedAt ?? ends.get(`${command.commandId}/${instance.instanceId}`) ?? null,
      })),
    }));
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

  /** One call for each lease value. @returns the instances whose lease could not be removed */
  async function release(batch: Batch, decided: Decided[], facts: Map<string, InstanceFacts>): Promise<Set<string>> {
    const byLease = new Map<string, string[]>();
    for (const [instance, decision] of decided) {
      const lease = leaseOf(batch, instance, facts.get(instance.instanceId));
      if (decision.action !== 'settle' || !decision.releaseLease || lease === null) continue;
      byLease.set(lease, [...(byLease.get(lease) ?? []), instance.instanceId]);
    }
    const kept = new Set<string>();
    for (const [lease, ids] of byLease) {
      try {
        await untagInstances(ec2, ids, LEASE_TAG, lease);
      } catch (error) {
        logger.warn('leases could not be removed, will be tried again', { ids, failure: describeFailure(error) });
        for (const id of ids) kept.add(id);
      }
    }
    return kept;
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
    const batch = received.error === undefined ? received : await recover(received);
    const members = await followCommands(batch.instances.filter(({ step }) => step === 'restore'));

    const decided = members.map((instance): Decided => {
      const found = facts.get(instance.instanceId);
      const seen = { instance: found ?? null, leaseTag: LEASE_TAG, leaseValue: leaseOf(batch, instance, found) };
      return [instance, decideRestore(instance, seen, settings.RESTORE_DEADLINE_SECONDS, now())];
    });
    const refusals = await stop(decided, timeKeeper(context));
    const kept = await release(batch, decided, facts);

    const moment = now();
    const changed = decided.map(([instance, decision]) => {
      const waits: RestoreDecision = {
        action: 'wait',
        reason: { code: 'lease-kept', text: 'its lease is still there' },
      };
      const effective = kept.has(instance.instanceId) ? waits : decision;
      return applyRestore(instance, effective, refusals.get(instance.instanceId) ?? null, moment);
    });
    const next = closeLook(batch, changed, moment);
    if (next.counts.unsettled < received.counts.unsettled || next.counts.unsettled === 0) await store(next);
    logger.info('restoring looked at', { runId: batch.run.runId, batch: batch.index, counts: next.counts });
    return next;
  });
}
