import fc from 'fast-check';
import { LOCK_KEY, occurrenceKey } from '../../../../functions/domain/model/object-keys.ts';
import type { ExecutionStatus } from '../../../../functions/domain/ownership/execution-status.ts';
import {
  decideLock,
  isHeldBy,
  type Lock,
  lockHolderOf,
  lockSchema,
  occurrenceSchema,
} from '../../../../functions/domain/ownership/run-lock.ts';
import { aReconcilerLock, aRunLock } from '../../../support/bucket.ts';
import { aRun, at, stamp } from '../../../support/builders.ts';

const NIGHTLY = stamp('02:00');
const NOW = at('02:00:10');
const RUNNING: ExecutionStatus = { status: 'running' };
const UNKNOWN: ExecutionStatus = { status: 'unknown', why: 'ExecutionDoesNotExist' };
const ended = (stoppedAt: string): ExecutionStatus => ({ status: 'ended', stoppedAt: stamp(stoppedAt) });

const another = (changes = {}) =>
  aRunLock({ runId: 'run-0', startedAt: stamp('01:30'), takenAt: stamp('01:30'), ...changes });
const decide = (
  lock: Lock | null,
  {
    execution = RUNNING as ExecutionStatus,
    finishedBy = null as string | null,
    scheduledTime = null as string | null,
    now = NOW,
  } = {},
) => {
  const run = { ...aRun(), scheduledTime };
  return decideLock(run, lockHolderOf({ lock, own: run, execution, now }), finishedBy);
};

describe('a run that begins', () => {
  it('takes the lock when it is free', () => {
    expect(decide(null)).toEqual({ action: 'take' });
    expect(decide(null, { scheduledTime: NIGHTLY })).toEqual({ action: 'take' });
  });

  it('has it already when its first call’s reply was lost', () => {
    expect(decide(aRunLock())).toEqual({ action: 'held' });
    // Whatever else is known: it is at work.
    expect(decide(aRunLock({ scheduledTime: NIGHTLY }), { scheduledTime: NIGHTLY })).toEqual({ action: 'held' });
  });

  it('is refused while another run is at work, and says which and since when', () => {
    expect(decide(another())).toMatchObject({
      action: 'refuse',
      reason: { code: 'already-running', text: expect.stringMatching(/run run-0 .* 2026-12-06T01:30/) },
    });
  });

  it('leaves quietly when that one is at the same occurrence, however its end is shown', () => {
    const same = another({ scheduledTime: NIGHTLY });
    for (const execution of [RUNNING, UNKNOWN, ended('01:00')]) {
      expect(decide(same, { execution, scheduledTime: NIGHTLY })).toEqual({
        action: 'leave',
        claim: 'already-running',
        runId: 'run-0',
      });
    }
  });

  it('knows the same moment, however it is written', () => {
    const same = another({ scheduledTime: '2026-12-06T02:00:00.000Z' });
    expect(decide(same, { scheduledTime: '2026-12-06T02:00:00Z' }).action).toBe('leave');
  });

  it.each([
    ['the other is of another occurrence', '2026-11-06T02:00:00.000Z', NIGHTLY],
    ['the other was started by hand', null, NIGHTLY],
    ['it was started by hand itself', NIGHTLY, null],
    ['both were started by hand', null, null],
  ])('fails when %s: it would be a success of a run that did nothing', (_what, theirs, ours) => {
    expect(decide(another({ scheduledTime: theirs }), { scheduledTime: ours }).action).toBe('refuse');
  });

  it('leaves quietly when its occurrence has been done already', () => {
    expect(decide(null, { finishedBy: 'run-0', scheduledTime: NIGHTLY })).toEqual({
      action: 'leave',
      claim: 'already-done',
      runId: 'run-0',
    });
  });

  it('does not take its own end for another run’s: a redriven run goes on', () => {
    expect(decide(null, { finishedBy: 'run-1', scheduledTime: NIGHTLY })).toEqual({ action: 'take' });
  });

  it('takes the lock of a dead run, once every Lambda of it is dead', () => {
    expect(decide(another(), { execution: ended('01:58:40') })).toEqual({ action: 'take' });
    expect(decide(another(), { execution: ended('01:58:41') })).toMatchObject({
      action: 'wait',
      reason: { code: 'lock-ending', text: 'run run-0 is about to release the lock' },
    });
  });

  it('takes no lock of an unknown run, until it must be dead', () => {
    const yesterday = another({ takenAt: '2026-12-05T02:00:10.000Z' });
    expect(decide(yesterday, { execution: UNKNOWN, now: at('02:00:09') }).action).toBe('refuse');
    expect(decide(yesterday, { execution: UNKNOWN, now: NOW }).action).toBe('take');
  });

  it('never takes the lock of a run that runs, however long ago it began', () => {
    const old = another({ takenAt: '2026-01-01T00:00:00.000Z' });
    expect(decide(old).action).toBe('refuse');
  });

  it('waits for the reconciler, which is soon done, or dead', () => {
    const lock = aReconcilerLock('02:00', '02:01');
    expect(decide(lock, { now: at('02:01') })).toMatchObject({
      action: 'wait',
      reason: { code: 'lock-ending', text: 'the reconciler is about to release the lock' },
    });
    expect(decide(lock, { now: at('02:01:01') })).toEqual({ action: 'take' });
  });
});

