import fc from 'fast-check';
import type { InstanceAt, SentCommand } from '../../../../functions/domain/batch/batch-instance.ts';
import { isAtLeast } from '../../../../functions/domain/model/agent-version.ts';
import {
  decideUpdate,
  mayHaveLostCommand,
  needsAgentFacts,
  type UpdateCase,
  type UpdateDecision,
} from '../../../../functions/domain/steps/update.ts';
import { currentCommand, updateMayRunUntil } from '../../../../functions/domain/work/sent-commands.ts';
import { updateSsmAgent } from '../../../../functions/domain/work/update-ssm-agent.ts';
import type { Invocation } from '../../../../functions/domain/work/work.ts';
import { anyAgentFacts, instancesAt, moments, stamps } from '../../../support/arbitraries.ts';
import {
  agentFacts,
  anInvocation,
  at,
  aWokenInstance,
  instanceFacts,
  OLD,
  stamp,
  TARGET,
  wokenFacts,
} from '../../../support/builders.ts';

const CASE = { work: updateSsmAgent, target: TARGET, deadlineSeconds: 15 * 60, ec2: wokenFacts() };
/** What is said of an agent of which nothing was heard. */
const open = { commandId: 'command-1', sentAt: stamp('02:02'), endedAt: null };
const over = { commandId: 'command-2', sentAt: stamp('02:10'), endedAt: stamp('02:11') };
const withCommands = (...commands: SentCommand[]) => aWokenInstance({ step: 'update', commands });
const failed = (output: string) => ({ status: 'Failed', statusDetails: 'Failed', output, endedAt: stamp('02:05') });
const BUSY = failed('Another update in progress, try again later');

