import type { InstanceAt } from '../../../../functions/domain/batch/batch-instance.ts';
import type { OtherActivityFacts } from '../../../../functions/domain/model/instance.ts';
import {
  findOtherActivity,
  findOwnCommands,
  noteOtherActivity,
  type OtherActivity,
  otherActivityUnknown,
} from '../../../../functions/domain/steps/other-activity.ts';
import { decideRestore } from '../../../../functions/domain/steps/restore.ts';
import { at, aWokenInstance, INSTANCE_ID, restoreCase, stamp, wokenFacts } from '../../../support/builders.ts';

const BOOT = stamp('02:00:30');
const nothing: OtherActivityFacts = { sessions: [], invocations: [], associations: [] };
const find = (
  facts: Partial<OtherActivityFacts>,
  launchTime: string | null = BOOT,
  changes: Partial<InstanceAt<'restore'>> = {},
) => {
  const found = findOtherActivity(aWokenInstance({ step: 'restore', ...changes }), launchTime, {
    ...nothing,
    ...facts,
  });
  if (found !== null) expect(found.isKnown).toBe(true);
  return found?.reason ?? null;
};

const session = {
  instanceId: INSTANCE_ID,
  sessionId: 'anna-0a1b2c',
  owner: 'arn:aws:iam::123456789012:user/anna',
  startedAt: stamp('02:05'),
  isConnected: true,
};
const invocation = (changes = {}) => ({
  instanceId: INSTANCE_ID,
  commandId: 'command-7',
  documentName: 'AWS-RunPatchBaseline',
  comment: '',
  requestedAt: stamp('02:05'),
  ...changes,
});
const association = (changes = {}) => ({
  instanceId: INSTANCE_ID,
  name: 'AWS-GatherSoftwareInventory',
  executedAt: stamp('02:05'),
  ...changes,
});

describe('other activity on an instance', () => {
  it('is none where nothing is known', () => {
    expect(find({})).toBeNull();
  });

  it('is a session, and its owner is named', () => {
    const reason = find({ sessions: [session] });
    expect(reason).toMatchObject({ code: 'session-active', text: expect.stringContaining('user/anna has a session') });
    expect(reason?.text).toContain('anna-0a1b2c');
  });

  it('is a session, even while the boot’s time is not known', () => {
    expect(find({ sessions: [session] }, null)).toMatchObject({ code: 'session-active' });
  });

  it.each([
    ['01:55:30', false],
    ['01:55:30.001', true],
  ])('is a session of this boot: one whose window was only closed is listed for days (%s)', (time, counts) => {
    const old = { ...session, startedAt: stamp(time), isConnected: false };
    expect(find({ sessions: [old] }) !== null).toBe(counts);
    expect(find({ sessions: [old, session] })).not.toBeNull();
    expect(find({ sessions: [{ ...old, isConnected: true }] }) !== null).toBe(counts);
    expect(find({ sessions: [{ ...old, startedAt: null }] })).not.toBeNull();
  });

  it('is a connected session however old on a hibernated instance: it came back with the memory', () => {
    const old = { ...session, startedAt: '2026-12-05T06:00:00.000Z' };
    expect(find({ sessions: [old] }, BOOT, { originalState: 'hibernated' })).toMatchObject({ code: 'session-active' });
    const closed = { ...old, isConnected: false };
    expect(find({ sessions: [closed] }, BOOT, { originalState: 'hibernated' })).toBeNull();
  });

  it('is whose command runs, which is named', () => {
    const reason = find({ invocations: [invocation()] });
    expect(reason).toMatchObject({ code: 'command-running', text: expect.stringContaining('AWS-RunPatchBaseline') });
    expect(reason?.text).toContain('(command-7)');
    expect(find({ invocations: [invocation({ comment: 'patch day' })] })?.text).toContain('(command-7, "patch day")');
  });

  it('is not a run of ours, this one or a dead one: their commands have deadlines of their own', () => {
    const own = invocation({ comment: 'reveille run-0 b0 a1' });
    expect(find({ invocations: [own] })).toBeNull();
    expect(
      find({ invocations: [invocation()] }, BOOT, {
        commands: [{ commandId: 'command-7', sentAt: BOOT, endedAt: null }],
      }),
    ).toBeNull();
    expect(find({ invocations: [own, invocation({ commandId: 'other' })] })?.text).toContain('other');
  });

  it('is not asked for commands of ours: those that are still open are followed, also if their IDs were lost', () => {
    const own = invocation({ comment: 'reveille run-1 b0 a1' });
    const invocations = [own, invocation({ commandId: 'other' }), { ...own, instanceId: 'i-other' }];
    expect(findOwnCommands(INSTANCE_ID, BOOT, { ...nothing, invocations })).toEqual([
      { commandId: 'command-7', sentAt: stamp('02:05'), instanceIds: [INSTANCE_ID] },
    ]);
    expect(findOwnCommands(INSTANCE_ID, stamp('03:00'), { ...nothing, invocations })).toEqual([]);
    const undated = [{ ...own, requestedAt: null }];
    expect(findOwnCommands(INSTANCE_ID, BOOT, { ...nothing, invocations: undated })).toMatchObject([{ sentAt: BOOT }]);
  });

  it('is an association that is being carried out', () => {
    expect(find({ associations: [association()] })).toMatchObject({
      code: 'association-running',
      text: expect.stringContaining('AWS-GatherSoftwareInventory'),
    });
  });

  it.each([
    ['a session', { sessions: [{ ...session, instanceId: 'i-other' }] }],
    ['a command', { invocations: [invocation({ instanceId: 'i-other' })] }],
    ['an association', { associations: [association({ instanceId: 'i-other' })] }],
  ])('is not who has %s on another instance', (_what, facts) => {
    expect(find(facts)).toBeNull();
  });

  it.each([
    ['01:55:30', false],
    ['01:55:30.001', true],
    ['02:00:30', true],
  ])('is not what hangs since an earlier boot, but for five minutes of unlike clocks: %s', (time, counts) => {
    expect(find({ associations: [association({ executedAt: stamp(time) })] }) !== null).toBe(counts);
  });

  it.each([BOOT, stamp('02:30'), null])(
    'is a command that has not expired: it may be delivered in this boot (%s)',
    (boot) => {
      expect(find({ invocations: [invocation({ requestedAt: '2026-12-05T06:00:00.000Z' })] }, boot)).not.toBeNull();
    },
  );

  it('is no association that has never run', () => {
    expect(find({ associations: [association({ executedAt: null })] })).toBeNull();
  });

  it('is told by the session first: a person is sitting there', () => {
    const all = { sessions: [session], invocations: [invocation()], associations: [association()] };
    expect(find(all)?.code).toBe('session-active');
    expect(find({ ...all, sessions: [] })?.code).toBe('command-running');
  });
});

