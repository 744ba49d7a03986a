import 'aws-sdk-client-mock-jest';
import {
  CancelCommandCommand,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { cancelCommand, findCommands, listAllInvocations, sendCommand } from '../../../functions/aws/ssm-commands.ts';
import { updateSsmAgent } from '../../../functions/domain/work/update-ssm-agent.ts';
import { anInvocation, at, stamp, TARGET } from '../../support/builders.ts';
import { awsError, listed } from '../../support/functions.ts';

const ssm = mockClient(SSMClient);
const client = new SSMClient({ region: 'eu-central-1' });

beforeEach(() => ssm.reset());

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
        { key: 'InvokedAfter', value: '2026-12-06T01:55:00Z' },
      ],
    });
  });
});

describe('the invocations of one command', () => {
  const followed = [{ commandId: 'command-1', instanceId: 'i-1' }];
  const list = () => listAllInvocations(client, followed, { work: updateSsmAgent });

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

  it('hides no failure that says nothing of an instance', async () => {
    ssm.on(ListCommandInvocationsCommand).rejects(awsError('ThrottlingException'));

    await expect(list()).rejects.toMatchObject({ name: 'ThrottlingException' });
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

  it('quotes the step that failed, and asks for that one if its words are cut', async () => {
    const skipped = 'Step execution skipped due to unsatisfied preconditions';
    const plugin = (Name: string, Status: 'Failed' | 'Success', Output: string) => ({ Name, Status, Output });
    const reply = { CommandId: 'command-1', InstanceId: 'i-1', Status: 'Failed' as const };
    ssm.on(ListCommandInvocationsCommand).resolves({
      CommandInvocations: [
        { ...reply, CommandPlugins: [plugin('first', 'Success', skipped), plugin('second', 'Failed', 'cut')] },
      ],
    });
    ssm.on(GetCommandInvocationCommand).resolves({ StandardOutputContent: 'all of it' });

    expect(await list()).toMatchObject([{ output: 'all of it\n' }]);
    expect(ssm.commandCalls(GetCommandInvocationCommand).map(({ args: [{ input }] }) => input.PluginName)).toEqual([
      'second',
    ]);
  });

  it('leaves out a step that was skipped where none failed', async () => {
    const CommandPlugins = [
      { Name: 'first', Status: 'Success' as const, Output: 'Step execution skipped due to unsupported plugin' },
      { Name: 'second', Status: 'Success' as const, Output: `amazon-ssm-agent updated successfully to ${TARGET}` },
    ];
    const reply = { CommandId: 'command-1', InstanceId: 'i-1', Status: 'Success' as const, CommandPlugins };
    ssm.on(ListCommandInvocationsCommand).resolves({ CommandInvocations: [reply] });

    expect((await list())[0]?.output).toBe(`amazon-ssm-agent updated successfully to ${TARGET}`);
  });

  it('does not guess what it can not read: that one may be at work', async () => {
    ssm.on(ListCommandInvocationsCommand).resolves({ CommandInvocations: [{ CommandId: 'command-1' }] });

    const [invocation] = await list();

    expect(invocation).toMatchObject({ instanceId: 'i-1', status: 'InProgress' });
    expect(invocation?.refusal?.text).toContain('InstanceId');
  });
});

describe('listAllInvocations', () => {
  const follow = (commandId: string, instanceId = 'i-1') => ({ commandId, instanceId });
  const of = (commandId: string, instanceId = 'i-1') => anInvocation({ commandId, instanceId });
  const asked = () =>
    ssm
      .commandCalls(ListCommandInvocationsCommand)
      .map(({ args: [{ input }] }) => [input.CommandId, ...(input.InstanceId ? [input.InstanceId] : [])].join(' '));
  beforeEach(() => {
    ssm
      .on(ListCommandInvocationsCommand)
      .callsFake(({ CommandId, InstanceId }: { CommandId: string; InstanceId?: string }) => {
        const isOfOdd = InstanceId === undefined ? CommandId === 'command-odd' : InstanceId === 'i-odd';
        if (isOfOdd) throw awsError('AccessDeniedException');
        if (CommandId === 'command-busy') throw awsError('ThrottlingException');
        return { CommandInvocations: [listed(of(CommandId, InstanceId))] };
      });
  });

  it('asks once for each command', async () => {
    const followed = [follow('command-2'), follow('command-1'), follow('command-2', 'i-2')];

    const found = await listAllInvocations(client, followed, { work: updateSsmAgent });

    expect(found).toEqual([of('command-2'), of('command-1')]);
    expect(asked()).toEqual(['command-2', 'command-1']);
  });

  it('asks for each instance alone where a listing is refused: what is refused then is that instance alone', async () => {
    const followed = [follow('command-odd', 'i-odd'), follow('command-odd', 'i-2'), follow('command-1')];

    const found = await listAllInvocations(client, followed, { work: updateSsmAgent });

    expect(found[0]).toMatchObject({ instanceId: 'i-odd', status: 'InProgress' });
    expect(found[0]?.refusal?.error).toEqual({ call: 'ListCommandInvocations', code: 'AccessDeniedException' });
    expect(found.slice(1)).toEqual([of('command-odd', 'i-2'), of('command-1')]);
    expect(asked().sort()).toEqual(['command-1', 'command-odd', 'command-odd i-2', 'command-odd i-odd']);
  });

  it('fails where SSM wants to be asked again later', async () => {
    const listing = listAllInvocations(client, [follow('command-busy')], { work: updateSsmAgent });

    await expect(listing).rejects.toMatchObject({ name: 'ThrottlingException' });
  });

  it('leaves that command out, and tells of it, where its caller wants that', async () => {
    const onFailure = jest.fn();
    const followed = [follow('command-busy'), follow('command-1')];

    const found = await listAllInvocations(client, followed, { work: updateSsmAgent, onFailure });

    expect(found).toEqual([of('command-1')]);
    expect(onFailure.mock.calls).toEqual([['command-busy', expect.objectContaining({ name: 'ThrottlingException' })]]);
  });
});

describe('cancelCommand', () => {
  it('cancels it on these instances alone', async () => {
    ssm.on(CancelCommandCommand).resolves({});

    await cancelCommand(client, 'command-1', ['i-1']);

    expect(ssm).toHaveReceivedCommandWith(CancelCommandCommand, { CommandId: 'command-1', InstanceIds: ['i-1'] });
  });
});
