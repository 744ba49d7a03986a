import { MetricUnit } from '@aws-lambda-powertools/metrics';
import * as z from 'zod';
import { createBucket, type Versioned } from '../aws/bucket.ts';
import { describeTagged } from '../aws/ec2-describe.ts';
import {
  createEc2Client,
  createS3Client,
  createSfnClient,
  createSnsClient,
  createSsmClient,
} from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { publish } from '../aws/topic.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { parseStateMachineArn, type StateMachineNames } from '../domain/model/execution-arn.ts';
import { LAST_COMPLETE_RUN_KEY } from '../domain/model/object-keys.ts';
import { addSeconds, secondsBetween, toTimestamp } from '../domain/model/time.ts';
import { LEASE_TAG } from '../domain/ownership/lease.ts';
import {
  isOpen,
  isOrphan,
  type LeasedInstance,
  type Orphan,
  oldestAgeSeconds,
} from '../domain/ownership/leased-instance.ts';
import type { Lock, LockHolder } from '../domain/ownership/run-lock.ts';
import { isSettled, type ReconcileResult, summarizeReconciled } from '../domain/report/reconcile-report.ts';
import { lastCompleteRunSchema } from '../domain/report/run-register.ts';
import { chosenWork } from '../domain/work/chosen-work.ts';
import { readLeaseStatuses } from '../operations/read-lease-status.ts';
import { readLock, readLockHolder, releaseLock, takeLock } from '../operations/take-run-lock.ts';
import { environment } from '../runtime/environment.ts';
import { createHandler, type Handler, parseEnvironment } from '../runtime/handler.ts';
import type { MetricsSink } from '../runtime/metrics.ts';
import { type InvocationContext, type Runtime, timeKeeper } from '../runtime/runtime.ts';
import { reportDeadRuns } from './report-dead-runs.ts';
import { groupByChild, putBackOrphans } from './restore-orphans.ts';

const environmentSchema = z.object({
  BUCKET_NAME: environment.BUCKET_NAME,
  TOPIC_ARN: environment.TOPIC_ARN,
  STATE_MACHINE_ARN: environment.STATE_MACHINE_ARN,
});

/** EventBridge's event about an execution that has ended, or the schedule's. */
const triggerSchema = z.union([
  z.object({ trigger: z.literal('schedule') }),
  z.object({
    'detail-type': z.literal('Step Functions Execution Status Change'),
    detail: z.object({ executionArn: z.string(), status: z.string() }),
  }),
]);

function namesOf(stateMachineArn: string): StateMachineNames {
  const names = parseStateMachineArn(stateMachineArn);
  if (names !== null) return names;
  throw new ReveilleError('InvalidEnvironment', `STATE_MACHINE_ARN: not a state machine: ${stateMachineArn}`);
}

/** What one pass saw and did. */
export interface Pass {
  openLeases: number;
  oldestLeaseAgeSeconds: number;
  /** Leases that hold nothing: forged, or copied with an image. */
  ignoredLeases: number;
  lock: LockHolder['status'];
  instances: ReconcileResult[];
  /** Runs that died before their report, and have one now. */
  reportedRuns: string[];
}

/**
 * ReconcileLeases: puts back what a dead run has left behind, and says what it can't. Outside of the workflow, since an
 * execution that times out or is aborted runs no Catch (docs/aws-behaviour.md 27). One pass that can be done again at any time.
 */
