import fc from 'fast-check';
import type { InstanceAt } from '../../../../functions/domain/batch/batch-instance.ts';
import { refusalOf } from '../../../../functions/domain/model/aws-errors.ts';
import type { InstanceFacts } from '../../../../functions/domain/model/instance.ts';
import { LEASE_TAG } from '../../../../functions/domain/ownership/lease.ts';
import { hasFailedStep, mayBeStartedLate } from '../../../../functions/domain/steps/failed-step.ts';
import type { OtherActivity } from '../../../../functions/domain/steps/other-activity.ts';
import { noteOtherActivity } from '../../../../functions/domain/steps/other-activity.ts';
import { decideRestore, type RestoreCase } from '../../../../functions/domain/steps/restore.ts';
import { decideKeptLease } from '../../../../functions/domain/steps/restore-result.ts';
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

const DEADLINE_SECONDS = 1800;
const FAILED_STEP = { outcome: 'failed', strayUntil: stamp('02:11:30') } as const;
const NO_OWNER = { owner: { kind: 'none' } } as const;
const NOT_LEASED = { ...FAILED_STEP, ...NO_OWNER };
const STOPPED_LATE = { stopAcceptedAt: stamp('02:39') };
/** Woken by Reveille at 02:00:30; the work on it ended at 02:10. */
const done = (changes: Partial<InstanceAt<'restore'>> = {}) =>
  aWokenInstance({ step: 'restore', stepSince: stamp('02:10'), outcome: 'updated', ...changes });
const decide = (
  time: string,
  seen: InstanceFacts,
  changes: Partial<InstanceAt<'restore'>> = {},
  more: Partial<RestoreCase> = {},
) => decideRestore(restoreCase(done(changes), seen, { deadlineSeconds: DEADLINE_SECONDS, now: at(time), ...more }));
const say = (...args: Parameters<typeof decide>) => {
  const decision = decide(...args);
  const why = 'reason' in decision ? decision.reason : null;
  return why === null ? decision.action : `${decision.action}: ${why.text} [${why.code}]`;
};
const asleep = (changes: Partial<InstanceFacts> = {}) =>
  instanceFacts({ tags: { [LEASE_TAG]: leaseValue() }, ...changes });

describe('what restoring says', () => {
  it('while it waits', () => {
    expect(say('02:11', wokenFacts({ state: 'stopping' }))).toBe('wait: it is stopping [stopping]');
    expect(say('02:11', wokenFacts({ state: 'pending' }))).toBe('wait: it is still starting [pending]');
    expect(say('02:11', wokenFacts(), { stopAcceptedAt: stamp('02:10:30') })).toBe(
      'wait: its stop is not shown yet [stop-not-shown]',
    );
    const commands = [{ commandId: 'command-1', sentAt: stamp('02:05'), endedAt: null }];
    expect(say('02:11', wokenFacts(), { commands })).toBe(
      'wait: an update may be at work on it until 2026-12-06T02:50:00.000Z [update-may-run]',
    );
    expect(say('02:00:59', wokenFacts())).toBe(
      'wait: a Lambda that may start it, or send it a command, may still be alive [writer-may-live]',
    );
    expect(say('02:11', instanceFacts(), NOT_LEASED)).toBe(
      'wait: a start that the failed step has left behind may still come [start-may-come]',
    );
  });

  it('of one that is someone else’s by now', () => {
    expect(say('02:11', wokenFacts({ launchTime: stamp('02:08') }))).toBe(
      'settle: it was started again at 2026-12-06T02:08:00.000Z, not by this run [restarted-by-others]',
    );
    expect(say('02:11', wokenFacts({ launchTime: null }))).toBe(
      'settle: it was started again at an unknown time, not by this run [restarted-by-others]',
    );
    expect(say('02:11', wokenFacts({ tags: {} }))).toBe(
      'settle: its lease tag was removed, not by this run: it is left alone [lease-removed]',
    );
    expect(say('02:11', wokenFacts({ tags: { [LEASE_TAG]: 'mine now' } }))).toBe(
      'settle: its lease tag was changed, not by this run: it is left alone [lease-removed]',
    );
    expect(say('02:11', wokenFacts({ tags: { [LEASE_TAG]: 'machine/run-9/child/attempt' } }))).toBe(
      'settle: its lease tag was changed to that of run run-9, not by this run: it is left alone [lease-removed]',
    );
  });

  it('of one that is gone, or came back otherwise', () => {
    expect(say('02:11', wokenFacts({ state: 'terminated' }))).toBe('settle: it is terminated [terminated-in-run]');
    expect(say('02:11', asleep(), { originalState: 'hibernated', stopAcceptedAt: stamp('02:10') })).toBe(
      'settle: it was hibernated, and EC2 fell back to a plain stop [hibernation-lost]',
    );
  });

  it('when it gives up, with the last refusal if there was one', () => {
    const since = { stopAcceptedAt: stamp('02:10'), lastRefusal: null };
    expect(say('02:40', wokenFacts({ state: 'stopping' }), since)).toBe(
      'give-up: it is stopping after 30 minutes of restoring, its lease is kept [not-restored]',
    );
    expect(say('02:40', wokenFacts(), { lastRefusal: 'UnsupportedOperation: no' })).toBe(
      'give-up: it is running after 30 minutes of restoring, its lease is kept; last refusal: UnsupportedOperation: no [not-restored]',
    );
  });

  it('of a lease that EC2 does not remove', () => {
    const stopped = done({ stopAcceptedAt: stamp('02:12') });
    const kept = (time: string) =>
      decideKeptLease(
        stopped,
        { finalState: 'stopped', refusal: refusalOf('DeleteTags', { code: 'Throttled', message: 'no' }) },
        DEADLINE_SECONDS,
        at(time),
      );
    const why = {
      code: 'lease-kept',
      text: 'its lease could not be removed: DeleteTags: Throttled: no',
      awsError: { call: 'DeleteTags', code: 'Throttled' },
    };
    expect(kept('02:41:59')).toEqual({ action: 'wait', reason: why, until: stamp('02:42') });
    expect(kept('02:42')).toEqual({ action: 'give-up', finalState: 'stopped', reason: why });
  });
});

