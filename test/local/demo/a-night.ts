import { countOutcomes, type ReportInstance } from '../../../functions/domain/report/report.ts';
import type { EndFacts } from '../../../local/demo/end-screen.ts';
import type { WindowGroup, WindowNight } from '../../../local/demo/maintenance-window.ts';
import type { TrueGroup } from '../../../local/demo/true-night.ts';
import type { PromiseCheck } from '../../../local/promises/promise-checks.ts';
import { BARE_REPORT, stamp, TARGET } from '../../support/builders.ts';
import { told as reportedAs } from '../../support/reports.ts';

/** An instance of a report: by default one that was woken, updated and put back within five minutes. */
export const told = (instanceId: string, changes: Partial<ReportInstance> = {}): ReportInstance =>
  reportedAs(instanceId, { restoredAt: stamp('02:05:30'), awakeSeconds: 300, ...changes });

export const failed = (instanceId: string, code: string, changes: Partial<ReportInstance> = {}): ReportInstance =>
  told(instanceId, { outcome: 'failed', versionAfter: null, reason: { code, text: 'it did' }, ...changes });

export const kept = (upholds: PromiseCheck['upholds'], ...broken: string[]): PromiseCheck => ({
  promise: 'something that was checked',
  upholds,
  broken,
});

const windowGroup = (group: string, changes: Partial<WindowGroup>): WindowGroup => ({
  group,
  members: 2,
  awakeBefore: 0,
  reached: 0,
  status: 'Success',
  statusDetails: 'NoInstancesInTag',
  says: 'SUCCESS',
  saysDetails: 'No invocations to execute',
  updated: 0,
  ...changes,
});

/** Two of dev are asleep and not reached; one of prod is awake, and updated. */
export const aWindow = (changes: Partial<WindowNight> = {}): WindowNight => ({
  groups: [
    windowGroup('dev', {}),
    windowGroup('prod', { members: 1, awakeBefore: 1, reached: 1, updated: 1, saysDetails: '' }),
  ],
  says: 'SUCCESS',
  saysDetails: '',
  sends: 2,
  members: 3,
  updated: 1,
  current: 1,
  asleepBefore: 2,
  asleepAfter: 2,
  ...changes,
});

const group = (name: string, changes: Partial<TrueGroup>): TrueGroup => ({
  group: name,
  members: 2,
  asleep: 2,
  old: 2,
  updated: 2,
  ...changes,
});

/** Of three instances: two are asleep in dev, one runs in prod; all of them are updated. */
export function endFacts(
  instances: ReportInstance[] = [
    told('i-1'),
    told('i-2'),
    told('i-3', { group: 'prod', originalState: 'running', finalState: 'running', wokenAt: null, awakeSeconds: null }),
  ],
  changes: Partial<EndFacts> = {},
): EndFacts {
  const hasFailed = instances.some(({ outcome }) => outcome === 'failed');
  return {
    groups: ['dev', 'prod'],
    report: {
      ...BARE_REPORT,
      runId: 'demo-1',
      status: hasFailed ? 'failed' : 'succeeded',
      startedAt: stamp('02:00'),
      endedAt: stamp('02:08'),
      diedBeforeReport: false,
      timeZone: 'UTC',
      account: '123456789012',
      region: 'eu-central-1',
      targetVersion: TARGET,
      counts: countOutcomes(instances),
      instances,
    },
    checks: [kept('no-false-success'), kept('back-as-it-was')],
    window: aWindow(),
    night: {
      says: hasFailed ? 'FAILED' : 'SUCCEEDED',
      groups: [group('dev', {}), group('prod', { members: 1, asleep: 0, old: 1, updated: 1 })],
      old: 3,
      updated: 3,
      woken: 2,
      asleepAgain: 2,
      running: 1,
      stillRunning: 1,
    },
    names: { nameOf: (id) => id.replace('i-', 'web-'), labelOf: (id) => id.replace('i-', 'dev/web-') },
    cost: ['8 min in 1.0 s: 207 AWS calls', '84 Lambda invocations', '238 transitions', '10 instance min awake'],
    next: [['Every instance', '--all']],
    ...changes,
  };
}
