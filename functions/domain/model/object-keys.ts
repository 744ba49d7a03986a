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

/** Where all files of a run are. */
export const runPrefix = ({ runId }: RunId): string => `runs/${runId}/`;

export const manifestKey = ({ runId }: RunId): string => `runs/${runId}/manifest.json`;

export const planKey = ({ runId }: RunId): string => `runs/${runId}/plan.json`;

export const reportKey = ({ runId }: RunId): string => `runs/${runId}/report.json`;

/** That the report's message has gone out. */
export const reportToldKey = ({ runId }: RunId): string => `runs/${runId}/report-told.json`;

/** The report as a page for people, made of the report and its addenda: it can be made anew at any time. */
export const reportPageKey = ({ runId }: RunId): string => `runs/${runId}/report.html`;

/** Where all passes of ReconcileLeases file what they did to a run's instances. */
export const reconciledPrefix = ({ runId }: RunId): string => `runs/${runId}/reconciled/`;

/** What one of them did: an addendum to the run's report, which is written once. */
export const reconciledKey = (run: RunId, requestId: string): string => `${reconciledPrefix(run)}${requestId}.json`;

/** What the next look has to know of an instance that others keep awake after its run: a later run may have it by then. */
export const holdKey = (instanceId: string): string => `holds/${instanceId}.json`;

/** Whether this is the key of what a pass did, among all that passes file. */
export const isReconciledKey = (run: RunId, key: string): boolean =>
  key !== refusalKey(run) && !key.slice(reconciledPrefix(run).length).includes('/');

/** Which refusals ReconcileLeases has told people of: once for each dead run, since a refusal can stay for many passes. */
export const refusalKey = (run: RunId): string => `${reconciledPrefix(run)}refusals-told.json`;

export const resultKey = ({ runId }: RunId, batch: number): string =>
  `runs/${runId}/results/${String(batch).padStart(4, '0')}.json`;

export const OPEN_RUNS_PREFIX = 'open-runs/';

export const openRunKey = ({ runId }: RunId): string => `${OPEN_RUNS_PREFIX}${runId}.json`;
