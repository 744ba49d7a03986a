import type { InstanceFacts } from '../../../../functions/domain/model/instance.ts';
import type { LeaseStatus } from '../../../../functions/domain/ownership/lease-status.ts';
import { decideStart, type StartCase } from '../../../../functions/domain/steps/start.ts';
import { applyStart, type StartResult } from '../../../../functions/domain/steps/start-result.ts';
import { anAttempt, anInstance, at, ENDS, instanceFacts, ours, stamp, wokenFacts } from '../../../support/builders.ts';
import { aLostAttempt, aStartCase, saidOfStart } from '../../../support/starts.ts';

const DEADLINE_SECONDS = 1200;
const NOW = at('03:00');
const ATTEMPT = { attempt: 'attempt-9', recordedAt: stamp('03:00'), startBy: stamp('03:01') };
const busy: LeaseStatus = { kind: 'busy', why: 'run run-0 holds it' };
const ending: LeaseStatus = { kind: 'ending', why: 'run run-0, which held it, has just ended' };

/** A dead run had started it at 02:00:30; another attempt of that run is older. */
const older = { attempt: 'older', recordedAt: stamp('01:00'), startBy: stamp('01:01') };
const newest = aLostAttempt();
const orphaned: LeaseStatus = {
  kind: 'orphaned',
  originalState: 'stopped',
  attempts: [newest, older],
  deadSince: stamp('02:30'),
  ends: ENDS,
};

const decide = (ec2: InstanceFacts, changes: Partial<StartCase> = {}) =>
  saidOfStart(decideStart(aStartCase({ ec2, now: NOW, ...changes })));
const apply = (result: StartResult, lostAttempts: (typeof ATTEMPT)[]) => {
  const given = { instance: anInstance(), ec2: instanceFacts(), result, attempt: ATTEMPT, lostAttempts, now: NOW };
  return applyStart({ ...given, deadlineSeconds: DEADLINE_SECONDS }).instance;
};

describe('an instance that another run holds by now', () => {
  it.each([busy, ending])('is left out if nothing was done to it yet: $kind', (lease) => {
    for (const ec2 of [instanceFacts(), wokenFacts(), wokenFacts({ state: 'stopping' })]) {
      expect(decide(ec2, { lease })).toEqual({ action: 'exclude', reason: { code: 'busy', text: lease.why } });
    }
  });

  it.each([
    ['this run had held it', anInstance({ owner: ours([anAttempt()]) }), []],
    ['a lost attempt of this run had', anInstance(), [aLostAttempt()]],
  ])('has failed if %s: its lease was changed', (_what, instance, lostAttempts) => {
    expect(decide(instanceFacts(), { lease: busy, lostAttempts, instance })).toMatchObject({
      action: 'fail',
      reason: { code: 'lease-removed', text: expect.stringContaining('run run-0 holds it') },
    });
  });

  it('is settled as excluded, and never touched', () => {
    expect(decideStart(aStartCase({ lease: busy, now: NOW }))).toMatchObject({
      action: 'none',
      look: {
        instance: { step: 'restore', outcome: 'excluded', reason: { code: 'busy' }, owner: { kind: 'none' } },
        waiting: null,
      },
    });
  });
});

