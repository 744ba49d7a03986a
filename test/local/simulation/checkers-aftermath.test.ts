import { judge } from '../../../local/simulation/checkers/all-checkers.ts';
import type { Evidence, ExecutionEvidence } from '../../../local/simulation/evidence/evidence.ts';
import { at, INSTANCE_ID } from '../../support/builders.ts';
import { aNight, anExecution, aReported, call, change, evidence, state, until, whatIsHeardOf } from './evidence.ts';

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
    expect(left([], { status: 'ABORTED' })).toEqual([]);
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
      timeline: [...aNight, onObject(time, 'PutObject', 'runs/run-1/report.json', 'ReconcileLeasesFunction')],
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
  const twice = [manifest('02:00:30'), ...aNight];

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

describe('the mail of ReconcileLeases', () => {
  const REFUSAL = 'AWS refused what ReconcileLeases has to do: its role or a policy has to allow it.';
  const mail = (counts: string, ...lines: string[]) => ({
    at: moment('02:12:30'),
    subject: `Reveille after a dead run: ${counts}`,
    message: ['A run in eu-central-1 ended before it had restored its instances.', ...lines].join('\n'),
  });
  /** The lease is off the instance before the mail is sent. */
  const night = [...aNight, change('02:12', { about: 'tags', tags: {} })];
  const said = (mails: Evidence['overheard']['mails'], changes: Partial<Evidence> = {}) => {
    const executions = [aReported()];
    const heard = whatIsHeardOf(executions);
    const overheard = { ...heard, mails: [...heard.mails, ...mails] };
    return complaintsOf('true-report', { timeline: night, executions, overheard, ...changes });
  };
  const restored = `  ${INSTANCE_ID}  restored, stopped, after run run-1`;
  const refused = `  ${INSTANCE_ID}  refused, after run run-1: it was not stopped: AccessDenied: no`;

  it('tells how each instance stands, and how many there are', () => {
    expect(said([mail('1 restored', restored)])).toEqual([]);
    for (const [count, untrue] of [
      ['1 restored', 'restored, hibernated'],
      ['1 handed over', 'handed over, left awake'],
      ['1 gone', 'gone, terminated'],
    ] as const) {
      expect(said([mail(count, `  ${INSTANCE_ID}  ${untrue}, after run run-1`)])).toEqual([
        expect.stringContaining(`00:12:30.000, and was told as ${untrue}`),
      ]);
    }
  });

  it.each(['', '1 restored, 1 not yet', '2 restored', '1 gone'])('does not count "%s" instead of one', (counts) => {
    expect(said([mail(counts, restored)])).toEqual([
      expect.stringContaining('tells of 1 restored, and its subject is'),
    ]);
  });

  it('calls nothing settled that carries its lease', () => {
    expect(said([mail('1 restored', restored)], { timeline: aNight })).toEqual([
      expect.stringContaining('carried the lease of run-1, and was told as restored'),
    ]);
  });

  it('calls stopping only what it has stopped', () => {
    const stopping = mail('1 not yet', `  ${INSTANCE_ID}  stopping, after run run-1`);
    const stop = call('02:12:20', 'StopInstances', { by: 'ReconcileLeasesFunction' });
    const woken = [...until('02:10'), state('02:12:20', 'stopping', 'ReconcileLeasesFunction')];
    const toldOf = (timeline: Evidence['timeline']) =>
      said([stopping], { timeline }).filter((text) => text.includes('no call of this pass'));
    expect(toldOf([...woken, stop])).toEqual([]);
    expect(toldOf([...woken, { ...stop, error: 'AccessDenied' }])).toHaveLength(1);
    expect(toldOf(woken)).toHaveLength(1);
  });

  it('tells of a refusal that there was, and the first time what to do about it', () => {
    const denied = call('02:12:20', 'StopInstances', { by: 'ReconcileLeasesFunction', error: 'AccessDenied' });
    const timeline = [...night, denied];
    const first = mail('1 refused', refused, '', REFUSAL);
    expect(said([first, mail('1 refused', refused)], { timeline })).toEqual([]);
    expect(said([first])).toEqual([expect.stringContaining('no call of this pass came to that')]);
    expect(said([mail('1 refused', refused)], { timeline })).toEqual([
      expect.stringContaining('tells of a refusal, and not what to do about it'),
    ]);
    expect(said([mail('1 restored', restored, '', REFUSAL)])).toEqual([
      expect.stringContaining('explains a refusal, and tells of none'),
    ]);
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
