import { checkers, judge } from '../../../../local/simulation/checkers/all-checkers.ts';
import type { Evidence } from '../../../../local/simulation/evidence/evidence.ts';
import { at, INSTANCE_ID, OLD, TARGET } from '../../../support/builders.ts';
import {
  aNight,
  anExecution,
  anInstance,
  aReported,
  aRunningInstance,
  call,
  change,
  evidence,
  leasedByAnother,
  released,
  state,
  until,
  whatIsHeardOf,
} from '../evidence.ts';

const night = (rest: Partial<Evidence> = {}) => evidence({ timeline: aNight, executions: [aReported()], ...rest });

/** What a promise's checker says. */
const complaintsOf = (promise: string, seen: Evidence): string[] =>
  judge(seen).flatMap((complaint) => (complaint.promise === promise ? [complaint.text] : []));

const failed = (code: string) => ({ outcome: 'failed', reason: { code, text: 'as it says' } }) as const;
const excludedAs = (code: string) => ({ outcome: 'excluded', reason: { code, text: 'as it says' } }) as const;

it('a night in which all goes well breaks no promise', () => {
  expect(judge(night())).toEqual([]);
});

it('each checker has a name and a sentence of its own', () => {
  expect(new Set(checkers.map(({ promise }) => promise)).size).toBe(checkers.length);
  expect(checkers.every(({ says }) => says.endsWith('.'))).toBe(true);
});

const broken: [promise: string, what: string, seen: Evidence, text: RegExp][] = [
  [
    'never-stopped',
    'one that ran before is stopped',
    night({ instances: [aRunningInstance()], timeline: [state('02:10', 'stopping', 'RestoreInstancesFunction')] }),
    /ran since before the run, and RestoreInstancesFunction stopped it at 00:10/,
  ],
  [
    'never-stopped',
    'one that a person started is stopped',
    night({
      timeline: [state('02:01', 'pending', 'person'), state('02:10', 'stopping', 'ReconcileLeasesFunction')],
    }),
    /someone else's start, and ReconcileLeasesFunction stopped it/,
  ],
  [
    'never-stopped',
    'one with a session is stopped',
    night({
      timeline: [
        ...until('02:10'),
        change('02:06', { about: 'session', phase: 'begin', sessionId: 's' }),
        state('02:10', 'stopping', 'RestoreInstancesFunction'),
      ],
    }),
    /had a session open since 00:06/,
  ],
  [
    'as-it-was',
    'one that was started stays awake',
    night({
      timeline: until('02:10'),
      instances: [anInstance({ after: { state: 'running', version: TARGET, lease: null } })],
    }),
    /is still running: no one else took it over/,
  ],
  [
    'as-it-was',
    'a hibernated one is just stopped',
    night({
      instances: [anInstance({ settled: 'hibernated' })],
      executions: [aReported({ finalState: 'hibernated' })],
    }),
    /was hibernated, and RestoreInstancesFunction left it stopped/,
  ],
  [
    'as-it-was',
    'its lease goes before it has stopped',
    night({ timeline: [...until('02:11'), released('02:10:30'), state('02:11', 'stopped')] }),
    /was stopping when RestoreInstancesFunction removed its lease/,
  ],
  [
    'nothing-held',
    'a lease is left',
    night({ instances: [anInstance({ after: { state: 'stopped', version: TARGET, lease: 'ours' } })] }),
    /still carries the lease ours/,
  ],
  ['nothing-held', 'the lock is left', night({ lock: '{}' }), /the lock is still held/],
  [
    'true-outcomes',
    'an update is claimed that never was',
    night({ timeline: until('02:05'), instances: [anInstance()] }),
    /reported as updated, and its agent has/,
  ],
  [
    'true-outcomes',
    'an agent is believed that never spoke',
    night({ instances: [anInstance({ behaviours: ['never-registers'] })] }),
    /its agent never said so/,
  ],
  [
    'true-outcomes',
    'a success is hidden behind a failure',
    night({ executions: [aReported(failed('update-failed'), { status: 'FAILED', error: 'RunFailed' })] }),
    /reported as failed \(update-failed\), and its agent has/,
  ],
  [
    'true-outcomes',
    'a reason is not true',
    night({ executions: [aReported(excludedAs('auto-scaling'))] }),
    /excluded as auto-scaling, which it is not/,
  ],
  [
    'true-outcomes',
    'an instance is missing in the report',
    night({ instances: [anInstance(), anInstance({ instanceId: 'i-other' })] }),
    /i-other is not in the report/,
  ],
  [
    'excluded-untouched',
    'one that opted out gets a lease',
    night({ instances: [anInstance({ behaviours: ['opted-out'] })] }),
    /is out \(opted-out\), and StartInstancesFunction called CreateTags/,
  ],
  [
    'excluded-untouched',
    'a run touches another group',
    night({ executions: [aReported({}, { input: { groups: ['prod'] } })] }),
    /meant by no run/,
  ],
  [
    'no-stop-in-update',
    'one is stopped in the middle of its update',
    night({ timeline: [...until('02:05'), state('02:04:30', 'stopping', 'RestoreInstancesFunction')] }),
    /was stopped by RestoreInstancesFunction at 00:04:30.000, in the middle of an update/,
  ],
  [
    'one-holder',
    'a lease is written over that of a running run',
    night({ timeline: [...until('02:05'), leasedByAnother('02:04:30')] }),
    /was held by run-1, which was running, when run-2 wrote its lease over it/,
  ],
  [
    'one-holder',
    'two runs are at work at the same time',
    night({
      timeline: [
        call('02:01', 'StartInstances', { by: 'StartInstancesFunction' }),
        call('02:03', 'SendCommand', { by: 'UpdateAgentFunction', runId: 'run-2' }),
        call('02:10', 'StopInstances'),
      ],
    }),
    /run-1 and run-2 were both at work/,
  ],
  [
    'one-holder',
    'the reconciler stops what a running run holds',
    night({ timeline: [...until('02:05'), call('02:04:30', 'StopInstances', { by: 'ReconcileLeasesFunction' })] }),
    /was held by run-1, which was running, when ReconcileLeasesFunction called StopInstances/,
  ],
  [
    'restored-in-time',
    'it is put back an hour too late',
    night({ timeline: [...until('02:10'), state('04:20', 'stopping', 'RestoreInstancesFunction')] }),
    /could have been put back by 01:10:00.000, and was stopped at 02:20/,
  ],
  [
    'two-ends',
    'it is started and sent its update when a run that has to be over so soon may send nothing',
    night({ executions: [aReported({}, { input: { finishBy: at('03:15').toISOString() } })] }),
    /was sent a command at .*, and the end for that was at 00:00:00/,
  ],
  [
    'ended-right',
    'a run never ends',
    night({ executions: [anExecution({ endedAt: null, status: 'RUNNING' })] }),
    /never ended/,
  ],
  [
    'ended-right',
    'a run succeeds although an instance failed',
    night({ executions: [aReported(failed('update-hung'))] }),
    /it succeeded, although .* failed/,
  ],
  ['ended-right', 'a run succeeds without a report', night({ executions: [anExecution()] }), /without a report/],
  [
    'ended-right',
    'a second delivery of one occurrence fails',
    night({
      executions: [
        aReported({}, { input: { scheduledTime: 'then' } }),
        anExecution({ name: 'run-2', input: { scheduledTime: 'then' }, status: 'FAILED', error: 'AlreadyRunning' }),
      ],
    }),
    /only a second delivery/,
  ],
];

