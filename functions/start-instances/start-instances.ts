import * as z from 'zod';
import { bisect } from '../aws/bisect.ts';
import { createBucket } from '../aws/bucket.ts';
import { createEc2Client, createS3Client } from '../aws/clients.ts';
import { describeInstances, type StateChange, startInstances, tagInstances } from '../aws/ec2.ts';
import type { AwsFailure } from '../aws/failures.ts';
import { findLostAttempts } from '../aws/holds.ts';
import {
  type Attempt,
  type Batch,
  batchSchema,
  type ConveyorInstance,
  closeLook,
  enterBatch,
  fail,
  moveTo,
} from '../domain/conveyor.ts';
import type { InstanceFacts } from '../domain/instances.ts';
import { formatLease, type HoldRecord, LEASE_TAG, recordKey, toHold } from '../domain/leases.ts';
import { reason } from '../domain/reasons.ts';
import { decideRefusedStart, decideStart } from '../domain/starting.ts';
import { addSeconds, toTimestamp } from '../domain/time.ts';
import { environment } from '../environment.ts';
import { createHandler, type Handler, parseEnvironment, type Runtime, timeKeeper } from '../runtime.ts';

const environmentSchema = z.object({
  BUCKET_NAME: environment.BUCKET_NAME,
  START_DEADLINE_SECONDS: environment.START_DEADLINE_SECONDS,
});

/** CreateTags refuses all of them for one that is gone or has no room for a tag. */
const isAboutTagged = ({ code }: AwsFailure): boolean =>
  code === 'TagLimitExceeded' || code.startsWith('InvalidInstanceID');

/**
 * StartInstances: starts everybody in the batch who awaits it: reads anew, writes the record, then the lease, then
 * starts, in one call for all of them; the ones that EC2 refuses are found by bisecting.
 */
