import fc from 'fast-check';
import type { InstanceAt } from '../../../../functions/domain/batch/batch-instance.ts';
import type { InstanceFacts } from '../../../../functions/domain/model/instance.ts';
import { isOpenWindow } from '../../../../functions/domain/ownership/attempt.ts';
import { LEASE_TAG } from '../../../../functions/domain/ownership/lease.ts';
import { attemptsOf } from '../../../../functions/domain/ownership/owner.ts';
import { decideRestore } from '../../../../functions/domain/steps/restore.ts';
import { anyInstanceFacts, instancesAt, moments } from '../../../support/arbitraries.ts';
import {
  anAttempt,
  anInstance,
  at,
  aWokenInstance,
  instanceFacts,
  leaseValue,
  ours,
  restoreCase,
  stamp,
  theirs,
  wokenFacts,
} from '../../../support/builders.ts';

const NOW = at('02:10:15');

/** Reveille started it at 02:00:30; the work on it ended at 02:10. */
const done = (changes: Partial<InstanceAt<'restore'>> = {}) =>
  aWokenInstance({ step: 'restore', stepSince: stamp('02:10'), outcome: 'updated', ...changes });
const asleep = (changes: Partial<InstanceFacts> = {}) =>
  wokenFacts({ state: 'stopped', stateReason: instanceFacts().stateReason, ...changes });
const decide = (instance: InstanceAt<'restore'>, seen: InstanceFacts, now = NOW) =>
  decideRestore(restoreCase(instance, seen, { now }));

const openCommand = (sentAt: string) => ({ commandId: 'command-1', sentAt, endedAt: null });
const leased = (value: string) => ({ tags: { [LEASE_TAG]: value } });

describe('an instance that Reveille started', () => {
  it('is stopped when its work is over', () => {
    expect(decide(done(), wokenFacts())).toMatchObject({ action: 'stop', hibernate: false });
  });

  it('is hibernated when it was hibernated', () => {
    const instance = done({ originalState: 'hibernated' });
    expect(decide(instance, wokenFacts())).toMatchObject({ action: 'stop', hibernate: true });
  });

  it('is stopped though its update has failed', () => {
    expect(decide(done({ outcome: 'failed' }), wokenFacts())).toMatchObject({ action: 'stop' });
  });

  it('is stopped though no reply said that it was started: the record and its boot say so', () => {
    expect(decide(done({ owner: ours([anAttempt()]), launchTime: null }), wokenFacts())).toMatchObject({
      action: 'stop',
    });
  });

  it.each(['pending', 'stopping'] as const)('is waited for while it is %s', (state) => {
    expect(decide(done(), wokenFacts({ state }))).toMatchObject({ action: 'wait', reason: { code: state } });
  });

  it('is not told to stop again while that is not shown yet', () => {
    const told = done({ stopAcceptedAt: stamp('02:10:15') });
    const unshown = { action: 'wait', reason: { code: 'stop-not-shown' } };
    expect(decide(told, wokenFacts(), at('02:15:14'))).toMatchObject(unshown);
    expect(decide(told, wokenFacts(), at('02:15:15'))).toMatchObject({ action: 'stop' });
  });

  it('is let go once it is seen stopped after our stop', () => {
    expect(decide(done({ stopAcceptedAt: stamp('02:10:05') }), asleep())).toEqual({
      action: 'settle',
      finalState: 'stopped',
      releaseLease: true,
      wasSeenStopped: true,
      isGone: false,
      reason: null,
    });
  });

  it('is told to stop though it is found stopped: a start may be on its way', () => {
    expect(decide(done(), asleep())).toMatchObject({ action: 'stop' });
    const boot = { kind: 'known', launchTime: stamp('02:00:30'), isAssumed: false, endedAt: stamp('02:09') } as const;
    expect(decide(done({ owner: ours([anAttempt({ boot })]) }), asleep())).toMatchObject({
      action: 'settle',
      wasSeenStopped: true,
    });
  });
});

describe('an instance whose update may still be at work', () => {
  it.each<[string, Partial<InstanceAt<'restore'>>]>([
    ['our command has not ended', { commands: [openCommand(stamp('02:02'))] }],
    [
      'the first of two has not ended',
      { commands: [openCommand(stamp('02:02')), { ...openCommand(stamp('02:04')), endedAt: stamp('02:05') }] },
    ],
    ['someone else’s update holds the agent', { otherUpdateSince: stamp('02:02') }],
  ])('is not stopped for 45 minutes while %s', (_why, changes) => {
    const busy = done(changes);
    expect(decide(busy, wokenFacts(), at('02:46:59'))).toMatchObject({
      action: 'wait',
      reason: { code: 'update-may-run' },
    });
    expect(decide(busy, wokenFacts(), at('02:47'))).toMatchObject({ action: 'stop' });
  });

  it('is not given up for the time in which it must not be stopped', () => {
    const busy = done({ commands: [openCommand(stamp('02:02'))], lastRefusal: 'not now' });
    expect(decide(busy, wokenFacts(), at('03:06:59'))).toMatchObject({ action: 'stop' });
    expect(decide(busy, wokenFacts(), at('03:07'))).toMatchObject({ action: 'give-up' });
  });
});

