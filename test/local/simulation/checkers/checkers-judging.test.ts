import { judge } from '../../../../local/simulation/checkers/all-checkers.ts';
import type { Evidence } from '../../../../local/simulation/evidence/evidence.ts';
import { at, INSTANCE_ID, TARGET } from '../../../support/builders.ts';
import {
  aNight,
  anExecution,
  anInstance,
  aReported,
  aRunningInstance,
  call,
  change,
  evidence,
  leased,
  leasedByAnother,
  released,
  state,
  until,
} from '../evidence.ts';

/** Where a checker has to look twice: the same deed is right at one moment, and wrong at another. */

const moment = (time: string): number => at(time).getTime();
const complaintsOf = (promise: string, changes: Partial<Evidence>): string[] =>
  judge(evidence(changes)).flatMap((complaint) => (complaint.promise === promise ? [complaint.text] : []));

const lockedByReconciler = call('02:29', 'PutObject', {
  by: 'ReconcileLeasesFunction',
  service: 's3',
  parameters: { bucket: 'b', key: 'lock.json' },
  instanceIds: [],
});

describe('ReconcileLeases, when the run that holds an instance is redriven', () => {
  const stoppedAfterRedrive = (redrivenAt: string): Partial<Evidence> => {
    const lives = [
      { from: moment('02:00'), to: moment('02:20') },
      { from: moment(redrivenAt), to: moment('02:50') },
    ];
    return {
      timeline: [
        leased('02:01'),
        lockedByReconciler,
        call('02:30', 'StopInstances', { by: 'ReconcileLeasesFunction' }),
      ],
      executions: [anExecution({ lives, endedAt: moment('02:50') })],
    };
  };

  it('can not know it in the first seconds: Step Functions may still call it dead', () => {
    expect(complaintsOf('one-holder', stoppedAfterRedrive('02:29:55'))).toEqual([]);
  });

  it('has to know it after that', () => {
    expect(complaintsOf('one-holder', stoppedAfterRedrive('02:29:54'))).toEqual([
      expect.stringContaining('which was running, when ReconcileLeasesFunction called StopInstances'),
    ]);
  });
});

describe('the lock of a run', () => {
  const lockCall = (time: string, operation: string, runId: string, by = 'ListInstancesFunction') => ({
    ...call(time, operation, { by, service: 's3', parameters: { bucket: 'b', key: 'lock.json' }, runId }),
    instanceIds: [],
  });
  const takenBy = (second: ReturnType<typeof lockCall>): Partial<Evidence> => ({
    timeline: [lockCall('02:00', 'PutObject', 'run-1'), second],
  });

  it.each([
    ['by a run that was started by hand', lockCall('02:10', 'PutObject', 'run-2'), 'run-2 took it at 00:10'],
    [
      'by ReconcileLeases, which removes it',
      lockCall('02:10', 'DeleteObject', '', 'ReconcileLeasesFunction'),
      'ReconcileLeasesFunction removed it at 00:10',
    ],
  ])('is not taken while it runs: %s', (_how, second, text) => {
    expect(complaintsOf('one-holder', takenBy(second))).toEqual([expect.stringContaining(text)]);
  });

  it.each([
    ['is taken once it has ended', lockCall('02:30', 'PutObject', 'run-2')],
    ['is written again by a copy of its own Lambda', lockCall('02:01', 'PutObject', 'run-1')],
    ['is removed by itself', lockCall('02:19', 'DeleteObject', 'run-1', 'ReportRunFunction')],
    [
      'is not taken by a call that was refused',
      { ...lockCall('02:10', 'PutObject', 'run-2'), error: 'PreconditionFailed' },
    ],
  ])('%s', (_what, second) => {
    expect(complaintsOf('one-holder', takenBy(second))).toEqual([]);
  });
});

