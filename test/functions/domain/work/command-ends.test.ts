import type { InstanceAt, SentCommand } from '../../../../functions/domain/batch/batch-instance.ts';
import type { Reason } from '../../../../functions/domain/model/reason.ts';
import { decideUpdate, type UpdateDecision } from '../../../../functions/domain/steps/update.ts';
import { endOf, noteCommandEnds, updateMayRunUntil } from '../../../../functions/domain/work/sent-commands.ts';
import { updateSsmAgent } from '../../../../functions/domain/work/update-ssm-agent.ts';
import type { Invocation } from '../../../../functions/domain/work/work.ts';
import {
  agentFacts,
  anInvocation,
  at,
  aWokenInstance,
  OLD,
  stamp,
  TARGET,
  wokenFacts,
} from '../../../support/builders.ts';
import { heldAt } from '../../../support/looks.ts';

const sent = (commandId: string, sentAt: string, endedAt: string | null = null) => ({
  commandId,
  sentAt: stamp(sentAt),
  endedAt: endedAt === null ? null : stamp(endedAt),
});
const FIRST = sent('command-1', '02:02');
const SECOND = sent('command-2', '02:13');
const held = (...commands: SentCommand[]) =>
  aWokenInstance({ step: 'restore', stepSince: stamp('02:20'), outcome: 'failed', commands });
const judged = (status: string, changes: Partial<Invocation> = {}) =>
  anInvocation({ status, statusDetails: status, ...changes });
const ends = (instance: InstanceAt<'restore'>, ...invocations: Invocation[]) =>
  noteCommandEnds(instance, invocations, updateSsmAgent, at('02:20')).commands.map(({ endedAt }) => endedAt);

describe('the end of a command, by a clock that is wrong', () => {
  const now = at('02:20');

  it.each([
    ['is ahead: it is seen only now', '04:10', '02:20'],
    ['is behind: it is seen only now', '00:10', '02:20'],
    ['is right', '02:07', '02:07'],
  ])('%s', (_what, endedAt, end) => {
    const success = judged('Success', { endedAt: stamp(endedAt) });
    expect(endOf(success, FIRST, now)).toBe(stamp(end));
    expect(ends(held(FIRST), success)).toEqual([stamp(end)]);
    const updating = aWokenInstance({ step: 'update', versionBefore: OLD, commands: [FIRST] });
    const seen = { instance: updating, ec2: wokenFacts(), invocation: success, agent: null };
    const work = { work: updateSsmAgent, target: TARGET, deadlineSeconds: 600, now };
    expect(decideUpdate({ ...seen, ...work })).toMatchObject({ instance: { commands: [{ endedAt: stamp(end) }] } });
  });
});

describe('a command that was left open', () => {
  it.each([
    ['the agent is at it', [judged('InProgress')]],
    ['it waits for the agent', [judged('Pending')]],
    ['the service has given it up', [judged('TimedOut', { statusDetails: 'DeliveryTimedOut' })]],
    ['it was cancelled after the agent had begun', [judged('Cancelled', { endedAt: stamp('02:07') })]],
    ['its status is a new one', [judged('Something')]],
    ['nothing is known of it', []],
    ['only another one is known', [judged('Success', { commandId: 'command-9' })]],
  ])('may be at work while %s', (_what, invocations) => {
    expect(ends(held(FIRST), ...invocations)).toEqual([null]);
    expect(updateMayRunUntil(noteCommandEnds(held(FIRST), invocations, updateSsmAgent, at('02:20')), at('02:20'))).toBe(
      stamp('02:47'),
    );
  });

  it.each([
    ['done', judged('Success', { output: `updated successfully to ${TARGET}`, endedAt: stamp('02:05') })],
    ['given up before the agent took it', judged('Cancelled', { startedAt: null, endedAt: stamp('02:05') })],
    ['failed', judged('Failed', { output: 'insufficient available disk space', endedAt: stamp('02:05') })],
  ])('has ended when it is %s, at the time that SSM tells', (_what, invocation) => {
    expect(ends(held(FIRST), invocation)).toEqual([stamp('02:05')]);
    expect(ends(held(FIRST), { ...invocation, endedAt: null })).toEqual([stamp('02:20')]);
  });

  it('keeps the end that is known already', () => {
    const done = judged('Success', { output: 'updated successfully to 1', endedAt: stamp('02:09') });
    expect(ends(held(sent('command-1', '02:02', '02:05')), done)).toEqual([stamp('02:05')]);
  });

  it('is over once a later one got through: one updater lives at a time', () => {
    const done = judged('Success', { commandId: 'command-2', output: 'updated', endedAt: stamp('02:14') });
    const pending = judged('Pending', { startedAt: null });
    expect(ends(held(FIRST, SECOND), pending, done)).toEqual([stamp('02:14'), stamp('02:14')]);
    expect(ends(held(FIRST, { ...SECOND, endedAt: stamp('02:14') }), pending, done)).toEqual([
      stamp('02:14'),
      stamp('02:14'),
    ]);
    // One that was sent after that end is not.
    expect(ends(held(sent('command-1', '02:15'), SECOND), pending, done)).toEqual([null, stamp('02:14')]);
    // Nor does one that failed say anything of the others.
    const failed = judged('Failed', { commandId: 'command-2', output: 'x', endedAt: stamp('02:14') });
    expect(ends(held(FIRST, SECOND), pending, failed)).toEqual([null, stamp('02:14')]);
  });

  it('and the update of someone else is over then, too, if it was met before', () => {
    const done = judged('Success', { commandId: 'command-2', output: 'updated', endedAt: stamp('02:14') });
    const since = (time: string) => ({ ...held(FIRST, SECOND), otherUpdateSince: stamp(time) });
    const note = (time: string) => noteCommandEnds(since(time), [done], updateSsmAgent, at('02:20')).otherUpdateSince;
    expect(note('02:03')).toBeNull();
    expect(note('02:15')).toBe(stamp('02:15'));
  });

  it('is what keeps the agent busy, as long as one of ours is open: no other update is at work then', () => {
    const busy = judged('Failed', {
      commandId: 'command-2',
      output: 'Another update in progress',
      endedAt: stamp('02:14'),
    });
    const seen = noteCommandEnds(held(FIRST, SECOND), [busy], updateSsmAgent, at('02:20'));
    expect(seen).toMatchObject({
      otherUpdateSince: null,
      commands: [{ endedAt: null }, { endedAt: stamp('02:14') }],
    });
    // Once none of ours is open, someone else's is.
    const alone = noteCommandEnds(
      held(sent('command-1', '02:02', '02:05'), SECOND),
      [busy],
      updateSsmAgent,
      at('02:20'),
    );
    expect(alone.otherUpdateSince).toBe(stamp('02:14'));
  });
});

