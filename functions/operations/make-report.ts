// The report of a run: of one that comes to its end (ReportRun), or of one that is found dead (ReconcileLeases).
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { type Bucket, isUnreadable } from '../aws/bucket.ts';
import { describeByIds } from '../aws/ec2-describe-by-id.ts';
import type { EC2Client, SNSClient } from '../aws/sdk/clients.ts';
import { describeFailure, failureText } from '../aws/sdk/failures.ts';
import type { BatchInstance } from '../domain/batch/batch-instance.ts';
import { batchResultSchema } from '../domain/batch/batch-result.ts';
import { silentIn } from '../domain/batch/unseen.ts';
import { type Manifest, type ManifestInstance, manifestSchema } from '../domain/listing/manifest.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { stateNow } from '../domain/model/instance.ts';
import { manifestKey, reportKey, resultKey } from '../domain/model/object-keys.ts';
import type { ReasonCode } from '../domain/model/reason-codes.ts';
import type { Run } from '../domain/model/run.ts';
import { isAfter, type Timestamp } from '../domain/model/time.ts';
import type { SecondLook } from '../domain/report/checks.ts';
import {
  buildReport,
  coverageHolds,
  type Observation,
  type Observed,
  type Report,
  type ReportFacts,
  type RunError,
} from '../domain/report/report.ts';
import type { Language } from '../domain/words/words.ts';
import type { MetricsSink } from '../runtime/metrics.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface ReportTools extends Pick<Runtime, 'now' | 'logger'> {
  ec2: EC2Client;
  sns: SNSClient;
  bucket: Bucket;
  bucketName: string;
  topicArn: string;
  language: Language;
  metrics: MetricsSink;
}

/** How long this Lambda lives. */
export interface ReportTime {
  /** Whether it has time for another call, beside those that write the report and tell people. */
  hasTime(): boolean;
}

/** What else can be found out of instances without a settled result. */
export type Recall = (run: Run, instanceIds: string[]) => Promise<Map<string, Partial<Observation>>>;

const NOTHING_MORE: Recall = async () => new Map();

/**
 * Every instance that the run was meant for, with what became of it. Writes nothing.
 * @param error what ended the map of batches, if anything did
 * @param recall asked for the instances without a settled result, if there are any
 * @returns null if the run never got to its manifest
 */
export async function makeReport(
  tools: ReportTools & ReportTime,
  run: Pick<Run, 'runId'>,
  error: RunError | undefined,
  recall = NOTHING_MORE,
): Promise<Report | null> {
  const manifest = await tools.bucket.get(manifestKey(run), manifestSchema);
  if (manifest === null) return null;
  const results = await readResults(tools, manifest);
  const again = await lookAgain(tools, manifest);
  const observed = await observeUnsettled(tools, { manifest, results, again }, recall);
  const report = buildReport({ manifest, results, observed, again, error, now: tools.now() });
  if (coverageHolds(report.counts)) return report;
  throw new ReveilleError('UnexpectedReply', `the coverage equation does not hold: ${JSON.stringify(report.counts)}`);
}

/** Writes the report to the bucket, then its numbers to the metrics. */
export async function storeReport({ bucket, metrics }: ReportTools, report: Report): Promise<void> {
  await bucket.put(reportKey(report), report);
  emitMetrics(metrics, report);
}

async function readResults(tools: ReportTools, manifest: Manifest): Promise<BatchInstance[]> {
  const results: BatchInstance[] = [];
  for (let batch = 0; batch < manifest.batches; batch++) {
    results.push(...(await readResult(tools, resultKey(manifest.run, batch), manifest.listedAt)));
  }
  return results;
}

/** A result that can't be read counts as missing, and must not cost the other batches their report. */
async function readResult({ bucket, logger }: ReportTools, key: string, listedAt: Timestamp): Promise<BatchInstance[]> {
  try {
    const result = await bucket.get(key, batchResultSchema);
    // An execution's name can be used again after 90 days, and files are kept for longer (docs/aws-behaviour.md 28).
    return result === null || isAfter(listedAt, result.writtenAt) ? [] : result.instances;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    logger.warn('a result could not be read', { key, problem: failureText(describeFailure(error)) });
    return [];
  }
}

/** Asks EC2 once more for all that it knew. Without an answer the report says that it was not to be had: it is written all the same. */
async function lookAgain(
  { ec2, now, logger, hasTime }: ReportTools & ReportTime,
  { instances }: Manifest,
): Promise<SecondLook> {
  const known = instances.filter(isThere);
  try {
    const { facts, unseen } = await describeByIds(ec2, known, { mayLeave: hasTime });
    const silent = silentIn(unseen);
    const [first] = silent.values();
    if (facts.size === 0 && first !== undefined) return { kind: 'unseen', why: first.refusal.text };
    return { kind: 'seen', facts, silent: new Set(silent.keys()), at: now() };
  } catch (error) {
    const failure = describeFailure(error);
    logger.warn('the instances could not be described once more', { failure });
    return { kind: 'unseen', why: failureText(failure) };
  }
}

/** What EC2 did not tell of at the listing may be there all the same. */
const isThere = ({ state, reason }: ManifestInstance): boolean => state !== null || reason?.code === NOT_TOLD;

const NOT_TOLD: ReasonCode = 'question-refused';

/** What is known of the instances without a settled result: the report says how they were left. */
async function observeUnsettled(
  { logger }: ReportTools,
  { manifest, results, again }: Pick<ReportFacts, 'manifest' | 'results' | 'again'>,
  recall: Recall,
): Promise<Observed> {
  const settled = new Set(results.filter(({ step }) => step === 'settled').map(({ instanceId }) => instanceId));
  const missing = manifest.instances
    .filter(({ decision, instanceId }) => decision === 'take-part' && !settled.has(instanceId))
    .map(({ instanceId }) => instanceId);
  if (missing.length === 0 || again.kind === 'unseen') return new Map();
  try {
    const recalled = await recall(manifest.run, missing);
    return new Map(
      missing.flatMap((instanceId): [string, Observation][] => {
        const ec2 = again.facts.get(instanceId);
        return ec2 === undefined ? [] : [[instanceId, { finalState: stateNow(ec2), ...recalled.get(instanceId) }]];
      }),
    );
  } catch (error) {
    logger.warn('instances without a result could not be recalled', { failure: describeFailure(error) });
    return new Map();
  }
}

function emitMetrics(metrics: MetricsSink, { counts, instances, status }: Report): void {
  metrics.addMetric('InstancesIntended', MetricUnit.Count, counts.intended);
  metrics.addMetric('InstancesUpdated', MetricUnit.Count, counts.updated);
  metrics.addMetric('InstancesAlreadyCurrent', MetricUnit.Count, counts.alreadyCurrent);
  metrics.addMetric('InstancesFailed', MetricUnit.Count, counts.failed);
  metrics.addMetric('InstancesExcluded', MetricUnit.Count, counts.excluded);
  const awakeSeconds = instances.reduce((sum, instance) => sum + (instance.awakeSeconds ?? 0), 0);
  metrics.addMetric('InstanceAwakeTime', MetricUnit.Seconds, awakeSeconds);
  metrics.addMetric('RunsFailed', MetricUnit.Count, status === 'failed' ? 1 : 0);
  metrics.publishStoredMetrics();
}
