import type { Report, ReportInstance } from '../../../../functions/domain/report/report.ts';
import {
  type Boot,
  bootsOf,
  calls,
  type Evidence,
  type ExecutionEvidence,
  type InstanceEvidence,
  isOurs,
} from '../../evidence/evidence.ts';
import { standingsBetween, viewLagMilliseconds } from '../../evidence/standings.ts';

/** One line of a report, with all that it is held to. Moments are milliseconds since the epoch. */
export interface ReportedLine {
  evidence: Evidence;
  execution: ExecutionEvidence;
  report: Report;
  line: ReportInstance;
  instance: InstanceEvidence;
  /** When the run's manifest was written. */
  listed: number;
  /** When the report was made. */
  ended: number;
}

/** What a line's field says that the account does not; null: it is true. */
export type LineRule = (seen: ReportedLine) => string | null;

/** The states that EC2 may have shown at the listing. */
export const shownAtListing = ({ evidence, instance, listed }: ReportedLine): Set<string> =>
  standingsBetween(evidence, instance, listed - 2 * viewLagMilliseconds(evidence), listed);

/** The states that EC2 showed while the run was at work. */
export const shownInRun = ({ evidence, instance, execution, ended }: ReportedLine): Set<string> =>
  standingsBetween(evidence, instance, execution.startedAt - viewLagMilliseconds(evidence), ended);

/** The run's own boots of it. */
export const ownBoots = ({ evidence, instance, execution, ended }: ReportedLine): Boot[] =>
  bootsOf(evidence, instance).filter(
    ({ ours, runId, at }) => ours && runId === execution.name && at !== null && at <= ended,
  );

/** Calls of this run that name the instance and went through. */
export const ownCalls = ({ evidence, execution, instance, ended }: ReportedLine, operation: string) =>
  calls(evidence, operation).filter(
    ({ at, error, principal, runId, instanceIds }) =>
      error === null &&
      at <= ended &&
      isOurs(principal) &&
      runId === execution.name &&
      instanceIds.includes(instance.instanceId),
  );

/** Whether another run was there: it may have left an orphan, or have taken the instance. */
export const hasOtherRun = ({ evidence }: ReportedLine): boolean => evidence.executions.length > 1;

/** It was left out, and EC2 had refused to tell of it. */
export const isUntold = ({ evidence, line }: ReportedLine): boolean =>
  line.outcome === 'excluded' &&
  calls(evidence, 'DescribeInstances').some(
    ({ error, instanceIds }) => error !== null && instanceIds.includes(line.instanceId),
  );
