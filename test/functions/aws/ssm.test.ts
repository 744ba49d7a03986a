import 'aws-sdk-client-mock-jest';
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
import { describeAgents } from '../../../functions/aws/ssm-agents.ts';
import {
  cancelCommand,
  findCommands,
  listAllInvocations,
  listInvocations,
  sendCommand,
} from '../../../functions/aws/ssm-commands.ts';
import { updateSsmAgent } from '../../../functions/domain/work/update-ssm-agent.ts';
import { agentFacts, anInvocation, at, stamp, TARGET } from '../../support/builders.ts';
import { awsError, instanceIds, listed, reported } from '../../support/functions.ts';

const ssm = mockClient(SSMClient);
const client = new SSMClient({ region: 'eu-central-1' });

beforeEach(() => ssm.reset());

describe('describeAgents', () => {
  it('asks for at most 50 at once, and reads all pages', async () => {
    const ids = instanceIds(51);
    ssm.on(DescribeInstanceInformationCommand).callsFake(({ Filters, NextToken }) => {
      const agents = (Filters[0].Values as string[]).map((instanceId) => agentFacts({ instanceId }));
      if (agents.length === 1) return reported(...agents);
      if (NextToken === 'more') return reported(...agents.slice(30));
      return { ...reported(...agents.slice(0, 30)), NextToken: 'more' };
    });

    const found = await describeAgents(client, ids);

    expect([...found.keys()]).toEqual(ids);
    expect(ssm).toHaveReceivedCommandTimes(DescribeInstanceInformationCommand, 3);
  });

  it('takes those that SSM does not list, or does not know at all, for absent', async () => {
    const [known = '', silent = '', unknown = ''] = instanceIds(3);
    ssm.on(DescribeInstanceInformationCommand).callsFake(({ Filters }) => {
      const values: string[] = Filters[0].Values;
      if (values.includes(unknown)) throw awsError('InvalidInstanceId', '');
      return reported(...values.filter((id) => id === known).map((instanceId) => agentFacts({ instanceId })));
    });

    const found = await describeAgents(client, [known, silent, unknown]);

    expect([...found]).toEqual([[known, agentFacts({ instanceId: known })]]);
  });

  it('has no version and no ping where SSM tells none', async () => {
    ssm.on(DescribeInstanceInformationCommand).resolves({ InstanceInformationList: [{ InstanceId: 'i-1' }] });

    const found = await describeAgents(client, ['i-1']);

    expect(found.get('i-1')).toEqual({ instanceId: 'i-1', pingStatus: 'Unknown', lastPingAt: null, version: null });
  });

  it('asks nothing for no instances', async () => {
    await describeAgents(client, []);

    expect(ssm.calls()).toEqual([]);
  });
});

describe('sendCommand', () => {
  const request = {
    work: updateSsmAgent,
    target: TARGET,
    comment: 'reveille run-1 b0 a1',
    timeoutSeconds: 3600,
    turn: 0,
    hasTime: () => true,
    mayLeave: () => true,
  };

  it('sends the work to all of them, and lets no failure of one end the others', async () => {
    ssm.on(SendCommandCommand).resolves({ Command: { CommandId: 'command-1' } });

    const { replies } = await sendCommand(client, [['i-1', 'i-2']], request);

    expect(replies).toEqual([{ commandId: 'command-1', instanceIds: ['i-1', 'i-2'] }]);
    const [call] = ssm.commandCalls(SendCommandCommand);
    expect(call?.args[0].input).toEqual({
      DocumentName: 'AWS-UpdateSSMAgent',
      Parameters: { version: [TARGET], allowDowngrade: ['false'] },
      InstanceIds: ['i-1', 'i-2'],
      Comment: 'reveille run-1 b0 a1',
      TimeoutSeconds: 3600,
      MaxErrors: '100%',
      MaxConcurrency: '100%',
    });
  });

  it('does not take a reply without an ID for a command', async () => {
    ssm.on(SendCommandCommand).resolves({});

    await expect(sendCommand(client, [['i-1']], request)).rejects.toMatchObject({ name: 'UnexpectedReply' });
  });

  it('fails no one by an error that may be about all: they wait', async () => {
    ssm.on(SendCommandCommand).rejects(awsError('InvalidDocument'));

    const { undecided } = await sendCommand(client, [['i-1', 'i-2']], request);

    expect(undecided.map(({ id }) => id).sort()).toEqual(['i-1', 'i-2']);
    expect(ssm).toHaveReceivedCommandTimes(SendCommandCommand, 3);
  });
});

describe('findCommands', () => {
  it('reads all pages, and picks by the comment', async () => {
    const parameters = { version: ['3.3.551.0'] };
    const sent = { InstanceIds: ['i-1'], RequestedDateTime: at('02:02'), Parameters: parameters };
    const ours = { CommandId: 'command-1', Comment: 'ours', ...sent };
    const noted = { CommandId: 'command-3', Comment: 'ours' };
    ssm.on(ListCommandsCommand).callsFake(({ NextToken }: { NextToken?: string }) =>
      NextToken === 'more'
        ? { Commands: [noted] }
        : {
            Commands: [ours, { CommandId: 'command-2', Comment: 'theirs' }, { CommandId: 'none' }],
            NextToken: 'more',
          },
    );

    const found = await findCommands(client, updateSsmAgent, 'ours', '2026-12-06T02:00:00.250Z');

    expect(found).toEqual([
      { commandId: 'command-1', instanceIds: ['i-1'], sentAt: stamp('02:02'), comment: 'ours', parameters },
      { commandId: 'command-3', instanceIds: [], sentAt: '2026-12-06T02:00:00.250Z', comment: 'ours', parameters: {} },
    ]);
    expect(ssm).toHaveReceivedCommandWith(ListCommandsCommand, {
      Filters: [
        { key: 'DocumentName', value: 'AWS-UpdateSSMAgent' },
        { key: 'InvokedAfter', value: '2026-12-06T01:59:59Z' },
      ],
    });
  });
});

