import fc from 'fast-check';
import { lacksCapacity } from '../../../../functions/domain/model/ec2-errors.ts';
import { decideStart } from '../../../../functions/domain/steps/start.ts';
import { decideRefusedStart } from '../../../../functions/domain/steps/start-refusal.ts';
import { anyBatchInstance, anyInstanceFacts, moments } from '../../../support/arbitraries.ts';
import { aHold, anInstance, at, instanceFacts, stamp, wokenFacts } from '../../../support/builders.ts';

const DEADLINE_SECONDS = 20 * 60;
const NOW = at('02:00:45');

const decide = (
  instance: ReturnType<typeof instanceFacts> | null,
  { awaiting = anInstance(), earlierHold = null as ReturnType<typeof aHold> | null, now = NOW } = {},
) => decideStart(awaiting, { instance, earlierHold, lease: null }, DEADLINE_SECONDS, now);

describe('an instance that awaits its start', () => {
  it('is started while it is stopped', () => {
    expect(decide(instanceFacts())).toEqual({ action: 'start' });
  });

  it('is started again when an earlier attempt left a hold, and it still sleeps', () => {
    expect(decide(instanceFacts(), { earlierHold: aHold() })).toEqual({ action: 'start' });
  });

  it.each(['running', 'pending'] as const)('is handed over when somebody else has started it: it is %s', (state) => {
    const decision = decide(wokenFacts({ state }));
    expect(decision).toMatchObject({ action: 'hand-over', reason: { code: 'started-by-others' } });
  });

  it.each(['running', 'pending'] as const)('is adopted when our own lost attempt has started it: it is %s', (state) => {
    expect(decide(wokenFacts({ state }), { earlierHold: aHold() })).toEqual({ action: 'adopt', hold: aHold() });
  });

  it.each([
    ['before our record', '01:59:00'],
    ['after our attempt was dead', '02:02:00'],
  ])('is handed over when it was started %s, whatever hold it carries', (_when, time) => {
    const facts = wokenFacts({ launchTime: stamp(time) });
    expect(decide(facts, { earlierHold: aHold(), now: at('02:03') })).toMatchObject({ action: 'hand-over' });
  });

  it('is waited for while it is stopping', () => {
    expect(decide(instanceFacts({ state: 'stopping' }))).toMatchObject({
      action: 'wait',
      reason: { code: 'stopping' },
    });
  });

  it('fails when it has been stopping until the deadline', () => {
    const facts = instanceFacts({ state: 'stopping' });
    expect(decide(facts, { now: at('02:19:59') })).toMatchObject({ action: 'wait' });
    expect(decide(facts, { now: at('02:20') })).toMatchObject({ action: 'fail', reason: { code: 'stuck-stopping' } });
  });

  it.each(['terminated', 'shutting-down'] as const)('fails when it is %s meanwhile', (state) => {
    expect(decide(instanceFacts({ state }))).toMatchObject({
      action: 'fail',
      reason: { code: 'terminated-in-run', text: expect.stringContaining(state) },
    });
  });

  it('fails when EC2 does not know it any more', () => {
    expect(decide(null)).toMatchObject({ action: 'fail', reason: { code: 'disappeared' } });
  });
});

describe('an instance that waits for capacity', () => {
  const awaiting = anInstance({ retryAt: stamp('02:05') });

  it('is left alone until its time has come', () => {
    const decision = decide(instanceFacts(), { awaiting, now: at('02:04:59') });
    expect(decision).toMatchObject({ action: 'wait', reason: { code: 'waiting-for-capacity' } });
  });

  it('is started once it has', () => {
    expect(decide(instanceFacts(), { awaiting, now: at('02:05') })).toEqual({ action: 'start' });
  });

  it('is handed over at once when somebody starts it meanwhile', () => {
    expect(decide(wokenFacts(), { awaiting, now: at('02:04') })).toMatchObject({ action: 'hand-over' });
  });
});

