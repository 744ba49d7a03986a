import { nothingNeedless } from '../../../local/simulation/checkers/nothing-needless.ts';
import type { Evidence } from '../../../local/simulation/evidence/evidence.ts';
import { exemptionFor, exemptions } from '../../../local/simulation/needless/exemptions.ts';
import { findNeedless } from '../../../local/simulation/needless/needless.ts';
import { casesOf } from '../../../local/simulation/needless/needless-case.ts';
import type { Disturbance } from '../../../local/simulation/scenario/scenario.ts';
import { INSTANCE_ID, OLD, TARGET } from '../../support/builders.ts';
import { anExecution, anInstance, aReported, call, change, evidence, ping, state, whatIsHeardOf } from './evidence.ts';
import { heard, inOrder, looked, moment, quick, sent } from './quick-night.ts';

const of = (changes: Partial<Evidence> = {}) =>
  findNeedless(evidence({ timeline: quick, executions: [aReported()], ...heard('02:03:20'), ...changes }));

const failures = (changes: Partial<Evidence>) => of(changes).failures.map(({ text }) => text);

const minutes = (timeline: Evidence['timeline'], changes: Partial<Evidence> = {}) =>
  of({ timeline, ...changes }).minutes;

const disturbed = (disturbance: Disturbance, seconds = 60): Partial<Evidence> => ({
  disturbances: [{ at: moment('02:05'), until: moment('02:05') + seconds * 1000, disturbance }],
});

const window = (trouble: 'throttling' | 'denied', seconds: number) =>
  disturbed(
    { kind: 'window', atSeconds: 0, seconds, trouble, function: null, service: null, operation: null },
    seconds,
  );

const forgotten = disturbed({ kind: 'forgotten', place: 0, atSeconds: 0, seconds: 300 }, 0);

const notShown = {
  disturbances: (forgotten.disturbances ?? []).map((one) => ({ ...one, at: moment('02:00'), struck: [INSTANCE_ID] })),
};

const person = (deed: 'open-session' | 'stop', seconds: number) =>
  disturbed({ kind: 'person', atSeconds: 0, deed, instanceId: INSTANCE_ID, seconds });

/** A call of the run that a fault or a window has refused. */
const struck = (error: string) => call('02:06', 'DescribeInstances', { error, parameters: {}, instanceIds: [] });

const slowAnswers = (...times: string[]) =>
  times.map((time) => ({ at: moment(time), what: 'fault slow', text: 'StartInstancesFunction: ec2:CreateTags' }));

const failedAs = (code: string): Partial<Evidence> => ({
  executions: [aReported({ outcome: 'failed', reason: { code, text: 'as it says' } })],
});

/** No call has begun its session: it came back when the instance did. */
const backWithMemory: Partial<Evidence> = {
  instances: [anInstance({ settled: 'hibernated' })],
  timeline: [...quick, change('02:01', { about: 'session', phase: 'begin', sessionId: 'of yesterday' })],
};

it('a night in which all goes well and nothing is late has nothing needless', () => {
  expect(of()).toEqual({ instances: 1, failures: [], minutes: [] });
});

describe('a needless failure', () => {
  it.each<[string, Partial<Evidence>, RegExp]>([
    ['it failed', failedAs('step-failed'), /failed \[step-failed\] as it says/],
    [
      'it is not as it was',
      { executions: [aReported({ finalState: 'handed-over' })] },
      /was stopped and is handed-over/,
    ],
    ['it was sent two commands', { timeline: inOrder([...quick, sent('02:04:30')]) }, /updated, with 2 commands/],
    [
      'it had the version, and was sent a command',
      { overheard: { ...whatIsHeardOf([]), pings: [ping('02:02', TARGET)] } },
      /although it had the version/,
    ],
    [
      'its run failed before anyone was listed',
      { executions: [anExecution({ status: 'FAILED', error: 'ListingFailed' })] },
      /failed with its run: ListingFailed/,
    ],
  ])('is one in which %s', (_what, changes, text) => {
    expect(failures(changes).join('\n')).toMatch(text);
  });

  it('is no failure of a fault that is documented as retried', () => {
    const faults = [{ at: moment('02:04'), what: 'fault crash-after', text: 'UpdateAgentFunction: ssm:SendCommand' }];
    expect(failures({ ...failedAs('step-failed'), faults })).toHaveLength(1);
  });

  it.each<[string, Partial<Evidence>]>([
    ['throttling for five minutes', window('throttling', 300)],
    ['a session of five minutes', person('open-session', 300)],
  ])('is not explained by %s', (_what, changes) => {
    expect(failures({ ...failedAs('step-failed'), ...changes })).toHaveLength(1);
  });

  it('in a second command is explained by the loss of the first', () => {
    const timeline = inOrder([...quick, sent('02:04:30')]);
    expect(failures({ timeline, instances: [anInstance({ behaviours: ['command-lost'] })] })).toEqual([]);
  });
});

