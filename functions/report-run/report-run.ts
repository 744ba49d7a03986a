import * as z from 'zod';
import { createBucket } from '../aws/bucket.ts';
import { createEc2Client, createS3Client, createSnsClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import {
  LAST_COMPLETE_RUN_KEY,
  manifestKey,
  occurrenceKey,
  openRunKey,
  reportKey,
} from '../domain/model/object-keys.ts';
import { type Run, runSchema } from '../domain/model/run.ts';
import { type Timestamp, timestampSchema, toTimestamp } from '../domain/model/time.ts';
import type { Report } from '../domain/report/report.ts';
import { createReporting } from '../operations/make-report.ts';
import { releaseOwnLock } from '../operations/take-run-lock.ts';
import { environment } from '../runtime/environment.ts';
import { createHandler, type Handler, parseEnvironment } from '../runtime/handler.ts';
import type { MetricsSink } from '../runtime/metrics.ts';
import type { Runtime } from '../runtime/runtime.ts';

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
  const { BUCKET_NAME: bucketName, TOPIC_ARN: topicArn } = parseEnvironment(environmentSchema, runtime.environment);
  const ec2 = createEc2Client(runtime.clientOptions);
  const sns = createSnsClient(runtime.clientOptions);
  const bucket = createBucket(createS3Client(runtime.clientOptions), bucketName);
  const { makeReport, store, tell } = createReporting({ ec2, sns, bucket, bucketName, topicArn, metrics, now, logger });

  /**
   * The run is over: a second delivery of its occurrence has nothing to do, and others may begin. In this order, so that
   * whoever finds the lock free finds the occurrence remembered.
   */
  async function closeRun({ runId, startedAt }: Run, scheduledTime: Timestamp | undefined): Promise<void> {
    const closed = { runId, endedAt: toTimestamp(now()) };
    await bucket.put(LAST_COMPLETE_RUN_KEY, closed);
    if (scheduledTime !== undefined) await bucket.put(occurrenceKey(scheduledTime), closed);
    await bucket.delete(openRunKey({ runId }));
    // One that can't be released is a dead run's soon, and must not keep people from being told.
    await releaseOwnLock(bucket, { runId, startedAt }).catch((error: unknown) => {
      logger.error('the lock could not be released', { failure: describeFailure(error) });
    });
  }

  return createHandler(runtime, 'ReportRun', requestSchema, async ({ run, input, error }) => {
    const report = await makeReport(run, error);
    if (report === null) throw new ReveilleError('UnexpectedReply', `${manifestKey(run)}: the manifest is missing`);
    await store(report);
    await closeRun(run, input.scheduledTime);
    const summary = await tell(report);
    const { runId, status, counts } = report;
    logger.info('run reported', { runId, status, counts });
    return { runId, status, counts, reportKey: reportKey(run), summary };
  });
}
