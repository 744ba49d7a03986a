import type { InstanceAt } from '../../../../functions/domain/batch/batch-instance.ts';
import type { AgentFacts, InstanceFacts } from '../../../../functions/domain/model/instance.ts';
import { decideUpdate } from '../../../../functions/domain/steps/update.ts';
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

const DEADLINE_SECONDS = 15 * 60;

const awake = (changes: Partial<InstanceAt<'update'>> = {}) =>
  aWokenInstance({ step: 'update', stepSince: stamp('02:02'), versionBefore: OLD, ...changes });
const command = (number: number, sentAt: string, endedAt: string | null = null) => ({
  commandId: `command-${number}`,
  sentAt: stamp(sentAt),
  endedAt: endedAt === null ? null : stamp(endedAt),
});
const sent = awake({ commands: [command(1, '02:02')] });
const sentTwice = awake({ commands: [command(1, '02:02'), command(2, '02:20')] });

interface Seen {
  invocation?: Partial<Invocation> | null;
  agent?: AgentFacts | null;
  ec2?: InstanceFacts;
}
const decide = (
  instance: InstanceAt<'update'>,
  now: string,
  { invocation = null, agent = null, ec2 = wokenFacts() }: Seen = {},
) =>
  decideUpdate({
    instance,
    invocation: invocation === null ? null : anInvocation(invocation),
    ec2,
    agent,
    work: updateSsmAgent,
    target: TARGET,
    deadlineSeconds: DEADLINE_SECONDS,
    now: at(now),
  });
/** It waits for this reason, until then at the latest. */
const waits = (code: string, until: string) => ({
  action: 'wait',
  waiting: { reason: { code }, until: stamp(until) },
});
const agentAt = (time: string, version: string) => agentFacts({ lastPingAt: stamp(time), version });
const ended = (status: string, output = '', statusDetails = status): Partial<Invocation> => ({
  status,
  statusDetails,
  output,
  endedAt: stamp('02:05'),
});
const FAILED = { step: 'restore', outcome: 'failed' };

describe('an instance that is ready when nothing is sent any more', () => {
  const late = (changes: Partial<InstanceAt<'update'>> = {}, time = '04:45:01') => decide(awake(changes), time);

  it('is sent the update until then, and has failed after it', () => {
    expect(late({}, '04:45').action).toBe('send');
    expect(late()).toMatchObject({
      action: 'give-up',
      instance: { outcome: 'failed', reason: { code: 'out-of-time' } },
    });
  });

  it('had no turn if it ran before, and is current all the same if it has the target', () => {
    const running = { owner: { kind: 'none' }, originalState: 'running' } as const;
    expect(late(running)).toMatchObject({ instance: { outcome: 'excluded', reason: { code: 'out-of-time' } } });
    expect(late({ ...running, versionBefore: TARGET })).toMatchObject({ action: 'at-target' });
  });

  it('is sent no second command either', () => {
    const commands = [{ commandId: 'command-1', sentAt: stamp('04:44'), endedAt: null }];
    expect(late({ commands }, '04:55').action).toBe('wait');
    expect(late({ commands, sendUntil: stamp('05:00') }, '04:55').action).toBe('send');
  });
});