describe('a lock', () => {
  it('is a run’s only if name and start are: names of executions can be used again', () => {
    expect(isHeldBy(aRunLock(), aRun())).toBe(true);
    expect(isHeldBy(aRunLock({ startedAt: '2026-12-06T02:00:00Z' }), aRun())).toBe(true);
    expect(isHeldBy(aRunLock({ startedAt: '2026-08-06T02:00:00.000Z' }), aRun())).toBe(false);
    expect(isHeldBy(aRunLock({ runId: 'run-2' }), aRun())).toBe(false);
    expect(isHeldBy(aReconcilerLock('02:00', '02:01'), aRun())).toBe(false);
    expect(isHeldBy(null, aRun())).toBe(false);
  });

  it('of a reconciler asks no execution', () => {
    const lock = aReconcilerLock('02:00', '02:01');
    const holder = (execution: ExecutionStatus, now: Date) =>
      lockHolderOf({ lock, own: aRun(), execution, now }).status;
    expect(holder(RUNNING, at('02:02'))).toBe('dead');
    expect(holder(ended('01:00'), at('02:00:30'))).toBe('ending');
  });

  it.each([
    ['nothing', {}],
    ['a lock of an unknown kind', { ...aRunLock(), kind: 'unknown' }],
    ['a run without a name', { ...aRunLock(), runId: '' }],
    ['a run without an execution', { ...aRunLock(), executionArn: '' }],
    ['a run without a start', { ...aRunLock(), startedAt: 'yesterday' }],
    ['a pass without a name', { ...aReconcilerLock('02:00', '02:01'), requestId: '' }],
    ['a pass without an end', { ...aReconcilerLock('02:00', '02:01'), expiresAt: undefined }],
  ])('is not %s', (_what, content) => {
    expect(lockSchema.safeParse(content).success).toBe(false);
  });

  it('says what it says in the bucket', () => {
    for (const lock of [aRunLock({ scheduledTime: NIGHTLY }), aReconcilerLock('02:00', '02:01')]) {
      expect(lockSchema.parse(JSON.parse(JSON.stringify(lock)))).toEqual(lock);
    }
  });

  it('is never had by two runs at once, whatever is known of the holder while it runs', () => {
    const times = fc.constantFrom(null, NIGHTLY, '2026-11-06T02:00:00.000Z');
    fc.assert(
      fc.property(times, times, fc.integer({ min: 0, max: 3_000_000 }), (theirs, ours, seconds) => {
        const now = new Date(at('02:00').getTime() + seconds * 1000);
        const { action } = decide(another({ scheduledTime: theirs }), { scheduledTime: ours, now });
        expect(['refuse', 'leave']).toContain(action);
      }),
    );
  });
});

describe('in the bucket', () => {
  it('there is one lock, and an occurrence is remembered by its time', () => {
    expect(LOCK_KEY).toBe('lock.json');
    expect(occurrenceKey(NIGHTLY)).toBe('occurrences/2026-12-06T02:00:00.000Z.json');
  });

  it('an occurrence says which run has done it, and when', () => {
    const done = { runId: 'run-1', endedAt: NIGHTLY };
    expect(occurrenceSchema.parse(done)).toEqual(done);
    expect(occurrenceSchema.safeParse({ runId: 'run-1' }).success).toBe(false);
    expect(occurrenceSchema.safeParse({ endedAt: NIGHTLY }).success).toBe(false);
  });
});
