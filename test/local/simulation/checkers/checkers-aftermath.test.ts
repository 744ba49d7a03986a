import type { Plan } from '../../../../functions/domain/listing/plan.ts';
import { judge } from '../../../../local/simulation/checkers/all-checkers.ts';
import type { Evidence, ExecutionEvidence } from '../../../../local/simulation/evidence/evidence.ts';
import { at, INSTANCE_ID, OLD, TARGET } from '../../../support/builders.ts';
import { aNight, anExecution, anInstance, aReported, call, evidence, LEASE, whatIsHeardOf } from '../evidence.ts';

/** What a run leaves behind, and what ReconcileLeases makes of a run that died. */

const moment = (time: string): number => at(time).getTime();

const complaintsOf = (promise: string, changes: Partial<Evidence>): string[] =>
  judge(evidence(changes)).flatMap((complaint) => (complaint.promise === promise ? [complaint.text] : []));

const onObject = (time: string, operation: 'PutObject' | 'DeleteObject', key: string, by = 'ListInstancesFunction') =>
  call(time, operation, { by, service: 's3', parameters: { bucket: 'b', key }, instanceIds: [] });

describe('a run that comes to its own end', () => {
  const opened = [
    onObject('02:00:10', 'PutObject', 'lock.json'),
    onObject('02:00:20', 'PutObject', 'open-runs/run-1.json'),
  ];
  const closed = [
    onObject('02:19:58', 'DeleteObject', 'open-runs/run-1.json', 'ReportRunFunction'),
    onObject('02:19:59', 'DeleteObject', 'lock.json', 'ReportRunFunction'),
  ];
  const left = (after: Evidence['timeline'], changes: Partial<ExecutionEvidence> = {}) =>
    complaintsOf('nothing-held', { timeline: [...opened, ...after], executions: [aReported({}, changes)] });

  it('closes itself', () => {
    expect(left(closed)).toEqual([]);
  });

  it('does not wait for ReconcileLeases to close it', () => {
    const later = closed.map((one) => ({ ...one, at: moment('02:30'), principal: 'ReconcileLeasesFunction' }));
    expect(left(later)).toEqual([
      'run-1 came to its own end, and still counts as open',
      'run-1 came to its own end, and left its lock to ReconcileLeases',
    ]);
  });

  it('may leave its lock if S3 did not let it go', () => {
    const struck = call('02:19:59', 'DeleteObject', {
      by: 'ReportRunFunction',
      service: 's3',
      parameters: {},
      error: 'AccessDenied',
    });
    expect(left([...closed.slice(0, 1), struck])).toEqual([]);
  });

  it('answers for no lock of another run’s', () => {
    const another = { ...onObject('02:19:59', 'PutObject', 'lock.json'), runId: 'run-2' };
    expect(left([...closed.slice(0, 1), another])).toEqual([]);
  });

  it('is another one than a run that died', () => {
    const later = closed.map((one) => ({ ...one, at: moment('02:30'), principal: 'ReconcileLeasesFunction' }));
    expect(left(later, { status: 'ABORTED' })).toEqual([]);
  });
});

describe('a run that died', () => {
  const registered = onObject('02:00:20', 'PutObject', 'open-runs/run-1.json');
  const dead = (after: Evidence['timeline'], changes: Partial<Evidence> = {}) =>
    complaintsOf('nothing-held', {
      timeline: [registered, ...after],
      executions: [anExecution({ status: 'ABORTED' })],
      ...changes,
    });

  it('is closed by ReconcileLeases', () => {
    expect(dead([onObject('02:30', 'DeleteObject', 'open-runs/run-1.json', 'ReconcileLeasesFunction')])).toEqual([]);
    expect(dead([])).toEqual(['run-1 has died, and ReconcileLeases has not closed it']);
  });

  it('stays open as long as EC2 does not let go of an instance', () => {
    const after = { state: 'stopping', version: null, lease: LEASE };
    expect(dead([], { instances: [anInstance({ behaviours: ['stuck-stopping'], after })] })).toEqual([]);
  });

  it.each([
    ['ReconcileLeasesFunction', ['run-1: it ended before it made its report, and that says succeeded']],
    ['ReportRunFunction', []],
  ])('has not succeeded, if %s made its report', (by, complaints) => {
    const timeline = [...aNight, onObject('02:30', 'PutObject', 'runs/run-1/report.json', by)];
    expect(complaintsOf('true-report', { timeline, executions: [aReported()] })).toEqual(complaints);
  });
});

