import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Bucket } from '../aws/bucket.ts';
import type { SNSClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { publish } from '../aws/topic.ts';
import type { StateMachineNames } from '../domain/model/execution-arn.ts';
import { LAST_COMPLETE_RUN_KEY } from '../domain/model/object-keys.ts';
import { secondsBetween, toTimestamp } from '../domain/model/time.ts';
import type { LockHolder } from '../domain/ownership/run-lock.ts';
import { isSettled, type ReconcileResult, summarizeReconciled } from '../domain/report/reconcile-report.ts';
import { lastCompleteRunSchema } from '../domain/report/run-register.ts';
import type { MetricsSink } from '../runtime/metrics.ts';
import type { Runtime } from '../runtime/runtime.ts';

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

export interface PublishTools extends Pick<Runtime, 'now' | 'logger'> {
  bucket: Bucket;
  sns: SNSClient;
  topicArn: string;
  names: StateMachineNames;
  metrics: MetricsSink;
}

/** Tells people what was restored. If that fails, the instances are restored all the same, and only the log says so. */
export async function publishResults(
  tools: PublishTools,
  results: ReconcileResult[],
  requestId: string,
): Promise<void> {
  const { sns, topicArn, names, logger } = tools;
  try {
    await storeResults(tools, results, requestId);
    const summary = summarizeReconciled(results, names.region);
    if (summary !== null) await publish(sns, topicArn, summary.subject, summary.message);
  } catch (error) {
    logger.error('could not send the message about restored instances (they are restored)', {
      instances: results,
      failure: describeFailure(error),
    });
  }
}

/** Beside the other files of each dead run. */
async function storeResults(
  { bucket, now }: PublishTools,
  results: ReconcileResult[],
  requestId: string,
): Promise<void> {
  const settled = results.filter(isSettled);
  for (const runId of new Set(settled.map((one) => one.runId))) {
    const instances = settled.filter((one) => one.runId === runId);
    await bucket.put(`runs/${runId}/reconciled/${requestId}.json`, { runId, at: toTimestamp(now()), instances });
  }
}

export async function publishMetrics(tools: PublishTools, pass: Omit<Pass, 'instances'>): Promise<void> {
  const { metrics } = tools;
  metrics.addMetric('OpenLeases', MetricUnit.Count, pass.openLeases);
  metrics.addMetric('OldestLeaseAge', MetricUnit.Seconds, pass.oldestLeaseAgeSeconds);
  metrics.addMetric('IgnoredLeases', MetricUnit.Count, pass.ignoredLeases);
  metrics.addMetric('DaysSinceLastCompleteRun', MetricUnit.Count, await daysSinceLastRun(tools));
  metrics.publishStoredMetrics();
}

/** Days since a run last reached its report; the first pass ever begins to count. */
async function daysSinceLastRun({ bucket, now }: PublishTools): Promise<number> {
  const last = await bucket.get(LAST_COMPLETE_RUN_KEY, lastCompleteRunSchema);
  if (last !== null) return secondsBetween(last.endedAt, now()) / 86_400;
  await bucket.putOnce(LAST_COMPLETE_RUN_KEY, { runId: null, endedAt: toTimestamp(now()) });
  return 0;
}