describe('until when restoring waits, at the latest', () => {
  const command = (sentAt: string) => ({ commands: [{ commandId: 'command-1', sentAt, endedAt: null }] });
  const session: OtherActivity = {
    reason: { code: 'session-active', text: 'anna has a session on it' },
    isKnown: true,
  };
  const unknown: OtherActivity = { ...session, isKnown: false };
  const neverGivenUp = { deadlineSeconds: null };

  it.each<[string, string, string, string | null, Parameters<typeof decide>]>([
    ['a start may come', 'its own limit', 'writer-may-live', '02:01', ['02:00:59', wokenFacts()]],
    ['a step failed', 'its Lambda is dead', 'writer-may-live', '02:11:30', ['02:11', wokenFacts(), FAILED_STEP]],
    ['a start was left', 'its Lambda is dead', 'start-may-come', '02:11:30', ['02:11', asleep(), NOT_LEASED]],
    ['an update may run', 'it is over', 'update-may-run', '02:50', ['02:11', wokenFacts(), command(stamp('02:05'))]],
    ['a stop is shown', 'it is asked for again', 'stop-not-shown', '02:44', ['02:41', wokenFacts(), STOPPED_LATE]],
    ['it stops', 'the deadline', 'stopping', '02:40', ['02:11', wokenFacts({ state: 'stopping' })]],
    [
      'it stops',
      'the deadline of its stop',
      'stopping',
      '03:09',
      ['02:41', wokenFacts({ state: 'stopping' }), STOPPED_LATE],
    ],
    ['it starts', 'the deadline', 'pending', '02:40', ['02:11', wokenFacts({ state: 'pending' })]],
    [
      'it starts',
      'the deadline, counted from the last update',
      'pending',
      '02:45',
      ['02:20', wokenFacts({ state: 'pending' }), command(stamp('01:30'))],
    ],
    ['it starts', 'it has', 'pending', null, ['02:11', wokenFacts({ state: 'pending' }), {}, neverGivenUp]],
    [
      'someone else is active',
      'it is theirs',
      'session-active',
      '02:31',
      ['02:12', wokenFacts(), { otherActivitySince: stamp('02:11') }, { otherActivity: session }],
    ],
    [
      'someone else is active',
      'it is theirs, whatever the deadline is',
      'session-active',
      '02:50',
      ['02:31', wokenFacts(), { otherActivitySince: stamp('02:30') }, { otherActivity: session }],
    ],
    [
      'SSM says nothing',
      'the deadline',
      'session-active',
      '02:40',
      ['02:11', wokenFacts(), {}, { otherActivity: unknown }],
    ],
    [
      'SSM says nothing',
      'it does',
      'session-active',
      null,
      ['02:11', wokenFacts(), {}, { otherActivity: unknown, ...neverGivenUp }],
    ],
  ])('while %s: until %s (%s, %s)', (_what, _until, ...[code, until, args]) => {
    expect(decide(...args)).toMatchObject({
      action: 'wait',
      reason: { code },
      until: until === null ? null : stamp(until),
    });
  });
});