describe('an instance that is ready', () => {
  it('is sent the command', () => {
    expect(decide(awake(), '02:02')).toEqual({ action: 'send', cancelFirst: null, reason: null });
  });

  it.each([TARGET, '3.10.0.0'])('is sent nothing when its agent has %s already', (versionBefore) => {
    expect(decide(awake({ versionBefore }), '02:02')).toMatchObject({
      action: 'at-target',
      cancelFirst: null,
      instance: { step: 'restore', outcome: 'already-current', versionAfter: versionBefore },
      waiting: null,
    });
  });

  it('is sent the command when its version is not known', () => {
    expect(decide(awake({ versionBefore: null }), '02:02')).toMatchObject({ action: 'send' });
  });

  it('is sent the command after its deadline as well, if none was tried before: AWS answered no call until then', () => {
    expect(decide(awake(), '02:40')).toMatchObject({ action: 'send' });
  });

  it('is left alone for a while when SSM refused to send', () => {
    const refused = awake({ retryAt: stamp('02:03') });
    expect(decide(refused, '02:02:59')).toMatchObject(waits('waiting-to-send', '02:03'));
    expect(decide(refused, '02:03')).toMatchObject({ action: 'send' });
  });

  it('fails with the refusal when SSM has refused until the deadline', () => {
    const refused = awake({ lastRefusal: 'InvalidInstanceId: not in a valid state', retryAt: stamp('02:03') });
    expect(decide(refused, '02:16:59')).toMatchObject({ action: 'send' });
    expect(decide(refused, '02:17')).toMatchObject({
      action: 'give-up',
      instance: {
        step: 'restore',
        outcome: 'failed',
        reason: {
          code: 'update-undeliverable',
          text: expect.stringContaining('InvalidInstanceId: not in a valid state'),
        },
      },
    });
  });
});

describe('a command that was sent', () => {
  it.each<[string, Seen]>([
    ['is not listed yet', {}],
    ['is pending', { invocation: { status: 'Pending' } }],
    ['is delayed', { invocation: { status: 'Delayed' } }],
  ])('is given five minutes to reach the agent while it %s', (_how, seen) => {
    expect(decide(sent, '02:06:59', seen)).toMatchObject(waits('update-pending', '02:07'));
    expect(decide(sent, '02:07', seen)).toMatchObject({ action: 'send', cancelFirst: 'command-1' });
  });

  it('is followed until its deadline while it is in progress', () => {
    expect(decide(sent, '02:16:59', { invocation: {} })).toMatchObject(waits('updating', '02:17'));
  });

  it('is verified when the agent says that it is done, as of the moment when it ended', () => {
    expect(decide(sent, '02:06', { invocation: ended('Success') })).toEqual({
      action: 'verify',
      instance: aWokenInstance({
        step: 'verify',
        stepSince: stamp('02:06'),
        versionBefore: OLD,
        commands: [command(1, '02:02', '02:05')],
      }),
      waiting: null,
    });
  });

  it('ended now, as far as we know, when SSM does not say when', () => {
    const invocation = { ...ended('Success'), endedAt: null };
    expect(decide(sent, '02:06', { invocation })).toMatchObject({
      action: 'verify',
      instance: { commands: [command(1, '02:02', '02:06')] },
    });
  });

  it('that got through tells that all others are over, and that no other update is at work', () => {
    const met = { ...sentTwice, otherUpdateSince: stamp('02:06') };
    expect(
      decide(met, '02:21', { invocation: { ...ended('Success'), commandId: 'command-2', endedAt: stamp('02:20:30') } }),
    ).toMatchObject({
      action: 'verify',
      instance: { step: 'verify', commands: [command(1, '02:02', '02:20:30'), command(2, '02:20', '02:20:30')] },
    });
  });

  it('has failed when the agent says so', () => {
    const invocation = ended('Failed', 'Insufficient available disk space');
    expect(decide(sent, '02:06', { invocation })).toMatchObject({
      action: 'fail',
      cancelFirst: null,
      instance: {
        step: 'restore',
        outcome: 'failed',
        commands: [command(1, '02:02', '02:05')],
        reason: { code: 'no-disk-space' },
      },
    });
  });

  it('has failed without a word of the agent when SSM could not deliver it', () => {
    const invocation = ended('Failed', '', 'Undeliverable');
    expect(decide(sent, '02:06', { invocation })).toMatchObject({
      action: 'give-up',
      instance: { commands: [command(1, '02:02', '02:05')], reason: { code: 'update-undeliverable' } },
    });
  });

  it('is not believed over the version: a failure is a failure, though the agent may be current by now', () => {
    const agent = agentAt('02:05:30', TARGET);
    expect(decide(sent, '02:06', { invocation: ended('Failed', 'x'), agent })).toMatchObject({ action: 'fail' });
  });
});