describe('listInvocations', () => {
  const list = () => listInvocations(client, 'command-1', updateSsmAgent);

  it('tells where each instance stands', async () => {
    const running = anInvocation({ instanceId: 'i-1' });
    const failed = anInvocation({
      instanceId: 'i-2',
      status: 'Failed',
      statusDetails: 'Failed',
      output: 'Insufficient available disk space',
      endedAt: stamp('02:03'),
    });
    ssm
      .on(ListCommandInvocationsCommand, { CommandId: 'command-1', Details: true })
      .resolves({ CommandInvocations: [listed(running), listed(failed)] });

    expect(await list()).toEqual([running, failed]);
    expect(ssm).not.toHaveReceivedCommand(GetCommandInvocationCommand);
  });

  it('fetches both streams of an ended one whose listing says too little', async () => {
    const success = anInvocation({ status: 'Success', statusDetails: 'Success', output: 'x\n---Output truncated---' });
    ssm.on(ListCommandInvocationsCommand).resolves({ CommandInvocations: [listed(success)] });
    ssm
      .on(GetCommandInvocationCommand, { CommandId: success.commandId, InstanceId: success.instanceId })
      .resolves({ StandardOutputContent: 'all of it', StandardErrorContent: 'and the errors' });

    expect(await list()).toEqual([{ ...success, output: 'all of it\nand the errors' }]);
  });

  it.each(['InvalidCommandId', 'InvocationDoesNotExist'])('has no instance yet where SSM says %s', async (code) => {
    ssm.on(ListCommandInvocationsCommand).rejects(awsError(code, ''));

    expect(await list()).toEqual([]);
  });

  it('hides no other failure', async () => {
    ssm.on(ListCommandInvocationsCommand).rejects(awsError('AccessDeniedException'));

    await expect(list()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('takes the latest end of several plugins, and none where none has ended', async () => {
    const plugin = (time: string) => ({ Output: '', ResponseFinishDateTime: at(time) });
    const reply = { CommandId: 'command-1', InstanceId: 'i-1', Status: 'InProgress' as const };
    ssm.on(ListCommandInvocationsCommand).resolves({
      CommandInvocations: [{ ...reply, CommandPlugins: [plugin('02:04'), plugin('02:03')] }, reply],
    });

    expect((await list()).map(({ endedAt, output }) => [endedAt, output])).toEqual([
      [stamp('02:04'), '\n'],
      [null, ''],
    ]);
  });

  it('does not guess what it can not read', async () => {
    ssm.on(ListCommandInvocationsCommand).resolves({ CommandInvocations: [{ CommandId: 'command-1' }] });

    await expect(list()).rejects.toMatchObject({
      name: 'UnexpectedReply',
      message: expect.stringContaining('InstanceId'),
    });
  });
});

describe('listAllInvocations', () => {
  const command = (commandId: string) => ({ commandId, sentAt: stamp('02:02'), endedAt: null });
  const of = (commandId: string) => anInvocation({ commandId });
  const asked = () => ssm.commandCalls(ListCommandInvocationsCommand).map(({ args: [{ input }] }) => input.CommandId);
  beforeEach(() => {
    ssm.on(ListCommandInvocationsCommand).callsFake(({ CommandId }: { CommandId: string }) => {
      if (CommandId === 'command-bad') throw awsError('AccessDeniedException');
      return { CommandInvocations: [listed(of(CommandId))] };
    });
  });

  it('asks once for each command', async () => {
    const commands = [command('command-2'), command('command-1'), command('command-2')];

    const found = await listAllInvocations(client, commands, { work: updateSsmAgent });

    expect(found).toEqual([of('command-2'), of('command-1')]);
    expect(asked()).toEqual(['command-2', 'command-1']);
  });

  it('fails with a command that can not be listed', async () => {
    const listing = listAllInvocations(client, [command('command-bad')], { work: updateSsmAgent });

    await expect(listing).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('leaves that one out, and tells of it, where its caller wants that', async () => {
    const onFailure = jest.fn();
    const commands = [command('command-bad'), command('command-1')];

    const found = await listAllInvocations(client, commands, { work: updateSsmAgent, onFailure });

    expect(found).toEqual([of('command-1')]);
    expect(onFailure.mock.calls).toEqual([['command-bad', expect.objectContaining({ name: 'AccessDeniedException' })]]);
  });
});

describe('cancelCommand', () => {
  it('cancels it on these instances alone', async () => {
    ssm.on(CancelCommandCommand).resolves({});

    await cancelCommand(client, 'command-1', ['i-1']);

    expect(ssm).toHaveReceivedCommandWith(CancelCommandCommand, { CommandId: 'command-1', InstanceIds: ['i-1'] });
  });
});