describe('an instance that was hibernated', () => {
  const told = done({ originalState: 'hibernated', stopAcceptedAt: stamp('02:10:05') });
  const hibernated = asleep({ stateReason: { code: 'Client.UserInitiatedHibernate', message: 'Hibernate' } });

  it('is hibernated again', () => {
    expect(decide(told, hibernated)).toMatchObject({ action: 'settle', finalState: 'hibernated', reason: null });
  });

  it('is reported when EC2 fell back to a plain stop', () => {
    expect(decide(told, asleep())).toMatchObject({
      action: 'settle',
      finalState: 'stopped',
      reason: { code: 'hibernation-lost' },
    });
  });
});

describe('an instance that someone else has taken over', () => {
  it.each([
    ['removed', 'removed', {}],
    ['changed', 'changed', leased('another/run/was/here')],
  ])('is left running when its lease tag was %s', (_how, word, tags) => {
    expect(decide(done(), wokenFacts({ tags: {}, ...tags }))).toMatchObject({
      action: 'settle',
      finalState: 'handed-over',
      releaseLease: false,
      wasSeenStopped: false,
      reason: { code: 'lease-removed', text: expect.stringContaining(word) },
    });
  });

  it('is not told to stop once more when it sleeps without its lease', () => {
    const decision = decide(done(), asleep({ tags: {} }));
    expect(decision).toMatchObject({ action: 'settle', releaseLease: false, reason: { code: 'lease-removed' } });
  });

  it('is not mistaken for one whose lease is not shown yet, a minute after it was written', () => {
    const early = done({ stepSince: stamp('02:00:40') });
    expect(decide(early, wokenFacts({ tags: {} }), at('02:01:00'))).toMatchObject({ action: 'stop' });
    expect(decide(early, wokenFacts({ tags: {} }), at('02:01:01'))).toMatchObject({ action: 'settle' });
  });

  it.each([stamp('02:05'), stamp('01:00'), null])(
    'is left running when its boot is not ours (%s), and let go',
    (launchTime) => {
      expect(decide(done(), wokenFacts({ launchTime }))).toMatchObject({
        action: 'settle',
        finalState: 'handed-over',
        releaseLease: true,
        wasSeenStopped: false,
        reason: { code: 'restarted-by-others' },
      });
    },
  );

  it.each([
    ['we had tried to start, and its lease is removed', [anAttempt()], true],
    ['we never tried to start', [], false],
  ])('before our start is left alone: one that %s', (_which, attempts, releaseLease) => {
    const expected = {
      action: 'settle',
      finalState: 'handed-over',
      releaseLease,
      wasSeenStopped: false,
      isGone: false,
      reason: { code: 'started-by-others', text: 'someone else started it' },
    };
    const instance = done({ owner: theirs(attempts) });
    expect(decide(instance, wokenFacts())).toEqual(expected);
    expect(decide(instance, asleep())).toEqual({ ...expected, finalState: 'stopped' });
  });
});

describe('an instance that Reveille never tried to start', () => {
  it.each(['running', 'stopped', 'pending', 'stopping'] as const)('is only looked at: it is %s', (state) => {
    const neighbour = anInstance({ originalState: 'running', step: 'restore', outcome: 'updated' });
    expect(decide(neighbour, wokenFacts({ state }))).toEqual({
      action: 'settle',
      finalState: state,
      releaseLease: false,
      wasSeenStopped: false,
      isGone: false,
      reason: null,
    });
  });
});

describe('an instance that is gone', () => {
  it.each([
    ['terminated', wokenFacts({ state: 'terminated' })],
    ['shutting-down', wokenFacts({ state: 'shutting-down' })],
  ])('is settled as %s', (finalState, seen) => {
    expect(decide(done(), seen)).toMatchObject({
      action: 'settle',
      finalState,
      wasSeenStopped: false,
      isGone: true,
      reason: { code: 'terminated-in-run' },
    });
  });
});

