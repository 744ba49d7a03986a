import type { BatchInstance } from '../../../../functions/domain/batch/batch-instance.ts';
import type { AgentFacts } from '../../../../functions/domain/model/instance.ts';
import { decideUpdate } from '../../../../functions/domain/steps/update.ts';
import { updateSsmAgent } from '../../../../functions/domain/work/update-ssm-agent.ts';
import type { Invocation } from '../../../../functions/domain/work/work.ts';
import { agentFacts, anInvocation, at, aWokenInstance, OLD, stamp, TARGET } from '../../../support/builders.ts';

const DEADLINE_SECONDS = 15 * 60;

const awake = (changes: Partial<BatchInstance> = {}) =>
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
}
const decide = (instance: BatchInstance, now: string, { invocation = null, agent = null }: Seen = {}) =>
  decideUpdate(
    instance,
    { invocation: invocation === null ? null : anInvocation(invocation), agent },
    updateSsmAgent,
    TARGET,
    DEADLINE_SECONDS,
    at(now),
  );
const agentAt = (time: string, version: string) => agentFacts({ lastPingAt: stamp(time), version });
const ended = (status: string, output = '', statusDetails = status): Partial<Invocation> => ({
  status,
  statusDetails,
  output,
  endedAt: stamp('02:05'),
});
const BUSY = ended('Failed', 'Another update in progress, try again later');