const reasonOf = (decision: UpdateDecision): Reason | null => {
  if (decision.action === 'send') return decision.reason;
  if (decision.action === 'wait') return decision.waiting.reason;
  return heldAt('restore', decision.instance).reason;
};

describe('what updating says', () => {
  const say = (
    changes: Partial<InstanceAt<'update'>>,
    time: string,
    invocation: Invocation | null = null,
    version = OLD,
  ) => {
    const instance = aWokenInstance({ step: 'update', stepSince: stamp('02:02'), versionBefore: OLD, ...changes });
    const agent = agentFacts({ lastPingAt: at(time).toISOString(), version });
    const given = {
      instance,
      ec2: wokenFacts(),
      invocation,
      agent,
      work: updateSsmAgent,
      target: TARGET,
      deadlineSeconds: 600,
    };
    const decision = decideUpdate({ ...given, now: at(time) });
    const why = reasonOf(decision);
    return why === null ? decision.action : `${decision.action}: ${why.text} [${why.code}]`;
  };

  it('while nothing could be sent', () => {
    expect(say({ retryAt: stamp('02:04') }, '02:03')).toBe('wait: waits before the next command [waiting-to-send]');
    expect(say({ retryAt: stamp('02:11'), lastRefusal: 'InvalidInstanceId: no' }, '02:12')).toBe(
      'give-up: its agent pings, but it was not sent a command (tried again for 10 minutes): InvalidInstanceId: no [update-undeliverable]',
    );
  });

  it('while a command is followed', () => {
    expect(say({ commands: [FIRST] }, '02:04', judged('Pending'))).toBe(
      'wait: the command waits for the agent [update-pending]',
    );
    expect(say({ commands: [FIRST] }, '02:04', judged('InProgress'))).toBe('wait: the update is at work [updating]');
  });

  it('when one more is sent', () => {
    expect(say({ commands: [FIRST] }, '02:07', judged('Pending'))).toMatch(
      /^send: the agent did not take the command in 5 minutes \[.+\]$/,
    );
    expect(say({ commands: [FIRST] }, '02:12', judged('InProgress'))).toBe(
      'send: the command is still in progress after 10 minutes [update-hung]',
    );
  });

  it('while a hung one may still be at work', () => {
    expect(say({ commands: [FIRST, SECOND] }, '02:30', judged('InProgress', { commandId: 'command-2' }))).toBe(
      'wait: the command is still in progress after 17 minutes; an update may be at work until 2026-12-06T02:58:00.000Z [update-hung]',
    );
  });

  it('of someone else’s update', () => {
    const busy = { commands: [sent('command-1', '02:02', '02:03')], otherUpdateSince: stamp('02:03') };
    expect(say({ ...busy, retryAt: stamp('02:18') }, '02:10')).toBe(
      'wait: another update is at work on it [another-update]',
    );
    expect(say(busy, '02:48', null, TARGET)).toBe(
      'at-target: an update by someone else installed the version [updated-by-others]',
    );
    expect(say(busy, '02:48')).toBe('give-up: another update has been at work on it for 45 minutes [another-update]');
  });

  it('waits its time after a refusal, whatever the agent reports meanwhile', () => {
    const refused = {
      commands: [sent('command-1', '02:02', '02:03')],
      otherUpdateSince: stamp('02:03'),
      retryAt: stamp('02:18'),
    };
    expect(say({ ...refused, lastRefusal: 'x' }, '02:10', null, TARGET)).toMatch(/^wait/);
    expect(say(refused, '02:10', null, TARGET)).toBe('send');
  });
});
