import 'aws-sdk-client-mock-jest';
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  EC2Client,
  type Instance,
} from '@aws-sdk/client-ec2';
import { ListGroupResourcesCommand, ResourceGroupsClient } from '@aws-sdk/client-resource-groups';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { planSchema } from '../../../functions/domain/listing/plan.ts';
import { createListInstances } from '../../../functions/list-instances/list-instances.ts';
import { givenLock } from '../../support/bucket.ts';
import { agentFacts, instanceFacts, TARGET } from '../../support/builders.ts';
import {
  aContext,
  aListRequest,
  aRuntime,
  awsError,
  callOrder,
  contentOf,
  described,
  grouped,
  instanceIds,
  ownListing,
  reported,
  stored,
} from '../../support/functions.ts';

const ec2 = mockClient(EC2Client);
const resourceGroups = mockClient(ResourceGroupsClient);
const s3 = mockClient(S3Client);
const ssm = mockClient(SSMClient);

const list = async (input = {}, environment = {}) =>
  ownListing(await createListInstances(aRuntime('02:00:05', environment))(aListRequest(input), aContext()));

function givenGroup(...ids: string[]): void {
  resourceGroups.on(ListGroupResourcesCommand).resolves(grouped(...ids));
  ec2.on(DescribeInstancesCommand).resolves(described(...ids.map((instanceId) => instanceFacts({ instanceId }))));
}

/** What it wrote, but for the lock. */
const puts = () =>
  s3.commandCalls(PutObjectCommand).flatMap(({ args: [{ input }] }) => (input.Key === 'lock.json' ? [] : [input]));
const written = () => puts().map(({ Key }) => Key);

beforeEach(() => {
  for (const mock of [ec2, resourceGroups, s3, ssm]) mock.reset();
  ec2.on(DescribeInstancesCommand).resolves(described());
  ec2.on(DescribeInstanceAttributeCommand).resolves({ DisableApiStop: { Value: false } });
  ssm.on(DescribeInstanceInformationCommand).resolves(reported());
  s3.on(PutObjectCommand).resolves({});
  s3.on(GetObjectCommand).resolves(stored(TARGET));
  givenLock(s3, null);
});

describe('ListInstances, refusing a run', () => {
  it('fails for a group whose query reports errors, though AWS answers 200', async () => {
    resourceGroups.on(ListGroupResourcesCommand).resolves({
      Resources: [],
      QueryErrors: [{ ErrorCode: 'CLOUDFORMATION_STACK_NOT_EXISTING', Message: 'no such stack' }],
    });

    await expect(list({ allowEmpty: true })).rejects.toMatchObject({
      name: 'BrokenGroup',
      message: expect.stringContaining('CLOUDFORMATION_STACK_NOT_EXISTING'),
    });
  });

  it('fails for a group that does not exist, and names it', async () => {
    resourceGroups.on(ListGroupResourcesCommand).rejects(awsError('NotFoundException', 'Cannot find group', 404));

    await expect(list({ groups: ['devv'], allowEmpty: true })).rejects.toMatchObject({
      name: 'BrokenGroup',
      message: expect.stringContaining('"devv"'),
    });
  });

  it('fails for an empty group: no instance reached is no success', async () => {
    givenGroup();

    await expect(list()).rejects.toMatchObject({ name: 'EmptyGroup', message: expect.stringContaining('"dev"') });
    expect(written()).toEqual([]);
  });

  it('fails for one empty group among several', async () => {
    givenGroup(...instanceIds(1));
    resourceGroups.on(ListGroupResourcesCommand, { Group: 'prod' }).resolves(grouped());

    await expect(list({ groups: ['dev', 'prod'] })).rejects.toMatchObject({
      name: 'EmptyGroup',
      message: expect.stringContaining('"prod"'),
    });
  });

  it('lets an empty group be if that is allowed: no batch, and a manifest that says so', async () => {
    givenGroup();

    const reply = await list({ allowEmpty: true });

    expect(reply.batches).toEqual([]);
    expect(contentOf(puts().at(-1)?.Body)).toMatchObject({
      allowEmpty: true,
      batches: 0,
      instances: [],
    });
  });

  it.each([
    [500, null],
    [501, 'TooManyInstances'],
  ])('takes up to 500 instances: %d', async (count, name) => {
    givenGroup(...instanceIds(count));

    const outcome = await list().then(
      () => null,
      (error: Error) => error.name,
    );

    expect(outcome).toBe(name);
  });

  it('does not count those that EC2 does not know any more, as far as they are looked at', async () => {
    givenGroup(...instanceIds(500));
    resourceGroups.on(ListGroupResourcesCommand).resolves(grouped(...instanceIds(2500)));
    expect((await list()).batches.flatMap(({ instances }) => instances)).toHaveLength(500);

    resourceGroups.on(ListGroupResourcesCommand).resolves(grouped(...instanceIds(2501)));
    await expect(list()).rejects.toMatchObject({ name: 'TooManyInstances' });
  });

  it.each([
    ['groups', { groups: [] }],
    ['groups', { groups: 'dev' }],
    ['groups', { groups: ['dev', 'dev'] }],
    ['targetVersion', { targetVersion: '3.3' }],
    ['dryRun', { dryRun: 'yes' }],
    ['allowEmpty', { allowEmpty: 1 }],
    ['targetversion', { targetversion: 'latest' }],
  ])('names the field of a bad input, before any AWS call: %s', async (field, input) => {
    givenGroup(...instanceIds(1));

    await expect(list(input)).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringContaining(field),
    });
    expect(callOrder(ec2, resourceGroups, s3, ssm)).toEqual([]);
  });

  it('wants the ARN of an execution, before any AWS call', async () => {
    const request = { ...aListRequest(), executionArn: 'arn:aws:states:eu-central-1:1:stateMachine:x' };

    await expect(createListInstances(aRuntime('02:00'))(request, aContext())).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringContaining('executionArn'),
    });
    expect(callOrder(ec2, resourceGroups, s3, ssm)).toEqual([]);
  });

  it.each([
    ['GROUPS', ' , '],
    ['TARGET_VERSION', 'newest'],
    ['BATCH_SIZE', '51'],
    ['LISTINGS_MAX', '0'],
  ])('does not even load with a bad %s', (variable, value) => {
    expect(() => createListInstances(aRuntime('02:00', { [variable]: value }))).toThrow(
      expect.objectContaining({ name: 'InvalidEnvironment', message: expect.stringContaining(variable) }),
    );
  });
});