export function createStartInstances(runtime: Runtime): Handler<Batch> {
  const { now, logger } = runtime;
  const settings = parseEnvironment(environmentSchema, runtime.environment);
  const ec2 = createEc2Client(runtime.clientOptions);
  const bucket = createBucket(createS3Client(runtime.clientOptions), settings.BUCKET_NAME);

  /** Record, then lease, then start. No record, no lease; no lease, no start. */
  async function start(
    batch: Batch,
    members: ConveyorInstance[],
    facts: Map<string, InstanceFacts>,
    tried: Attempt,
    lost: Map<string, Attempt[]>,
    hasTime: () => boolean,
  ): Promise<ConveyorInstance[]> {
    const { run, child, index } = batch;
    const { attempt } = tried;
    const record: HoldRecord = {
      runId: run.runId,
      stateMachine: run.stateMachine,
      child,
      batch: index,
      ...tried,
      instances: members.map(({ instanceId, originalState }) => ({
        instanceId,
        originalState,
        previousLaunchTime: facts.get(instanceId)?.launchTime ?? null,
      })),
    };
    // A record of this attempt that is there already is our own, written by a call whose reply was lost.
    await bucket.putOnce(recordKey(run, index, attempt), record);

    const lease = formatLease({ stateMachine: run.stateMachine, runId: run.runId, child, attempt });
    const ids = members.map(({ instanceId }) => instanceId);
    const leasing = await bisect(
      ids,
      async (some) => {
        await tagInstances(ec2, some, LEASE_TAG, lease);
        return some;
      },
      { isAboutIds: isAboutTagged, hasTime },
    );
    const starting = await startInstances(ec2, leasing.replies.flat(), hasTime);
    const acceptedAt = now();

    const changes = new Map(starting.replies.flat().map((change) => [change.instanceId, change]));
    const wasAwake = ({ previousState }: StateChange) => previousState === 'running' || previousState === 'pending';
    // Another copy of this very call may live: Lambda's client can give up on one that goes on. Its record would be there by now.
    const copies = [...changes.values()].some(wasAwake)
      ? await findLostAttempts(bucket, { ...batch, attempts: [...batch.attempts, attempt] })
      : lost;
    const noLease = new Map(leasing.refused.map(({ id, failure }) => [id, failure]));
    const unleased = new Set(leasing.untried);
    const untried = new Set(starting.untried);
    const noStart = new Map(starting.refused.map(({ id, failure }) => [id, failure]));
    return members.map((instance): ConveyorInstance => {
      const { instanceId } = instance;
      const leaseFailure = noLease.get(instanceId);
      if (leaseFailure !== undefined) {
        const text = `its lease tag was refused, so it was not started: ${leaseFailure.code}: ${leaseFailure.message}`;
        // An attempt that was lost may still have started it.
        const hold = instance.hold ?? toHold(lost.get(instanceId) ?? []);
        return fail({ ...instance, hold }, 'lease-refused', text, acceptedAt);
      }
      if (unleased.has(instanceId)) return instance;
      const earlier = copies.get(instanceId) ?? [];
      const hold = { ...tried, earlier };
      // Its start was not tried, or was refused: no boot from now on can be this attempt's.
      const unstarted = { ...instance, hold: { ...hold, startBy: tried.recordedAt } };
      if (untried.has(instanceId)) return unstarted;
      const startFailure = noStart.get(instanceId);
      if (startFailure !== undefined) {
        const decision = decideRefusedStart(instance, startFailure, settings.START_DEADLINE_SECONDS, acceptedAt);
        if (decision.action === 'fail') return fail(unstarted, decision.reason.code, decision.reason.text, acceptedAt);
        const retryAt = addSeconds(acceptedAt, decision.afterSeconds);
        return { ...unstarted, retryAt, lastRefusal: decision.reason.text };
      }
      const held = { ...instance, hold };
      const change = changes.get(instanceId);
      // Awake already: by a try of ours whose reply was lost, as its LaunchTime will tell, or by somebody else.
      if (change !== undefined && wasAwake(change) && !change.wasRetried && earlier.length === 0) {
        const text = `it was ${change.previousState} when Reveille started it: it is not stopped`;
        return { ...moveTo(held, 'readiness', acceptedAt), handedOver: reason('started-by-others', text) };
      }
      return { ...moveTo(held, 'readiness', acceptedAt), wokenAt: toTimestamp(acceptedAt) };
    });
  }

  return createHandler(runtime, 'StartInstances', batchSchema, async (received, context) => {
    const batch = enterBatch(received, now());
    const waiting = batch.instances.filter(({ step }) => step === 'start');
    if (waiting.length === 0) return closeLook(batch, [], now());
    const facts = await describeInstances(
      ec2,
      waiting.map(({ instanceId }) => instanceId),
    );
    const lost = await findLostAttempts(bucket, batch);

    const moment = now();
    const toStart: ConveyorInstance[] = [];
    const changed: ConveyorInstance[] = [];
    for (const instance of waiting) {
      const instanceFacts = facts.get(instance.instanceId) ?? null;
      const earlierHold = toHold(lost.get(instance.instanceId) ?? []);
      const decision = decideStart(
        instance,
        { instance: instanceFacts, earlierHold },
        settings.START_DEADLINE_SECONDS,
        moment,
      );
      switch (decision.action) {
        case 'start':
          toStart.push(instance);
          break;
        case 'adopt': {
          const woken = { ...instance, hold: decision.hold, wokenAt: instanceFacts?.launchTime ?? toTimestamp(moment) };
          changed.push(moveTo(woken, 'readiness', moment));
          break;
        }
        case 'hand-over':
          // An attempt that was lost may have left its lease on it, which is to be removed.
          changed.push({
            ...moveTo(instance, 'readiness', moment),
            handedOver: decision.reason,
            hold: instance.hold ?? earlierHold,
          });
          break;
        case 'fail':
          changed.push(fail(instance, decision.reason.code, decision.reason.text, moment));
          break;
        case 'wait':
          break;
      }
    }
    if (toStart.length > 0) {
      const attempt: Attempt = {
        attempt: context.awsRequestId,
        recordedAt: toTimestamp(moment),
        startBy: toTimestamp(new Date(moment.getTime() + context.getRemainingTimeInMillis())),
      };
      changed.push(...(await start(batch, toStart, facts, attempt, lost, timeKeeper(context))));
    }
    // The reply that carries this attempt's name is the proof that it was not lost.
    const attempts = toStart.length > 0 ? [...batch.attempts, context.awsRequestId] : batch.attempts;
    const next = closeLook({ ...batch, attempts }, changed, now());
    logger.info('starts looked at', { runId: batch.run.runId, batch: batch.index, counts: next.counts });
    return next;
  });
}