describe('an exemption', () => {
  const explained: [name: string, changes: Partial<Evidence>][] = [
    ['no-work', { executions: [anExecution({ input: { dryRun: true } })] }],
    ['not-a-member', { executions: [aReported({ instanceId: 'i-another' })] }],
    ['behaviour', { instances: [anInstance({ behaviours: ['update-fails'] })] }],
    [
      'odd-answers',
      { instances: [anInstance({ answers: [{ call: 'SendCommand', code: 'SomethingNew', message: '' }] })] },
    ],
    ['wrong-clock-or-view', { habits: { ssmClockSeconds: 100 } }],
    [
      'name-not-told',
      {
        ...disturbed({ kind: 'zone', zone: 'a', atSeconds: 0, seconds: 600 }, 600),
        executions: [anExecution({ status: 'FAILED', error: 'ListingFailed', input: { instances: ['web'] } })],
      },
    ],
    [
      'running-spot',
      {
        instances: [anInstance({ behaviours: ['spot-persistent'] })],
        executions: [aReported({ outcome: 'excluded', reason: { code: 'spot', text: '' } })],
      },
    ],
    [
      'no-such-version',
      { executions: [{ ...aReported({ outcome: 'failed' }), input: { targetVersion: '99.0.0.0' } }] },
    ],
    ['run-ended', disturbed({ kind: 'abort', atSeconds: 0, execution: 0 })],
    [
      'another-run',
      {
        executions: [aReported(), anExecution({ name: 'run-2' })],
        timeline: [
          ...quick,
          call('02:15', 'PutObject', { parameters: { key: 'runs/run-2/manifest.json' }, instanceIds: [] }),
        ],
      },
    ],
    ['person', person('stop', 60)],
    ['back-with-its-memory', backWithMemory],
    ['not-shown', notShown],
    ['denied', { timeline: [...quick, struck('UnauthorizedOperation')] }],
    ['outage', { ...window('throttling', 900), timeline: [...quick, struck('RequestLimitExceeded')] }],
    ['slow-answers', { ...failedAs('not-started'), faults: slowAnswers('02:00', '02:15', '02:29') }],
    [
      'struck-too-often',
      {
        faults: Array.from({ length: 5 }, () => ({
          at: moment('02:04'),
          what: 'fault refused',
          text: 'UpdateAgentFunction',
        })),
      },
    ],
    [
      'out-of-time',
      {
        parameters: { WindowSeconds: '3600' },
        executions: [aReported({ outcome: 'excluded', reason: { code: 'out-of-time', text: '' } })],
      },
    ],
    [
      'late-launch',
      {
        ...failedAs('boot-in-doubt'),
        timeline: quick.map((entry) =>
          entry.kind === 'change' && entry.facts.about === 'state'
            ? { ...entry, facts: { ...entry.facts, launchTime: moment('02:03:40') } }
            : entry,
        ),
      },
    ],
    ['short-readiness', { ...failedAs('x'), parameters: { ReadinessDeadlineSeconds: '120' } }],
    [
      'short-start',
      {
        ...failedAs('no-capacity'),
        parameters: { StartDeadlineSeconds: '60' },
        instances: [anInstance({ behaviours: ['no-capacity-at-first'] })],
      },
    ],
    ['short-verify', { ...failedAs('x'), parameters: { VerifyDeadlineSeconds: '120' } }],
    ['short-update', { ...failedAs('x'), parameters: { UpdateDeadlineSeconds: '120' } }],
    ['short-restore', { ...failedAs('x'), parameters: { RestoreDeadlineSeconds: '100' } }],
  ];

  it.each(explained)('%s explains it', (name, changes) => {
    const [given] = casesOf(evidence({ timeline: quick, executions: [aReported()], ...changes }));
    expect(given && exemptionFor(given)?.name).toBe(name);
  });

  it('is seen to explain something, each with its reason', () => {
    expect(explained.map(([name]) => name)).toEqual(exemptions.map(({ name }) => name));
    expect(exemptions.every(({ because }) => because.length > 20)).toBe(true);
  });

  it.each<[string, Partial<Evidence>]>([
    ['a deadline that was kept', { parameters: { ReadinessDeadlineSeconds: '300', VerifyDeadlineSeconds: '600' } }],
    [
      'another instance’s person',
      disturbed({ kind: 'person', atSeconds: 0, deed: 'stop', instanceId: 'i-x', seconds: 1 }),
    ],
    ['a denial that another run met', { timeline: [...quick, { ...struck('AccessDenied'), runId: 'run-2' }] }],
    ['a long outage that none of its calls met', window('throttling', 900)],
    ['slow answers for a few minutes', { ...failedAs('not-started'), faults: slowAnswers('02:00', '02:05') }],
    ['slow answers to another step', { ...failedAs('no-capacity'), faults: slowAnswers('02:00', '02:29') }],
    ['a run that was aborted', disturbed({ kind: 'abort', atSeconds: 0, execution: 1 })],
    ['a behaviour that ends well', { instances: [anInstance({ behaviours: ['slow-stop'] })] }],
  ])('%s explains nothing', (_what, changes) => {
    expect(failures({ ...failedAs('step-failed'), ...changes })).toHaveLength(1);
  });
});

