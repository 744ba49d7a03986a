import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Bucket } from '../aws/bucket.ts';
import { describeInstances } from '../aws/ec2-describe.ts';
import type { EC2Client, SNSClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { publish } from '../aws/topic.ts';
import type { BatchInstance } from '../domain/batch/batch-instance.ts';
import { batchResultSchema } from '../domain/batch/batch-result.ts';
import { type Manifest, manifestSchema } from '../domain/listing/manifest.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { manifestKey, reportKey, resultKey } from '../domain/model/object-keys.ts';
import type { Run } from '../domain/model/run.ts';
import { isAfter } from '../domain/model/time.ts';
import { buildReport, coverageHolds, type Observed, type Report } from '../domain/report/report.ts';
import { summarize } from '../domain/report/summary.ts';
import type { MetricsSink } from '../runtime/metrics.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface ReportingTools extends Pick<Runtime, 'now' | 'logger'> {
  ec2: EC2Client;
  sns: SNSClient;
  bucket: Bucket;
  bucketName: string;
  topicArn: string;
  metrics: MetricsSink;
}

/** Makes the reports of runs: of those that come to their end, and of those that are found dead. */
export function createReporting({ ec2, sns, bucket, bucketName, topicArn, metrics, now, logger }: ReportingTools) {
  /** A result that can't be read is no result, and must not cost the others their report. */
  async function readResult(key: string, listedAt: string): Promise<BatchInstance[]> {
    try {
      const result = await bucket.get(key, batchResultSchema);
      // An execution's name can be used again after 90 days, and files are kept for longer (docs/aws-behaviour.md 28).
      return result === null || isAfter(listedAt, result.writtenAt) ? [] : result.instances;
    } catch (error) {
      if (!(error instanceof ReveilleError)) throw error;
      logger.warn('a result could not be read', { key, problem: error.message });
      return [];
    }
  }

  async function readResults(manifest: Manifest): Promise<BatchInstance[]> {
    const results: BatchInstance[] = [];
    for (let batch = 0; batch < manifest.batches; batch++) {
      results.push(...(await readResult(resultKey(manifest.run, batch), manifest.listedAt)));
    }
    return results;
  }

  /** Those without a settled result are looked at once more: the report says how they were left. */
  async function observe(manifest: Manifest, results: BatchInstance[]): Promise<Observed> {
    const settled = new Set(results.filter(({ step }) => step === 'settled').map(({ instanceId }) => instanceId));
    const missing = manifest.instances
      .filter(({ decision, instanceId }) => decision === 'take-part' && !settled.has(instanceId))
      .map(({ instanceId }) => instanceId);
    if (missing.length === 0) return new Map();
    try {
      const facts = await describeInstances(ec2, missing);
      return new Map([...facts].map(([instanceId, { state }]) => [instanceId, { finalState: state }]));
    } catch (error) {
      logger.warn('instances without a result could not be looked at', { failure: describeFailure(error) });
      return new Map();
    }
  }

  function emit({ counts, instances, status }: Report): void {
    metrics.addMetric('InstancesIntended', MetricUnit.Count, counts.intended);
    metrics.addMetric('InstancesUpdated', MetricUnit.Count, counts.updated);
    metrics.addMetric('InstancesAlreadyCurrent', MetricUnit.Count, counts.alreadyCurrent);
    metrics.addMetric('InstancesFailed', MetricUnit.Count, counts.failed);
    metrics.addMetric('InstancesExcluded', MetricUnit.Count, counts.excluded);
    const awake = instances.reduce((sum, { awakeSeconds }) => sum + (awakeSeconds ?? 0), 0);
    metrics.addMetric('InstanceAwakeTime', MetricUnit.Seconds, awake);
    metrics.addMetric('RunsFailed', MetricUnit.Count, status === 'failed' ? 1 : 0);
    metrics.publishStoredMetrics();
  }

  /** Everybody whom the run was meant for, with what became of it. @returns null if it never got to its manifest */
  async function makeReport(
    run: Pick<Run, 'runId'>,
    error: { Error: string; Cause: string } | undefined,
  ): Promise<Report | null> {
    const manifest = await bucket.get(manifestKey(run), manifestSchema);
    if (manifest === null) return null;
    const results = await readResults(manifest);
    const report = buildReport(manifest, results, await observe(manifest, results), error, now());
    if (coverageHolds(report.counts)) return report;
    throw new ReveilleError('UnexpectedReply', `the coverage equation does not hold: ${JSON.stringify(report.counts)}`);
  }

  /** Stores the report, and then counts. */
  async function store(report: Report): Promise<void> {
    await bucket.put(reportKey(report), report);
    emit(report);
  }

  /** @returns its subject: one sentence that says how it went */
  async function tell(report: Report): Promise<string> {
    const { subject, message } = summarize(report, `s3://${bucketName}/${reportKey(report)}`);
    await publish(sns, topicArn, subject, message);
    return subject;
  }

  return { makeReport, store, tell };
}