describe('ListInstances, the defaults', () => {
  it('takes the deployed groups, in their order, where the input names none', async () => {
    givenGroup(...instanceIds(1));

    await list({}, { GROUPS: 'prod, dev' });

    const asked = resourceGroups.commandCalls(ListGroupResourcesCommand).map(({ args: [{ input }] }) => input.Group);
    expect(asked).toEqual(['prod', 'dev']);
  });
});

describe('ListInstances, a dry run', () => {
  it('writes the manifest and a plan, and hands out no batches', async () => {
    const [sleeping = '', outdated = '', current = ''] = instanceIds(3);
    givenGroup(sleeping, outdated, current);
    ec2
      .on(DescribeInstancesCommand)
      .resolves(
        described(
          instanceFacts({ instanceId: sleeping }),
          instanceFacts({ instanceId: outdated, state: 'running' }),
          instanceFacts({ instanceId: current, state: 'running' }),
        ),
      );
    ssm
      .on(DescribeInstanceInformationCommand)
      .resolves(reported(agentFacts({ instanceId: outdated }), agentFacts({ instanceId: current, version: TARGET })));

    const reply = await list({ dryRun: true });

    expect(reply.batches).toEqual([]);
    expect(reply.plan).toEqual({
      key: 'runs/run-1/plan.json',
      counts: { intended: 3, wake: 1, update: 1, current: 1, inTransition: 0, excluded: 0 },
    });
    expect(written()).toEqual(['runs/run-1/manifest.json', 'runs/run-1/plan.json']);
    const [manifest, plan] = s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => contentOf(input.Body));
    expect(manifest).toMatchObject({ batches: 0 });
    expect(planSchema.parse(plan).instances.map(({ action }) => action)).toEqual([
      'start-update-stop',
      'update',
      'none',
    ]);
  });
});

it('ListInstances leaves one out of which EC2 says what can not be read, and wakes the others', async () => {
  const [first = '', second = ''] = instanceIds(2);
  givenGroup(first, second);
  const facts = [first, second].map((instanceId) => instanceFacts({ instanceId }));
  const [odd, ...others] = (described(...facts).Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
  const unreadable = { ...odd, State: { Name: 'asleep' } } as unknown as Instance;
  ec2.on(DescribeInstancesCommand).resolves({ Reservations: [{ Instances: [unreadable, ...others] }] });

  const { batches } = await list();

  expect(batches.flatMap(({ instances }) => instances.map(({ instanceId }) => instanceId))).toEqual([second]);
  const manifest = puts().find(({ Key }) => Key?.endsWith('manifest.json'))?.Body;
  expect(contentOf(manifest)).toMatchObject({
    instances: expect.arrayContaining([
      expect.objectContaining({
        instanceId: first,
        decision: 'excluded',
        reason: expect.objectContaining({
          code: 'question-refused',
          awsError: { call: 'DescribeInstances', code: 'UnexpectedReply' },
        }),
      }),
    ]),
  });
});
