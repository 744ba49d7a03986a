import type { BatchInstance } from '../../../../functions/domain/batch/batch-instance.ts';
import type { InstanceFacts } from '../../../../functions/domain/model/instance.ts';
import type { LeaseStatus } from '../../../../functions/domain/ownership/lease-status.ts';
import { applyStartDecision, decideStart, type StartFacts } from '../../../../functions/domain/steps/start.ts';
import { type AwakeLimits, skipStart, tooLateToStart } from '../../../../functions/domain/steps/start-deadline.ts';
import { applyStart } from '../../../../functions/domain/steps/start-result.ts';
import { aHold, anInstance, at, instanceFacts, stamp, wokenFacts } from '../../../support/builders.ts';

const DEADLINE_SECONDS = 1200;
const NOW = at('03:00');
const TRIED = { attempt: 'attempt-9', recordedAt: stamp('03:00'), startBy: stamp('03:01') };
const busy: LeaseStatus = { kind: 'busy', why: 'run run-0 holds it' };
const ending: LeaseStatus = { kind: 'ending', why: 'run run-0, which held it, has just ended' };

/** A dead run had started it at 02:00:30; another attempt of that run is older. */
const older = { attempt: 'older', recordedAt: stamp('01:00'), startBy: stamp('01:01') };
const { earlier: _, ...newest } = aHold();
const orphaned: LeaseStatus = {
  kind: 'orphaned',
  originalState: 'stopped',
  hold: aHold({ earlier: [older] }),
  deadSince: stamp('02:30'),
};

const decide = (instance: InstanceFacts | null, seen: Partial<StartFacts> = {}, awaiting = anInstance()) =>
  decideStart(awaiting, { instance, earlierHold: null, lease: null, ...seen }, DEADLINE_SECONDS, NOW);

describe('an instance that another run holds by now', () => {
  it.each([busy, ending])('is left out if nothing was done to it yet: $status', (lease) => {
    for (const instance of [instanceFacts(), wokenFacts(), wokenFacts({ state: 'stopping' })]) {
      expect(decide(instance, { lease })).toEqual({ action: 'exclude', reason: { code: 'busy', text: lease.why } });
    }
  });

  it.each([
    ['this run had held it', anInstance({ hold: aHold() }), null],
    ['a lost attempt of this run had', anInstance(), aHold()],
  ])('has failed if %s: its lease was changed', (_what, instance, earlierHold) => {
    expect(decide(instanceFacts(), { lease: busy, earlierHold }, instance)).toMatchObject({
      action: 'fail',
      reason: { code: 'lease-removed', text: expect.stringContaining('run run-0 holds it') },
    });
  });

  it('is settled as excluded, and never touched', () => {
    const decision = decide(instanceFacts(), { lease: busy });
    const facts = { instance: instanceFacts(), earlierHold: null, lease: busy };
    expect(applyStartDecision(anInstance(), decision, facts, NOW)).toMatchObject({
      step: 'restore',
      outcome: 'excluded',
      reason: { code: 'busy' },
      hold: null,
    });
  });

  it('does not matter once EC2 does not know it', () => {
    expect(decide(null, { lease: busy })).toMatchObject({ action: 'fail', reason: { code: 'disappeared' } });
  });
});