describe('the plan of a dry run', () => {
  const planned = (changes: Partial<Plan['instances'][number]>, counted: Partial<Plan['counts']> = {}) => {
    const executions = [anExecution({ input: { dryRun: true } })];
    const plan: Plan = {
      runId: 'run-1',
      dryRun: true,
      targetVersion: TARGET,
      counts: { intended: 1, wake: 1, update: 0, current: 0, inTransition: 0, excluded: 0, ...counted },
      instances: [
        {
          instanceId: INSTANCE_ID,
          group: 'dev',
          action: 'start-update-stop',
          reason: null,
          versionBefore: OLD,
          originalState: 'stopped',
          ...changes,
        },
      ],
    };
    const overheard = { ...whatIsHeardOf([]), plans: { 'run-1': plan } };
    const timeline = [onObject('02:00:30', 'PutObject', 'runs/run-1/manifest.json')];
    return complaintsOf('true-report', { timeline, executions, overheard });
  };
  const awake = { wake: 0, update: 1 };

  it('is what a run would do', () => {
    expect(planned({})).toEqual([]);
    expect(planned({ action: 'exclude', originalState: 'running' }, { wake: 0, excluded: 1 })).toEqual([]);
  });

  it.each<[string, Parameters<typeof planned>, RegExp]>([
    [
      'another action',
      [{ action: 'update' }, awake],
      /is stopped, and the plan says update instead of start-update-stop/,
    ],
    [
      'another state',
      [{ action: 'update', originalState: 'running' }, awake],
      /was stopped, and the plan says running/,
    ],
    ['other numbers', [{}, { wake: 2 }], /the plan counts .*"wake":2.* instead of .*"wake":1/],
  ])('does not tell %s', (_what, args, text) => {
    expect(planned(...args)).toEqual([expect.stringMatching(text)]);
  });
});

describe('a run that is refused because another is at work', () => {
  const refused = (other: Partial<ExecutionEvidence>, timeline: Evidence['timeline'] = []) =>
    complaintsOf('ended-right', {
      timeline,
      executions: [
        anExecution({ name: 'run-2', status: 'ABORTED', ...other }),
        anExecution({ status: 'FAILED', error: 'AlreadyRunning', endedAt: moment('02:01') }),
      ],
      disturbances: [{ at: 0, until: 0, disturbance: { kind: 'abort', atSeconds: 0, execution: 0 } }],
    });
  const over = { lives: [{ from: moment('01:00'), to: moment('01:50') }], endedAt: moment('01:50') };

  it('has met one that was', () => {
    expect(refused({})).toEqual([]);
  });

  it('was refused without need if that one was over', () => {
    expect(refused(over)).toEqual([expect.stringContaining('no other run was under way')]);
  });

  it('can’t know that if Step Functions did not tell', () => {
    const denied = call('02:00:30', 'DescribeExecution', { by: 'ListInstancesFunction', error: 'AccessDenied' });
    expect(refused(over, [denied])).toEqual([]);
  });
});

describe('the report of ReconcileLeases', () => {
  const reported = (time: string, lives: ExecutionEvidence['lives']) =>
    complaintsOf('true-report', {
      timeline: [
        ...aNight,
        // A run that could not be closed has one already.
        onObject('02:05', 'PutObject', 'runs/run-1/report.json', 'ReportRunFunction'),
        onObject(time, 'PutObject', 'runs/run-1/report.json', 'ReconcileLeasesFunction'),
      ],
      executions: [aReported({}, { lives })],
    });
  const lived = [{ from: moment('02:00'), to: moment('02:20') }];

  it('is of a run that is over', () => {
    expect(reported('02:22', lived)).toEqual([]);
  });

  it.each([
    ['still runs', '02:10'],
    ['has just ended', '02:20:50'],
  ])('is not of one that %s', (_how, time) => {
    expect(reported(time, lived)).toEqual([expect.stringContaining('when it was not over yet')]);
  });

  it('may come into the first seconds of a redrive', () => {
    const redriven = [...lived, { from: moment('02:29:50'), to: moment('02:40') }];
    expect(reported('02:30', redriven)).toEqual([]);
  });
});

