import 'aws-sdk-client-mock-jest';
import {
  DescribeInstanceAssociationsStatusCommand,
  DescribeSessionsCommand,
  ListCommandInvocationsCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { readOtherActivity } from '../../../functions/aws/ssm-activity.ts';
import { at, stamp } from '../../support/builders.ts';
import { awsError, instanceIds } from '../../support/functions.ts';

const ssm = mockClient(SSMClient);
const client = new SSMClient({ region: 'eu-central-1' });
const [FIRST = '', SECOND = '', STRANGER = ''] = instanceIds(3);
const find = (ids = [FIRST, SECOND]) => readOtherActivity(client, ids);

const session = (Target: string, SessionId: string) => ({
  Target,
  SessionId,
  Owner: 'anna',
  Status: 'Connected' as const,
  StartDate: at('02:04'),
});
const invocation = (InstanceId: string, CommandId: string) => ({
  InstanceId,
  CommandId,
  DocumentName: 'AWS-RunShellScript',
  RequestedDateTime: at('02:05'),
});

beforeEach(() => {
  ssm.reset();
  ssm.on(DescribeSessionsCommand).resolves({});
  ssm.on(ListCommandInvocationsCommand).resolves({});
  ssm.on(DescribeInstanceAssociationsStatusCommand).resolves({});
});

describe('readOtherActivity', () => {
  it('finds nothing where nothing is', async () => {
    expect(await find()).toEqual({ sessions: [], invocations: [], associations: [] });
    expect(ssm).toHaveReceivedCommandTimes(DescribeSessionsCommand, 1);
    expect(ssm).toHaveReceivedCommandTimes(ListCommandInvocationsCommand, 2);
    expect(ssm).toHaveReceivedCommandTimes(DescribeInstanceAssociationsStatusCommand, 2);
  });

  it('finds active sessions on these instances, over all pages', async () => {
    ssm
      .on(DescribeSessionsCommand)
      .callsFake(({ NextToken }: { NextToken?: string }) =>
        NextToken === undefined
          ? { Sessions: [session(STRANGER, 's-1'), session(FIRST, 's-2')], NextToken: 'more' }
          : { Sessions: [session(SECOND, 's-3'), { Target: FIRST, SessionId: 's-4' }] },
      );

    const { sessions } = await find();

    expect(sessions).toEqual([
      { instanceId: FIRST, sessionId: 's-2', owner: 'anna', startedAt: stamp('02:04'), isConnected: true },
      { instanceId: SECOND, sessionId: 's-3', owner: 'anna', startedAt: stamp('02:04'), isConnected: true },
      { instanceId: FIRST, sessionId: 's-4', owner: 'someone', startedAt: null, isConnected: false },
    ]);
    expect(ssm).toHaveReceivedCommandWith(DescribeSessionsCommand, { State: 'Active', MaxResults: 200 });
  });

  it('finds commands that wait and commands that run, however old they are', async () => {
    ssm.on(ListCommandInvocationsCommand).callsFake(({ Filters, NextToken }) => {
      const status: string = Filters[0].value;
      if (status === 'Pending') return { CommandInvocations: [invocation(FIRST, 'waits'), invocation(STRANGER, 'x')] };
      return NextToken === undefined
        ? { CommandInvocations: [], NextToken: 'more' }
        : { CommandInvocations: [invocation(SECOND, 'runs')] };
    });

    const { invocations } = await find();

    const base = { documentName: 'AWS-RunShellScript', comment: '', requestedAt: stamp('02:05') };
    expect(invocations).toEqual([
      { ...base, instanceId: FIRST, commandId: 'waits' },
      { ...base, instanceId: SECOND, commandId: 'runs' },
    ]);
    for (const status of ['Pending', 'InProgress']) {
      expect(ssm).toHaveReceivedCommandWith(ListCommandInvocationsCommand, {
        Filters: [{ key: 'Status', value: status }],
      });
    }
  });

  it('says of a command without a time that it has none', async () => {
    ssm
      .on(ListCommandInvocationsCommand)
      .resolvesOnce({ CommandInvocations: [{ InstanceId: FIRST }] })
      .resolves({});

    const { invocations } = await find();

    expect(invocations).toEqual([
      { instanceId: FIRST, commandId: '', documentName: '', comment: '', requestedAt: null },
    ]);
  });

  it('finds associations that are being carried out, and no others', async () => {
    ssm.on(DescribeInstanceAssociationsStatusCommand, { InstanceId: FIRST }).resolves({
      InstanceAssociationStatusInfos: [
        { Name: 'AWS-GatherSoftwareInventory', Status: 'InProgress', ExecutionDate: at('02:06') },
        { Name: 'AWS-RunPatchBaseline', Status: 'Success', ExecutionDate: at('02:05') },
        { Status: 'InProgress' },
      ],
    });

    const { associations } = await find();

    expect(associations).toEqual([
      { instanceId: FIRST, name: 'AWS-GatherSoftwareInventory', executedAt: stamp('02:06') },
      { instanceId: FIRST, name: 'without a name', executedAt: null },
    ]);
  });

  it('finds none on an instance whose agent never registered', async () => {
    ssm.on(DescribeInstanceAssociationsStatusCommand, { InstanceId: FIRST }).rejects(awsError('InvalidInstanceId'));

    expect((await find()).associations).toEqual([]);
  });

  it.each([
    ['sessions', DescribeSessionsCommand],
    ['commands', ListCommandInvocationsCommand],
    ['associations', DescribeInstanceAssociationsStatusCommand],
  ])('says so where %s are not told: silence would mean "none"', async (_what, command) => {
    ssm.on(command as typeof DescribeSessionsCommand).rejects(awsError('AccessDeniedException'));

    await expect(find()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it.each([
    ['sessions', DescribeSessionsCommand, 'DescribeSessions'],
    ['commands', ListCommandInvocationsCommand, 'ListCommandInvocations'],
  ])('does not read %s for ever', async (_what, command, name) => {
    ssm.on(command as typeof DescribeSessionsCommand).callsFake(({ NextToken = '0' }: { NextToken?: string }) => ({
      NextToken: String(Number(NextToken) + 1),
    }));

    await expect(find()).rejects.toMatchObject({ name: 'UnexpectedReply', message: expect.stringContaining(name) });
  });
});
