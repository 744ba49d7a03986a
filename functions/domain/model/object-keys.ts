import type { Leaseholder, Run } from './run.ts';
import type { Timestamp } from './time.ts';

/** Where all records of a child are: what a lease tag says is enough to find its record. */
export const recordPrefix = ({ runId, child }: Leaseholder): string => `runs/${runId}/records/${child}/`;

export const recordKey = (leaseholder: Leaseholder, attempt: string): string =>
  `${recordPrefix(leaseholder)}${attempt}.json`;

/** Which boot of an instance is that of this attempt: written once, and read by all who may stop the instance. */
export const bootKey = ({ runId, child }: Leaseholder, attempt: string, instanceId: string): string =>
  `runs/${runId}/boots/${child}/${attempt}/${instanceId}.json`;

/** The one object that says who may hold instances: written on condition, so that only one can have it. */
export const LOCK_KEY = 'lock.json';

/** Where the end of a scheduled run is remembered: a second delivery of the same occurrence has nothing to do. */
export const occurrenceKey = (scheduledTime: Timestamp): string => `occurrences/${scheduledTime}.json`;

/** When the last run ended that reached its report; before the first one, when ReconcileLeases first looked. */
export const LAST_COMPLETE_RUN_KEY = 'last-complete-run.json';

type RunId = Pick<Run, 'runId'>;

export const manifestKey = ({ runId }: RunId): string => `runs/${runId}/manifest.json`;

export const planKey = ({ runId }: RunId): string => `runs/${runId}/plan.json`;

export const reportKey = ({ runId }: RunId): string => `runs/${runId}/report.json`;

/** What one pass of ReconcileLeases did to a run's instances: an addendum to its report, which is written once. */
export const reconciledKey = ({ runId }: RunId, requestId: string): string =>
  `runs/${runId}/reconciled/${requestId}.json`;

/** What the next pass has to know of an instance that others keep awake after its run. */
export const holdKey = ({ runId }: RunId, instanceId: string): string =>
  `runs/${runId}/reconciled/holds/${instanceId}.json`;

/** Which refusals ReconcileLeases has told people of: once for each dead run, since a refusal can stay for many passes. */
export const refusalKey = ({ runId }: RunId): string => `runs/${runId}/reconciled/refusals-told.json`;

export const resultKey = ({ runId }: RunId, batch: number): string =>
  `runs/${runId}/results/${String(batch).padStart(4, '0')}.json`;

export const OPEN_RUNS_PREFIX = 'open-runs/';

export const openRunKey = ({ runId }: RunId): string => `${OPEN_RUNS_PREFIX}${runId}.json`;
