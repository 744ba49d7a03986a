import { EC2Client } from '@aws-sdk/client-ec2';
import 'aws-sdk-client-mock-jest';
import { S3Client } from '@aws-sdk/client-s3';
import {
  CancelCommandCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import type { InstanceAt } from '../../../functions/domain/batch/batch-instance.ts';
import { createUpdateAgent } from '../../../functions/update-agent/update-agent.ts';
import { givenLock } from '../../support/bucket.ts';
import {
  aBatch,
  agentFacts,
  anInvocation,
  at,
  aWokenInstance,
  INSTANCE_ID,
  OLD,
  stamp,
  TARGET,
} from '../../support/builders.ts';
import { aContext, aRuntime, awsError, givenState, listed, reported } from '../../support/functions.ts';
import { heldAt } from '../../support/looks.ts';

const s3 = mockClient(S3Client);
const ec2 = mockClient(EC2Client);
const ssm = mockClient(SSMClient);

const FIRST = { commandId: 'command-1', sentAt: stamp('02:02'), endedAt: null };
const SECOND = { commandId: 'command-2', sentAt: stamp('02:12'), endedAt: null };

const anUpdating = (changes: Partial<InstanceAt<'update'>> = {}) =>
  aWokenInstance({ step: 'update', stepSince: stamp('02:02'), versionBefore: OLD, commands: [FIRST], ...changes });

const lookAt = (time: string, instance: InstanceAt<'update'>) =>
  createUpdateAgent(aRuntime(time, { UPDATE_DEADLINE_SECONDS: '600' }))(
    aBatch([instance], { sends: instance.commands.length }),
    aContext(),
  ).then(({ instances: [next] }) => next);

const givenInvocation = (status: string, changes = {}) =>
  ssm.on(ListCommandInvocationsCommand).callsFake(({ CommandId }: { CommandId: string }) => ({
    CommandInvocations: [listed(anInvocation({ commandId: CommandId, status, statusDetails: status, ...changes }))],
  }));
const givenReport = (lastPing: string, version: string) =>
  ssm.on(DescribeInstanceInformationCommand).resolves(reported(agentFacts({ lastPingAt: stamp(lastPing), version })));

const BUSY = { output: 'Another update in progress, try again later', endedAt: stamp('02:02:30') };

beforeEach(() => {
  givenState(ec2, 'running');
  s3.reset();
  givenLock(s3);
  ssm.reset();
  ssm.on(ListCommandsCommand).resolves({ Commands: [] });
  ssm.on(GetCommandInvocationCommand).resolves({});
  ssm.on(DescribeInstanceInformationCommand).resolves(reported(agentFacts()));
  ssm.on(CancelCommandCommand).resolves({});
  ssm.on(SendCommandCommand).resolves({ Command: { CommandId: 'command-2' } });
});

describe('UpdateAgent, when a command hangs', () => {
  it('waits until the deadline', async () => {
    givenInvocation('InProgress');

    expect(await lookAt('02:11:59', anUpdating())).toEqual(anUpdating());
  });

  it('then sends one more, and lets the first live: it may be a slow rollback', async () => {
    givenInvocation('InProgress');

    const next = await lookAt('02:12', anUpdating());

    expect(next).toMatchObject({ step: 'update', commands: [FIRST, SECOND] });
    expect(ssm).not.toHaveReceivedCommand(CancelCommandCommand);
    expect(ssm.commandCalls(SendCommandCommand)[0]?.args[0].input.Comment).toBe('reveille run-1 b0 a2');
  });

  it('does not take the first command, which it finds in the list again, for the second', async () => {
    givenInvocation('InProgress');
    const first = { CommandId: 'command-1', Comment: 'reveille run-1 b0 a1', InstanceIds: [INSTANCE_ID] };
    ssm.on(ListCommandsCommand).resolves({ Commands: [first] });

    const next = await lookAt('02:12', anUpdating());

    expect(ssm).toHaveReceivedCommandTimes(SendCommandCommand, 1);
    expect(heldAt('update', next).commands.map(({ commandId }) => commandId)).toEqual(['command-1', 'command-2']);
  });

  it('does not take a duplicate of the first command, whose reply the SDK lost, for the second', async () => {
    givenInvocation('Pending');
    const twin = { CommandId: 'command-0', Comment: 'reveille run-1 b0 a1', InstanceIds: [INSTANCE_ID] };
    ssm.on(ListCommandsCommand).resolves({ Commands: [twin] });

    const next = await lookAt('02:07', anUpdating());

    expect(ssm).toHaveReceivedCommandTimes(SendCommandCommand, 1);
    expect(heldAt('update', next).commands.map(({ commandId }) => commandId)).toEqual(['command-1', 'command-2']);
  });

  it('looks at the version first: an agent that reports the target is sent no other command', async () => {
    givenInvocation('InProgress');
    givenReport('02:11', TARGET);

    const early = await lookAt('02:12', anUpdating());
    const late = await lookAt('02:47', anUpdating());

    expect(early).toMatchObject({ step: 'update', commands: [FIRST] });
    expect(late).toMatchObject({ step: 'restore', outcome: 'updated', versionAfter: TARGET });
    expect(ssm).not.toHaveReceivedCommand(SendCommandCommand);
  });

  it('never sends a third: it waits until no updater can be alive, then fails', async () => {
    givenInvocation('InProgress');
    const twice = anUpdating({ commands: [FIRST, SECOND] });

    const before = await lookAt('02:56:59', twice);
    const after = await lookAt('02:57', twice);

    expect(before).toEqual(twice);
    expect(after).toMatchObject({ step: 'restore', outcome: 'failed', reason: { code: 'update-hung' } });
    expect(ssm).not.toHaveReceivedCommand(SendCommandCommand);
    expect(ssm).toHaveReceivedCommandTimes(CancelCommandCommand, 1);
  });

  it('asks EC2 before it calls an update hung: one whose instance was stopped meanwhile is not', async () => {
    givenInvocation('InProgress');
    givenState(ec2, 'stopped');

    const after = await lookAt('02:57', anUpdating({ commands: [FIRST, SECOND] }));

    expect(after).toMatchObject({ step: 'restore', outcome: 'failed', reason: { code: 'stopped-in-run' } });
  });

  it('nor is one whose instance was started again meanwhile', async () => {
    givenInvocation('InProgress');

    const after = await lookAt(
      '02:57',
      anUpdating({ commands: [FIRST, SECOND], launchTime: stamp('01:00'), heardAt: stamp('01:01') }),
    );

    expect(after).toMatchObject({ step: 'restore', outcome: 'failed', reason: { code: 'restarted-in-run' } });
  });

  it('cancels one that no agent took in five minutes, and sends another', async () => {
    givenInvocation('Pending');

    const next = await lookAt('02:07', anUpdating());

    expect(ssm).toHaveReceivedCommandWith(CancelCommandCommand, {
      CommandId: 'command-1',
      InstanceIds: [INSTANCE_ID],
    });
    expect(heldAt('update', next).commands.map(({ commandId }) => commandId)).toEqual(['command-1', 'command-2']);
  });

  it('goes on when a cancellation is refused', async () => {
    givenInvocation('Pending');
    ssm.on(CancelCommandCommand).rejects(awsError('InvalidCommandId'));

    const next = await lookAt('02:07', anUpdating());

    expect(heldAt('update', next).commands).toHaveLength(2);
  });

  it('does not believe a DeliveryTimedOut: the update may be at work for all that', async () => {
    givenInvocation('TimedOut', { statusDetails: 'Delivery Timed Out', endedAt: stamp('02:10') });
    const twice = anUpdating({ commands: [FIRST, SECOND] });

    expect(await lookAt('02:30', twice)).toMatchObject(twice);
  });

  it('asks for no version while all goes as it should', async () => {
    givenInvocation('InProgress');

    await lookAt('02:05', anUpdating());

    expect(ssm).not.toHaveReceivedCommand(DescribeInstanceInformationCommand);
  });
});

describe('UpdateAgent, when SSM has taken a command, and refused the next try of it', () => {
  it('finds the command, and follows it from then on', async () => {
    givenInvocation('InProgress');
    const refused = anUpdating({ commands: [], retryAt: stamp('02:03'), lastRefusal: 'InvalidInstanceId: no' });
    const lost = { CommandId: 'command-1', Comment: 'reveille run-1 b0 a1', InstanceIds: [INSTANCE_ID] };
    ssm.on(ListCommandsCommand).resolves({ Commands: [{ ...lost, RequestedDateTime: at('02:02') }] });

    const found = await lookAt('02:03', refused);
    const later = await lookAt('02:08', heldAt('update', found));

    expect(found).toMatchObject({ commands: [FIRST] });
    expect(ssm).toHaveReceivedCommandWith(ListCommandInvocationsCommand, { CommandId: 'command-1' });
    // It is in progress: neither undelivered, nor cancelled, nor sent again.
    expect(later).toMatchObject({ step: 'update', commands: [FIRST] });
    expect(ssm).not.toHaveReceivedCommand(CancelCommandCommand);
    expect(ssm).not.toHaveReceivedCommand(SendCommandCommand);
  });

  it('asks how a command stands that it has found so late, before it calls it undelivered', async () => {
    givenInvocation('InProgress');
    // The new agent pings before the updater has verified it: that proves nothing as long as it may be rolled back.
    givenReport('02:06', TARGET);
    const refused = anUpdating({ commands: [], retryAt: stamp('02:03'), lastRefusal: 'ThrottlingException: no' });
    const lost = { CommandId: 'command-1', Comment: 'reveille run-1 b0 a1', InstanceIds: [INSTANCE_ID] };
    ssm.on(ListCommandsCommand).resolves({ Commands: [{ ...lost, RequestedDateTime: at('02:02') }] });

    const found = await lookAt('02:09', refused);

    expect(found).toMatchObject({ step: 'update', commands: [FIRST] });
    expect(ssm).not.toHaveReceivedCommand(CancelCommandCommand);
    expect(ssm).not.toHaveReceivedCommand(SendCommandCommand);
  });
});

describe('UpdateAgent, when another update is at work', () => {
  const backingOff = () =>
    anUpdating({
      commands: [{ ...FIRST, endedAt: stamp('02:02:40'), status: 'Failed' }],
      otherUpdateSince: stamp('02:02:40'),
      retryAt: stamp('02:17:40'),
    });

  it('backs off: the command is over, the instance is not failed', async () => {
    givenInvocation('Failed', BUSY);

    const next = await lookAt('02:02:40', anUpdating());

    expect(next).toEqual(backingOff());
    expect(ssm).not.toHaveReceivedCommand(SendCommandCommand);
  });

  it('leaves the agent alone until then', async () => {
    expect(await lookAt('02:17', backingOff())).toEqual(backingOff());
  });

  it('then sends one more command', async () => {
    const next = await lookAt('02:17:40', backingOff());

    expect(next).toMatchObject({ step: 'update', retryAt: null });
    expect(heldAt('update', next).commands.map(({ commandId, endedAt }) => [commandId, endedAt])).toEqual([
      ['command-1', stamp('02:02:40')],
      ['command-2', null],
    ]);
  });

  it('sends it sooner once the agent reports the target: its success tells that the other updater is gone', async () => {
    givenReport('02:06', TARGET);

    const next = await lookAt('02:07', backingOff());

    expect(heldAt('update', next).commands).toHaveLength(2);
  });

  it('never sends a third one: it waits for the hard deadline, then fails', async () => {
    const busyTwice = anUpdating({
      commands: [
        { ...FIRST, endedAt: stamp('02:02:40') },
        { commandId: 'command-2', sentAt: stamp('02:17:40'), endedAt: stamp('02:18') },
      ],
      otherUpdateSince: stamp('02:02:40'),
      retryAt: stamp('02:33'),
    });

    const before = await lookAt('02:47', busyTwice);
    const after = await lookAt('02:47:40', busyTwice);

    expect(before).toEqual(busyTwice);
    expect(after).toMatchObject({ step: 'restore', outcome: 'failed', reason: { code: 'another-update' } });
    expect(ssm).not.toHaveReceivedCommand(SendCommandCommand);
  });

  it('knows its own: a second command that finds the agent busy means that the first one lives, and follows that', async () => {
    givenInvocation('Failed', { ...BUSY, endedAt: stamp('02:12:30') });

    const next = await lookAt('02:13', anUpdating({ commands: [FIRST, SECOND] }));

    expect(next).toMatchObject({ step: 'update', otherUpdateSince: null });
    expect(heldAt('update', next).commands.map(({ endedAt }) => endedAt === null)).toEqual([true, false]);
  });
});
