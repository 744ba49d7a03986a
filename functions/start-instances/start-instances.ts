import * as z from 'zod';
import { createBucket } from '../aws/bucket.ts';
import { describeInstances } from '../aws/ec2-describe.ts';
import { createEc2Client, createS3Client, createSfnClient, REQUEST_TIMEOUT_SECONDS } from '../aws/sdk/clients.ts';
import { applyChanges, beginBatch } from '../domain/batch/apply-changes.ts';
import { type Batch, batchSchema } from '../domain/batch/batch.ts';
import type { BatchInstance } from '../domain/batch/batch-instance.ts';
import { failWithoutLock } from '../domain/batch/transitions.ts';
import type { InstanceFacts } from '../domain/model/instance.ts';
import { startNoteKey } from '../domain/model/object-keys.ts';
import { type Attempt, toAttempt, toHold } from '../domain/ownership/attempt.ts';
import { isLeaseOf, leasesOn } from '../domain/ownership/lease.ts';
import type { LeaseStatus } from '../domain/ownership/lease-status.ts';
import type { StartNote } from '../domain/ownership/start-record.ts';
import { applyStartDecision, decideStart, type StartFacts } from '../domain/steps/start.ts';
import { skipStart, tooLateToStart } from '../domain/steps/start-deadline.ts';
import { applyStart, type StartResult, toNoStartNote, toStartNote, wasAwake } from '../domain/steps/start-result.ts';
import { findLostAttempts } from '../operations/find-lost-attempts.ts';
import { readLeaseStatuses } from '../operations/read-lease-status.ts';
import { hasLock } from '../operations/take-run-lock.ts';
import { environment } from '../runtime/environment.ts';
import { createHandler, type Handler, parseEnvironment } from '../runtime/handler.ts';
import { type Runtime, timeKeeper } from '../runtime/runtime.ts';
import { recordLeaseAndStart, type ToHold } from './lease-and-start.ts';

const environmentSchema = z.object({
  BUCKET_NAME: environment.BUCKET_NAME,
  PARTITION: environment.PARTITION,
  START_DEADLINE_SECONDS: environment.START_DEADLINE_SECONDS,
  READINESS_DEADLINE_SECONDS: environment.READINESS_DEADLINE_SECONDS,
  UPDATE_DEADLINE_SECONDS: environment.UPDATE_DEADLINE_SECONDS,
  VERIFY_DEADLINE_SECONDS: environment.VERIFY_DEADLINE_SECONDS,
  RESTORE_DEADLINE_SECONDS: environment.RESTORE_DEADLINE_SECONDS,
});

/** A reply that leaves an instance out says nothing of it: its LaunchTime will tell whether it was started. */
const UNKNOWN: StartResult = { kind: 'accepted', previousState: 'unknown', isUnsure: true };

const idOf = ({ instanceId }: BatchInstance): string => instanceId;

interface Wanted extends ToHold {
  facts: StartFacts;
}

/**
 * StartInstances: starts everybody in the batch who awaits it: reads anew, writes the record, then the lease, then
 * starts, in one call for all of them; the ones that EC2 refuses are found by bisecting.
 */
