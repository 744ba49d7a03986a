import { CreateTagsCommand, DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { ListGroupResourcesCommand } from '@aws-sdk/client-resource-groups';
import { PublishCommand } from '@aws-sdk/client-sns';
import { DescribeInstanceInformationCommand, DescribeSessionsCommand, ListCommandsCommand } from '@aws-sdk/client-ssm';
import {
  aFleet,
  aFleetInstance,
  manyInstances,
  nthId,
  refusal,
  sendUpdate,
  type Visit,
  visit,
} from '../../../support/account.ts';
import { INSTANCE_ID } from '../../../support/builders.ts';

type Ask = (here: Visit) => Promise<unknown>;

const fleet = aFleet(
  aFleetInstance({ state: 'running', behaviours: ['auto-scaling'] }),
  ...manyInstances(60, { state: 'running' }),
);
const texts = (count: number) => Array.from({ length: count }, (_, index) => nthId(index));

const sending =
  (changes: Parameters<typeof sendUpdate>[1]): Ask =>
  (here) =>
    sendUpdate(here, changes);
const agents =
  (MaxResults: number): Ask =>
  ({ ssm }) =>
    ssm.send(new DescribeInstanceInformationCommand({ MaxResults }));
const agentsOf =
  (count: number): Ask =>
  ({ ssm }) =>
    ssm.send(new DescribeInstanceInformationCommand({ Filters: [{ Key: 'InstanceIds', Values: texts(count) }] }));
const commandsBy =
  (filters: number): Ask =>
  ({ ssm }) =>
    ssm.send(
      new ListCommandsCommand({
        Filters: Array.from({ length: filters }, () => ({ key: 'DocumentName', value: 'AWS-UpdateSSMAgent' })),
      }),
    );
const sessions =
  (MaxResults: number): Ask =>
  ({ ssm }) =>
    ssm.send(new DescribeSessionsCommand({ State: 'Active', MaxResults }));
const instances =
  (MaxResults: number): Ask =>
  ({ ec2 }) =>
    ec2.send(new DescribeInstancesCommand({ MaxResults }));
const instancesOf =
  (count: number): Ask =>
  ({ ec2 }) =>
    ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values: texts(count) }] }));
const tagging =
  (Tags: { Key: string; Value: string }[]): Ask =>
  ({ ec2 }) =>
    ec2.send(new CreateTagsCommand({ Resources: [INSTANCE_ID], Tags }));
const resources =
  (MaxResults: number): Ask =>
  ({ groups }) =>
    groups.send(new ListGroupResourcesCommand({ Group: 'dev', MaxResults }));
const publishing =
  (message: { Subject?: string; Message: string }): Ask =>
  ({ sns, account }) =>
    sns.send(new PublishCommand({ TopicArn: account.topicArn, ...message }));

/** What is just allowed, what is just too much, and how it is refused. */
const limits: [string, Ask, Ask, string][] = [
  [
    '50 instances a command',
    sending({ InstanceIds: texts(50) }),
    sending({ InstanceIds: texts(51) }),
    'ValidationException',
  ],
  [
    '100 characters of comment',
    sending({ Comment: 'c'.repeat(100) }),
    sending({ Comment: 'c'.repeat(101) }),
    'ValidationException',
  ],
  [
    "30 seconds at least for a command's delivery",
    sending({ TimeoutSeconds: 30 }),
    sending({ TimeoutSeconds: 29 }),
    'ValidationException',
  ],
  [
    '30 days at most for it',
    sending({ TimeoutSeconds: 2_592_000 }),
    sending({ TimeoutSeconds: 2_592_001 }),
    'ValidationException',
  ],
  ['a whole share of errors', sending({ MaxErrors: '100%' }), sending({ MaxErrors: '101%' }), 'ValidationException'],
  ['5 agents a page at least', agents(5), agents(4), 'ValidationException'],
  ['50 agents a page at most', agents(50), agents(51), 'ValidationException'],
  ['100 values in a filter of agents', agentsOf(100), agentsOf(101), 'ValidationException'],
  ['5 filters of commands', commandsBy(5), commandsBy(6), 'ValidationException'],
  ['200 sessions a page', sessions(200), sessions(201), 'ValidationException'],
  ['5 instances a page at least', instances(5), instances(4), 'InvalidParameterValue'],
  ['1,000 instances a page at most', instances(1000), instances(1001), 'InvalidParameterValue'],
  ['200 values in a filter of instances', instancesOf(200), instancesOf(201), 'FilterLimitExceeded'],
  [
    '256 characters in the value of a tag',
    tagging([{ Key: 'k', Value: 'v'.repeat(256) }]),
    tagging([{ Key: 'k', Value: 'v'.repeat(257) }]),
    'InvalidParameterValue',
  ],
  [
    '128 characters in the key of a tag',
    tagging([{ Key: 'k'.repeat(128), Value: 'v' }]),
    tagging([{ Key: 'k'.repeat(129), Value: 'v' }]),
    'InvalidParameterValue',
  ],
  ['50 resources of a group a page', resources(50), resources(51), 'BadRequestException'],
  [
    '256 KB of message',
    publishing({ Message: 'm'.repeat(262_144) }),
    publishing({ Message: 'm'.repeat(262_145) }),
    'InvalidParameterException',
  ],
  [
    '100 characters of subject',
    publishing({ Subject: 's'.repeat(100), Message: 'm' }),
    publishing({ Subject: 's'.repeat(101), Message: 'm' }),
    'InvalidParameterException',
  ],
];

describe('limits', () => {
  it.each(limits)('%s: so much passes, one more does not', async (_, allowed, tooMuch, name) => {
    await visit(fleet, async (here) => {
      await expect(allowed(here)).resolves.toBeDefined();
      expect(await refusal(tooMuch(here))).toMatchObject({ name, status: 400 });
    });
  });

  it('50 tags on an instance: those of AWS itself do not count, a new value of an old key does not either', async () => {
    // One of its own it has already: Environment.
    const tags = (count: number) => Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: '' }));
    await visit(fleet, async (here) => {
      await tagging(tags(49))(here);
      await tagging([{ Key: 'k0', Value: 'another value' }])(here);
      const { name, message } = await refusal(tagging([{ Key: 'one more', Value: '' }])(here));
      expect(name).toBe('TagLimitExceeded');
      expect(message).toBe('The maximum number of Tags for a resource has been reached.');
      expect(here.machine().tags.has('one more')).toBe(false);
    });
  });

  it('a page size does not go with instance IDs', async () => {
    const asked = visit(fleet, ({ ec2 }) =>
      refusal(ec2.send(new DescribeInstancesCommand({ InstanceIds: [INSTANCE_ID], MaxResults: 5 }))),
    );
    expect(await asked).toMatchObject({ name: 'InvalidParameterCombination', status: 400 });
  });

  it('a refused command reaches no instance', async () => {
    await visit(fleet, async (here) => {
      await refusal(sending({ InstanceIds: texts(51) })(here));
      expect(here.account.world.commands).toEqual([]);
    });
  });
});
