import { createHash } from 'node:crypto';
import { drawPage, type PageSettings } from '../../../functions/domain/report/page/drawing/draw-page.ts';
import {
  type PageInstance,
  type PageReport,
  pageReportSchema,
} from '../../../functions/domain/report/page/facts/page-report.ts';
import type { Reconciled } from '../../../functions/domain/report/reconcile-report.ts';
import { countOutcomes } from '../../../functions/domain/report/report.ts';
import { OLD, stamp, TARGET } from '../builders.ts';

/** A stopped instance that was woken at 02:00:30, updated, and seen asleep again at 02:10:30; as reports told it before they told times. */
export const aPageInstance = (changes: Partial<PageInstance> = {}): PageInstance => ({
  instanceId: 'i-0123456789abcdef0',
  name: 'web-1',
  group: 'dev',
  platform: 'Linux/UNIX',
  outcome: 'updated',
  reason: null,
  notes: [],
  versionBefore: OLD,
  versionAfter: TARGET,
  originalState: 'stopped',
  finalState: 'stopped',
  wokenAt: stamp('02:00:30'),
  restoredAt: stamp('02:10:30'),
  awakeSeconds: 600,
  times: null,
  refusedStarts: null,
  commands: [],
  proof: null,
  said: null,
  ...changes,
});

/** One that ran before, and after. */
export const aRunningInstance = (changes: Partial<PageInstance> = {}): PageInstance =>
  aPageInstance({
    originalState: 'running',
    finalState: 'running',
    wokenAt: null,
    restoredAt: null,
    awakeSeconds: null,
    ...changes,
  });

export const failedFor = (code: string, changes: Partial<PageInstance> = {}): PageInstance =>
  aPageInstance({ outcome: 'failed', reason: { code, text: `its reason is ${code}` }, versionAfter: null, ...changes });

export const leftOutFor = (code: string, changes: Partial<PageInstance> = {}): PageInstance =>
  aRunningInstance({
    outcome: 'excluded',
    reason: { code, text: `its reason is ${code}` },
    originalState: 'stopped',
    finalState: 'stopped',
    ...changes,
  });

/** A report of these instances, from 02:00 to 02:30, with the counts that they make. */
export const aPageReport = (instances: PageInstance[], changes: Partial<PageReport> = {}): PageReport =>
  pageReportSchema.parse({
    runId: 'run-1',
    status: 'succeeded',
    startedAt: stamp('02:00'),
    endedAt: stamp('02:30'),
    account: '123456789012',
    region: 'eu-central-1',
    targetVersion: TARGET,
    counts: countOutcomes(instances),
    instances,
    ...changes,
  });

/** All four checks, as ReportRun gives them if all is well. */
export const ALL_KEPT: PageReport['checks'] = {
  versions: { status: 'kept', instances: [], text: null },
  states: { status: 'kept', instances: [], text: null },
  leases: { status: 'kept', instances: [], text: null },
  launchTimes: { status: 'kept', instances: [], text: null },
};

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');

export const pageOf = (
  report: PageReport,
  addenda: Reconciled[] = [],
  language: PageSettings['language'] = null,
): string => drawPage(report, addenda, { language, hash: hashOf });

/** What stands in a page for a reader of English, without its markup. */
export const textOf = (page: string): string =>
  (page.split('<template')[0] ?? '')
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