describe('whatever EC2 says, a wait', () => {
  const otherActivity = { reason: { code: 'session-active', text: 'anna has a session on it' }, isKnown: true };

  it('ends at a later moment, or goes on for another reason', () => {
    fc.assert(
      fc.property(instancesAt.restore, anyInstanceFacts, moments, fc.boolean(), (instance, seen, now, isActive) => {
        const activity = isActive ? otherActivity : null;
        const given = restoreCase(noteOtherActivity(instance, activity, now), seen, { now, otherActivity: activity });
        const decision = decideRestore(given);
        if (decision.action !== 'wait') return;
        const until = new Date(decision.until ?? 'never');
        expect(until.getTime()).toBeGreaterThan(now.getTime());
        const then = decideRestore({ ...given, now: until });
        if (then.action === 'wait') expect(then.reason).not.toEqual(decision.reason);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what restoring decides', () => {
  it('has restored no instance whose every start was refused', () => {
    const owner = ours([anAttempt({ startBy: anAttempt().recordedAt })]);
    expect(decide('02:11', asleep(), { owner })).toEqual({
      action: 'settle',
      finalState: 'stopped',
      releaseLease: true,
      wasSeenStopped: false,
      isGone: false,
      reason: null,
    });
  });

  it('finds one restored that sleeps without its lease, and says that it was removed', () => {
    expect(decide('02:11', asleep({ tags: {} }))).toMatchObject({
      action: 'settle',
      releaseLease: false,
      wasSeenStopped: true,
      reason: { code: 'lease-removed' },
    });
  });

  it('says of one that it never tried to start how it is', () => {
    const stateReason = { code: 'Client.UserInitiatedHibernate', message: '' };
    expect(decide('02:11', instanceFacts({ stateReason }), NO_OWNER)).toMatchObject({ finalState: 'hibernated' });
    expect(decide('02:11', instanceFacts(), NO_OWNER)).toMatchObject({ finalState: 'stopped' });
  });

  it('waits for someone else beyond the deadline, and only then holds it, with our lease kept', () => {
    const otherActivity = { reason: { code: 'session-active', text: 'anna has a session on it' }, isKnown: true };
    const seen = { otherActivitySince: stamp('02:39'), lastRefusal: 'x' };
    expect(decide('02:58:59', wokenFacts(), seen, { otherActivity })).toMatchObject({ action: 'wait' });
    expect(decide('02:59', wokenFacts(), seen, { otherActivity })).toMatchObject({
      action: 'settle',
      finalState: 'running',
      releaseLease: false,
    });
  });

  it('gives up no instance whose stop was accepted and has not shown yet, however late', () => {
    expect(decide('05:01', wokenFacts(), { stopAcceptedAt: stamp('05:00') })).toMatchObject({ action: 'wait' });
    // It has had its time, and is asked once more only within the deadline.
    expect(decide('05:06', wokenFacts(), { stopAcceptedAt: stamp('05:00') })).toMatchObject({ action: 'give-up' });
  });

  it('counts one that runs on from the end of its work, not from its stop', () => {
    const again = { stopAcceptedAt: stamp('02:34'), lastRefusal: 'x' };
    expect(decide('02:41', wokenFacts(), again)).toMatchObject({ action: 'give-up' });
    expect(decide('02:41', wokenFacts({ state: 'stopping' }), again)).toMatchObject({ action: 'wait' });
  });
});

describe('an instance that its owner has let out', () => {
  it.each([
    ['its lease is gone', wokenFacts({ tags: {} }), false],
    ['it was started again', wokenFacts({ launchTime: stamp('02:09') }), true],
  ])('is told as that although %s', (_what, seen, releaseLease) => {
    const decision = decide('02:11', seen, {}, { optOut: 'its tag says so' });
    expect(decision).toMatchObject({ action: 'settle', releaseLease, reason: { code: 'opted-out-in-run' } });
  });
});

describe('a step that has failed for good', () => {
  const failed = anInstance({ step: 'restore', ...FAILED_STEP });

  it('is why an instance failed, or is not', () => {
    expect(hasFailedStep(failed)).toBe(true);
    expect(hasFailedStep({ ...failed, strayUntil: null })).toBe(false);
    expect(hasFailedStep({ ...failed, strayUntil: null, reason: { code: 'step-failed', text: '' } })).toBe(false);
  });

  it.each<[string, Partial<InstanceAt<'restore'>>, boolean]>([
    ['one that sleeps and was not tried', {}, true],
    ['one that was tried in vain', { owner: ours([anAttempt()]) }, true],
    ['one that Reveille has started', { owner: ours([anAttempt()], stamp('02:01')) }, false],
    ['one that was running', { originalState: 'running' }, false],
    ['one that someone else has started', { owner: theirs([]) }, false],
    ['one that failed otherwise', { strayUntil: null, reason: { code: 'agent-lost', text: '' } }, false],
    ['one that has not failed', { strayUntil: null }, false],
  ])('may have left a start behind for %s: %j', (_what, changes, may) => {
    expect(mayBeStartedLate({ ...failed, ...changes })).toBe(may);
  });
});