describe('ReconcileLeases', () => {
  const put = (time: string, by: string, runId: string) => ({
    ...call(time, 'PutObject', { by, service: 's3', parameters: { bucket: 'b', key: 'lock.json' }, runId }),
    instanceIds: [],
  });
  const stop = call('02:31', 'StopInstances', { by: 'ReconcileLeasesFunction', runId: '' });

  it('acts under its own lock', () => {
    const timeline = [put('02:30', 'ReconcileLeasesFunction', ''), stop];
    expect(complaintsOf('one-holder', { timeline })).toEqual([]);
  });

  it.each([
    [
      'that a run has taken from it',
      [put('02:30', 'ReconcileLeasesFunction', ''), put('02:30:30', 'ListInstancesFunction', 'run-2')],
    ],
    ['that it never took', []],
  ])('does not act under a lock %s', (_what, before) => {
    expect(complaintsOf('one-holder', { timeline: [...before, stop] })).toEqual([
      expect.stringContaining('ReconcileLeasesFunction called StopInstances at 00:31'),
    ]);
  });

  it('needs no lock to tell of what can not be stopped any more: five minutes after its end', () => {
    const unleased = (time: string) =>
      complaintsOf('one-holder', {
        timeline: [
          call(time, 'DeleteTags', {
            by: 'ReconcileLeasesFunction',
            runId: '',
            parameters: { Tag: [{ Key: 'reveille:lease', Value: 'reveille/run-1/child/attempt' }] },
          }),
        ],
      });
    expect(unleased('06:05:01')).toEqual([]);
    expect(unleased('06:05')).toEqual([expect.stringContaining('the lock was not its own')]);
  });
});

describe('an agent that was given up as lost', () => {
  const looked = call('02:09', 'DescribeInstanceInformation', {
    by: 'VerifyVersionsFunction',
    service: 'ssm',
    parameters: { Filters: [{ Key: 'InstanceIds', Values: [INSTANCE_ID] }] },
  });
  const stoppedByPerson = (time: string): Partial<Evidence> => ({
    instances: [aRunningInstance(['agent-lost'])],
    timeline: [
      ...until('02:10').filter((entry) => entry.kind === 'change' && entry.facts.about === 'update'),
      looked,
      state(time, 'stopping', 'person'),
    ].sort((a, b) => a.at - b.at),
    executions: [aReported({ outcome: 'failed', reason: { code: 'agent-lost', text: 'no ping' } })],
  });

  it.each([
    ['before its update', '02:03'],
    ['after the run had given it up', '02:10'],
  ])('is lost, though someone else stopped its instance %s', (_when, time) => {
    expect(complaintsOf('true-outcomes', stoppedByPerson(time))).toEqual([]);
  });

  it('is not, if someone else stopped its instance while it was waited for', () => {
    expect(complaintsOf('true-outcomes', stoppedByPerson('02:08'))).toEqual([
      expect.stringContaining('the reason agent-lost is not true'),
    ]);
  });

  it('can come back with the version, but only with another boot', () => {
    const night = { instances: [anInstance({ behaviours: ['agent-lost'] })], executions: [aReported()] };
    const restarted = [state('02:07', 'stopping', 'person'), state('02:08', 'pending', 'person')];

    expect(complaintsOf('true-outcomes', { ...night, timeline: aNight })).toEqual([
      expect.stringContaining('its agent never said so'),
    ]);
    expect(complaintsOf('true-outcomes', { ...night, timeline: [...until('02:07'), ...restarted] })).toEqual([]);
  });
});

describe('an instance that someone else is said to have stopped', () => {
  const told = (timeline: Evidence['timeline']): Partial<Evidence> => ({
    timeline,
    executions: [aReported({ outcome: 'failed', reason: { code: 'stopped-in-run', text: 'stopped' } })],
  });

  it('was, also in a boot that was someone else’s', () => {
    const theirs = [state('02:01', 'pending', 'person'), state('02:09', 'stopping', 'person')];
    expect(complaintsOf('true-outcomes', told(theirs))).toEqual([]);
  });

  it('was not, if that was before the run', () => {
    const before = [state('01:01', 'pending', 'person'), state('01:09', 'stopping', 'person')];
    expect(complaintsOf('true-outcomes', told(before))).toEqual([
      expect.stringContaining('the reason stopped-in-run is not true'),
    ]);
  });
});

