import type { ConveyorInstance } from '../../functions/domain/conveyor.ts';
import { applyRestore, failCaught } from '../../functions/domain/restored.ts';
import type { RestoreDecision } from '../../functions/domain/restoring.ts';
import { anInstance, at, aWokenInstance, stamp } from '../support/builders.ts';

const NOW = at('02:12');
const done = (changes: Partial<ConveyorInstance> = {}) =>
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
    const stopped = applyRestore(instance, { action: 'stop', hibernate: false, wasStopped: false }, null, NOW);
    expect(stopped).toEqual({ ...instance, stopAcceptedAt: stamp('02:12'), lastRefusal: null });
  });

  it('remembers what EC2 refused, in plain text, and that nothing was accepted', () => {
    const stopped = applyRestore(
      done(),
      { action: 'stop', hibernate: false, wasStopped: false },
      'OperationNotPermitted:\nno',
      NOW,
    );
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
    const reason = { code: 'updated-by-others', text: 'somebody else' };
    expect(applyRestore(done({ reason }), settle, null, NOW)).toMatchObject({ outcome: 'updated', reason });
  });

  it('tells how the restoring went where its work has not failed', () => {
    const reason = { code: 'restarted-by-others', text: 'it was started again' };
    const noted = done({ reason: { code: 'updated-by-others', text: 'somebody else' } });
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

  it('nobody fails when nothing was caught', () => {
    const instance = aWokenInstance();
    expect(failCaught(instance, undefined, NOW)).toEqual(instance);
  });
});

describe('a failure that is only silence', () => {
  const lost = () =>
    anInstance({
      step: 'restore',
      outcome: 'failed',
      reason: { code: 'agent-lost', text: 'no ping in 30 minutes' },
      wokenAt: stamp('02:00'),
    });

  it('is explained by a stop that was not ours', () => {
    const found = { action: 'stop', hibernate: false, wasStopped: true } as const;
    const { reason } = applyRestore(lost(), found, null, at('02:30'));
    expect(reason?.code).toBe('stopped-in-run');
    expect(reason?.text).toContain('no ping in 30 minutes');
  });

  it('stays what it is where the instance ran until we stopped it', () => {
    const running = { action: 'stop', hibernate: false, wasStopped: false } as const;
    expect(applyRestore(lost(), running, null, at('02:30')).reason?.code).toBe('agent-lost');
  });

  const settled = (
    changes: Partial<ConveyorInstance>,
    decision: Partial<RestoreDecision & { action: 'settle' }> = {},
  ) => applyRestore({ ...lost(), ...changes }, { ...settle, ...decision }, null, at('02:30')).reason;

  it.each(['stopped', 'hibernated'])(
    'is explained by a sleep that was found, without a stop of ours: %s',
    (finalState) => {
      expect(settled({}, { finalState })).toEqual({
        code: 'stopped-in-run',
        text: 'it was stopped in mid-run, not by this run; no ping in 30 minutes',
      });
    },
  );

  it.each<[string, Partial<ConveyorInstance>, Partial<RestoreDecision & { action: 'settle' }>]>([
    ['we have put it to sleep', { stopAcceptedAt: stamp('02:29') }, {}],
    ['it runs', {}, { finalState: 'running' }],
    ['it is somebody else’s', {}, { finalState: 'handed-over' }],
  ])('stays what it is where %s', (_what, changes, decision) => {
    expect(settled(changes, decision)).toEqual({ code: 'agent-lost', text: 'no ping in 30 minutes' });
  });

  it('is told before how the restoring went, unless that explains it', () => {
    const reason = { code: 'restarted-by-others', text: 'it was started again' };
    expect(settled({}, { finalState: 'handed-over', reason })).toEqual({
      code: 'agent-lost',
      text: 'no ping in 30 minutes; it was started again',
    });
    const gone = { code: 'terminated-in-run', text: 'it is terminated' };
    const failure = { code: 'update-failed', text: 'no disk' };
    expect(settled({ reason: failure }, { finalState: 'terminated', reason: gone })).toEqual({
      code: 'update-failed',
      text: 'no disk; it is terminated',
    });
  });

  it('is none of an update that went well, nor of a failure without a reason', () => {
    const noted = { outcome: 'updated', reason: { code: 'update-hung', text: 'it hung' } } as const;
    expect(settled(noted)).toEqual(noted.reason);
    expect(settled({ reason: null })).toBeNull();
  });

  it('is explained by the end of the instance', () => {
    const gone = {
      action: 'settle',
      finalState: 'terminated',
      releaseLease: false,
      restored: false,
      reason: { code: 'terminated-in-run', text: 'it is terminated' },
    } as const;
    const { reason } = applyRestore(lost(), gone, null, at('02:30'));
    expect(reason).toEqual({ code: 'terminated-in-run', text: 'it is terminated; no ping in 30 minutes' });
  });

  it('is no explanation of a failure that the agent itself has told', () => {
    const failed = { ...lost(), reason: { code: 'update-failed', text: 'no disk' } };
    const found = { action: 'stop', hibernate: false, wasStopped: true } as const;
    expect(applyRestore(failed, found, null, at('02:30')).reason?.code).toBe('update-failed');
  });
});
