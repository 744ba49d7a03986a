// The message of a report goes out once, however often its function runs: the bucket remembers that it has.
import type { Bucket } from '../aws/bucket.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { publish } from '../aws/topic.ts';
import { reportKey, reportToldKey } from '../domain/model/object-keys.ts';
import type { Run } from '../domain/model/run.ts';
import { isAfter, type Timestamp, toTimestamp } from '../domain/model/time.ts';
import { type Report, reportSchema } from '../domain/report/report.ts';
import { reportToldSchema } from '../domain/report/run-register.ts';
import { summarize } from '../domain/report/summary.ts';
import type { ReportTools } from './make-report.ts';
import type { PageTools } from './store-page.ts';

/** A report whose message has gone out. */
export interface ToldReport {
  report: Report;
  /** The message's subject: one sentence that says how the run went. */
  subject: string;
}

/**
 * What an earlier invocation has told of this run, before it died.
 * @param since when the run began: an execution's name can be used again after 90 days, and files are kept for longer
 *   (docs/aws-behaviour.md 28)
 */
export async function findTold(bucket: Bucket, run: Pick<Run, 'runId'>, since: Timestamp): Promise<ToldReport | null> {
  const told = await bucket.get(reportToldKey(run), reportToldSchema);
  if (told === null || isAfter(since, told.at)) return null;
  const report = await bucket.get(reportKey(run), reportSchema);
  return report === null ? null : { report, subject: told.subject };
}

/**
 * Tells people of a report that is stored, and has not been told. Two messages go out only if the function dies between the
 * message and the note of it, or if neither try can write the note: to be told twice is better than not to be told.
 * @returns the message's subject: one sentence that says how the run went
 */
export async function tellReport(tools: ReportTools & PageTools, report: Report): Promise<string> {
  const { sns, topicArn, bucketName, language, hastyBucket, now, logger } = tools;
  const message = summarize(report, { bucketName, language });
  await publish(sns, topicArn, message);
  const told = { at: toTimestamp(now()), subject: message.subject };
  await hastyBucket.put(reportToldKey(report), told).catch((error: unknown) => {
    logger.warn('that the report was told could not be noted', { failure: describeFailure(error) });
  });
  return message.subject;
}
