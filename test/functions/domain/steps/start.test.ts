import fc from 'fast-check';
import type { InstanceAt } from '../../../../functions/domain/batch/batch-instance.ts';
import { lacksCapacity } from '../../../../functions/domain/model/aws-errors.ts';
import type { InstanceFacts } from '../../../../functions/domain/model/instance.ts';
import { NO_TURN_SECONDS_MIN } from '../../../../functions/domain/model/limits.ts';
import type { Attempt } from '../../../../functions/domain/ownership/attempt.ts';
import { attemptsOf } from '../../../../functions/domain/ownership/owner.ts';
import { decideStart, type StartCase, withLostAttempts } from '../../../../functions/domain/steps/start.ts';
import { applyStartRefusal } from '../../../../functions/domain/steps/start-refusal.ts';
import { anyInstanceFacts, instancesAt, moments } from '../../../support/arbitraries.ts';
import {
  aLeasedInstance,
  anAttempt,
  anInstance,
  at,
  instanceFacts,
  leasedFacts,
  ours,
  stamp,
  wokenFacts,
} from '../../../support/builders.ts';
import { heldAt, said } from '../../../support/looks.ts';
import { aLostAttempt, aStartCase, saidOfStart } from '../../../support/starts.ts';

const DEADLINE_SECONDS = 20 * 60;
const NOW = at('02:00:45');

const decide = (ec2: InstanceFacts, changes: Partial<StartCase> = {}) =>
  saidOfStart(decideStart(aStartCase({ ec2, ...changes })));