export function createStartInstances(runtime: Runtime): Handler<Batch> {
  const { now, logger } = runtime;
  const settings = parseEnvironment(environmentSchema, runtime.environment);
  const ec2 = createEc2Client(runtime.clientOptions);
  const sfn = createSfnClient(runtime.clientOptions);
  const bucket = createBucket(createS3Client(runtime.clientOptions), settings.BUCKET_NAME);
  const limits = {
    readinessDeadlineSeconds: settings.READINESS_DEADLINE_SECONDS,
    updateDeadlineSeconds: settings.UPDATE_DEADLINE_SECONDS,
    verifyDeadlineSeconds: settings.VERIFY_DEADLINE_SECONDS,
    restoreDeadlineSeconds: settings.RESTORE_DEADLINE_SECONDS,
  };

  /** What leases mean that are not this child's own: asked only where somebody carries one. */
  async function readLeases(batch: Batch, facts: Map<string, InstanceFacts>): Promise<Map<string, LeaseStatus>> {
    const { run, child } = batch;
    const others = leasesOn(facts).filter(({ value }) => !isLeaseOf(value, { ...run, child }));
    const names = { partition: settings.PARTITION, ...run };
    const found = await readLeaseStatuses({ bucket, sfn, names, now }, others);
    return new Map(found.map(({ instanceId, status }) => [instanceId, status]));
  }

  /**
   * Whoever finds an attempt's record later can't know what the replies to it said. This run knows without it: what the note
   * says is in this function's reply, too, and a reply with the truth in it is not given up for a note of it.
   */
  async function note({ run, child }: Batch, content: StartNote): Promise<void> {
    try {
      await bucket.put(startNoteKey({ runId: run.runId, child }, content.attempt), content);
    } catch (error) {
      logger.warn('an attempt to start has no note', { runId: run.runId, attempt: content.attempt, error });
    }
  }

  async function hold(
    batch: Batch,
    wanted: Wanted[],
    facts: Map<string, InstanceFacts>,
    tried: Attempt,
    lostBefore: Map<string, Attempt[]>,
    hasTime: () => boolean,
  ): Promise<BatchInstance[]> {
    const noteNoStart = () =>
      note(
        batch,
        toNoStartNote(
          tried,
          wanted.map(({ instance }) => idOf(instance)),
        ),
      );
    const results = await recordLeaseAndStart({ ec2, bucket, now, hasTime }, batch, wanted, facts, tried, noteNoStart);
    const acceptedAt = now();
    // One was awake already: another copy of this very call may live, where Lambda's client has given up on one that goes on.
    // Its record would be there by now.
    const known = { ...batch, attempts: [...batch.attempts, tried.attempt] };
    const lost = [...results.values()].some(wasAwake) ? await findLostAttempts(bucket, known) : lostBefore;
    const held = wanted.map(({ instance, adopted }) => {
      const result = results.get(instance.instanceId) ?? UNKNOWN;
      const earlier = [...(lost.get(instance.instanceId) ?? []), ...adopted];
      return applyStart(instance, result, tried, earlier, settings.START_DEADLINE_SECONDS, acceptedAt);
    });
    await note(batch, toStartNote(tried, held));
    return held;
  }

  /** Why nobody may be held now, although somebody is to be; null: they may. */
  async function whyNot(batch: Batch, moment: Date): Promise<((one: Wanted) => BatchInstance) | null> {
    if (!(await hasLock(bucket, batch.run))) {
      return ({ instance, facts }) =>
        failWithoutLock({ ...instance, hold: instance.hold ?? facts.earlierHold }, moment);
    }
    const late = tooLateToStart(batch.run.finishBy, limits, moment);
    return late === null ? null : ({ instance, facts }) => skipStart(instance, facts.earlierHold, late, moment);
  }

  return createHandler(runtime, 'StartInstances', batchSchema, async (received, context) => {
    const batch = beginBatch(received, now());
    const waiting = batch.instances.filter(({ step }) => step === 'start');
    if (waiting.length === 0) return applyChanges(batch, [], now());
    const facts = await describeInstances(ec2, waiting.map(idOf));
    const lost = await findLostAttempts(bucket, batch);
    const leases = await readLeases(batch, facts);

    const moment = now();
    const wanted: Wanted[] = [];
    const changed: BatchInstance[] = [];
    for (const instance of waiting) {
      const { instanceId } = instance;
      const earlierHold = toHold(lost.get(instanceId) ?? []);
      const seen = { instance: facts.get(instanceId) ?? null, earlierHold, lease: leases.get(instanceId) ?? null };
      const decision = decideStart(instance, seen, settings.START_DEADLINE_SECONDS, moment);
      const decided = applyStartDecision(instance, decision, seen, moment);
      if (decided !== null) changed.push(decided);
      else wanted.push({ instance, facts: seen, adopted: decision.action === 'take-over' ? decision.adopted : [] });
    }
    const refuse = wanted.length > 0 ? await whyNot(batch, moment) : null;
    if (refuse !== null) changed.push(...wanted.splice(0).map(refuse));
    // The reply that carries this attempt's name is the proof that it was not lost.
    const attempts = wanted.length > 0 ? [...batch.attempts, context.awsRequestId] : batch.attempts;
    if (wanted.length > 0) {
      const tried = toAttempt(context.awsRequestId, moment, REQUEST_TIMEOUT_SECONDS);
      changed.push(...(await hold(batch, wanted, facts, tried, lost, timeKeeper(context))));
    }
    const next = applyChanges({ ...batch, attempts }, changed, now());
    logger.info('starts looked at', { runId: batch.run.runId, batch: batch.index, counts: next.counts });
    return next;
  });
}
