import 'aws-sdk-client-mock-jest';
import { DescribeInstanceAttributeCommand, DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListGroupResourcesCommand, ResourceGroupsClient } from '@aws-sdk/client-resource-groups';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { createListInstances } from '../../../functions/list-instances/list-instances.ts';
import { givenLock, rememberLock } from '../../support/bucket.ts';
import { instanceFacts, TARGET } from '../../support/builders.ts';
import {
  aContext,
  aListRequest,
  aRuntime,
  awsError,
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

const list = async (environment = {}, silentSince = {}) => {
  const request = { ...aListRequest(), silentSince };
  return ownListing(await createListInstances(aRuntime('02:00:05', environment))(request, aContext()));
};

beforeEach(() => {
  for (const mock of [ec2, resourceGroups, s3, ssm]) mock.reset();
  ec2.on(DescribeInstanceAttributeCommand).resolves({ DisableApiStop: { Value: false } });
  ssm.on(DescribeInstanceInformationCommand).resolves(reported());
  s3.on(PutObjectCommand).resolves({});
  s3.on(GetObjectCommand).resolves(stored(TARGET));
  givenLock(s3, null);
  rememberLock(s3);
});

describe('ListInstances, where EC2 does not answer what names no instance', () => {
  const disturbed = awsError('Unavailable', 'try again shortly', 503);
  const ids = instanceIds(6);
  const [first = ''] = ids;

  const givenSilent = (silent: string[], error = disturbed) => {
    resourceGroups.on(ListGroupResourcesCommand).resolves(grouped(...ids));
    ec2.on(DescribeInstancesCommand).callsFake(({ InstanceIds }: { InstanceIds?: string[] }) => {
      if (InstanceIds === undefined || InstanceIds.some((id) => silent.includes(id))) throw error;
      return described(...InstanceIds.map((instanceId) => instanceFacts({ instanceId })));
    });
  };

  it('lists again while one is in the disturbed zone, and wakes none yet', async () => {
    givenSilent([first]);
    expect(await list()).toMatchObject({ inTransition: 1, batches: [] });
    expect(ec2).not.toHaveReceivedCommand(DescribeInstanceAttributeCommand);
  });

  it('waits for it also beyond the last listing, and takes all others into the run five minutes after', async () => {
    givenSilent([first]);
    const settings = { LISTINGS_MAX: '1' };
    const { silentSince } = await list(settings);
    expect(silentSince).toEqual({ [first]: '2026-12-06T02:00:05.000Z' });

    const before = { [first]: '2026-12-06T01:55:05.000Z' };
    const last = await list(settings, before);
    expect(last).toMatchObject({ inTransition: 0, silentSince: {} });
    const taken = last.batches.flatMap(({ instances }) => instances.map(({ instanceId }) => instanceId));
    expect(taken).toEqual(ids.slice(1));
    // It may be in the same trouble: what it is not asked for can't fail the others.
    expect(ec2).not.toHaveReceivedCommandWith(DescribeInstanceAttributeCommand, { InstanceId: first });
  });

  it('fails, to be tried again with its lock, where it answers for none', async () => {
    givenSilent(ids);
    await expect(list()).rejects.toMatchObject({ name: 'AwsUnavailable' });
    expect(s3).not.toHaveReceivedCommand(DeleteObjectCommand);
  });

  it('fails, to be tried again with its lock, where a name in the input may be that of a silent one', async () => {
    givenSilent([first]);
    const request = aListRequest({ instances: ['web-99'] });
    await expect(createListInstances(aRuntime('02:00:05'))(request, aContext())).rejects.toMatchObject({
      name: 'AwsUnavailable',
      message: expect.stringContaining(`may be ${first}`),
    });
    expect(s3).not.toHaveReceivedCommand(DeleteObjectCommand);
  });

  it('leaves one out at once that it is refused for alone', async () => {
    givenSilent([first], awsError('SomethingNew', 'not this one'));
    const { batches, inTransition } = await list();
    expect(inTransition).toBe(0);
    expect(batches.flatMap(({ instances }) => instances)).toHaveLength(5);
  });
});
