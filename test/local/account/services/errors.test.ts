import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  RebootInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { GetGroupCommand, ListGroupResourcesCommand, ListGroupsCommand } from '@aws-sdk/client-resource-groups';
import { DeleteObjectsCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ListTopicsCommand, PublishCommand } from '@aws-sdk/client-sns';
import {
  CancelCommandCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  GetParameterCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
} from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { aFleet, nthId, refusal, running, sendUpdate, stopped, type Visit, visit } from '../../../support/account.ts';
import { INSTANCE_ID } from '../../../support/builders.ts';

type Ask = (here: Visit) => Promise<unknown>;
const UNKNOWN = nthId(404);
const NO_COMMAND = '00000000-0000-4000-a000-000000000000';

/** @returns what a real client sees of a refusal, in an account with one instance */
const refused = (ask: Ask, fleet = aFleet(running())) => visit(fleet, (here) => refusal(ask(here)));

const start =
  (...InstanceIds: string[]): Ask =>
  ({ ec2 }) =>
    ec2.send(new StartInstancesCommand({ InstanceIds }));
const stop =
  (...InstanceIds: string[]): Ask =>
  ({ ec2 }) =>
    ec2.send(new StopInstancesCommand({ InstanceIds }));
const describeInstances =
  (...InstanceIds: string[]): Ask =>
  ({ ec2 }) =>
    ec2.send(new DescribeInstancesCommand({ InstanceIds }));
const tag =
  (id: string, Key = 'k'): Ask =>
  ({ ec2 }) =>
    ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key, Value: 'v' }] }));

describe('EC2 names its errors', () => {
  it.each<[string, Ask]>([
    ['StartInstances', start(UNKNOWN)],
    ['StopInstances', stop(UNKNOWN)],
    ['DescribeInstances', describeInstances(UNKNOWN)],
    ['CreateTags', tag(UNKNOWN)],
    ['DeleteTags', ({ ec2 }) => ec2.send(new DeleteTagsCommand({ Resources: [UNKNOWN], Tags: [{ Key: 'k' }] }))],
    [
      'DescribeInstanceAttribute',
      ({ ec2 }) => ec2.send(new DescribeInstanceAttributeCommand({ InstanceId: UNKNOWN, Attribute: 'disableApiStop' })),
    ],
  ])('an unknown instance: %s', async (_, ask) => {
    expect(await refused(ask)).toEqual({
      name: 'InvalidInstanceID.NotFound',
      status: 400,
      message: `The instance ID '${UNKNOWN}' does not exist`,
    });
  });

  it('several unknown instances in one message', async () => {
    const { message } = await refused(describeInstances(INSTANCE_ID, nthId(7), nthId(8)));
    expect(message).toBe(`The instance IDs '${nthId(7)}, ${nthId(8)}' do not exist`);
  });

  it.each(['i-xyz', 'i-123', 'vol-0123456789abcdef0', 'I-0123456789ABCDEF0'])('a malformed ID: %s', async (id) => {
    expect(await refused(describeInstances(id))).toEqual({
      name: 'InvalidInstanceID.Malformed',
      status: 400,
      message: `Invalid id: "${id}"`,
    });
  });

  it('an instance that only its group knows is unknown, not malformed', async () => {
    expect(await refused(start(INSTANCE_ID), aFleet(stopped('ghost')))).toMatchObject({
      name: 'InvalidInstanceID.NotFound',
    });
  });

  it('a filter with an unknown ID finds nothing, and is no error', async () => {
    const Filters = [{ Name: 'instance-id', Values: [UNKNOWN] }];
    const found = visit(aFleet(running()), ({ ec2 }) => ec2.send(new DescribeInstancesCommand({ Filters })));
    expect((await found).Reservations).toEqual([]);
  });

  it("a tag with AWS's own prefix", async () => {
    expect(await refused(tag(INSTANCE_ID, 'aws:mine'))).toMatchObject({ name: 'InvalidParameterValue', status: 400 });
  });
});

describe('SSM names its errors', () => {
  it.each<[string, string, Ask]>([
    ['a command to an unknown instance', 'InvalidInstanceId', (here) => sendUpdate(here, { InstanceIds: [UNKNOWN] })],
    [
      'a command to the same twice',
      'DuplicateInstanceId',
      (here) => sendUpdate(here, { InstanceIds: [INSTANCE_ID, INSTANCE_ID] }),
    ],
    ['another document', 'InvalidDocument', (here) => sendUpdate(here, { DocumentName: 'AWS-RunShellScript' })],
    [
      'an invocation of an unknown command',
      'InvocationDoesNotExist',
      ({ ssm }) => ssm.send(new GetCommandInvocationCommand({ CommandId: NO_COMMAND, InstanceId: INSTANCE_ID })),
    ],
    [
      'the invocations of an unknown command',
      'InvalidCommandId',
      ({ ssm }) => ssm.send(new ListCommandInvocationsCommand({ CommandId: NO_COMMAND })),
    ],
    [
      'cancelling an unknown command',
      'InvalidCommandId',
      ({ ssm }) => ssm.send(new CancelCommandCommand({ CommandId: NO_COMMAND })),
    ],
    [
      'a filter of agents that does not exist',
      'InvalidFilterKey',
      ({ ssm }) => ssm.send(new DescribeInstanceInformationCommand({ Filters: [{ Key: 'Mood', Values: ['good'] }] })),
    ],
    [
      'a token from nowhere',
      'InvalidNextToken',
      ({ ssm }) => ssm.send(new DescribeInstanceInformationCommand({ NextToken: 'from nowhere' })),
    ],
  ])('%s: %s', async (_, name, ask) => {
    expect(await refused(ask)).toMatchObject({ name, status: 400 });
  });

  it('a bad time in a filter of commands: whole seconds are wanted', async () => {
    const { name } = await refused(async (here) => {
      await sendUpdate(here);
      await here.pass(5);
      const Filters = [{ key: 'InvokedAfter' as const, value: '2026-12-06T02:00:00.123Z' }];
      return here.ssm.send(new ListCommandsCommand({ Filters }));
    });
    expect(name).toBe('InvalidFilterValue');
  });

  it('a command to a stopped instance among good ones: none gets it', async () => {
    await visit(aFleet(stopped(), { ...running(), id: nthId(1) }), async (here) => {
      const { name, message } = await refusal(sendUpdate(here, { InstanceIds: [nthId(1), INSTANCE_ID] }));
      expect(name).toBe('InvalidInstanceId');
      expect(message).toBe(`Instances [[${INSTANCE_ID}]] not in a valid state for account 123456789012`);
      await here.pass(60);
      expect((await here.ssm.send(new ListCommandsCommand({}))).Commands).toEqual([]);
    });
  });
});

