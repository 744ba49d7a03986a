import 'aws-sdk-client-mock-jest';
import {
  DescribeInstanceAssociationsStatusCommand,
  DescribeSessionsCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
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
  ssm.on(ListCommandsCommand).resolves({});
  ssm.on(DescribeInstanceAssociationsStatusCommand).resolves({});
});

describe('readOtherActivity', () => {
  it('finds nothing where nothing is', async () => {
    expect(await find()).toEqual({ sessions: [], invocations: [], associations: [], unread: new Map() });
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

  it('says of each by itself what is not told: silence would mean "none"', async () => {
    ssm
      .on(DescribeInstanceAssociationsStatusCommand, { InstanceId: FIRST })
      .rejects(awsError('AccessDeniedException', 'no'));

    const { unread } = await find();

    expect([...unread].map(([id, { text }]) => [id, text])).toEqual([
      [FIRST, 'DescribeInstanceAssociationsStatus: AccessDeniedException: no'],
    ]);
  });

  it.each([
    ['throttles', 'ThrottlingException'],
    ['fails', 'InternalServerError'],
  ])('fails where SSM %s, which says nothing of an instance', async (_what, code) => {
    ssm.on(DescribeSessionsCommand).rejects(awsError(code, '', code === 'InternalServerError' ? 500 : 400));

    await expect(find()).rejects.toMatchObject({ name: code });
  });
});

/** Thousands of sessions and commands of others in the region, or a listing of it that is denied. */
describe('where a listing of the region tells nothing', () => {
  const endless = ({ NextToken = '0' }: { NextToken?: string }) => ({ NextToken: String(Number(NextToken) + 1) });

  it('asks for the sessions of each instance', async () => {
    ssm.on(DescribeSessionsCommand).callsFake((input: { Filters?: { value: string }[]; NextToken?: string }) => {
      const [filter] = input.Filters ?? [];
      if (filter === undefined) return endless(input);
      return { Sessions: filter.value === SECOND ? [session(SECOND, 's-1')] : [] };
    });

    const { sessions, unread } = await find();

    expect(sessions).toMatchObject([{ instanceId: SECOND, sessionId: 's-1' }]);
    expect(unread.size).toBe(0);
    expect(ssm).toHaveReceivedCommandWith(DescribeSessionsCommand, {
      State: 'Active',
      Filters: [{ key: 'Target', value: FIRST }],
    });
  });

  it('asks for the open commands of each instance, and whether they are open there', async () => {
    ssm.on(ListCommandInvocationsCommand).callsFake((input: { CommandId?: string; NextToken?: string }) => {
      if (input.CommandId === undefined) return endless(input);
      const Status = input.CommandId === 'runs' ? 'InProgress' : 'Success';
      return { CommandInvocations: [{ ...invocation(FIRST, input.CommandId), Status }] };
    });
    ssm
      .on(ListCommandsCommand, { InstanceId: FIRST, Filters: [{ key: 'ExecutionStage', value: 'Executing' }] })
      .resolves({ Commands: [{ CommandId: 'runs' }, { CommandId: 'done-there' }] });

    const { invocations, unread } = await find();

    expect(invocations).toMatchObject([{ instanceId: FIRST, commandId: 'runs' }]);
    expect(unread.size).toBe(0);
  });

  it.each([
    ['is denied', () => Promise.reject(awsError('AccessDeniedException', 'no')), 'AccessDeniedException: no'],
    ['does not end', endless, 'TooMuchToRead: more than 50 pages'],
  ])('tells of each that it could not be read, if it %s for it as well', async (_what, answer, said) => {
    ssm.on(DescribeSessionsCommand).callsFake(answer);

    const { unread } = await find();

    expect([...unread].map(([id, { text }]) => [id, text])).toEqual(
      [FIRST, SECOND].map((id) => [id, `DescribeSessions: ${said}`]),
    );
  });
});