export function createReconcileLeases(runtime: Runtime, metrics: MetricsSink, work = chosenWork): Handler<Pass> {
  const { now, logger } = runtime;
  const settings = parseEnvironment(environmentSchema, runtime.environment);
  const names = namesOf(settings.STATE_MACHINE_ARN);
  const ec2 = createEc2Client(runtime.clientOptions);
  const ssm = createSsmClient(runtime.clientOptions);
  const sfn = createSfnClient(runtime.clientOptions);
  const sns = createSnsClient(runtime.clientOptions);
  const bucket = createBucket(createS3Client(runtime.clientOptions), settings.BUCKET_NAME);

  const { BUCKET_NAME: bucketName, TOPIC_ARN: topicArn } = settings;
  const reporting = { ec2, sns, bucket, bucketName, topicArn, metrics, now, logger };

  async function findCarriers(): Promise<LeasedInstance[]> {
    const tagged = await describeTagged(ec2, LEASE_TAG);
    const byId = new Map(tagged.map((facts) => [facts.instanceId, facts]));
    const leases = tagged.map(({ instanceId, tags }) => ({ instanceId, value: tags[LEASE_TAG] ?? '' }));
    const found = await readLeaseStatuses({ bucket, sfn, names, now }, leases);
    return found.flatMap(({ instanceId, ...rest }) => {
      const facts = byId.get(instanceId);
      return facts === undefined ? [] : [{ facts, ...rest }];
    });
  }

  const findOrphans = (carriers: LeasedInstance[]): Orphan[] =>
    carriers.filter((carrier) => isOpen(carrier, names.stateMachine)).filter(isOrphan);

  /**
   * Only whoever has the lock may act: a run that begins meanwhile would take the orphans over. What was seen before the lock
   * is seen again under it: meanwhile a dead run may have been redriven, which can start nothing from now on.
   */
  async function act(seen: Versioned<Lock> | null, context: InvocationContext): Promise<ReconcileResult[]> {
    const takenAt = toTimestamp(now());
    const expiresAt = addSeconds(takenAt, context.getRemainingTimeInMillis() / 1000);
    const lock: Lock = { kind: 'reconciler', requestId: context.awsRequestId, takenAt, expiresAt };
    if (!(await takeLock(bucket, lock, seen))) return [];
    try {
      return await putBack(findOrphans(await findCarriers()), context);
    } catch (error) {
      logger.error('orphans could not be looked at again, will be tried again', { failure: describeFailure(error) });
      return [];
    } finally {
      await releaseReconcilerLock(lock.requestId);
    }
  }

  async function putBack(orphans: Orphan[], context: InvocationContext): Promise<ReconcileResult[]> {
    const done: ReconcileResult[] = [];
    const hasTime = timeKeeper(context);
    for (const group of groupByChild(orphans)) {
      if (!hasTime()) break;
      try {
        done.push(...(await putBackOrphans({ ec2, ssm, bucket, work, now, logger }, group, hasTime)));
      } catch (error) {
        // One dead run must not keep another's instances awake.
        logger.error('orphans of a run could not be put back, will be tried again', {
          runId: group[0]?.record.runId,
          failure: describeFailure(error),
        });
      }
    }
    return done;
  }

  /** If it can't, it is free once this Lambda is dead: that must not hide what was done. */
  async function releaseReconcilerLock(requestId: string): Promise<void> {
    try {
      const held = await readLock(bucket);
      if (held?.value.kind === 'reconciler' && held.value.requestId === requestId) await releaseLock(bucket, held);
    } catch (error) {
      logger.warn('the lock could not be let go', { failure: describeFailure(error) });
    }
  }

  async function tell(done: ReconcileResult[], requestId: string): Promise<void> {
    const settled = done.filter(isSettled);
    for (const runId of new Set(settled.map((one) => one.runId))) {
      const instances = settled.filter((one) => one.runId === runId);
      await bucket.put(`runs/${runId}/reconciled/${requestId}.json`, { runId, at: toTimestamp(now()), instances });
    }
    const summary = summarizeReconciled(done, names.region);
    if (summary !== null) await publish(sns, settings.TOPIC_ARN, summary.subject, summary.message);
  }

  /** Days since a run last reached its report; the first pass ever begins to count. */
  async function daysSinceLastRun(): Promise<number> {
    const last = await bucket.get(LAST_COMPLETE_RUN_KEY, lastCompleteRunSchema);
    if (last !== null) return secondsBetween(last.endedAt, now()) / 86_400;
    await bucket.putOnce(LAST_COMPLETE_RUN_KEY, { runId: null, endedAt: toTimestamp(now()) });
    return 0;
  }

  async function measure({ openLeases, oldestLeaseAgeSeconds, ignoredLeases }: Pass): Promise<void> {
    metrics.addMetric('OpenLeases', MetricUnit.Count, openLeases);
    metrics.addMetric('OldestLeaseAge', MetricUnit.Seconds, oldestLeaseAgeSeconds);
    metrics.addMetric('IgnoredLeases', MetricUnit.Count, ignoredLeases);
    metrics.addMetric('DaysSinceLastCompleteRun', MetricUnit.Count, await daysSinceLastRun());
    metrics.publishStoredMetrics();
  }

  return createHandler(runtime, 'ReconcileLeases', triggerSchema, async (trigger, context) => {
    const { holder, seen } = await readLockHolder({ bucket, sfn, now }, null);
    const lock = holder.status;
    const carriers = await findCarriers();
    const open = carriers.filter((carrier) => isOpen(carrier, names.stateMachine));
    const orphans = findOrphans(carriers);
    const mayAct = lock === 'free' || lock === 'dead';
    const instances = mayAct && orphans.length > 0 ? await act(seen, context) : [];
    // Nothing to put back: whoever died with the lock left nothing else.
    if (seen !== null && lock === 'dead' && orphans.length === 0) await releaseLock(bucket, seen);
    const settled = new Set(instances.filter(isSettled).map(({ instanceId }) => instanceId));
    const held = open.filter(({ facts }) => !settled.has(facts.instanceId));
    const isHolding = (runId: string) => held.some(({ record }) => record?.runId === runId);
    // What was put back stays put back, whether or not people can be told; and they are told of it only now.
    await tell(instances, context.awsRequestId).catch((error: unknown) => {
      logger.error('what was put back could not be told', { instances, failure: describeFailure(error) });
    });
    const reportedRuns = await reportDeadRuns({ bucket, sfn, reporting, now, logger }, isHolding);
    const pass: Pass = {
      openLeases: open.length,
      oldestLeaseAgeSeconds: oldestAgeSeconds(open, now()),
      ignoredLeases: carriers.filter(({ status }) => status.kind === 'ignored').length,
      lock,
      instances,
      reportedRuns,
    };
    await measure(pass);
    logger.info('leases reconciled', { ...pass });
    const isDone = lock !== 'ending' && held.length === 0;
    // Lambda asks again after one minute and after two more: by then whoever died is surely dead. The schedule does the rest.
    if (!isDone && !('trigger' in trigger)) {
      throw new ReveilleError('LeasesOpen', `${open.length} leases are open, and not all of them can be settled yet`);
    }
    return pass;
  });
}
