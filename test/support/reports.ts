import { countOutcomes, type Report, type ReportInstance } from '../../functions/domain/report/report.ts';
import { ALL_KEPT, BARE_REPORT, NO_DETAILS, OLD, stamp, TARGET } from './builders.ts';

/** Reports that were written by hand, for those who tell of them. */

export const told = (instanceId: string, changes: Partial<ReportInstance> = {}): ReportInstance => ({
  instanceId,
  name: null,
  group: 'dev',
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
  ...NO_DETAILS,
  ...changes,
});
export const failed = told('i-failed', {
  outcome: 'failed',
  versionBefore: null,
  versionAfter: null,
  finalState: null,
  awakeSeconds: null,
  reason: { code: 'never-registered', text: 'its agent did not register in 15 minutes' },
});
export const excluded = told('i-excluded', { outcome: 'excluded', reason: { code: 'spot', text: 'Spot Instance' } });
export const current = told('i-current', { outcome: 'already-current' });

export const reported = (
  instances: ReportInstance[],
  status: Report['status'] = 'failed',
  diedBeforeReport = false,
): Report => ({
  ...BARE_REPORT,
  checks: ALL_KEPT,
  runId: 'run-1',
  status,
  startedAt: stamp('02:00'),
  endedAt: stamp('02:30'),
  diedBeforeReport,
  account: '123456789012',
  region: 'eu-central-1',
  timeZone: 'Europe/Berlin',
  targetVersion: TARGET,
  counts: countOutcomes(instances),
  instances,
});