describe('an instance that awaits its start', () => {
  it('is leased first, while it is stopped', () => {
    expect(decide(instanceFacts())).toEqual({ action: 'lease' });
  });

  it('is left out once its root volume is detached: it could not boot', () => {
    const instance = aLeasedInstance();
    for (const changes of [{}, { instance, carriesOurLease: true }]) {
      expect(decide(instanceFacts({ lacksRootVolume: true }), changes)).toMatchObject({
        reason: { code: 'no-root-volume' },
      });
    }
  });

  it('is started once it is leased and comes back from its preflight', () => {
    const instance = aLeasedInstance();
    expect(decide(leasedFacts(), { instance, carriesOurLease: true, now: at('02:30') })).toEqual({ action: 'start' });
  });

  it('is started although its lease is not shown, for a minute; then it is gone, and it is leased again', () => {
    const instance = aLeasedInstance();
    expect(decide(instanceFacts(), { instance, now: at('02:00:30') })).toEqual({ action: 'start' });
    expect(decide(instanceFacts(), { instance, now: at('02:00:31') })).toEqual({ action: 'lease' });
  });

  it('is leased again when an earlier attempt was lost, and it still sleeps', () => {
    expect(decide(instanceFacts(), { lostAttempts: [aLostAttempt()] })).toEqual({ action: 'lease' });
  });

  it('is started again when an attempt to start it was lost, and it still sleeps', () => {
    const instance = aLeasedInstance();
    const lostAttempts = [aLostAttempt()];
    expect(decide(leasedFacts(), { instance, carriesOurLease: true, lostAttempts })).toEqual({ action: 'start' });
  });

  it.each(['running', 'pending'] as const)('is left to others when someone else has started it: it is %s', (state) => {
    const decision = decide(wokenFacts({ state }));
    expect(decision).toMatchObject({ action: 'hand-over', reason: { code: 'started-by-others' } });
  });

  it.each(['running', 'pending'] as const)('is adopted when our own lost attempt has started it: it is %s', (state) => {
    const lostAttempts = [aLostAttempt()];
    expect(decide(wokenFacts({ state }), { lostAttempts })).toEqual({
      action: 'adopt',
      owner: ours([anAttempt()], stamp('02:00:30')),
    });
  });

  it.each([
    ['before our record', '01:59:00'],
    ['after our attempt was dead', '02:02:00'],
  ])('is left to others when it was started %s, whatever attempt was lost', (_when, time) => {
    const facts = wokenFacts({ launchTime: stamp(time) });
    expect(decide(facts, { lostAttempts: [aLostAttempt()], now: at('02:03') })).toMatchObject({ action: 'hand-over' });
  });

  it('is waited for while it is stopping', () => {
    expect(decide(instanceFacts({ state: 'stopping' }))).toMatchObject({
      action: 'wait',
      reason: { code: 'stopping' },
      until: stamp('02:20'),
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
});

describe('an instance that waits for capacity', () => {
  const instance = aLeasedInstance({ retryAt: stamp('02:05') });

  it('is left alone until its time has come', () => {
    const decision = decide(instanceFacts(), { instance, now: at('02:04:59') });
    expect(decision).toMatchObject({
      action: 'wait',
      reason: { code: 'waiting-for-capacity' },
      until: stamp('02:05'),
    });
  });

  it('is started once it has', () => {
    const given = { instance, carriesOurLease: true, now: at('02:05') };
    expect(decide(leasedFacts(), given)).toEqual({ action: 'start' });
  });

  it('is left to others at once when someone starts it meanwhile', () => {
    expect(decide(wokenFacts(), { instance, now: at('02:04') })).toMatchObject({ action: 'hand-over' });
  });
});

describe('a start that EC2 refuses', () => {
  const refused = (instance: InstanceAt<'start'>, code: string, now: Date, message = 'sorry') =>
    applyStartRefusal({ instance, error: { code, message }, isItsOwn: true, deadlineSeconds: DEADLINE_SECONDS, now });
  const look = (code: string, now: Date, message?: string) => refused(anInstance(), code, now, message);
  const again = (code: string, now: Date) => refused(anInstance({ retryAt: stamp('02:01') }), code, now);
  const refuse = (...refusal: Parameters<typeof look>) => said(look(...refusal));

  it.each([
    ['InsufficientInstanceCapacity', 'no-capacity'],
    ['InsufficientHostCapacity', 'no-capacity'],
    ['InsufficientReservedInstanceCapacity', 'no-capacity'],
    ['InstanceLimitExceeded', 'limit-reached'],
    ['VcpuLimitExceeded', 'limit-reached'],
    ['MaxSpotInstanceCountExceeded', 'limit-reached'],
  ])('for %s is tried again, and ends at the deadline as %s', (code, ending) => {
    expect(lacksCapacity(code)).toBe(true);
    expect(refuse(code, at('02:19:59'))).toMatchObject({
      action: 'wait',
      reason: { code: 'waiting-to-start' },
      until: stamp('02:20'),
    });
    expect(refuse(code, at('02:20'))).toMatchObject({
      action: 'fail',
      reason: { code: ending, text: expect.stringMatching(`${code}: sorry .*20 minutes`) },
    });
  });

  it.each(['IncorrectInstanceState', 'RequestLimitExceeded'])(
    'for %s is tried again for half an hour, however short the deadline, and is a refusal then',
    (code) => {
      expect(lacksCapacity(code)).toBe(false);
      expect(refuse(code, at('02:29:59'))).toMatchObject({ action: 'wait' });
      expect(refuse(code, at('02:30'))).toMatchObject({ action: 'fail', reason: { code: 'start-refused' } });
    },
  );

  it.each(['InvalidParameterValue', 'OperationNotPermitted', 'InvalidInstanceID.NotFound', ''])(
    'for %j is final at once, and says what EC2 said',
    (code) => {
      const text = expect.stringContaining(`${code}: Instance does not have a volume attached at root`);
      expect(refuse(code, at('02:00:01'), 'Instance does not have a volume attached at root')).toMatchObject({
        action: 'fail',
        reason: { code: 'start-refused', text },
      });
    },
  );

  it('for want of a permission is tried again for five minutes: the policy may not see the lease yet', () => {
    expect(refuse('UnauthorizedOperation', at('02:04:59'))).toMatchObject({ action: 'wait', until: stamp('02:05') });
    expect(said(again('UnauthorizedOperation', at('02:05')))).toMatchObject({
      action: 'fail',
      reason: { code: 'start-refused', text: expect.stringContaining('5 minutes') },
    });
  });

  it('leaves more time for capacity to come back than for a view that lags behind', () => {
    const retryAt = (code: string) => heldAt('start', look(code, NOW).instance).retryAt;
    expect(retryAt('InsufficientInstanceCapacity')).toBe(stamp('02:02:45'));
    expect(retryAt('IncorrectInstanceState')).toBe(stamp('02:01:15'));
    expect(retryAt('UnauthorizedOperation')).toBe(stamp('02:01:15'));
  });

  it('is never tried again for ever', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: NO_TURN_SECONDS_MIN, max: 1e6 }), (code, seconds) => {
        const now = new Date(at('02:00').getTime() + seconds * 1000);
        expect(refuse(code, now).action).toBe('fail');
      }),
    );
  });
});

