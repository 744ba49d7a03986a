import fc from 'fast-check';
import { type ExecutionStatus, livenessOf } from '../../../../functions/domain/ownership/execution-status.ts';
import { type LeaseFacts, leaseStatusOf, parseOwnLease } from '../../../../functions/domain/ownership/lease-status.ts';
import type { StartRecord } from '../../../../functions/domain/ownership/start-record.ts';
import { aRecord } from '../../../support/bucket.ts';
import { anAttempt, aRun, at, ENDS, INSTANCE_ID, leaseValue, seeking, stamp } from '../../../support/builders.ts';

const OURS = aRun().stateMachine;
const NOW = at('03:00');
const RUNNING: ExecutionStatus = { status: 'running' };
const UNKNOWN: ExecutionStatus = { status: 'unknown', why: 'AccessDeniedException' };
const ended = (stoppedAt: string): ExecutionStatus => ({ status: 'ended', stoppedAt: stamp(stoppedAt) });
const dead = ended('02:30');

const recorded = (...records: StartRecord[]): LeaseFacts['records'] =>
  new Map(records.map((record) => [record.attempt, record]));

/** A lease that Reveille wrote at 02:00; its run and its child ended at 02:30. */
const judge = (changes: Partial<LeaseFacts> = {}, now = NOW) =>
  leaseStatusOf(
    {
      value: leaseValue(),
      instanceId: INSTANCE_ID,
      records: recorded(aRecord([INSTANCE_ID])),
      run: dead,
      child: dead,
      ...changes,
    },
    OURS,
    now,
  );