describe('a command of someone else’s', () => {
  const night = (command: Evidence['timeline']): Partial<Evidence> => ({
    instances: [anInstance({ after: { state: 'running', version: null, lease: null } })],
    timeline: [...until('02:04'), ...command],
  });

  it.each([null, 'AccessDenied'])(
    'takes no instance over: it is put back when that has ended (refused: %s)',
    (error) => {
      const sent = call('02:05', 'SendCommand', { by: 'person', service: 'ssm', error });
      expect(complaintsOf('as-it-was', night([sent]))).toEqual([expect.stringContaining('no one else took it over')]);
    },
  );
});

describe('a hibernation that EC2 has lost', () => {
  const night = (after: Evidence['timeline']): Partial<Evidence> => ({
    instances: [
      anInstance({
        behaviours: ['hibernation-falls-back'],
        before: { state: 'hibernated', version: null, lease: null },
        settled: 'hibernated',
      }),
    ],
    timeline: [...until('02:10'), state('02:10', 'stopping', 'ReconcileLeasesFunction'), ...after],
    executions: [anExecution({ report: null })],
  });
  const forged = change('02:12', { about: 'tags', tags: { 'reveille:lease': 'someone/else/a/b' } }, 'person');

  it('is told by the Lambda that stopped it for a run that is dead', () => {
    const reported = { ...night([]), executions: [aReported({ finalState: 'running' })] };
    expect(complaintsOf('as-it-was', reported)).toEqual([expect.stringContaining('without a word to anybody')]);
  });

  it('is not ours to tell once someone else has put a lease of their own on it', () => {
    const reported = { ...night([forged]), executions: [aReported({ finalState: 'running' })] };
    expect(complaintsOf('as-it-was', reported)).toEqual([]);
  });
});

describe('what looks broken and is not', () => {
  it('a run asks for its own lease to be removed, and the instance carries that of another run by now', () => {
    const timeline = [...until('02:11'), leasedByAnother('02:10:20'), released('02:10:30'), state('02:11', 'stopped')];
    expect(complaintsOf('as-it-was', { timeline })).toEqual([]);
  });

  it('the lease that is left was copied from another instance', () => {
    const copied = {
      at: moment('02:06'),
      until: moment('02:06'),
      disturbance: { kind: 'person', deed: 'copy-lease', instanceId: INSTANCE_ID, atSeconds: 360, seconds: 60 },
    } as const;
    const instances = [anInstance({ after: { state: 'stopped', version: TARGET, lease: 'copied' } })];
    expect(complaintsOf('nothing-held', { instances, disturbances: [copied] })).toEqual([]);
    expect(complaintsOf('nothing-held', { instances })).toHaveLength(1);
  });

  it('SSM has refused all that time to send a command to the instance that stays awake', () => {
    const refused = (time: string) =>
      call(time, 'SendCommand', { by: 'UpdateAgentFunction', error: 'InvalidInstanceId' });
    const stopped = [state('02:49', 'stopping', 'RestoreInstancesFunction'), state('02:50', 'stopped')];
    const timeline = [...until('02:03'), refused('02:03'), refused('02:48'), ...stopped];
    expect(complaintsOf('restored-in-time', { timeline })).toEqual([]);
    expect(complaintsOf('restored-in-time', { timeline: [...until('02:03'), ...stopped] })).toHaveLength(1);
  });
});

describe('restored-in-time', () => {
  const late = [...until('02:10'), state('02:30', 'stopping', 'RestoreInstancesFunction')];
  const stoppedUnder = (parameters: Record<string, string>) =>
    complaintsOf('restored-in-time', { timeline: late, parameters });

  it('counts by the deadlines of the deployment, and by those of the template where it has none of its own', () => {
    expect(stoppedUnder({})).toEqual([]);
    expect(stoppedUnder({ ReadinessDeadlineSeconds: '60', VerifyDeadlineSeconds: '360' })).toEqual([
      expect.stringMatching(/could have been put back by 00:11:00.*was stopped at 00:30:00/),
    ]);
    // Its agent may still come.
    expect(stoppedUnder({ VerifyDeadlineSeconds: '360' })).toEqual([]);
  });
});