describe('an instance on which someone else is at work', () => {
  const why = { code: 'session-active', text: 'anna has a session on it' };
  const anna: OtherActivity = { reason: why, isKnown: true };
  /** Woken by Reveille, and done at 02:10. */
  const done = (changes: Partial<InstanceAt<'restore'>> = {}) =>
    aWokenInstance({ step: 'restore', stepSince: stamp('02:10'), outcome: 'updated', ...changes });
  const decide = (
    time: string,
    otherActivity: OtherActivity | null,
    changes: Partial<InstanceAt<'restore'>> = {},
    deadlineSeconds: number | null = 1800,
  ) => decideRestore(restoreCase(done(changes), wokenFacts(), { otherActivity, deadlineSeconds, now: at(time) }));

  it('is not stopped: Reveille waits', () => {
    const waits = { action: 'wait', reason: why, until: stamp('02:31'), outlastsDeadline: true };
    expect(decide('02:11', anna, { otherActivitySince: stamp('02:11') })).toEqual(waits);
    expect(decide('02:11', anna)).toEqual(waits);
  });

  it('is held after 20 minutes: the run is over, and its lease stays', () => {
    const since = { otherActivitySince: stamp('02:11') };
    expect(decide('02:30:59.999', anna, since).action).toBe('wait');
    expect(decide('02:31', anna, since)).toEqual({
      action: 'settle',
      finalState: 'running',
      releaseLease: false,
      wasSeenStopped: false,
      isGone: false,
      reason: {
        code: 'session-active',
        text: `anna has a session on it: it is held, and put back once nothing was at work on it for 20 minutes, until ${stamp('06:00')} at the latest`,
      },
    });
  });

  it('is waited for without an end where no run waits for it any more', () => {
    expect(decide('05:59', anna, { otherActivitySince: stamp('02:11') }, null)).toEqual({
      action: 'wait',
      reason: why,
      until: null,
    });
  });

  it('is stopped as soon as they are gone', () => {
    expect(decide('02:25', null)).toMatchObject({ action: 'stop', hibernate: false });
  });

  it('is held no sooner when the time to restore it is over, however short that is', () => {
    const since = { otherActivitySince: stamp('02:11') };
    expect(decide('02:30:59', anna, since, 300)).toEqual({ ...decide('02:30:59', anna, since), action: 'wait' });
    expect(decide('02:31', anna, since, 300)).toMatchObject({ finalState: 'running', releaseLease: false });
    // And once they have gone, it is stopped.
    expect(decide('02:25', null, {}, 300)).toMatchObject({ action: 'stop' });
  });

  it('is never handed over because SSM could not tell of other activity', () => {
    const unknown = otherActivityUnknown({ text: 'ThrottlingException: slow down' });
    expect(unknown.reason.text).toContain('ThrottlingException: slow down');
    expect(decide('05:00', unknown, { otherActivitySince: stamp('02:11') }, null)).toEqual({
      action: 'wait',
      reason: unknown.reason,
      until: null,
    });
    expect(decide('05:00', unknown, { otherActivitySince: stamp('02:11'), lastRefusal: 'x' }, 1800)).toMatchObject({
      action: 'give-up',
      reason: { code: 'not-restored' },
    });
  });

  it('remembers since when, as long as there is any', () => {
    const seen = noteOtherActivity(done(), anna, at('02:11'));
    expect(seen.otherActivitySince).toBe(stamp('02:11'));
    const other: OtherActivity = { reason: { code: 'command-running', text: '' }, isKnown: true };
    expect(noteOtherActivity(seen, other, at('02:12')).otherActivitySince).toBe(stamp('02:11'));
    expect(noteOtherActivity(seen, null, at('02:12')).otherActivitySince).toBeNull();
  });

  it('is not asked for while an update of our own may run on it', () => {
    const commands = [{ commandId: 'command-1', sentAt: stamp('02:05'), endedAt: null }];
    expect(decide('02:12', anna, { commands, otherActivitySince: stamp('01:00') })).toMatchObject({
      action: 'wait',
      reason: { code: 'update-may-run' },
    });
  });
});