describe('an instance that a dead run has left awake', () => {
  it.each(['running', 'pending'] as const)('is taken over, not started, while it is %s', (state) => {
    expect(decide(wokenFacts({ state }), { lease: orphaned })).toEqual({
      action: 'take-over',
      adopted: [newest, older],
      ends: ENDS,
    });
  });

  it('is taken over with the windows that a boot can lie in, and not with those of refused attempts', () => {
    const refused = { attempt: 'refused', recordedAt: stamp('01:30'), startBy: stamp('01:30') };
    const lease = { ...orphaned, attempts: [newest, refused, older] } satisfies LeaseStatus;
    expect(decide(wokenFacts(), { lease })).toMatchObject({ action: 'take-over', adopted: [newest, older] });
  });

  it('is taken over in the window of any of that run’s attempts', () => {
    expect(decide(wokenFacts({ launchTime: stamp('01:00:30') }), { lease: orphaned }).action).toBe('take-over');
  });

  it('is left to others where someone else has started it since', () => {
    expect(decide(wokenFacts({ launchTime: stamp('02:45') }), { lease: orphaned })).toMatchObject({
      action: 'hand-over',
      reason: { code: 'started-by-others' },
    });
  });

  it('is left to others while EC2 does not say when it was started', () => {
    expect(decide(wokenFacts({ launchTime: null }), { lease: orphaned }).action).toBe('hand-over');
  });

  it('is just leased where it sleeps', () => {
    expect(decide(instanceFacts(), { lease: orphaned })).toEqual({ action: 'lease' });
  });

  it('is taken over again where the attempt that wanted to was lost before its lease was written', () => {
    const lost = [{ ...ATTEMPT, startBy: ATTEMPT.recordedAt }, newest, older];
    expect(decide(wokenFacts(), { lease: orphaned, lostAttempts: lost })).toEqual({
      action: 'take-over',
      adopted: [newest, older],
      ends: ENDS,
    });
  });

  it('is left to others where its lease counts for nothing', () => {
    const lease: LeaseStatus = { kind: 'ignored', why: 'forged' };
    expect(decide(wokenFacts(), { lease }).action).toBe('hand-over');
  });

  it('goes on as ours, with the windows of the dead run, and none of its own: it was not started now', () => {
    expect(apply({ kind: 'taken-over' }, [newest, older])).toMatchObject({
      step: 'readiness',
      owner: ours([{ ...ATTEMPT, startBy: ATTEMPT.recordedAt }, newest, older], stamp('03:00')),
    });
  });

  it('stays the dead run’s where its lease could not be changed', () => {
    const error = { code: 'UnauthorizedOperation', message: 'no' };
    expect(apply({ kind: 'lease-refused', error, isItsOwn: true }, [newest])).toMatchObject({
      outcome: 'failed',
      reason: { code: 'lease-refused' },
      owner: ours([newest]),
    });
  });
});

describe('an instance that has its turn late', () => {
  const late = at('04:35:01');
  const decideAt = (now: Date, changes: Partial<StartCase> = {}) =>
    saidOfStart(decideStart(aStartCase({ now, ...changes })));

  it('is woken while ten minutes are left for its boot before the last update is sent', () => {
    expect(decideAt(at('04:35'))).toEqual({ action: 'lease' });
    expect(decideAt(late)).toEqual({
      action: 'exclude',
      reason: {
        code: 'out-of-time',
        text: expect.stringMatching(/10 minutes.*sent at 2026-12-06T04:45.*stopped after 2026-12-06T06:00/),
      },
    });
  });

  it('has failed, and is restored, if something was done to it before', () => {
    expect(decideAt(late, { instance: anInstance({ owner: ours([anAttempt()]) }) })).toMatchObject({
      action: 'fail',
      reason: { code: 'out-of-time' },
    });
    const lost = aLostAttempt({ attempt: 'lost' });
    const decision = decideStart(aStartCase({ now: late, lostAttempts: [lost] }));
    expect(decision).toMatchObject({ look: { instance: { outcome: 'failed', owner: ours([lost]) } } });
  });

  it('does not wait for the next attempt: none will come', () => {
    expect(decideAt(late, { instance: anInstance({ retryAt: stamp('04:40') }) })).toMatchObject({ action: 'exclude' });
  });

  it('is taken over all the same if a dead run has left it awake: it is to be restored', () => {
    expect(decideAt(late, { ec2: wokenFacts(), lease: orphaned })).toMatchObject({ action: 'take-over', ends: ENDS });
  });

  it('is left awake once that run’s end has passed', () => {
    const decision = decideAt(at('06:00:01'), { ec2: wokenFacts(), lease: orphaned });
    expect(decision).toMatchObject({ action: 'hand-over', reason: { code: 'left-awake' } });
  });
});