describe('the other services name theirs', () => {
  it.each<[string, string, number, Ask]>([
    [
      'an unknown group',
      'NotFoundException',
      404,
      ({ groups }) => groups.send(new ListGroupResourcesCommand({ Group: 'nope' })),
    ],
    ['no group at all', 'BadRequestException', 400, ({ groups }) => groups.send(new GetGroupCommand({}))],
    [
      'a token from nowhere',
      'BadRequestException',
      400,
      ({ groups }) => groups.send(new ListGroupResourcesCommand({ Group: 'dev', NextToken: 'from nowhere' })),
    ],
    [
      'an unknown key',
      'NoSuchKey',
      404,
      ({ s3, account }) => s3.send(new GetObjectCommand({ Bucket: account.bucket, Key: 'nope' })),
    ],
    [
      'an unknown bucket',
      'NoSuchBucket',
      404,
      ({ s3 }) => s3.send(new PutObjectCommand({ Bucket: 'no-such-bucket', Key: 'k', Body: 'x' })),
    ],
    [
      'an unknown topic',
      'NotFoundException',
      404,
      ({ sns, account }) => sns.send(new PublishCommand({ TopicArn: `${account.topicArn}-2`, Message: 'm' })),
    ],
    [
      'a subject that is not ASCII',
      'InvalidParameterException',
      400,
      ({ sns, account }) =>
        sns.send(new PublishCommand({ TopicArn: account.topicArn, Subject: 'Grüße', Message: 'm' })),
    ],
  ])('%s: %s', async (_, name, status, ask) => {
    expect(await refused(ask)).toMatchObject({ name, status });
  });
});

describe('what the account does not know, it refuses', () => {
  it.each<[string, string, Ask]>([
    ['EC2', 'InvalidAction', ({ ec2 }) => ec2.send(new RebootInstancesCommand({ InstanceIds: [INSTANCE_ID] }))],
    ['SSM', 'UnknownOperationException', ({ ssm }) => ssm.send(new GetParameterCommand({ Name: 'p' }))],
    ['Resource Groups', 'NotFoundException', ({ groups }) => groups.send(new ListGroupsCommand({}))],
    [
      'S3',
      'NotImplemented',
      ({ s3, account }) =>
        s3.send(new DeleteObjectsCommand({ Bucket: account.bucket, Delete: { Objects: [{ Key: 'k' }] } })),
    ],
    ['SNS', 'InvalidAction', ({ sns }) => sns.send(new ListTopicsCommand({}))],
    ['STS', 'InvalidAction', ({ sts }) => sts.send(new GetSessionTokenCommand({}))],
  ])('an operation of %s: %s', async (_, name, ask) => {
    expect((await refused(ask)).name).toBe(name);
  });

  it.each<[string, string, string, Ask]>([
    [
      'EC2',
      'AdditionalInfo',
      'UnknownParameter',
      ({ ec2 }) => ec2.send(new StartInstancesCommand({ InstanceIds: [INSTANCE_ID], AdditionalInfo: 'x' })),
    ],
    ['SSM', 'OutputS3BucketName', 'ValidationException', (here) => sendUpdate(here, { OutputS3BucketName: 'bucket' })],
    [
      'SSM, inside the document',
      'reboot',
      'InvalidParameters',
      (here) => sendUpdate(here, { Parameters: { reboot: ['true'] } }),
    ],
    [
      'SNS',
      'MessageGroupId',
      'InvalidParameterException',
      ({ sns, account }) =>
        sns.send(new PublishCommand({ TopicArn: account.topicArn, Message: 'm', MessageGroupId: 'g' })),
    ],
  ])('a parameter of %s: %s', async (_, parameter, name, ask) => {
    const seen = await refused(ask);
    expect(seen.name).toBe(name);
    expect(seen.message).toContain(parameter);
  });
});

describe('who is calling', () => {
  it('is who the clients were connected as', async () => {
    const identity = await visit(aFleet(), ({ sts }) => sts.send(new GetCallerIdentityCommand({})));
    expect(identity.Account).toBe('123456789012');
    expect(identity.Arn).toBe('arn:aws:sts::123456789012:assumed-role/visitor/visitor');
  });

  it('stands in the journal beside each call and how it was answered', async () => {
    const calls = await visit(aFleet(running()), async (here) => {
      await start(INSTANCE_ID)(here);
      await refusal(start(UNKNOWN)(here));
      return here.account.journal.entries.filter(({ kind }) => kind === 'call');
    });
    expect(calls).toMatchObject([
      { principal: 'visitor', service: 'ec2', operation: 'StartInstances', error: null },
      { principal: 'visitor', service: 'ec2', operation: 'StartInstances', error: 'InvalidInstanceID.NotFound' },
    ]);
  });
});