describe('whatever EC2 says', () => {
  const earlier = aLostAttempt({ recordedAt: stamp('01:30'), startBy: stamp('01:31') });
  const lost = fc.constantFrom<Attempt[]>([], [aLostAttempt()], [earlier]);
  const awaiting = instancesAt.start.filter(({ owner }) => owner.kind !== 'others');

  it('only an instance that sleeps is started, and only an awake one is adopted or left to others', () => {
    fc.assert(
      fc.property(awaiting, anyInstanceFacts, lost, moments, (instance, facts, lostAttempts, now) => {
        const { action } = decide(facts, { instance, lostAttempts, now });
        if (action === 'start') expect(facts.state).toBe('stopped');
        if (action === 'adopt' || action === 'hand-over') expect(['running', 'pending']).toContain(facts.state);
      }),
    );
  });

  it('nothing is adopted without an attempt of our own from before its boot', () => {
    fc.assert(
      fc.property(awaiting, anyInstanceFacts, lost, moments, (instance, facts, lostAttempts, now) => {
        const decision = decide(facts, { instance, lostAttempts, now });
        if (decision.action !== 'adopt') return;
        const attempts = attemptsOf(withLostAttempts(instance, lostAttempts).owner);
        expect(decision.owner).toEqual({ kind: 'reveille', attempts, wokenAt: facts.launchTime });
        const booted = new Date(facts.launchTime ?? 0).getTime();
        const isWithin = ({ recordedAt, startBy }: Attempt) =>
          booted >= new Date(recordedAt).getTime() - 3000 && booted <= new Date(startBy).getTime();
        expect(attempts.some(isWithin)).toBe(true);
      }),
    );
  });
});

describe('the words of a decision', () => {
  const say = (ec2: InstanceFacts, changes: Partial<InstanceAt<'start'>> = {}, time = '02:00:03') => {
    const decision = saidOfStart(decideStart(aStartCase({ ec2, instance: anInstance(changes), now: at(time) })));
    return 'reason' in decision ? `${decision.action}: ${decision.reason?.text} [${decision.reason?.code}]` : null;
  };

  it('tell people what is the matter', () => {
    expect(say(wokenFacts())).toBe(
      'hand-over: it was started before Reveille did it, so it stays running [started-by-others]',
    );
    expect(say(instanceFacts(), { retryAt: stamp('02:02') })).toBe(
      'wait: waits before the next attempt to start it [waiting-for-capacity]',
    );
    expect(say(instanceFacts({ state: 'stopping' }))).toBe(
      'wait: it is stopping: it can be started once it has stopped [stopping]',
    );
    expect(say(instanceFacts({ state: 'stopping' }), {}, '02:20')).toBe(
      'fail: it is still stopping, 20 minutes after the run wanted to start it [stuck-stopping]',
    );
    expect(say(instanceFacts({ state: 'terminated' }))).toBe('fail: it is terminated now [terminated-in-run]');
  });
});
