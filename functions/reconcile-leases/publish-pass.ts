import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Bucket } from '../aws/bucket.ts';
import type { SNSClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { publish } from '../aws/topic.ts';
import type { StateMachineNames } from '../domain/model/execution-arn.ts';
import { LAST_COMPLETE_RUN_KEY, reconciledKey, refusalKey } from '../domain/model/object-keys.ts';
import { secondsBetween, toTimestamp } from '../domain/model/time.ts';
import type { LockHolder } from '../domain/ownership/run-lock.ts';
import { isSettled, type ReconcileResult } from '../domain/report/reconcile-report.ts';
import { summarizeReconciled } from '../domain/report/reconcile-summary.ts';
import { lastCompleteRunSchema } from '../domain/report/run-register.ts';
import type { Language } from '../domain/words/words.ts';
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
  bucketName: string;
  topicArn: string;
  language: Language;
  names: StateMachineNames;
  metrics: MetricsSink;
}

/** Writes down what this pass did, and tells people. If one of the two fails, only the log says so, and the other is done. */
export async function publishResults(
  tools: PublishTools,
  results: ReconcileResult[],
  requestId: string,
): Promise<void> {
  const { sns, topicArn, bucketName, language, names } = tools;
  const untold = await untoldRefusals(tools, results);
  const summary = summarizeReconciled(results, {
    region: names.region,
    bucketName,
    language,
    hasNewRefusals: untold.length > 0,
  });
  await orLog(tools, 'could not store what this pass did', () => storeResults(tools, results, requestId));
  if (summary === null) return;
  await orLog(tools, 'could not send the message about this pass', async () => {
    await publish(sns, topicArn, summary);
    await noteRefusals(tools, untold);
  });
}

/** What was done to the instances stays done. */
async function orLog<T>({ logger }: PublishTools, failed: string, action: () => Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch (error) {
    logger.error(failed, { failure: describeFailure(error) });
    return null;
  }
}

/** AWS's refusals, of the runs of which people were not told of any yet: one can stay for many passes. */
async function untoldRefusals(tools: PublishTools, results: ReconcileResult[]): Promise<ReconcileResult[]> {
  const refused = results.filter(({ action }) => action === 'refused');
  const told = new Set<string>();
  for (const runId of runsOf(refused)) {
    // If that can't be read they are told again: better twice than never.
    const found = await orLog(tools, 'could not read whether a refusal was told', () =>
      tools.bucket.list(refusalKey({ runId })),
    );
    if (found?.includes(refusalKey({ runId }))) told.add(runId);
  }
  return refused.filter(({ runId }) => !told.has(runId));
}

async function noteRefusals(tools: PublishTools, refused: ReconcileResult[]): Promise<void> {
  for (const runId of runsOf(refused)) await tools.bucket.put(refusalKey({ runId }), filed(tools, refused, runId));
}

/** Beside the other files of each dead run. */
async function storeResults(tools: PublishTools, results: ReconcileResult[], requestId: string): Promise<void> {
  const settled = results.filter(isSettled);
  for (const runId of runsOf(settled)) {
    await tools.bucket.put(reconciledKey({ runId }, requestId), filed(tools, settled, runId));
  }
}

const runsOf = (results: ReconcileResult[]): Set<string> => new Set(results.map(({ runId }) => runId));

const filed = ({ now }: PublishTools, results: ReconcileResult[], runId: string) => ({
  runId,
  at: toTimestamp(now()),
  instances: results.filter((one) => one.runId === runId),
});

export async function publishMetrics(tools: PublishTools, pass: Omit<Pass, 'instances'>): Promise<void> {
  const { metrics } = tools;
  // First what can fail: numbers of a pass that died here would be published with those of the next one.
  const days = await daysSinceLastRun(tools);
  metrics.addMetric('OpenLeases', MetricUnit.Count, pass.openLeases);
  metrics.addMetric('OldestLeaseAge', MetricUnit.Seconds, pass.oldestLeaseAgeSeconds);
  metrics.addMetric('IgnoredLeases', MetricUnit.Count, pass.ignoredLeases);
  metrics.addMetric('DaysSinceLastCompleteRun', MetricUnit.Count, days);
  metrics.publishStoredMetrics();
}

/** Days since a run last reached its report; the first pass ever begins to count. */
async function daysSinceLastRun({ bucket, now }: PublishTools): Promise<number> {
  const last = await bucket.get(LAST_COMPLETE_RUN_KEY, lastCompleteRunSchema);
  if (last !== null) return secondsBetween(last.endedAt, now()) / 86_400;
  await bucket.putOnce(LAST_COMPLETE_RUN_KEY, { runId: null, endedAt: toTimestamp(now()) });
  return 0;
}