describe('an instance that cannot be restored in time', () => {
  it('is given up at the deadline with its lease kept, and says what EC2 refused', () => {
    const refused = done({ lastRefusal: 'OperationNotPermitted: may not be stopped' });
    expect(decide(refused, wokenFacts(), at('02:29:59'))).toMatchObject({ action: 'stop' });
    expect(decide(refused, wokenFacts(), at('02:30'))).toMatchObject({
      action: 'give-up',
      finalState: 'running',
      reason: { code: 'not-restored', text: expect.stringMatching(/running after 20 minutes.*OperationNotPermitted/) },
    });
  });

  it('is given up while it is stopping for ever', () => {
    expect(decide(done(), wokenFacts({ state: 'stopping' }), at('02:30'))).toMatchObject({ action: 'give-up' });
  });

  it.each<[string, InstanceAt<'restore'>, InstanceFacts]>([
    ['asleep', done({ stopAcceptedAt: stamp('02:29') }), asleep()],
    ['taken over', done(), wokenFacts({ tags: {} })],
  ])('is settled all the same when it is found %s', (_how, instance, seen) => {
    expect(decide(instance, seen, at('03:30'))).toMatchObject({ action: 'settle' });
  });
});

describe('whatever EC2 says', () => {
  const secondsAfter = (from: string, to: Date | string) => (new Date(to).getTime() - Date.parse(from)) / 1000;

  it('an instance is stopped only if we started it, and if no one else took it over or works on it', () => {
    fc.assert(
      fc.property(instancesAt.restore, anyInstanceFacts, moments, (instance, seen, now) => {
        if (decide(instance, seen, now).action !== 'stop') return;
        const { owner, commands, otherUpdateSince } = instance;
        expect(owner.kind).toBe('reveille');
        expect(['running', 'stopped']).toContain(seen.state);
        const [attempt] = attemptsOf(owner);
        if (attempt === undefined || seen.state !== 'running') return;
        expect(secondsAfter(attempt.recordedAt, seen.launchTime ?? '')).toBeGreaterThanOrEqual(-3);
        expect(secondsAfter(seen.launchTime ?? '', attempt.startBy)).toBeGreaterThanOrEqual(0);
        if (secondsAfter(attempt.recordedAt, now) > 60) expect(seen.tags[LEASE_TAG]).toBe(leaseValue());
        const begun = commands.filter(({ endedAt }) => endedAt === null).map(({ sentAt }) => sentAt);
        if (otherUpdateSince !== null) begun.push(otherUpdateSince);
        for (const moment of begun) expect(secondsAfter(moment, now)).toBeGreaterThanOrEqual(45 * 60);
      }),
      { numRuns: 3000 },
    );
  });

  it('a lease is removed only from what was handed over, was never started, or is seen asleep after our own stop', () => {
    fc.assert(
      fc.property(instancesAt.restore, anyInstanceFacts, moments, (instance, seen, now) => {
        const decision = decide(instance, seen, now);
        if (decision.action !== 'settle' || !decision.releaseLease) return;
        expect(instance.owner.kind).not.toBe('none');
        if (decision.finalState === 'handed-over' || instance.owner.kind === 'others') return;
        if (!attemptsOf(instance.owner).some(isOpenWindow)) return;
        expect(seen.state).toBe('stopped');
        expect(instance.stopAcceptedAt).not.toBeNull();
      }),
      { numRuns: 3000 },
    );
  });

  const later = fc.integer({ min: 61, max: 1000 }).map((seconds) => new Date(at('02:10').getTime() + seconds * 1000));
  const elsewhen = fc.oneof(fc.integer({ min: -9999, max: -2 }), fc.integer({ min: 61, max: 9999 }));
  const takenOver = fc.oneof(
    fc.constant({ of: { owner: { kind: 'none' } as const }, seen: {} }),
    fc.string().map((text) => ({ of: { owner: theirs([anAttempt()], text) }, seen: {} })),
    elsewhen.map((by) => ({ of: {}, seen: { launchTime: new Date(at('02:00').getTime() + by * 1000).toISOString() } })),
    fc.string().map((value) => ({ of: {}, seen: leased(value) })),
    fc.constant({ of: {}, seen: { tags: {} } }),
    fc.integer({ min: 0, max: 1600 }).map((age) => {
      const sentAt = new Date(at('02:10').getTime() - age * 1000).toISOString();
      return { of: { commands: [openCommand(sentAt)] }, seen: {} };
    }),
  );

  it('what would be stopped is not, once one of these is not so any more', () => {
    fc.assert(
      fc.property(takenOver, later, ({ of, seen }, now) => {
        expect(decide(done(), wokenFacts(), now).action).toBe('stop');
        expect(decide(done(of), wokenFacts(seen), now).action).not.toBe('stop');
      }),
      { numRuns: 500 },
    );
  });
});
