import type { BatchInstance } from '../../../../functions/domain/batch/batch-instance.ts';
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
const find = (facts: Partial<OtherActivityFacts>, launchTime: string | null = BOOT, known: string[] = []) => {
  const found = findOtherActivity(INSTANCE_ID, launchTime, { ...nothing, ...facts }, new Set(known));
  if (found !== null) expect(found.isKnown).toBe(true);
  return found?.reason ?? null;
};

const session = { instanceId: INSTANCE_ID, sessionId: 'anna-0a1b2c', owner: 'arn:aws:iam::123456789012:user/anna' };
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

  it('is whose command runs, which is named', () => {
    const reason = find({ invocations: [invocation()] });
    expect(reason).toMatchObject({ code: 'command-running', text: expect.stringContaining('AWS-RunPatchBaseline') });
    expect(reason?.text).toContain('command-7');
  });

  it('is not a run of ours, this one or a dead one: their commands have deadlines of their own', () => {
    const own = invocation({ comment: 'reveille run-0 b0 a1' });
    expect(find({ invocations: [own] })).toBeNull();
    expect(find({ invocations: [invocation()] }, BOOT, ['command-7'])).toBeNull();
    expect(find({ invocations: [own, invocation({ commandId: 'other' })] })?.text).toContain('other');
  });

  it('is not asked for commands of ours: those that are still open are followed, also if their IDs were lost', () => {
    const own = invocation({ comment: 'reveille run-1 b0 a1' });
    const invocations = [own, invocation({ commandId: 'other' }), { ...own, instanceId: 'i-other' }];
    expect(findOwnCommands(INSTANCE_ID, BOOT, { ...nothing, invocations })).toEqual([
      { commandId: 'command-7', sentAt: stamp('02:05'), instanceIds: [INSTANCE_ID] },
    ]);
    expect(findOwnCommands(INSTANCE_ID, stamp('03:00'), { ...nothing, invocations })).toEqual([]);
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
    ['02:00:25', false],
    ['02:00:25.001', true],
    ['02:00:30', true],
  ])('is not what hangs since an earlier boot, but for five seconds of unlike clocks: %s', (time, counts) => {
    expect(find({ invocations: [invocation({ requestedAt: stamp(time) })] }) !== null).toBe(counts);
    expect(find({ associations: [association({ executedAt: stamp(time) })] }) !== null).toBe(counts);
  });

  it('is no association that has never run, and no command of a boot that is not known', () => {
    expect(find({ associations: [association({ executedAt: null })] })).toBeNull();
    expect(find({ invocations: [invocation()] }, null)).toBeNull();
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
  const done = (changes: Partial<BatchInstance> = {}) =>
    aWokenInstance({ step: 'restore', stepSince: stamp('02:10'), outcome: 'updated', ...changes });
  const decide = (
    time: string,
    otherActivity: OtherActivity | null,
    changes: Partial<BatchInstance> = {},
    deadlineSeconds: number | null = null,
  ) => decideRestore(restoreCase(done(changes), wokenFacts(), { otherActivity, deadlineSeconds, now: at(time) }));

  it('is not stopped: Reveille waits', () => {
    const waits = { action: 'wait', reason: why, until: stamp('02:31'), outlastsDeadline: true };
    expect(decide('02:11', anna, { otherActivitySince: stamp('02:11') })).toEqual(waits);
    expect(decide('02:11', anna)).toEqual(waits);
  });

  it('is theirs after 20 minutes: handed over, and our lease goes', () => {
    const since = { otherActivitySince: stamp('02:11') };
    expect(decide('02:30:59.999', anna, since).action).toBe('wait');
    expect(decide('02:31', anna, since)).toEqual({
      action: 'settle',
      finalState: 'handed-over',
      releaseLease: true,
      wasSeenStopped: false,
      isGone: false,
      reason: {
        code: 'session-active',
        text: 'anna has a session on it, for more than 20 minutes, so the instance was left running',
      },
    });
  });

  it('is stopped as soon as they are gone', () => {
    expect(decide('02:25', null)).toMatchObject({ action: 'stop', hibernate: false });
  });

  it('is theirs no sooner when the time to restore it is over, however short that is', () => {
    const since = { otherActivitySince: stamp('02:11') };
    expect(decide('02:30:59', anna, since, 300)).toEqual({ ...decide('02:30:59', anna, since), action: 'wait' });
    expect(decide('02:31', anna, since, 300)).toMatchObject({ finalState: 'handed-over' });
    // And once they have gone, it is stopped.
    expect(decide('02:25', null, {}, 300)).toMatchObject({ action: 'stop' });
  });

  it('is never handed over because SSM could not tell of other activity', () => {
    const unknown = otherActivityUnknown('ThrottlingException: slow down');
    expect(unknown.reason.text).toContain('ThrottlingException: slow down');
    expect(decide('05:00', unknown, { otherActivitySince: stamp('02:11') })).toEqual({
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