describe('needless minutes', () => {
  const without = (time: string) => quick.filter((entry) => entry.at !== moment(time));

  it.each<[string, Evidence['timeline'], RegExp, string]>([
    ['from the first ping to the command', quick, /^6\d\.\d s too long from its first ping to its command/, '02:02:10'],
    [
      'from the command’s end to our look',
      inOrder([...without('02:05:10'), looked('02:06')]),
      /^3\d\.\d s too long from its command's end to our look/,
      '02:03:20',
    ],
    [
      'from the proof to the stop',
      inOrder([...without('02:08:40'), ...[]]).concat(state('02:12', 'stopping', 'RestoreInstancesFunction')),
      /too long from the proof to its stop, 00:08:00.000 to 00:12/,
      '02:03:20',
    ],
  ])('are those %s', (_what, timeline, text, firstPing) => {
    const found = minutes(
      timeline.filter(({ at: then }) => then !== moment('02:09:20')),
      heard(firstPing),
    );
    expect(found.map((one) => one.text).join('\n')).toMatch(text);
    expect(found[0]?.seconds).toBeGreaterThan(0);
  });

  const late = inOrder([
    ...quick.filter(({ at: then }) => then < moment('02:08')),
    state('02:12', 'stopping', 'RestoreInstancesFunction'),
  ]);

  it('are not those in which a person’s session kept it', () => {
    const session = (time: string, phase: 'begin' | 'end') => change(time, { about: 'session', phase, sessionId: 's' });
    expect(minutes(late)).toHaveLength(1);
    expect(minutes(inOrder([...late, session('02:07', 'begin'), session('02:11:30', 'end')]))).toEqual([]);
  });

  it('are not those that struck tries took', () => {
    const refused = (time: string) => ({ at: moment(time), what: 'fault refused', text: 'RestoreInstancesFunction' });
    expect(minutes(late, { faults: ['02:08:10', '02:08:20', '02:08:40'].map(refused) })).toHaveLength(1);
    const five = ['02:08:10', '02:08:20', '02:08:40', '02:09:20', '02:10'].map(refused).slice(0, 4);
    const [less] = minutes(late, { faults: five });
    expect(less?.seconds ?? 0).toBeLessThan(minutes(late)[0]?.seconds ?? 0);
  });

  it('are not those of looks whose time slow answers have used up', () => {
    const seconds = (count: number) =>
      minutes(late, { faults: slowAnswers(...Array.from({ length: count }, () => '02:08:10')) })[0]?.seconds ?? 0;
    // Each answer takes eight seconds, and the fifth lets the look run out of time: there is one more after a wait.
    expect(seconds(1) - seconds(4)).toBeCloseTo(3 * 8);
    expect(seconds(4) - seconds(5)).toBeCloseTo(8 + 15);
  });

  it('are not those after the end of the command that was sent last, if an earlier one is at work longer', () => {
    const second = { about: 'update', commandId: 'second', version: OLD } as const;
    const both = inOrder([
      ...quick,
      change('02:04:20', { ...second, phase: 'begin', target: TARGET }),
      change('02:04:25', { ...second, phase: 'end', result: 'busy' }),
    ]);
    expect(minutes(both)).toEqual([]);
  });

  it('are not those of one more look, after a command whose reply was lost', () => {
    const stopped = (time: string) =>
      quick.map((entry) =>
        entry.at === moment('02:08:40') ? state(time, 'stopping', 'RestoreInstancesFunction') : entry,
      );
    const lost = [{ at: moment('02:03:30'), what: 'fault lost-reply', text: 'UpdateAgentFunction: ssm:SendCommand' }];
    const twice = (time: string) => minutes(inOrder([...stopped(time), sent('02:03:38')]), { faults: lost });
    expect(minutes(stopped('02:09'), { faults: lost })).toHaveLength(1);
    expect(twice('02:09')).toEqual([]);
    expect(twice('02:09:19')).toHaveLength(1);
  });

  it('are not those in which AWS throttled', () => {
    const throttled = window('throttling', 240);
    const disturbances = (throttled.disturbances ?? []).map((one) => ({ ...one, at: moment('02:08') }));
    expect(minutes(late, { disturbances })).toEqual([]);
  });
});

it('the checker tells both, with the run and the instance', () => {
  const seen = evidence({ timeline: quick, ...failedAs('step-failed') });
  expect(nothingNeedless.check(seen).map(({ text }) => text)).toEqual([
    `run-1: ${INSTANCE_ID} failed [step-failed] as it says`,
  ]);
});
