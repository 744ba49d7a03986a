import * as z from 'zod';
import { createBucket } from '../aws/bucket.ts';
import { createEc2Client, createS3Client } from '../aws/clients.ts';
import { describeInstances } from '../aws/ec2.ts';
import { findLostAttempts } from '../aws/holds.ts';
import {
  type Attempt,
  type Batch,
  batchSchema,
  type ConveyorInstance,
  closeLook,
  enterBatch,
} from '../domain/conveyor.ts';
import type { InstanceFacts } from '../domain/instances.ts';
import { toHold } from '../domain/leases.ts';
import { applyStart, applyStartDecision, decideStart, type StartResult, wasAwake } from '../domain/starting.ts';
import { toTimestamp } from '../domain/time.ts';
import { environment } from '../environment.ts';
import { createHandler, type Handler, parseEnvironment, type Runtime, timeKeeper } from '../runtime.ts';
import { holdAndStart } from './hold-and-start.ts';

const environmentSchema = z.object({
  BUCKET_NAME: environment.BUCKET_NAME,
  START_DEADLINE_SECONDS: environment.START_DEADLINE_SECONDS,
});

/** A reply that leaves an instance out says nothing of it: its LaunchTime will tell whether it was started. */
const UNKNOWN: StartResult = { kind: 'accepted', previousState: 'unknown', wasRetried: true };

/**
 * StartInstances: starts everybody in the batch who awaits it: reads anew, writes the record, then the lease, then
 * starts, in one call for all of them; the ones that EC2 refuses are found by bisecting.
 */
export function createStartInstances(runtime: Runtime): Handler<Batch> {
  const { now, logger } = runtime;
  const settings = parseEnvironment(environmentSchema, runtime.environment);
  const ec2 = createEc2Client(runtime.clientOptions);
  const bucket = createBucket(createS3Client(runtime.clientOptions), settings.BUCKET_NAME);

  async function start(
    batch: Batch,
    members: ConveyorInstance[],
    facts: Map<string, InstanceFacts>,
    tried: Attempt,
    lostBefore: Map<string, Attempt[]>,
    hasTime: () => boolean,
  ): Promise<ConveyorInstance[]> {
    const results = await holdAndStart({ ec2, bucket }, batch, members, facts, tried, hasTime);
    const acceptedAt = now();
    // One was awake already: another copy of this very call may live, where Lambda's client has given up on one that goes on.
    // Its record would be there by now.
    const known = { ...batch, attempts: [...batch.attempts, tried.attempt] };
    const lost = [...results.values()].some(wasAwake) ? await findLostAttempts(bucket, known) : lostBefore;
    return members.map((instance) => {
      const result = results.get(instance.instanceId) ?? UNKNOWN;
      const earlier = lost.get(instance.instanceId) ?? [];
      return applyStart(instance, result, tried, earlier, settings.START_DEADLINE_SECONDS, acceptedAt);
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
      const { instanceId } = instance;
      const seen = { instance: facts.get(instanceId) ?? null, earlierHold: toHold(lost.get(instanceId) ?? []) };
      const decision = decideStart(instance, seen, settings.START_DEADLINE_SECONDS, moment);
      const decided = applyStartDecision(instance, decision, seen, moment);
      if (decided === null) toStart.push(instance);
      else changed.push(decided);
    }
    // The reply that carries this attempt's name is the proof that it was not lost.
    const attempts = toStart.length > 0 ? [...batch.attempts, context.awsRequestId] : batch.attempts;
    if (toStart.length > 0) {
      const tried: Attempt = {
        attempt: context.awsRequestId,
        recordedAt: toTimestamp(moment),
        startBy: toTimestamp(new Date(moment.getTime() + context.getRemainingTimeInMillis())),
      };
      changed.push(...(await start(batch, toStart, facts, tried, lost, timeKeeper(context))));
    }
    const next = closeLook({ ...batch, attempts }, changed, now());
    logger.info('starts looked at', { runId: batch.run.runId, batch: batch.index, counts: next.counts });
    return next;
  });
}
