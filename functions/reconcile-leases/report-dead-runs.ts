import type { Bucket } from '../aws/bucket.ts';
import { describeExecutionStatus } from '../aws/executions.ts';
import type { SFNClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { OPEN_RUNS_PREFIX } from '../domain/model/object-keys.ts';
import { livenessOf } from '../domain/ownership/execution-status.ts';
import { openRunSchema } from '../domain/report/run-register.ts';
import { makeReport, publishReport, type ReportTools, storeReport } from '../operations/make-report.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** Only one run is alive at a time, and one that has died is reported within minutes: there are one or two. */
const OPEN_RUNS_MAX = 20;

export interface DeadRunTools extends Pick<Runtime, 'now' | 'logger'> {
  bucket: Bucket;
  sfn: SFNClient;
  reporting: ReportTools;
}

/**
 * Reports the runs that died before their own report: every instance of theirs ends with an outcome, too. Not before
 * everybody whom they held is settled.
 * @param isHolding whether a run still holds anybody
 * @returns the runs that were reported
 */
export async function reportDeadRuns(tools: DeadRunTools, isHolding: (runId: string) => boolean): Promise<string[]> {
  const { bucket, logger } = tools;
  const reported: string[] = [];
  for (const key of await bucket.list(OPEN_RUNS_PREFIX, OPEN_RUNS_MAX)) {
    try {
      const runId = await reportIfDead(tools, key, isHolding);
      if (runId !== null) reported.push(runId);
    } catch (error) {
      // One that can't be read must not keep the others unreported.
      logger.error('an open run could not be looked at, will be tried again', { key, failure: describeFailure(error) });
    }
  }
  return reported;
}

/** @returns the run's ID if it was dead, and is reported now */
async function reportIfDead(
  { bucket, sfn, reporting, now, logger }: DeadRunTools,
  key: string,
  isHolding: (runId: string) => boolean,
): Promise<string | null> {
  const open = await bucket.get(key, openRunSchema);
  if (open === null || isHolding(open.runId)) return null;
  const life = await describeExecutionStatus(sfn, open.executionArn);
  if (livenessOf(life, open.openedAt, now()) !== 'dead') return null;
  const report = await makeReport(reporting, open, {
    Error: 'RunDied',
    Cause: 'the execution ended before its report',
  });
  if (report !== null) {
    await storeReport(reporting, report);
    await publishReport(reporting, report).catch((error: unknown) => {
      logger.error('a dead run is reported in the bucket, and could not be told', {
        failure: describeFailure(error),
      });
    });
  }
  await bucket.delete(key);
  return open.runId;
}