describe('an agent that is busy with an update', () => {
  const command = (number: number, sentAt: string, endedAt: string | null = null) => ({
    commandId: `command-${number}`,
    sentAt: stamp(sentAt),
    endedAt: endedAt === null ? null : stamp(endedAt),
  });
  const sent = withCommands(command(1, '02:02'));
  const sentTwice = withCommands(command(1, '02:02'), command(2, '02:20'));
  const agentAt = (time: string, version: string) => agentFacts({ lastPingAt: stamp(time), version });
  const decide = (
    instance: InstanceAt<'update'>,
    now: string,
    { invocation, agent = null }: { invocation?: Partial<Invocation>; agent?: UpdateCase['agent'] } = {},
  ) =>
    decideUpdate({
      ...CASE,
      instance: { ...instance, versionBefore: OLD },
      invocation: invocation === undefined ? null : anInvocation(invocation),
      agent,
      now: at(now),
    });

  it('is left alone for a quarter of an hour when the update is not ours', () => {
    expect(decide(sent, '02:06', { invocation: BUSY })).toMatchObject({
      action: 'back-off',
      instance: {
        step: 'update',
        retryAt: stamp('02:21'),
        otherUpdateSince: stamp('02:06'),
        commands: [command(1, '02:02', '02:06')],
      },
      waiting: { reason: { code: 'another-update' }, until: stamp('02:21') },
    });
  });

  it('is followed again when it is our own earlier command that lives', () => {
    expect(decide(sentTwice, '02:21', { invocation: { ...BUSY, commandId: 'command-2' } })).toMatchObject({
      action: 'resume-earlier',
      instance: {
        step: 'update',
        otherUpdateSince: null,
        commands: [command(1, '02:02'), command(2, '02:20', '02:21')],
      },
      waiting: { reason: { code: 'another-update' }, until: stamp('02:47') },
    });
  });

  const since = stamp('02:06');
  const met = aWokenInstance({
    step: 'update',
    commands: [command(1, '02:02', '02:05')],
    otherUpdateSince: since,
    retryAt: stamp('02:21'),
  });

  it('is sent one more command when its time has come', () => {
    expect(decide(met, '02:20:59')).toMatchObject({
      action: 'wait',
      waiting: { reason: { code: 'another-update' }, until: stamp('02:51') },
    });
    expect(decide(met, '02:21')).toMatchObject({ action: 'send' });
  });

  it('is sent it sooner when it reports the target: its success says that the other updater is gone', () => {
    expect(decide(met, '02:10', { agent: agentAt('02:09', TARGET) })).toMatchObject({ action: 'send' });
    expect(decide(met, '02:10', { agent: agentAt('02:05:30', TARGET) })).toMatchObject({ action: 'wait' });
    expect(decide(met, '02:10', { agent: agentAt('02:09', OLD) })).toMatchObject({ action: 'wait' });
  });

  it('is sent it as well when two commands have met that update: the first was sent twice, or never taken', () => {
    const metByTwo = { ...met, commands: [command(1, '02:02', '02:05'), command(2, '02:02:01', '02:06')] };
    expect(decide(metByTwo, '02:21')).toMatchObject({ action: 'send' });
  });

  it('is busy with someone else’s update if the earlier command of ours was cancelled before the agent took it', () => {
    const resumed = withCommands(command(1, '02:02'), command(2, '02:07', '02:08'));
    const cancelled = { status: 'Cancelled', statusDetails: 'Cancelled', startedAt: null, endedAt: stamp('02:07') };
    expect(decide(resumed, '02:09', { invocation: cancelled })).toMatchObject({
      action: 'back-off',
      instance: {
        otherUpdateSince: stamp('02:09'),
        commands: [command(1, '02:02', '02:09'), command(2, '02:07', '02:08')],
      },
    });
    // One that the agent had begun with may be at work.
    const begun = { ...cancelled, startedAt: stamp('02:06') };
    expect(decide(resumed, '02:09', { invocation: begun })).toMatchObject({ action: 'wait' });
  });

  const metTwice = { ...met, commands: [command(1, '02:02', '02:05'), command(2, '02:21', '02:22')] };

  it('is waited for 45 minutes when it is still busy then, whatever it reports', () => {
    expect(decide(metTwice, '02:50:59')).toMatchObject({ action: 'wait' });
    expect(decide(metTwice, '02:50:59', { agent: agentAt('02:50', TARGET) })).toMatchObject({ action: 'wait' });
  });

  it('was updated by someone else when it reports the target after that', () => {
    expect(decide(metTwice, '02:51', { agent: agentAt('02:50', TARGET) })).toMatchObject({
      action: 'at-target',
      instance: { outcome: 'updated', versionAfter: TARGET, reason: { code: 'updated-by-others' } },
    });
  });

  it('fails when it does not', () => {
    expect(decide(metTwice, '02:51', { agent: agentAt('02:50', OLD) })).toMatchObject({
      action: 'give-up',
      instance: {
        step: 'restore',
        outcome: 'failed',
        commands: metTwice.commands,
        reason: { code: 'another-update', text: expect.stringContaining('45 minutes') },
      },
    });
  });
});

describe('the agent is asked for its version', () => {
  const asks = (instance: InstanceAt<'update'>, now: string, status: string | null) =>
    needsAgentFacts({
      ...CASE,
      instance,
      invocation: status === null ? null : anInvocation({ status, statusDetails: status }),
      now: at(now),
    });

  it.each([
    ['when its command has not been taken for five minutes', 'Pending', '02:06:59', '02:07'],
    ['when its command has not been listed for five minutes', null, '02:06:59', '02:07'],
    ['when its command hangs past the deadline', 'InProgress', '02:16:59', '02:17'],
  ])('%s, and not sooner', (_when, status, before, after) => {
    expect(asks(withCommands(open), before, status)).toBe(false);
    expect(asks(withCommands(open), after, status)).toBe(true);
  });

  it('when its command was given up, and when another update was met', () => {
    expect(asks(withCommands(open), '02:03', 'TimedOut')).toBe(true);
    expect(asks({ ...withCommands(over), otherUpdateSince: stamp('02:11') }, '02:12', null)).toBe(true);
  });

  it.each(['Success', 'Failed'])('but not for a command that ended in %s', (status) => {
    expect(asks(withCommands(open), '02:40', status)).toBe(false);
  });

  it('but not before a command was sent', () => {
    expect(asks(withCommands(), '02:40', null)).toBe(false);
  });
});

