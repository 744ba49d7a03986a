import type { InstanceAt } from '../../../../functions/domain/batch/batch-instance.ts';
import type { Refusal } from '../../../../functions/domain/model/aws-errors.ts';
import { failCaught } from '../../../../functions/domain/steps/failed-step.ts';
import type { RestoreDecision } from '../../../../functions/domain/steps/restore-decision.ts';
import { applyRestore } from '../../../../functions/domain/steps/restore-result.ts';
import { anAttempt, at, aWokenInstance, ours, stamp } from '../../../support/builders.ts';

const NOW = at('02:12');
const DEADLINE_SECONDS = 1200;
const done = (changes: Partial<InstanceAt<'restore'>> = {}) =>
  aWokenInstance({ step: 'restore', stepSince: stamp('02:10'), outcome: 'updated', ...changes });
const failed = { outcome: 'failed', reason: { code: 'update-failed', text: 'the update failed' } } as const;
const settle: Extract<RestoreDecision, { action: 'settle' }> = {
  action: 'settle',
  finalState: 'stopped',
  releaseLease: true,
  wasSeenStopped: true,
  isGone: false,
  reason: null,
};
const look = (instance: InstanceAt<'restore'>, decision: RestoreDecision, refusal: Refusal | null = null) =>
  applyRestore({ instance, decision, refusal }, DEADLINE_SECONDS, NOW);
const apply = (...args: Parameters<typeof look>) => look(...args).instance;

describe('an instance after its restoring was decided', () => {
  it('is as it was when there is something to wait for', () => {
    const instance = done();
    const waiting = { reason: { code: 'stopping', text: '' }, until: stamp('02:30') };
    expect(look(instance, { action: 'wait', ...waiting })).toEqual({ instance, waiting });
  });

  it('remembers when its stop was accepted, and forgets what was refused before', () => {
    const instance = done({ lastRefusal: 'IncorrectInstanceState: pending' });
    const stopped = apply(instance, { action: 'stop', hibernate: false });
    expect(stopped).toEqual({ ...instance, stopAcceptedAt: stamp('02:12'), lastRefusal: null });
  });

  it('remembers what EC2 refused, in plain text, and that nothing was accepted', () => {
    const stopped = apply(done(), { action: 'stop', hibernate: false }, { text: 'OperationNotPermitted:\nno' });
    expect(stopped).toMatchObject({ stopAcceptedAt: null, lastRefusal: 'OperationNotPermitted: no', step: 'restore' });
  });

  it('is settled with the outcome of its work when it sleeps again', () => {
    expect(apply(done(), settle)).toMatchObject({
      step: 'settled',
      outcome: 'updated',
      reason: null,
      finalState: 'stopped',
      restoredAt: stamp('02:12'),
    });
  });

  it('was not restored when it was handed over', () => {
    const reason = { code: 'restarted-by-others', text: 'it was started again' };
    const decision: RestoreDecision = { ...settle, finalState: 'handed-over', wasSeenStopped: false, reason };
    expect(apply(done(), decision)).toMatchObject({
      step: 'settled',
      outcome: 'updated',
      reason,
      finalState: 'handed-over',
      restoredAt: null,
    });
  });

  it('was not restored when it was never woken', () => {
    expect(apply(done({ owner: ours([anAttempt()]) }), settle)).toMatchObject({ restoredAt: null });
  });

  it('keeps the reason for which its work failed, and tells how the restoring went behind it', () => {
    const decision = { ...settle, reason: { code: 'restarted-by-others', text: 'it was started again' } };
    const { outcome, reason } = apply(done(failed), decision);
    expect(outcome).toBe('failed');
    expect(reason).toEqual({ code: failed.reason.code, text: `${failed.reason.text}; it was started again` });
  });

  it('keeps what its work had to say when the restoring has nothing to add', () => {
    const reason = { code: 'updated-by-others', text: 'someone else' };
    expect(apply(done({ reason }), settle)).toMatchObject({ outcome: 'updated', reason });
  });

  it('tells how the restoring went where its work has not failed', () => {
    const reason = { code: 'restarted-by-others', text: 'it was started again' };
    const noted = done({ reason: { code: 'updated-by-others', text: 'someone else' } });
    expect(apply(noted, { ...settle, reason })).toMatchObject({ outcome: 'updated', reason });
  });

  it('keeps why its work failed when the restoring has nothing to add', () => {
    expect(apply(done(failed), settle)).toMatchObject(failed);
  });

  it('has failed when it was terminated, though its update had succeeded', () => {
    const reason = { code: 'terminated-in-run', text: 'it is terminated' };
    const decision: RestoreDecision = {
      ...settle,
      finalState: 'terminated',
      wasSeenStopped: false,
      isGone: true,
      reason,
    };
    expect(apply(done(), decision)).toMatchObject({ outcome: 'failed', reason });
  });

  it.each([
    ['updated', done(), 'its outcome was updated'],
    ['failed', done(failed), 'it had failed: the update failed'],
    ['without an outcome', done({ outcome: null }), 'it had no outcome'],
    ['failed without a reason', done({ outcome: 'failed', reason: null }), 'it had failed'],
  ])('has failed when it is given up, and says what was before: it was %s', (_what, instance, before) => {
    const reason = { code: 'not-restored', text: 'it is running after 20 minutes' };
    const givenUp = apply(instance, { action: 'give-up', finalState: 'running', reason });
    expect(givenUp).toMatchObject({
      step: 'settled',
      outcome: 'failed',
      reason: { code: 'not-restored', text: `${reason.text}; before the restoring ${before}` },
      finalState: 'running',
      restoredAt: null,
    });
  });
});

describe('when a step of the batch has failed for good', () => {
  const caught = { Error: 'AwsUnavailable', Cause: 'SSM does not answer' };

  it.each(['start', 'preflight', 'readiness', 'update', 'verify'] as const)(
    'who was in %s has failed with it, and is put back',
    (step) => {
      expect(failCaught(aWokenInstance({ step }), caught, NOW)).toMatchObject({
        step: 'restore',
        stepSince: stamp('02:12'),
        outcome: 'failed',
        reason: { code: 'step-failed', text: expect.stringMatching(/AwsUnavailable.*SSM does not answer/) },
        strayUntil: stamp('02:13:30'),
      });
    },
  );

  it.each(['restore', 'settled'] as const)('who was in %s keeps what its work has brought', (step) => {
    const instance = aWokenInstance({ step, stepSince: stamp('02:10'), outcome: 'updated' });
    expect(failCaught(instance, caught, NOW)).toEqual(instance);
  });
});

describe('a failure that is followed by the end of the instance', () => {
  it('is told first, and that end behind it', () => {
    const gone = { code: 'terminated-in-run', text: 'it is terminated' };
    const ended: RestoreDecision = {
      ...settle,
      finalState: 'terminated',
      releaseLease: false,
      wasSeenStopped: false,
      isGone: true,
      reason: gone,
    };
    expect(apply(done(failed), ended).reason).toEqual({
      code: 'update-failed',
      text: 'the update failed; it is terminated',
    });
    const seen = { code: 'terminated-in-run', text: 'it is shutting-down now' } as const;
    expect(apply(done({ ...failed, reason: seen }), ended).reason).toEqual(seen);
  });
});
