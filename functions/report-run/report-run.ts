import * as z from 'zod';
import { createBucket } from '../aws/bucket.ts';
import { createEc2Client, createHastyEventsClient, createS3Client, createSnsClient } from '../aws/sdk/clients.ts';
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
import { runFinished } from '../domain/model/run-event.ts';
import { timestampSchema, toTimestamp } from '../domain/model/time.ts';
import type { Report } from '../domain/report/report.ts';
import { makeReport, type ReportTime, type ReportTools, storeReport } from '../operations/make-report.ts';
import { createHastyBucket, type PageTools, storePage } from '../operations/store-page.ts';
import { releaseOwnLock } from '../operations/take-run-lock.ts';
import { type EventTools, tellEventBus } from '../operations/tell-event-bus.ts';
import { findTold, type ToldReport, tellReport } from '../operations/tell-report.ts';
import { environment } from '../runtime/environment.ts';
import { createHandler, type Handler, parseEnvironment } from '../runtime/handler.ts';
import type { MetricsSink } from '../runtime/metrics.ts';
import { type Runtime, timeKeeper } from '../runtime/runtime.ts';

const environmentSchema = z.object({
  BUCKET_NAME: environment.BUCKET_NAME,
  TOPIC_ARN: environment.TOPIC_ARN,
  MESSAGE_LANGUAGE: environment.MESSAGE_LANGUAGE,
});

const requestSchema = z.object({
  run: runSchema,
  /** The execution's input: which occurrence of the schedule it is, if it is one, and whether it is meant for some members only. */
  input: z.object({ scheduledTime: timestampSchema.optional(), instances: z.array(z.string()).optional() }),
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

/**
 * ReportRun: joins what was meant with what became of it; a missing result is a failure. Four phases, and each begins
 * only if those before it have succeeded:
 * 1. Make the report. Without a manifest there is none to make.
 * 2. Store it. If it can't be written, ReportRun fails here: no message is sent, the run stays open and keeps its lock.
 *    The state machine tries again while AWS is unavailable. Then the execution ends as ReportFailed, which sets off the
 *    alarm of failed runs; ReconcileLeases frees the lock of the dead run, and writes its report.
 *    Other programs hear of it on the event bus, if that can be; else only the log says so.
 * 3. Close the run, so that the next one may begin.
 * 4. Tell people, and note that they are told. If no message can be sent, the execution fails as ReportFailed. Its report is in the bucket; the
 *    message is not sent again, so only the alarm tells.
 * Then its page is written, whether a message was sent or not; if it can't be, only the log says so. Where the function dies
 * in that, and is invoked again, it finds that all is told. It does not try the page again: what has killed it may do so again,
 * and then the execution would fail for want of a page.
 */
export function createReportRun(runtime: Runtime, metrics: MetricsSink): Handler<Reported> {
  const tools = createTools(runtime, metrics);

  return createHandler(runtime, 'ReportRun', requestSchema, async ({ run, input, error }, context) => {
    const told = await findTold(tools.bucket, run, run.startedAt);
    // ReconcileLeases may have told of this run while it was dead, before it was redriven: that was not its end.
    if (told !== null && !told.report.diedBeforeReport) {
      tools.logger.warn('this run was told by an invocation that was not heard of again; its page may be missing');
      return toReported(told);
    }
    const report = await closeWithReport({ ...tools, hasTime: timeKeeper(context) }, { run, input, error });
    const subject = await tellReport(tools, report).finally(() => storePage(tools, report, context));
    const { runId, status, counts } = report;
    tools.logger.info('run reported', { runId, status, counts });
    return toReported({ report, subject });
  });
}

/** The phases before people are told. */
async function closeWithReport(
  tools: ReportTools & ReportTime & EventTools,
  { run, input, error }: z.output<typeof requestSchema>,
): Promise<Report> {
  const report = await makeReport(tools, run, error);
  if (report === null) throw new ReveilleError('UnexpectedReply', `${manifestKey(run)}: the manifest is missing`);
  await storeReport(tools, report);
  // While the run is open: if this function dies here, ReconcileLeases tells the bus.
  await tellEventBus(tools, runFinished(report, tools.bucketName), tools.hasTime);
  await closeRun(tools, run, input);
  return report;
}

const toReported = ({ report, subject }: ToldReport): Reported => {
  const { runId, status, counts } = report;
  return { runId, status, counts, reportKey: reportKey(report), summary: subject };
};

function createTools(runtime: Runtime, metrics: MetricsSink): ReportTools & PageTools & EventTools {
  const { now, logger, clientOptions } = runtime;
  const settings = parseEnvironment(environmentSchema, runtime.environment);
  const { BUCKET_NAME: bucketName, TOPIC_ARN: topicArn, MESSAGE_LANGUAGE: language } = settings;
  return {
    ec2: createEc2Client(clientOptions),
    sns: createSnsClient(clientOptions),
    events: createHastyEventsClient(clientOptions),
    bucket: createBucket(createS3Client(clientOptions), bucketName),
    hastyBucket: createHastyBucket(runtime, bucketName),
    bucketName,
    topicArn,
    language,
    metrics,
    now,
    logger,
  };
}

/**
 * The run is over: a second delivery of its occurrence has nothing to do, and the next run may begin. The lock goes last,
 * so that a run that finds it free also finds the occurrence remembered. A run of some members only is no complete one: the
 * alarm of the days without one goes on counting.
 */
async function closeRun(
  { bucket, now, logger }: ReportTools,
  { runId, startedAt }: Run,
  { scheduledTime, instances }: z.output<typeof requestSchema>['input'],
): Promise<void> {
  const closed = { runId, endedAt: toTimestamp(now()) };
  if (instances === undefined) await bucket.put(LAST_COMPLETE_RUN_KEY, closed);
  if (scheduledTime !== undefined) await bucket.put(occurrenceKey(scheduledTime), closed);
  await bucket.delete(openRunKey({ runId }));
  // A lock that can't be released is soon a dead run's, so this must not keep the report from people.
  await releaseOwnLock(bucket, { runId, startedAt }).catch((error: unknown) => {
    logger.error('the lock could not be released', { failure: describeFailure(error) });
  });
}
