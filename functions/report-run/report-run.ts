import { MetricUnit } from '@aws-lambda-powertools/metrics';
import * as z from 'zod';
import { createBucket } from '../aws/bucket.ts';
import { createEc2Client, createS3Client, createSnsClient } from '../aws/clients.ts';
import { describeInstances } from '../aws/ec2.ts';
import { describeFailure } from '../aws/failures.ts';
import { releaseOwnLock } from '../aws/lock.ts';
import { publish } from '../aws/topic.ts';
import { type ConveyorInstance, type Run, runSchema } from '../domain/conveyor.ts';
import { ReveilleError } from '../domain/errors.ts';
import { occurrenceKey } from '../domain/lock.ts';
import { LAST_COMPLETE_RUN_KEY } from '../domain/reconciling.ts';
import { buildReport, coverageHolds, type Observed, type Report } from '../domain/report.ts';
import {
  batchResultSchema,
  type Manifest,
  manifestKey,
  manifestSchema,
  reportKey,
  resultKey,
} from '../domain/results.ts';
import { summarize } from '../domain/summary.ts';
import { isAfter, type Timestamp, timestampSchema, toTimestamp } from '../domain/time.ts';
import { environment } from '../environment.ts';
import type { MetricsSink } from '../metrics.ts';
import { createHandler, type Handler, parseEnvironment, type Runtime } from '../runtime.ts';

const environmentSchema = z.object({
  BUCKET_NAME: environment.BUCKET_NAME,
  TOPIC_ARN: environment.TOPIC_ARN,
});

const requestSchema = z.object({
  run: runSchema,
  /** The execution's input: which occurrence of the schedule it is, if it is one. */
  input: z.object({ scheduledTime: timestampSchema.optional() }),
  /** What ended the map of batches, if anything did. */
  error: z.object({ Error: z.string(), Cause: z.string() }).optional(),
});

/** The execution's own output: small; the whole report is in the bucket. */
export interface Reported {
  runId: string;
  status: Report['status'];
  counts: Report['counts'];
  reportKey: string;
  /** One sentence, for the cause of a failed execution. */
  summary: string;
}

/** ReportRun: joins what was meant with what became of it; a missing result is a failure. */
export function createReportRun(runtime: Runtime, metrics: MetricsSink): Handler<Reported> {
  const { now, logger } = runtime;
  const settings = parseEnvironment(environmentSchema, runtime.environment);
  const ec2 = createEc2Client(runtime.clientOptions);
  const sns = createSnsClient(runtime.clientOptions);
  const bucket = createBucket(createS3Client(runtime.clientOptions), settings.BUCKET_NAME);

  /** A result that can't be read is no result, and must not cost the others their report. */
  async function readResult(key: string, listedAt: string): Promise<ConveyorInstance[]> {
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

  async function readResults(manifest: Manifest): Promise<ConveyorInstance[]> {
    const results: ConveyorInstance[] = [];
    for (let batch = 0; batch < manifest.batches; batch++) {
      results.push(...(await readResult(resultKey(manifest.run, batch), manifest.listedAt)));
    }
    return results;
  }

  /** Those without a settled result are looked at once more: the report says how they were left. */
  async function observe(manifest: Manifest, results: ConveyorInstance[]): Promise<Observed> {
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

  /**
   * The run is over: a second delivery of its occurrence has nothing to do, and others may begin. In this order, so that
   * whoever finds the lock free finds the occurrence remembered.
   */
  async function closeRun({ runId, startedAt }: Run, scheduledTime: Timestamp | undefined): Promise<void> {
    const closed = { runId, endedAt: toTimestamp(now()) };
    await bucket.put(LAST_COMPLETE_RUN_KEY, closed);
    if (scheduledTime !== undefined) await bucket.put(occurrenceKey(scheduledTime), closed);
    await releaseOwnLock(bucket, { runId, startedAt });
  }

  return createHandler(runtime, 'ReportRun', requestSchema, async ({ run, input, error }) => {
    const manifest = await bucket.get(manifestKey(run), manifestSchema);
    if (manifest === null) throw new ReveilleError('UnexpectedReply', `${manifestKey(run)}: the manifest is missing`);
    const results = await readResults(manifest);
    const report = buildReport(manifest, results, await observe(manifest, results), error, now());
    if (!coverageHolds(report.counts)) {
      throw new ReveilleError(
        'UnexpectedReply',
        `the coverage equation does not hold: ${JSON.stringify(report.counts)}`,
      );
    }
    await bucket.put(reportKey(run), report);
    const { subject, message } = summarize(report, `s3://${settings.BUCKET_NAME}/${reportKey(run)}`);
    emit(report);
    await closeRun(run, input.scheduledTime);
    await publish(sns, settings.TOPIC_ARN, subject, message);
    logger.info('run reported', { runId: run.runId, status: report.status, counts: report.counts });
    return {
      runId: run.runId,
      status: report.status,
      counts: report.counts,
      reportKey: reportKey(run),
      summary: subject,
    };
  });
}
