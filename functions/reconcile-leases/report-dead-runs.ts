import type { Bucket } from '../aws/bucket.ts';
import { describeExecutionStatus } from '../aws/executions.ts';
import type { SFNClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { manifestSchema } from '../domain/listing/manifest.ts';
import { manifestKey, OPEN_RUNS_PREFIX, reportKey } from '../domain/model/object-keys.ts';
import { runFinished } from '../domain/model/run-event.ts';
import { isAfter } from '../domain/model/time.ts';
import { livenessOf } from '../domain/ownership/execution-status.ts';
import { type Report, RUN_DIED, reportSchema } from '../domain/report/report.ts';
import { type OpenRun, openRunSchema } from '../domain/report/run-register.ts';
import { makeReport, type Recall, type ReportTime, type ReportTools, storeReport } from '../operations/make-report.ts';
import type { PageTools } from '../operations/store-page.ts';
import { type EventTools, tellEventBus } from '../operations/tell-event-bus.ts';
import { findTold, tellReport } from '../operations/tell-report.ts';
import { type RecallTools, recallRun } from './recall-run.ts';

export interface DeadRunTools extends ReportTools, PageTools, RecallTools, ReportTime, EventTools {
  sfn: SFNClient;
}

/**
 * Reports the runs that died before their own report, so that their instances end with an outcome, too. A run whose leases
 * are not all settled is not reported yet, also where another run has taken one of its instances over, and puts it back.
 * @param leased IDs of all instances that a lease still holds
 * @returns IDs of the runs that were reported
 */
export async function reportDeadRuns(tools: DeadRunTools, leased: ReadonlySet<string>): Promise<string[]> {
  const { bucket, logger } = tools;
  const reported: string[] = [];
  for (const key of await bucket.list(OPEN_RUNS_PREFIX)) {
    try {
      const runId = await reportIfDead(tools, key, leased);
      if (runId !== null) reported.push(runId);
    } catch (error) {
      // An entry that can't be read must not keep the other runs unreported.
      logger.error('could not report an unfinished run; the next pass tries again', {
        key,
        failure: describeFailure(error),
      });
    }
  }
  return reported;
}

/** @returns the run's ID if it was dead, and is reported now */
async function reportIfDead(tools: DeadRunTools, key: string, leased: ReadonlySet<string>): Promise<string | null> {
  const { bucket, sfn, now, logger } = tools;
  const open = await bucket.get(key, openRunSchema);
  if (open === null) return null;
  const life = await describeExecutionStatus(sfn, open.executionArn);
  if (livenessOf(life, open.openedAt, now()) !== 'dead') return null;
  if (await isHeld(bucket, open, leased)) return null;
  // Else a pass before this one has died between the message and the end of this.
  const isTold = (await findTold(bucket, open, open.openedAt)) !== null;
  const report = isTold ? null : await findOrMake(tools, open);
  if (report !== null) {
    // The run's own report is written again as it is: what it measures may not have been.
    await storeReport(tools, report);
    await tellEventBus(tools, runFinished(report, tools.bucketName), tools.hasTime);
    await tellReport(tools, report).catch((error: unknown) => {
      logger.error('stored the report of a dead run, but could not send its message', {
        failure: describeFailure(error),
      });
    });
  }
  await bucket.delete(key);
  return open.runId;
}

/** Whether one of its instances is still to be put back, by whichever run. */
async function isHeld(bucket: Bucket, run: OpenRun, leased: ReadonlySet<string>): Promise<boolean> {
  const manifest = leased.size === 0 ? null : await bucket.get(manifestKey(run), manifestSchema);
  return (
    manifest?.instances.some(({ decision, instanceId }) => decision === 'take-part' && leased.has(instanceId)) ?? false
  );
}

async function findOrMake(tools: DeadRunTools, open: OpenRun): Promise<Report | null> {
  const recall: Recall = (run, instanceIds) => recallRun(tools, run, instanceIds);
  return (await findOwnReport(tools, open)) ?? (await makeReport(tools, open, RUN_DIED, recall));
}

/** A run that could not be closed has made its report already: that one tells more than one that is made now. */
async function findOwnReport({ bucket }: DeadRunTools, open: OpenRun): Promise<Report | null> {
  const report = await bucket.get(reportKey(open), reportSchema);
  // An execution's name can be used again after 90 days, and files are kept for longer (docs/aws-behaviour.md 28).
  return report === null || isAfter(open.openedAt, report.endedAt) ? null : report;
}