describe('an instance that a dead run has left awake', () => {
  it.each(['running', 'pending'] as const)('is taken over, not started, while it is %s', (state) => {
    expect(decide(wokenFacts({ state }), { lease: orphaned })).toEqual({
      action: 'take-over',
      adopted: [newest, older],
      launchTime: stamp('02:00:30'),
    });
  });

  it('is taken over with the windows that a boot can lie in, and not with those of refused attempts', () => {
    const refused = { attempt: 'refused', recordedAt: stamp('01:30'), startBy: stamp('01:30') };
    const lease = { ...orphaned, hold: { ...newest, earlier: [refused, older] } };
    expect(decide(wokenFacts(), { lease })).toMatchObject({ action: 'take-over', adopted: [newest, older] });
  });

  it('is taken over in the window of any of that run’s attempts', () => {
    expect(decide(wokenFacts({ launchTime: stamp('01:00:30') }), { lease: orphaned }).action).toBe('take-over');
  });

  it('is handed over where somebody else has started it since', () => {
    expect(decide(wokenFacts({ launchTime: stamp('02:45') }), { lease: orphaned })).toMatchObject({
      action: 'hand-over',
      reason: { code: 'started-by-others' },
    });
  });

  it('is handed over while EC2 does not say when it was started', () => {
    expect(decide(wokenFacts({ launchTime: null }), { lease: orphaned }).action).toBe('hand-over');
  });

  it('is just started where it sleeps', () => {
    expect(decide(instanceFacts(), { lease: orphaned })).toEqual({ action: 'start' });
  });

  it('is adopted as our own where a lost attempt of this very batch has started it', () => {
    const earlierHold = aHold({ attempt: 'lost' });
    expect(decide(wokenFacts(), { lease: orphaned, earlierHold })).toEqual({ action: 'adopt', hold: earlierHold });
  });

  it('is handed over where its lease holds nothing', () => {
    const lease: LeaseStatus = { kind: 'ignored', why: 'forged' };
    expect(decide(wokenFacts(), { lease }).action).toBe('hand-over');
  });

  it('goes on as ours, with the windows of the dead run, and none of its own: nobody started it now', () => {
    const taken = applyStart(anInstance(), { kind: 'taken-over' }, TRIED, [newest, older], DEADLINE_SECONDS, NOW);
    expect(taken).toMatchObject({
      step: 'readiness',
      wokenAt: stamp('03:00'),
      handedOver: null,
      hold: { ...TRIED, startBy: TRIED.recordedAt, earlier: [newest, older] },
    });
  });

  it('stays the dead run’s where its lease could not be changed', () => {
    const error = { code: 'UnauthorizedOperation', message: 'no' };
    const result = { kind: 'lease-refused', error } as const;
    const refused = applyStart(anInstance(), result, TRIED, [newest], DEADLINE_SECONDS, NOW);
    expect(refused).toMatchObject({ outcome: 'failed', reason: { code: 'lease-refused' }, wokenAt: null });
  });
});

describe('a run that everybody has to be back from by a certain time', () => {
  const limits: AwakeLimits = {
    readinessDeadlineSeconds: 15 * 60,
    updateDeadlineSeconds: 10 * 60,
    verifyDeadlineSeconds: 30 * 60,
    restoreDeadlineSeconds: 30 * 60,
  };

  it('wakes nobody who could be awake longer: all deadlines, and a hung update’s hard one', () => {
    // 15 + 45 + 30 + 30 minutes before 06:00.
    expect(tooLateToStart(stamp('06:00'), limits, at('04:00'))).toBeNull();
    expect(tooLateToStart(stamp('06:00'), limits, at('04:00:00.001'))).toEqual({
      code: 'finish-by',
      text: 'it might be awake for 120 minutes, and everybody has to be back by 2026-12-06T06:00:00.000Z',
    });
  });

  it('counts an update’s own deadline where that is the longer one', () => {
    const slow = { ...limits, updateDeadlineSeconds: 60 * 60 };
    expect(tooLateToStart(stamp('06:00'), slow, at('03:45'))).toBeNull();
    expect(tooLateToStart(stamp('06:00'), slow, at('03:45:01'))?.text).toContain('135 minutes');
  });

  it('may wake anybody at any time where there is no such time', () => {
    expect(tooLateToStart(null, limits, at('23:00'))).toBeNull();
  });

  const why = { code: 'finish-by', text: 'too late' };
  const left = (instance: BatchInstance, earlierHold = null as ReturnType<typeof aHold> | null) =>
    skipStart(instance, earlierHold, why, NOW);

  it('leaves out whom it has not touched yet', () => {
    expect(left(anInstance())).toMatchObject({ step: 'restore', outcome: 'excluded', reason: why, hold: null });
  });

  it('fails, and puts back, whom it has tried to start', () => {
    expect(left(anInstance({ hold: aHold() }))).toMatchObject({ step: 'restore', outcome: 'failed', reason: why });
    const lost = aHold({ attempt: 'lost' });
    expect(left(anInstance(), lost)).toMatchObject({ outcome: 'failed', hold: lost });
    expect(left(anInstance({ hold: aHold() }), lost)).toMatchObject({ hold: aHold() });
  });
});
