import type { Report } from '../../../../functions/domain/report/report.ts';
import { judge } from '../../../../local/simulation/checkers/all-checkers.ts';
import type { Evidence } from '../../../../local/simulation/evidence/evidence.ts';
import { at, INSTANCE_ID } from '../../../support/builders.ts';
import { aNight, anInstance, aReported, call, change, evidence, state, until, whatIsHeardOf } from '../evidence.ts';

const complaintsOf = (promise: string, changes: Partial<Evidence>): string[] =>
  judge(evidence(changes)).flatMap((complaint) => (complaint.promise === promise ? [complaint.text] : []));

const moment = (time: string): number => at(time).getTime();
const KEY = `runs/run-1/boots/child-1/attempt-1/${INSTANCE_ID}.json`;
const written = (time: string) =>
  call(time, 'PutObject', { by: 'CheckReadinessFunction', service: 's3', parameters: { key: KEY }, instanceIds: [] });

/** The night in which all goes well, with a LaunchTime of its boot. */
const launchedAt = (launchTime: string, night = aNight): Evidence['timeline'] =>
  night.map((entry) =>
    entry.kind === 'change' && entry.facts.about === 'state'
      ? { ...entry, facts: { ...entry.facts, launchTime: moment(launchTime) } }
      : entry,
  );

describe('which boot is written down as ours', () => {
  const complaints = (launchTime: string, ...writes: ReturnType<typeof written>[]) =>
    complaintsOf('never-stopped', {
      timeline: [...launchedAt('02:01:02'), ...writes],
      overheard: { ...whatIsHeardOf([]), boots: { [KEY]: moment(launchTime) } },
    });

  it('has to be one that we have started, and is written once', () => {
    expect(complaints('02:01:02', written('02:01:30'))).toEqual([]);
    expect(complaints('02:05', written('02:05:30'))).toEqual([
      `${INSTANCE_ID}: a boot is written down as ours that we did not start`,
    ]);
    expect(complaints('02:01:02', written('02:01:30'), written('02:01:45'))).toEqual([
      `${INSTANCE_ID}: which boot is ours was written twice`,
    ]);
  });
});

describe('an instance that is left awake in doubt', () => {
  const after = { state: 'running', version: null, lease: null };
  const woken = until('02:10');
  const look = (time: string) =>
    call(time, 'DescribeInstances', {
      by: 'CheckReadinessFunction',
      parameters: { Filter: [{ Value: [INSTANCE_ID] }] },
    });
  const complaints = (launchTime: string, ...looks: ReturnType<typeof look>[]) =>
    complaintsOf('as-it-was', {
      instances: [anInstance({ after })],
      timeline: [...launchedAt(launchTime, woken), ...looks].sort((one, other) => one.at - other.at),
    });

  it.each([
    ['came late, before any look', '02:01:12', []],
    ['came late, and the only look before it lagged', '02:01:30', [look('02:01:03')]],
    ['came later than a minute', '02:02:30', [look('02:01:20')]],
  ])('deserved that where its LaunchTime %s', (_when, launchTime, looks) => {
    expect(complaints(launchTime, ...looks)).toEqual([]);
  });

  it.each([
    ['came in time', '02:01:05', []],
    ['came late, and a look had shown it starting', '02:01:30', [look('02:01:20')]],
  ])('did not deserve that where its LaunchTime %s', (_when, launchTime, looks) => {
    expect(complaints(launchTime, ...looks)).toHaveLength(1);
  });
});

describe('what a report says of AWS’s pace', () => {
  const of = (value: number) => ({ instances: 1, min: value, median: value, max: value });
  const complaints = (pace: Partial<NonNullable<Report['observedPace']>>) => {
    const told = aReported();
    const observedPace = {
      launchAfterReplySeconds: null,
      describeLagSeconds: null,
      leaseSeenSeconds: null,
      firstPingSeconds: null,
      ...pace,
    };
    const report = told.report === null ? null : { ...told.report, observedPace };
    const first = state('02:00:30', 'stopped');
    const tagged = change('02:00:40', { about: 'tags', tags: {} });
    const executions = [{ ...told, report }];
    return complaintsOf('true-report', { timeline: [first, tagged, ...launchedAt('02:01:02')], executions }).filter(
      (text) => text.includes('the journal does not'),
    );
  };

  it('is what the journal shows', () => {
    // Started at 02:01:01, launched at 02:01:02, first ping at 02:03:20.
    expect(complaints({ launchAfterReplySeconds: of(0.9), firstPingSeconds: of(138) })).toEqual([]);
    expect(complaints({ describeLagSeconds: of(2), leaseSeenSeconds: of(15) })).toEqual([]);
  });

  it.each([
    ['LaunchTime', { launchAfterReplySeconds: of(7) }],
    ['the lag of describes', { describeLagSeconds: of(400) }],
    ['the first look at a lease', { leaseSeenSeconds: of(-3) }],
    ['the first ping', { firstPingSeconds: of(31) }],
    ['the first ping', { firstPingSeconds: { ...of(58), instances: 9 } }],
  ])('is not what it does not show: %s', (what, pace) => {
    expect(complaints(pace)).toEqual([expect.stringContaining(`it says of ${what} `)]);
  });
});
