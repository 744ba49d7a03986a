import type { BatchInstance } from '../../../../functions/domain/batch/batch-instance.ts';
import type { RestoreDecision } from '../../../../functions/domain/steps/restore.ts';
import { applyRestore, failCaught } from '../../../../functions/domain/steps/restore-result.ts';
import { at, aWokenInstance, stamp } from '../../../support/builders.ts';

const NOW = at('02:12');
const done = (changes: Partial<BatchInstance> = {}) =>
  aWokenInstance({ step: 'restore', stepSince: stamp('02:10'), outcome: 'updated', ...changes });
const failed = { outcome: 'failed', reason: { code: 'update-failed', text: 'the update failed' } } as const;
const settle: RestoreDecision = {
  action: 'settle',
  finalState: 'stopped',
  releaseLease: true,
  restored: true,
  reason: null,
};

describe('an instance after its restoring was decided', () => {
  it('is as it was when there is something to wait for', () => {
    const instance = done();
    expect(applyRestore(instance, { action: 'wait', reason: { code: 'stopping', text: '' } }, null, NOW)).toEqual(
      instance,
    );
  });

  it('remembers when its stop was accepted, and forgets what was refused before', () => {
    const instance = done({ lastRefusal: 'IncorrectInstanceState: pending' });
    const stopped = applyRestore(instance, { action: 'stop', hibernate: false }, null, NOW);
    expect(stopped).toEqual({ ...instance, stopAcceptedAt: stamp('02:12'), lastRefusal: null });
  });

  it('remembers what EC2 refused, in plain text, and that nothing was accepted', () => {
    const stopped = applyRestore(done(), { action: 'stop', hibernate: false }, 'OperationNotPermitted:\nno', NOW);
    expect(stopped).toMatchObject({ stopAcceptedAt: null, lastRefusal: 'OperationNotPermitted: no', step: 'restore' });
  });

  it('is settled with the outcome of its work when it sleeps again', () => {
    expect(applyRestore(done(), settle, null, NOW)).toMatchObject({
      step: 'settled',
      outcome: 'updated',
      reason: null,
      finalState: 'stopped',
      restoredAt: stamp('02:12'),
    });
  });

  it('was not restored when it was handed over', () => {
    const reason = { code: 'restarted-by-others', text: 'it was started again' };
    const decision: RestoreDecision = { ...settle, finalState: 'handed-over', restored: false, reason };
    expect(applyRestore(done(), decision, null, NOW)).toMatchObject({
      step: 'settled',
      outcome: 'updated',
      reason,
      finalState: 'handed-over',
      restoredAt: null,
    });
  });

  it('was not restored when it was never woken', () => {
    expect(applyRestore(done({ wokenAt: null }), settle, null, NOW)).toMatchObject({ restoredAt: null });
  });

  it('keeps the reason for which its work failed, and tells how the restoring went behind it', () => {
    const decision = { ...settle, reason: { code: 'restarted-by-others', text: 'it was started again' } };
    const { outcome, reason } = applyRestore(done(failed), decision, null, NOW);
    expect(outcome).toBe('failed');
    expect(reason).toEqual({ code: failed.reason.code, text: `${failed.reason.text}; it was started again` });
  });

  it('keeps what its work had to say when the restoring has nothing to add', () => {
    const reason = { code: 'updated-by-others', text: 'someone else' };
    expect(applyRestore(done({ reason }), settle, null, NOW)).toMatchObject({ outcome: 'updated', reason });
  });

  it('tells how the restoring went where its work has not failed', () => {
    const reason = { code: 'restarted-by-others', text: 'it was started again' };
    const noted = done({ reason: { code: 'updated-by-others', text: 'someone else' } });
    expect(applyRestore(noted, { ...settle, reason }, null, NOW)).toMatchObject({ outcome: 'updated', reason });
  });

  it('keeps why its work failed when the restoring has nothing to add', () => {
    expect(applyRestore(done(failed), settle, null, NOW)).toMatchObject(failed);
  });

  it('has failed when it was terminated, though its update had succeeded', () => {
    const reason = { code: 'terminated-in-run', text: 'it is terminated' };
    const decision: RestoreDecision = { ...settle, finalState: 'terminated', restored: false, reason };
    expect(applyRestore(done(), decision, null, NOW)).toMatchObject({ outcome: 'failed', reason });
  });

  it.each([
    ['updated', done(), 'updated'],
    ['failed', done(failed), 'the update failed'],
    ['without an outcome', done({ outcome: null }), 'no outcome'],
    ['failed without a reason', done({ outcome: 'failed', reason: null }), 'no outcome'],
  ])('has failed when it is given up, and says what was before: it was %s', (_what, instance, before) => {
    const reason = { code: 'not-restored', text: 'it is running after 20 minutes' };
    const givenUp = applyRestore(instance, { action: 'give-up', finalState: 'running', reason }, null, NOW);
    expect(givenUp).toMatchObject({
      step: 'settled',
      outcome: 'failed',
      reason: { code: 'not-restored', text: expect.stringContaining(`20 minutes (before that: ${before})`) },
      finalState: 'running',
      restoredAt: null,
    });
  });
});

describe('when a step of the batch has failed for good', () => {
  const caught = { Error: 'AwsUnavailable', Cause: 'SSM does not answer' };

  it.each(['start', 'readiness', 'update', 'verify'] as const)(
    'who was in %s has failed with it, and is put back',
    (step) => {
      expect(failCaught(aWokenInstance({ step }), caught, NOW)).toMatchObject({
        step: 'restore',
        stepSince: stamp('02:12'),
        outcome: 'failed',
        reason: { code: 'step-failed', text: expect.stringMatching(/AwsUnavailable.*SSM does not answer/) },
      });
    },
  );

  it.each(['restore', 'settled'] as const)('who was in %s keeps what its work has brought', (step) => {
    const instance = done({ step });
    expect(failCaught(instance, caught, NOW)).toEqual(instance);
  });

  it('no instance fails when nothing was caught', () => {
    const instance = aWokenInstance();
    expect(failCaught(instance, undefined, NOW)).toEqual(instance);
  });
});

describe('a failure that is only silence', () => {
  const lost = (changes: Partial<BatchInstance> = {}) =>
    done({ outcome: 'failed', reason: { code: 'agent-lost', text: 'no ping in 30 minutes' }, ...changes });
  const gone = { code: 'terminated-in-run', text: 'it is terminated' };
  const ended: RestoreDecision = {
    ...settle,
    finalState: 'terminated',
    releaseLease: false,
    restored: false,
    reason: gone,
  };

  it('is explained by the end of the instance', () => {
    expect(applyRestore(lost(), ended, null, NOW).reason).toEqual({
      code: 'terminated-in-run',
      text: 'it is terminated; no ping in 30 minutes',
    });
  });

  it('is not explained by anything else', () => {
    const reason = { code: 'restarted-by-others', text: 'it was started again' };
    expect(applyRestore(lost(), { ...settle, reason }, null, NOW).reason).toEqual({
      code: 'agent-lost',
      text: 'no ping in 30 minutes; it was started again',
    });
  });

  it('is none where the agent itself has told why: the end of the instance comes behind it', () => {
    expect(applyRestore(done(failed), ended, null, NOW).reason).toEqual({
      code: 'update-failed',
      text: 'the update failed; it is terminated',
    });
  });
});