describe('a lease that was found', () => {
  it('is orphaned when run and child have ended: its record tells how the instance was, and whose boot it may be', () => {
    expect(judge()).toEqual({
      kind: 'orphaned',
      originalState: 'stopped',
      attempts: [seeking(anAttempt())],
      deadSince: stamp('02:30'),
      ends: ENDS,
    });
  });

  it('tells of the very instance, where its record has several', () => {
    const record = aRecord(['i-other', INSTANCE_ID]);
    const instances = record.instances.map((one) => ({
      ...one,
      originalState: one.instanceId === INSTANCE_ID ? ('hibernated' as const) : ('stopped' as const),
    }));
    expect(judge({ records: recorded({ ...record, instances }) })).toMatchObject({ originalState: 'hibernated' });
  });

  it('keeps the windows of those that the dead run had taken over in its turn', () => {
    const older = { attempt: 'older', recordedAt: stamp('01:00'), startBy: stamp('01:01') };
    const record = aRecord([INSTANCE_ID]);
    const instances = record.instances.map((one) => ({ ...one, adopted: [older] }));
    expect(judge({ records: recorded({ ...record, instances }) })).toMatchObject({
      attempts: [{ attempt: 'attempt-1' }, older],
    });
  });

  it('is busy where its record can not be read: it may say anything', () => {
    const busy = { kind: 'busy', why: "the record of run run-1 can't be read" };
    expect(judge({ records: new Map([['attempt-1', 'unreadable']]) })).toEqual(busy);
  });

  it('is busy where another record of its child can not be read: whose boot it is, is not known then', () => {
    const facts = recorded(aRecord([INSTANCE_ID])).set('attempt-2', 'unreadable');
    expect(judge({ records: facts })).toEqual({ kind: 'busy', why: "the record of run run-1 can't be read" });
    // What it does not hold anyway stays free.
    const copied = recorded(aRecord(['i-other'])).set('attempt-2', 'unreadable');
    expect(judge({ records: copied }).kind).toBe('ignored');
  });

  it('is judged by all that the dead child has recorded of it', () => {
    const lost = { attempt: 'attempt-2', recordedAt: stamp('02:02'), startBy: stamp('02:03') };
    expect(judge({ records: recorded(aRecord([INSTANCE_ID]), aRecord([INSTANCE_ID], lost)) })).toMatchObject({
      attempts: [seeking(lost), seeking(anAttempt())],
    });
  });

  it.each(['', 'hello', 'a/b/c', 'a/b/c/d/e', '//', '///', '__proto__', 'reveille-update-agents/run-1/child-1/'])(
    'is ignored when it is no lease: %j',
    (value) => {
      expect(judge({ value })).toEqual({ kind: 'ignored', why: 'its value is no lease' });
    },
  );

  it('is ignored when the bucket has no record of it: forged', () => {
    expect(judge({ records: recorded() })).toMatchObject({
      kind: 'ignored',
      why: expect.stringContaining('no record'),
    });
  });

  it('is ignored when its record does not name the instance: copied with an image', () => {
    expect(judge({ records: recorded(aRecord(['i-other'])) })).toMatchObject({
      kind: 'ignored',
      why: expect.stringContaining('does not name it'),
    });
  });

  it('is ignored without a record even while its run runs: that one does not hold it', () => {
    expect(judge({ records: recorded(), run: RUNNING, child: RUNNING }).kind).toBe('ignored');
  });

  it('is busy when it is another state machine’s, whatever is known of it', () => {
    for (const known of [recorded(), recorded(aRecord([INSTANCE_ID]))]) {
      expect(judge({ value: leaseValue().replace(OURS, 'another-machine'), records: known })).toMatchObject({
        kind: 'busy',
        why: expect.stringContaining('another-machine'),
      });
    }
  });

  it.each<[string, ExecutionStatus | null, ExecutionStatus | null]>([
    ['both run', RUNNING, RUNNING],
    ['the child has ended, and its run goes on', RUNNING, dead],
    ['the run has ended, and its child goes on', dead, RUNNING],
    ['the run was not asked for', null, dead],
    ['the child was not asked for', dead, null],
    ['the run is not known', UNKNOWN, dead],
    ['the child is not known', dead, UNKNOWN],
  ])('is busy while %s', (_what, run, child) => {
    expect(judge({ run, child })).toEqual({ kind: 'busy', why: 'run run-1 holds it' });
  });

  it('is orphaned a day after it was recorded, where its run is not known any more', () => {
    const recordedAt = '2026-12-05T03:00:00.000Z';
    const record = aRecord([INSTANCE_ID], { recordedAt, startBy: '2026-12-05T03:01:00.000Z' });
    const facts = { run: UNKNOWN, child: UNKNOWN, records: recorded(record) };
    expect(judge(facts, at('02:59:59')).kind).toBe('busy');
    expect(judge(facts, at('03:00'))).toMatchObject({ kind: 'orphaned', deadSince: recordedAt });
  });

  it('is ending until every Lambda of run and child is dead', () => {
    expect(judge({ run: ended('02:58:31') })).toMatchObject({
      kind: 'ending',
      why: expect.stringContaining('run-1'),
    });
    expect(judge({ child: ended('02:58:31') }).kind).toBe('ending');
    expect(judge({ child: ended('02:58:30') }).kind).toBe('orphaned');
  });

  it('is dead since the later of both ends', () => {
    expect(judge({ run: ended('02:40'), child: ended('02:20') })).toMatchObject({ deadSince: stamp('02:40') });
    expect(judge({ run: ended('02:20'), child: ended('02:40') })).toMatchObject({ deadSince: stamp('02:40') });
  });

  it('is never orphaned while anything of it may run, whatever its value', () => {
    const lives = fc.constantFrom<ExecutionStatus | null>(RUNNING, UNKNOWN, dead, null);
    fc.assert(
      fc.property(lives, lives, (run, child) => {
        const { kind } = judge({ run, child });
        expect(kind).toBe(run === dead && child === dead ? 'orphaned' : 'busy');
      }),
    );
  });
});

describe('parseOwnLease', () => {
  it('is the lease of this state machine, and of no other', () => {
    expect(parseOwnLease(leaseValue(), OURS)).toEqual({
      stateMachine: OURS,
      runId: 'run-1',
      child: 'child-1',
      attempt: 'attempt-1',
    });
    expect(parseOwnLease(leaseValue(), 'another')).toBeNull();
    expect(parseOwnLease('nonsense', OURS)).toBeNull();
  });
});

describe('what lives of an execution', () => {
  it('is alive while it runs', () => {
    expect(livenessOf(RUNNING, '2020-01-01T00:00:00.000Z', NOW)).toBe('alive');
  });

  it('is ending for 90 seconds after its end: a Lambda goes on', () => {
    expect(livenessOf(ended('02:00'), stamp('01:00'), at('02:00'))).toBe('ending');
    expect(livenessOf(ended('02:00'), stamp('01:00'), at('02:01:29.999'))).toBe('ending');
    expect(livenessOf(ended('02:00'), stamp('01:00'), at('02:01:30'))).toBe('dead');
  });
});