describe('an instance that is ready', () => {
  it('is sent the command', () => {
    expect(decide(awake(), '02:02')).toEqual({ action: 'send', cancelFirst: null, reason: null });
  });

  it.each([TARGET, '3.10.0.0'])('is sent nothing when its agent has %s already', (versionBefore) => {
    expect(decide(awake({ versionBefore }), '02:02')).toEqual({
      action: 'satisfied',
      version: versionBefore,
      cancelFirst: null,
      reason: null,
    });
  });

  it('is sent the command when its version is not known', () => {
    expect(decide(awake({ versionBefore: null }), '02:02')).toMatchObject({ action: 'send' });
  });

  it('is left alone for a while when SSM refused to send', () => {
    const refused = awake({ retryAt: stamp('02:03') });
    expect(decide(refused, '02:02:59')).toMatchObject({ action: 'wait', reason: { code: 'waiting-to-send' } });
    expect(decide(refused, '02:03')).toMatchObject({ action: 'send' });
  });

  it('fails with the refusal when SSM has refused until the deadline', () => {
    const refused = awake({ lastRefusal: 'InvalidInstanceId: not in a valid state' });
    expect(decide(refused, '02:16:59')).toMatchObject({ action: 'send' });
    expect(decide(refused, '02:17')).toMatchObject({
      action: 'fail',
      endedAt: null,
      reason: {
        code: 'update-undeliverable',
        text: expect.stringContaining('InvalidInstanceId: not in a valid state'),
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
    expect(decide(sent, '02:06:59', seen)).toMatchObject({ action: 'wait', reason: { code: 'update-pending' } });
    expect(decide(sent, '02:07', seen)).toMatchObject({ action: 'send', cancelFirst: 'command-1' });
  });

  it('is followed until its deadline while it is in progress', () => {
    expect(decide(sent, '02:16:59', { invocation: {} })).toMatchObject({
      action: 'wait',
      reason: { code: 'updating' },
    });
  });

  it('is verified when the agent says that it is done, as of the moment when it ended', () => {
    expect(decide(sent, '02:06', { invocation: ended('Success') })).toEqual({
      action: 'verify',
      endedAt: stamp('02:05'),
    });
  });

  it('ended now, as far as we know, when SSM does not say when', () => {
    const invocation = { ...ended('Success'), endedAt: null };
    expect(decide(sent, '02:06', { invocation })).toEqual({ action: 'verify', endedAt: stamp('02:06') });
  });

  it('has failed when the agent says so', () => {
    const invocation = ended('Failed', 'Insufficient available disk space');
    expect(decide(sent, '02:06', { invocation })).toMatchObject({
      action: 'fail',
      endedAt: stamp('02:05'),
      cancelFirst: null,
      reason: { code: 'no-disk-space' },
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
      action: 'satisfied',
      version: TARGET,
      reason: { code: 'update-undelivered' },
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
    expect(decide(sentTwice, '02:30')).toMatchObject({ action: 'wait', reason: { code: 'update-undelivered' } });
    expect(decide(sentTwice, '03:04:59')).toMatchObject({ action: 'wait' });
    expect(decide(sentTwice, '03:05')).toMatchObject({
      action: 'fail',
      endedAt: null,
      cancelFirst: 'command-2',
      reason: { code: 'update-undelivered' },
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
    expect(decide(sent, '02:46:59', { invocation, agent })).toMatchObject({
      action: 'wait',
      reason: { code: 'update-hung' },
    });
    expect(decide(sent, '02:47', { invocation, agent })).toMatchObject({ action: 'satisfied', version: TARGET });
  });

  it('fails after the second one, 45 minutes after that was sent', () => {
    const seen = { invocation: { commandId: 'command-2' }, agent: agentAt('03:00', OLD) };
    expect(decide(sentTwice, '03:04:59', seen)).toMatchObject({ action: 'wait' });
    expect(decide(sentTwice, '03:05', seen)).toMatchObject({ action: 'fail', reason: { code: 'update-hung' } });
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
    expect(decide(sentTwice, '02:30', { invocation })).toMatchObject({
      action: 'wait',
      reason: { code: 'update-lost' },
    });
  });
});

describe('an agent that is busy with an update', () => {
  it('is left alone for a quarter of an hour when the update is not ours', () => {
    expect(decide(sent, '02:06', { invocation: BUSY })).toMatchObject({
      action: 'back-off',
      retryAt: stamp('02:21'),
      reason: { code: 'another-update' },
    });
  });

  it('is followed again when it is our own earlier command that lives', () => {
    expect(decide(sentTwice, '02:21', { invocation: { ...BUSY, commandId: 'command-2' } })).toMatchObject({
      action: 'follow-earlier',
    });
  });

  const since = stamp('02:06');
  const met = awake({ commands: [command(1, '02:02', '02:05')], foreignUpdateSince: since, retryAt: stamp('02:21') });

  it('is sent one more command when its time has come', () => {
    expect(decide(met, '02:20:59')).toMatchObject({ action: 'wait', reason: { code: 'another-update' } });
    expect(decide(met, '02:21')).toMatchObject({ action: 'send' });
  });

  it('is sent it sooner when it reports the target: its success says that the other updater is gone', () => {
    expect(decide(met, '02:10', { agent: agentAt('02:09', TARGET) })).toMatchObject({ action: 'send' });
    expect(decide(met, '02:10', { agent: agentAt('02:05:30', TARGET) })).toMatchObject({ action: 'wait' });
    expect(decide(met, '02:10', { agent: agentAt('02:09', OLD) })).toMatchObject({ action: 'wait' });
  });

  const metTwice = { ...met, commands: [command(1, '02:02', '02:05'), command(2, '02:21', '02:22')] };

  it('is waited for 45 minutes when it is still busy then, whatever it reports', () => {
    expect(decide(metTwice, '02:50:59')).toMatchObject({ action: 'wait' });
    expect(decide(metTwice, '02:50:59', { agent: agentAt('02:50', TARGET) })).toMatchObject({ action: 'wait' });
  });

  it('was updated by somebody else when it reports the target after that', () => {
    expect(decide(metTwice, '02:51', { agent: agentAt('02:50', TARGET) })).toMatchObject({
      action: 'satisfied',
      version: TARGET,
      reason: { code: 'updated-by-others' },
    });
  });

  it('fails when it does not', () => {
    expect(decide(metTwice, '02:51', { agent: agentAt('02:50', OLD) })).toMatchObject({
      action: 'fail',
      endedAt: stamp('02:51'),
      reason: { code: 'another-update', text: expect.stringContaining('45 minutes') },
    });
  });
});
