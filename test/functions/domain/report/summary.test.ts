import { countOutcomes, type Report, type ReportInstance } from '../../../../functions/domain/report/report.ts';
import { summarize } from '../../../../functions/domain/report/summary.ts';
import { BARE_REPORT, NO_DETAILS, OLD, stamp, TARGET } from '../../../support/builders.ts';

const LOCATION = 's3://bucket/runs/run-1/report.json';
const told = (instanceId: string, changes: Partial<ReportInstance> = {}): ReportInstance => ({
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
const failed = told('i-failed', {
  outcome: 'failed',
  versionBefore: null,
  versionAfter: null,
  finalState: null,
  awakeSeconds: null,
  reason: { code: 'never-registered', text: 'its agent did not register in 15 minutes' },
});
const excluded = told('i-excluded', { outcome: 'excluded', reason: { code: 'spot', text: 'Spot Instance' } });
const current = told('i-current', { outcome: 'already-current' });

const summary = (instances: ReportInstance[], status: Report['status'] = 'failed', diedBeforeReport = false) =>
  summarize(
    {
      ...BARE_REPORT,
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
    },
    LOCATION,
  );
const many = (count: number) => Array.from({ length: count }, (_, index) => told(`i-${index}`));

describe('the summary of a run', () => {
  it('says in its subject how it went', () => {
    const { subject } = summary([told('i-1'), told('i-2'), current, failed, excluded]);
    expect(subject).toBe('Reveille failed: 2 updated, 1 current, 1 failed, 1 excluded');
  });

  it('says by its name which one is left awake by its tag', () => {
    const tagged = (id: string, name: string | null) => told(id, { name, finalState: 'opted-out' });
    const subjectOf = (...instances: ReportInstance[]) => summary(instances).subject.split('. ')[0];
    expect(subjectOf(tagged('i-1', 'db-1'), current)).toBe('LEFT AWAKE: 1 (db-1, by its tag)');
    expect(subjectOf(tagged('i-1', null))).toBe('LEFT AWAKE: 1 (i-1, by its tag)');
    expect(subjectOf(tagged('i-1', 'd'.repeat(25)))).toBe('LEFT AWAKE: 1 (i-1, by its tag)');
    expect(subjectOf(tagged('i-1', 'db-1'), tagged('i-2', 'db-2'))).toBe('LEFT AWAKE: 2 (2 by their tags)');
    expect(subjectOf(tagged('i-1', 'db-1'), told('i-2', { finalState: 'running' }))).toBe(
      'LEFT AWAKE: 2 (1 by their tags)',
    );
  });

  it.each(['running', 'pending', 'handed-over'])('says first how many are left awake: one is %s', (finalState) => {
    const ranBefore = told('i-3', { originalState: 'running', finalState: 'running' });
    const { subject } = summary([told('i-1', { finalState }), told('i-2', { finalState }), ranBefore]);
    expect(subject).toBe('LEFT AWAKE: 2. Reveille failed: 3 updated, 0 current, 0 failed, 0 excluded');
  });

  it('says first which run, where, how and with what target', () => {
    const [first, second] = summary([told('i-1')], 'succeeded').message.split('\n');
    expect(first).toBe('Run run-1 in eu-central-1 (123456789012) succeeded.');
    expect(second).toBe(
      `Target: SSM Agent ${TARGET}. From 2026-12-06 03:00:00 (Europe/Berlin) to 2026-12-06 03:30:00 (Europe/Berlin).`,
    );
  });

  it('says of a dead run that its execution ended before, and when the report was made: perhaps days later', () => {
    const [, second] = summary([told('i-1')], 'failed', true).message.split('\n');
    expect(second).toBe(
      `Target: SSM Agent ${TARGET}. It began at 2026-12-06 03:00:00 (Europe/Berlin). Its execution ended before it made its report: ReconcileLeases made this one at 2026-12-06 03:30:00 (Europe/Berlin).`,
    );
  });

  it('shows the coverage equation', () => {
    const { message } = summary([told('i-1'), current, failed, excluded]);
    expect(message).toContain('4 intended = 1 updated + 1 already current + 1 failed + 1 excluded');
  });

  it('has those that need looking at on top', () => {
    const { message } = summary([current, told('i-updated'), excluded, failed]);
    const order = ['i-failed', 'i-excluded', 'i-updated', 'i-current'].map((id) => message.indexOf(`  ${id}  `));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
  });

  it('has those on top of all that it left awake, under a line of their own, with since when', () => {
    const awake = told('i-awake', { name: 'db-1', finalState: 'running', restoredAt: null, awakeSeconds: null });
    const lines = summary([...many(150), failed, awake]).message.split('\n');
    const head = lines.indexOf('LEFT AWAKE, though stopped before the run:');
    expect(lines.slice(head, head + 7)).toEqual([
      'LEFT AWAKE, though stopped before the run:',
      `  i-awake  db-1  dev  updated  ${OLD} -> ${TARGET}, running, awake since 2026-12-06 03:00:30 (Europe/Berlin)`,
      '',
      'To stop them, once no one needs them:',
      '  aws ec2 stop-instances --region eu-central-1 --instance-ids i-awake',
      '',
      'The others:',
    ]);
    expect(lines[head + 7]).toContain('  i-failed  ');
    expect(lines.filter((line) => line.startsWith('  i-'))).toHaveLength(100);
    expect(lines).toContain('  … and 52 more');
  });

  it('has no such line where none was left awake', () => {
    const { message } = summary([told('i-1'), failed]);
    expect(message).not.toContain('LEFT AWAKE');
    expect(message).not.toContain('The others');
  });

  it('names no others where all were left awake', () => {
    const { message } = summary([told('i-awake', { finalState: 'running' })]);
    expect(message).toContain('LEFT AWAKE, though stopped before the run:\n  i-awake  ');
    expect(message).not.toContain('The others');
  });

  it('tells of each instance its versions, how it was left, how long it was awake, and why', () => {
    const { message } = summary([told('i-1'), failed]);
    expect(message).toContain(`  i-1  dev  updated  ${OLD} -> ${TARGET}, stopped, awake 10 min\n`);
    expect(message).toContain(
      '  i-failed  dev  failed  ? -> ?, state unknown: its agent did not register in 15 minutes [never-registered]\n',
    );
  });

  it('says where the whole report is', () => {
    expect(
      summary([told('i-1')])
        .message.split('\n')
        .at(-1),
    ).toBe(`The whole report: ${LOCATION}`);
  });

  it.each([
    ['the group was empty', []],
    ['every instance was excluded', [excluded]],
  ])('says so when no instance could be updated: %s', (_why, instances) => {
    expect(summary(instances).message).toContain('No instance could be updated');
  });

  it('does not say so when an instance could', () => {
    expect(summary([failed, excluded]).message).not.toContain('No instance could be updated');
  });

  it('lists a hundred, and says how many more there are', () => {
    const listed = (count: number) =>
      summary(many(count))
        .message.split('\n')
        .filter((line) => line.startsWith('  i-'));
    expect(listed(100)).toHaveLength(100);
    expect(summary(many(100)).message).not.toContain('more');
    expect(listed(101)).toHaveLength(100);
    expect(summary(many(142)).message).toContain('… and 42 more');
  });

  it('cuts those that need no looking at, not those that do', () => {
    expect(summary([...many(150), failed]).message).toContain('  i-failed  ');
  });

  it('has a subject that a topic takes: plain, and less than 100 characters', () => {
    const { subject } = summary([...many(500), failed]);
    expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
  });
});