describe('a command that no agent has taken', () => {
  it('is needed no more when the agent reports the target by itself', () => {
    expect(decide(sent, '02:07', { agent: agentAt('02:06', TARGET) })).toMatchObject({
      action: 'at-target',
      cancelFirst: 'command-1',
      instance: { step: 'restore', outcome: 'updated', versionAfter: TARGET, reason: { code: 'update-undelivered' } },
    });
  });

  it.each<[string, AgentFacts]>([
    ['of before it was sent', agentAt('02:01:30', TARGET)],
    ['of before this boot', agentAt('02:00:10', TARGET)],
    ['with the old version', agentAt('02:06', OLD)],
    ['that is not Online', { ...agentAt('02:06', TARGET), pingStatus: 'ConnectionLost' }],
  ])('is cancelled and sent again in spite of a ping %s', (_which, agent) => {
    expect(decide(sent, '02:07', { agent })).toMatchObject({ action: 'send', cancelFirst: 'command-1' });
  });

  it('is sent again once at most, and fails when nothing can be at work any more', () => {
    expect(decide(sentTwice, '02:30')).toMatchObject(waits('update-undelivered', '03:05'));
    expect(decide(sentTwice, '03:04:59')).toMatchObject({ action: 'wait' });
    expect(decide(sentTwice, '03:05')).toMatchObject({
      action: 'give-up',
      cancelFirst: 'command-2',
      instance: {
        ...FAILED,
        stepSince: stamp('03:05'),
        commands: sentTwice.commands,
        reason: { code: 'update-undelivered' },
      },
    });
  });
});

describe('a command that hangs in progress', () => {
  const invocation = {};

  it('is followed by one more, and not cancelled: it may be a slow rollback', () => {
    expect(decide(sent, '02:17', { invocation })).toMatchObject({
      action: 'send',
      cancelFirst: null,
      reason: { code: 'update-hung' },
    });
  });

  it('is not proved by the target in a ping while a rollback could still take that away', () => {
    const agent = agentAt('02:15', TARGET);
    expect(decide(sent, '02:46:59', { invocation, agent })).toMatchObject(waits('update-hung', '02:47'));
    expect(decide(sent, '02:47', { invocation, agent })).toMatchObject({
      action: 'at-target',
      cancelFirst: null,
      instance: { outcome: 'updated', versionAfter: TARGET },
    });
  });

  it('fails after the second one, 45 minutes after that was sent', () => {
    const seen = { invocation: { commandId: 'command-2' }, agent: agentAt('03:00', OLD) };
    expect(decide(sentTwice, '03:04:59', seen)).toMatchObject({ action: 'wait' });
    expect(decide(sentTwice, '03:05', seen)).toMatchObject({
      action: 'give-up',
      instance: { ...FAILED, commands: sentTwice.commands, reason: { code: 'update-hung' } },
    });
  });

  it('is not sent a second time where the work itself allows one command only', () => {
    const once = { ...updateSsmAgent, commandsMax: 1 };
    const given = {
      instance: sent,
      invocation: anInvocation(),
      ec2: wokenFacts(),
      agent: null,
      work: once,
      target: TARGET,
    };
    expect(decideUpdate({ ...given, deadlineSeconds: DEADLINE_SECONDS, now: at('02:17') })).toMatchObject(
      waits('update-hung', '02:47'),
    );
  });
});

describe('a command that the service has given up', () => {
  const invocation = ended('TimedOut', '', 'Delivery Timed Out');

  it('is sent again, without cancelling what may be at work', () => {
    expect(decide(sent, '02:06', { invocation })).toMatchObject({
      action: 'send',
      cancelFirst: null,
      reason: { code: 'update-lost' },
    });
  });

  it('is no proof of an end: the instance may still be at work', () => {
    expect(decide(sentTwice, '02:30', { invocation })).toMatchObject(waits('update-lost', '03:05'));
  });
});