describe.each(broken)('%s', (promise, what, seen, text) => {
  it(`complains when ${what}`, () => {
    expect(complaintsOf(promise, seen).join('\n')).toMatch(text);
  });
});

it('every checker is seen to complain, some of them in tests of their own', () => {
  const seen = new Set(
    broken.map(([promise]) => promise).concat('true-report', 'within-limits', 'within-roles', 'nothing-needless'),
  );
  expect(seen).toEqual(new Set(checkers.map(({ promise }) => promise)));
});

const person = (deed: 'open-session' | 'forge-lease') =>
  ({
    at: at('02:06').getTime(),
    until: at('02:06').getTime(),
    disturbance: { kind: 'person', deed, instanceId: INSTANCE_ID, atSeconds: 360, seconds: 60 },
  }) as const;

const kept: [promise: string, what: string, seen: Evidence][] = [
  [
    'as-it-was',
    'it is left awake at its end for someone else’s session, and people were told',
    night({
      endedAt: at('06:10').getTime(),
      timeline: [...until('02:10'), change('02:06', { about: 'session', phase: 'begin', sessionId: 's' })],
      instances: [anInstance({ after: { state: 'running', version: TARGET, lease: null } })],
      overheard: {
        ...whatIsHeardOf([]),
        mails: [
          { at: at('06:05').getTime(), subject: 'LEFT AWAKE: 1', message: INSTANCE_ID, https: '{}', attributes: {} },
        ],
      },
    }),
  ],
  [
    'as-it-was',
    'EC2 itself lost its memory, and the report says so',
    night({ instances: [anInstance({ settled: 'hibernated', behaviours: ['hibernation-falls-back'] })] }),
  ],
  [
    'nothing-held',
    'the lease that is left is a forged one',
    night({
      instances: [anInstance({ after: { state: 'stopped', version: TARGET, lease: 'forged' } })],
      disturbances: [person('forge-lease')],
    }),
  ],
  [
    'no-stop-in-update',
    'the update was to the version that was there already',
    night({
      timeline: [
        ...until('02:04'),
        change('02:04', { about: 'update', phase: 'begin', commandId: null, version: TARGET, target: TARGET }),
        state('02:04:30', 'stopping', 'RestoreInstancesFunction'),
      ],
    }),
  ],
  [
    'no-stop-in-update',
    'an update hung, and 45 minutes are over',
    night({
      timeline: [
        ...until('02:04'),
        change('02:04', { about: 'update', phase: 'begin', commandId: 'c', version: OLD, target: TARGET }),
        state('02:50', 'stopping', 'RestoreInstancesFunction'),
      ],
    }),
  ],
  ['one-holder', 'the run that held it has ended', night({ timeline: [...until('02:05'), leasedByAnother('02:30')] })],
  [
    'restored-in-time',
    'it is late, and something went wrong',
    night({
      timeline: [...until('02:10'), state('03:45', 'stopping', 'RestoreInstancesFunction')],
      faults: [{ at: at('02:20').getTime(), what: 'fault crash-after', text: '' }],
    }),
  ],
];

describe.each(kept)('%s', (promise, what, seen) => {
  it(`does not complain when ${what}`, () => {
    expect(complaintsOf(promise, seen)).toEqual([]);
  });
});