describe('a manifest', () => {
  const manifest = (time: string) => onObject(time, 'PutObject', 'runs/run-1/manifest.json');
  const listed = (changes: Partial<Evidence>) => complaintsOf('true-report', { executions: [aReported()], ...changes });
  const event = (time: string, DetailType: string, detail: object) =>
    call(time, 'PutEvents', {
      service: 'events',
      parameters: {
        Entries: [{ Source: 'reveille', DetailType, Detail: JSON.stringify({ runId: 'run-1', ...detail }) }],
      },
      instanceIds: [],
    });
  const started = (detail = {}, time = '02:00:31') =>
    event(time, 'Reveille Run Started', {
      instanceIds: [INSTANCE_ID],
      latestEndAt: '2026-12-06T07:00:00.000Z',
      ...detail,
    });
  const { status = '', counts = {} } = aReported().report ?? {};
  const finished = (detail = {}) =>
    event('02:19:57', 'Reveille Run Finished', {
      status,
      counts,
      report: { key: 'runs/run-1/report.json' },
      ...detail,
    });
  const twice = [manifest('02:00:30'), started(), ...aNight, finished()];

  it('is written once, when the listing is final', () => {
    expect(listed({ timeline: twice })).toEqual([]);
    expect(listed({ timeline: [manifest('02:00:10'), ...twice] })).toEqual([
      expect.stringContaining('its manifest was written 2 times'),
    ]);
  });

  it('is written again after a fault', () => {
    const faults = [{ at: moment('02:00:20'), what: 'fault crash-after', text: 'ListInstancesFunction, its call 7' }];
    expect(listed({ timeline: [manifest('02:00:10'), ...twice], faults })).toEqual([]);
  });

  it.each<[string, Evidence['timeline'], RegExp]>([
    ['no event tells of the start', [...aNight, finished()], /no event had told of it/],
    ['it comes after the start', [...aNight, started({}, '02:19:00'), finished()], /no event had told of it/],
    ['it does not name an instance', [started({ instanceIds: [] }), ...aNight, finished()], /had not named/],
    [
      'it calls the run over too early',
      [started({ latestEndAt: '2026-12-06T02:01:00.000Z' }), ...aNight, finished()],
      /had called it over/,
    ],
    ['no event tells of the end', [started(), ...aNight], /no event has told of its end/],
    [
      'it says otherwise than the report',
      [started(), ...aNight, finished({ counts: {} })],
      /otherwise than its report/,
    ],
    ['it names no report', [started(), ...aNight, finished({ report: { key: 'x' } })], /says that its report is x/],
  ])('goes with two events that are true: %s', (_, timeline, text) => {
    expect(listed({ timeline: [manifest('02:00:30'), ...timeline] })).toEqual([expect.stringMatching(text)]);
  });

  it('may go without them where the function that sends them was struck', () => {
    const faults = ['ListInstancesFunction', 'ReportRunFunction'].map((name) => ({
      at: moment('02:00:20'),
      what: 'fault slow',
      text: `${name}: events:PutEvents`,
    }));
    expect(listed({ timeline: [manifest('02:00:30'), ...aNight], faults })).toEqual([]);
  });
});

describe('the word of a bad end', () => {
  const aborted = (changes: Partial<Evidence>) =>
    complaintsOf('restored-in-time', {
      timeline: [],
      executions: [anExecution({ status: 'ABORTED' })],
      ...changes,
    });
  const looked = (time: string) => [call(time, 'GetObject', { by: 'ReconcileLeasesFunction', service: 's3' })];

  it('brings ReconcileLeases at once', () => {
    expect(aborted({ timeline: looked('02:20:10') })).toEqual([]);
  });

  it('is not left to the next quarter of an hour', () => {
    expect(aborted({ timeline: looked('02:30') })).toEqual([
      'run-1 ended badly, and ReconcileLeases did not look at once',
    ]);
  });

  it('may be lost', () => {
    const disturbance = { kind: 'events', atSeconds: 0, fate: 'lost', seconds: 3600 } as const;
    expect(aborted({ disturbances: [{ at: 0, until: 0, disturbance }] })).toEqual([]);
  });
});

it('a mail says that all were excluded only if they were', () => {
  const executions = [aReported()];
  const { mails, ...heard } = whatIsHeardOf(executions);
  const wrong = mails.map(({ message, ...rest }) => ({
    ...rest,
    message: `${message}\nNo instance could be updated: all of them were excluded.`,
  }));
  const overheard = { ...heard, mails: wrong };
  expect(complaintsOf('true-report', { timeline: aNight, executions, overheard })).toEqual([
    'run-1: the mail is wrong on whether all were excluded',
  ]);
});