describe('a start that EC2 refuses', () => {
  const refuse = (code: string, now: Date, message = 'sorry') =>
    decideRefusedStart(anInstance(), { code, message }, DEADLINE_SECONDS, now);

  it.each([
    ['InsufficientInstanceCapacity', 'no-capacity'],
    ['InsufficientHostCapacity', 'no-capacity'],
    ['InsufficientReservedInstanceCapacity', 'no-capacity'],
    ['InstanceLimitExceeded', 'limit-reached'],
    ['VcpuLimitExceeded', 'limit-reached'],
    ['MaxSpotInstanceCountExceeded', 'limit-reached'],
  ])('for %s is tried again, and ends at the deadline as %s', (code, ending) => {
    expect(lacksCapacity(code)).toBe(true);
    expect(refuse(code, at('02:19:59'))).toMatchObject({ action: 'retry', reason: { code: 'waiting-to-start' } });
    expect(refuse(code, at('02:20'))).toMatchObject({
      action: 'fail',
      reason: { code: ending, text: expect.stringMatching(`${code}: sorry .*20 minutes`) },
    });
  });

  it.each(['IncorrectInstanceState', 'RequestLimitExceeded'])(
    'for %s is tried again, and is a refusal at the deadline',
    (code) => {
      expect(lacksCapacity(code)).toBe(false);
      expect(refuse(code, NOW)).toMatchObject({ action: 'retry' });
      expect(refuse(code, at('02:20'))).toMatchObject({ action: 'fail', reason: { code: 'start-refused' } });
    },
  );

  it.each(['InvalidParameterValue', 'OperationNotPermitted', 'InvalidInstanceID.NotFound', ''])(
    'for %j is final at once, and says what EC2 said',
    (code) => {
      const decision = refuse(code, at('02:00:01'), 'Instance does not have a volume attached at root');
      expect(decision).toMatchObject({ action: 'fail', reason: { code: 'start-refused' } });
      expect(decision.reason.text).toContain(`${code}: Instance does not have a volume attached at root`);
    },
  );

  it('for want of a permission is tried again for five minutes: the policy may not see the lease yet', () => {
    expect(refuse('UnauthorizedOperation', at('02:04:59'))).toMatchObject({ action: 'retry' });
    expect(refuse('UnauthorizedOperation', at('02:05'))).toMatchObject({
      action: 'fail',
      reason: { code: 'start-refused', text: expect.stringContaining('5 minutes') },
    });
  });

  it('leaves more time for capacity to come back than for a view that lags behind', () => {
    expect(refuse('InsufficientInstanceCapacity', NOW)).toMatchObject({ afterSeconds: 120 });
    expect(refuse('IncorrectInstanceState', NOW)).toMatchObject({ afterSeconds: 30 });
    expect(refuse('UnauthorizedOperation', NOW)).toMatchObject({ afterSeconds: 30 });
  });

  it('is never tried again for ever', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: DEADLINE_SECONDS, max: 1e6 }), (code, seconds) => {
        const now = new Date(at('02:00').getTime() + seconds * 1000);
        expect(refuse(code, now).action).toBe('fail');
      }),
    );
  });
});

describe('whatever EC2 says', () => {
  const holds = fc.option(fc.constantFrom(aHold(), aHold({ recordedAt: stamp('01:30'), startBy: stamp('01:31') })), {
    nil: null,
  });

  it('only an instance that sleeps is started, and only an awake one is adopted or handed over', () => {
    fc.assert(
      fc.property(anyBatchInstance, anyInstanceFacts, holds, moments, (awaiting, facts, earlierHold, now) => {
        const { action } = decide(facts, { awaiting, earlierHold, now });
        if (action === 'start') expect(facts.state).toBe('stopped');
        if (action === 'adopt' || action === 'hand-over') expect(['running', 'pending']).toContain(facts.state);
      }),
    );
  });

  it('nothing is adopted without a hold of our own from before its boot', () => {
    fc.assert(
      fc.property(anyBatchInstance, anyInstanceFacts, holds, moments, (awaiting, facts, earlierHold, now) => {
        const decision = decide(facts, { awaiting, earlierHold, now });
        if (decision.action !== 'adopt') return;
        expect(decision.hold).toEqual(earlierHold);
        const booted = new Date(facts.launchTime ?? 0).getTime();
        expect(booted).toBeGreaterThanOrEqual(new Date(decision.hold.recordedAt).getTime() - 1000);
        expect(booted).toBeLessThanOrEqual(new Date(decision.hold.startBy).getTime());
      }),
    );
  });
});