describe('a command of ours that the payload does not know', () => {
  const mayBeLost = (instance: InstanceAt<'update'>, invocation: Partial<Invocation> | null) =>
    mayHaveLostCommand({
      instance,
      invocation: invocation === null ? null : anInvocation(invocation),
      work: updateSsmAgent,
    });

  it('is looked for where the agent is busy, and after a refusal', () => {
    expect(mayBeLost(withCommands(open), BUSY)).toBe(true);
    expect(mayBeLost({ ...withCommands(open), lastRefusal: 'InvalidInstanceId: no' }, null)).toBe(true);
    expect(mayBeLost(withCommands(open), null)).toBe(false);
    expect(mayBeLost(withCommands(open), failed('x'))).toBe(false);
  });
});

describe('whatever SSM says', () => {
  const statuses = [
    'Pending',
    'Delayed',
    'InProgress',
    'Success',
    'Failed',
    'Cancelled',
    'TimedOut',
    'Cancelling',
    '?',
  ];
  const invocations = fc.option(
    fc
      .record({
        status: fc.constantFrom(...statuses),
        statusDetails: fc.constantFrom('', 'Delivery Timed Out', 'Terminated', 'Undeliverable'),
        output: fc.constantFrom(
          '',
          'Another update in progress, try again later',
          'amazon-ssm-agent updated successfully to',
        ),
        endedAt: fc.option(stamps, { nil: null }),
      })
      .map(anInvocation),
    { nil: null },
  );
  /** Also as it is when everything is right, so that the good ends are met as well. */
  const instances = fc.oneof(
    instancesAt.update,
    instancesAt.update.map((instance) => ({ ...instance, versionBefore: OLD, launchTime: stamp('02:00:30') })),
  );
  const decisions = (check: (instance: InstanceAt<'update'>, decision: UpdateDecision, given: UpdateCase) => void) =>
    fc.assert(
      fc.property(instances, invocations, anyAgentFacts, moments, (instance, invocation, agent, now) => {
        const ec2 = wokenFacts({ launchTime: instance.launchTime });
        const given = { ...CASE, ec2, instance, invocation, agent, now };
        check(instance, decideUpdate(given), given);
      }),
      { numRuns: 2000 },
    );

  it(`no instance is sent more than ${updateSsmAgent.commandsMax} commands, and one more after the update of someone else`, () => {
    decisions((instance, { action }) => {
      if (action !== 'send') return;
      const current = currentCommand(instance);
      const metAt = current?.endedAt && instance.otherUpdateSince;
      if (metAt) expect(instance.commands.filter(({ sentAt }) => sentAt > metAt)).toEqual([]);
      else expect(instance.commands.length).toBeLessThan(updateSsmAgent.commandsMax);
    });
  });

  it('no instance is done with less than the target', () => {
    decisions((_instance, decision) => {
      if (decision.action === 'at-target') expect(isAtLeast(decision.instance.versionAfter, TARGET)).toBe(true);
    });
  });

  it('no instance is given up while a command of ours that hangs may still be at work', () => {
    decisions((instance, decision, { now }) => {
      if (!('cancelFirst' in decision) || decision.action === 'send' || decision.action === 'at-target') return;
      if (instance.commands.length === 0) return;
      const followed = currentCommand(instance);
      const hangs = decision.instance.commands.some((command) => command === followed && command.endedAt === null);
      if (!hangs) return;
      expect(updateMayRunUntil(instance, now)).toBeNull();
    });
  });

  it('no instance is verified that was never sent a command', () => {
    decisions(({ commands }, { action }) => {
      if (action === 'verify') expect(commands.some(({ endedAt }) => endedAt === null)).toBe(true);
    });
  });

  it('an instance that waits does so until a later moment, and no longer than that for the same reason', () => {
    decisions((_instance, decision, given) => {
      if (decision.action !== 'wait') return;
      expect(Date.parse(decision.waiting.until)).toBeGreaterThan(given.now.getTime());
      const then = decideUpdate({ ...given, now: new Date(decision.waiting.until) });
      if (then.action === 'wait') expect(then.waiting.reason).not.toEqual(decision.waiting.reason);
    });
  });

  it('an instance whose boot has ended is sent nothing, and waits for nothing', () => {
    const isGone = instanceFacts({ state: 'stopping' });
    decisions((_instance, _decision, given) => {
      const { action } = decideUpdate({ ...given, ec2: isGone });
      expect(['verify', 'at-target', 'fail', 'give-up']).toContain(action);
    });
  });
});
