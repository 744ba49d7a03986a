import { DescribeInstanceAttributeCommand, DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListGroupResourcesCommand, ResourceGroupsClient } from '@aws-sdk/client-resource-groups';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { manifestSchema } from '../../../functions/domain/listing/manifest.ts';
import { createListInstances } from '../../../functions/list-instances/list-instances.ts';
import { givenLock, givenRecords } from '../../support/bucket.ts';
import { INSTANCE_ID, instanceFacts, stamp, TARGET } from '../../support/builders.ts';
import {
  aContext,
  aListRequest,
  aRuntime,
  contentOf,
  described,
  grouped,
  instanceIds,
  ownListing,
  reported,
  stored,
} from '../../support/functions.ts';

const ec2 = mockClient(EC2Client);
const groups = mockClient(ResourceGroupsClient);
const s3 = mockClient(S3Client);
const ssm = mockClient(SSMClient);

const list = async (input = {}, environment = {}) =>
  ownListing(
    await createListInstances(aRuntime('02:00:05', { TARGET_VERSION: TARGET, ...environment }))(
      aListRequest(input),
      aContext(),
    ),
  );

beforeEach(() => {
  for (const mock of [ec2, groups, s3, ssm]) mock.reset();
  groups.on(ListGroupResourcesCommand).resolves(grouped(INSTANCE_ID));
  ec2.on(DescribeInstancesCommand).resolves(described(instanceFacts()));
  ec2.on(DescribeInstanceAttributeCommand).resolves({});
  ssm.on(DescribeInstanceInformationCommand).resolves(reported());
  s3.on(PutObjectCommand).resolves({});
  s3.on(DeleteObjectCommand).resolves({});
  givenRecords(s3);
  givenLock(s3, null);
});

describe('ListInstances, the two ends of a run', () => {
  it.each([
    ['the window', '14400', {}, { stopUntil: stamp('06:00'), sendUntil: stamp('04:45') }],
    ['a shorter window', '7200', {}, { stopUntil: stamp('04:00'), sendUntil: stamp('02:45') }],
    ['finishBy', '14400', { finishBy: stamp('05:30') }, { stopUntil: stamp('05:30'), sendUntil: stamp('04:15') }],
    ['the window', '14400', { finishBy: stamp('07:30') }, { stopUntil: stamp('06:00'), sendUntil: stamp('04:45') }],
  ])('are those of what ends first: %s', async (_what, WINDOW_SECONDS, input, ends) => {
    const { run, batches } = await list(input, { WINDOW_SECONDS });

    expect(run).toMatchObject(ends);
    expect(batches[0]?.instances[0]).toMatchObject(ends);
  });
  it('take offsets, and the next local time in the zone of the schedule', async () => {
    const inTokyo = await list({ finishBy: '2026-12-06T14:00:00+09:00' });
    expect(inTokyo.run.stopUntil).toBe(stamp('05:00'));
    const local = await list({ finishBy: '14:00' }, { SCHEDULE_TIMEZONE: 'Asia/Tokyo' });
    expect(local.run).toMatchObject({ stopUntil: stamp('05:00'), timeZone: 'Asia/Tokyo' });
  });

  it.each([
    ['is past', '2026-12-06T01:59:00Z', /is past: give a time after the run's start/],
    [
      'has no room for one instance',
      '2026-12-06T03:24:59Z',
      /84 minutes are too short for even one instance: give 85 at least, which are 10 minutes for a boot, 45 for an update and 30/,
    ],
  ])('are bad input if finishBy %s', async (_what, finishBy, message) => {
    await expect(list({ finishBy })).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringMatching(message),
    });
    await expect(list({ finishBy: '2026-12-06T03:25:00Z' })).resolves.toBeDefined();
  });
});

describe('ListInstances, and the manifest of its region', () => {
  const KEY = { Key: 'ssm-agent-manifest.json' };
  const [FIRST = '', SECOND = ''] = instanceIds(2);

  it('leaves out what there is no file of the target version for, and only that', async () => {
    groups.on(ListGroupResourcesCommand).resolves(grouped(FIRST, SECOND));
    const facts = [instanceFacts({ instanceId: FIRST }), instanceFacts({ instanceId: SECOND, architecture: 'arm64' })];
    ec2.on(DescribeInstancesCommand).resolves(described(...facts));
    const file = (Name: string, Version: string) => ({ Name, AvailableVersions: [{ Version }] });
    const Files = [file('a-linux-amd64.tar.gz', TARGET), file('a-linux-arm64.tar.gz', '3.0.0.0')];
    const text = JSON.stringify({ Packages: [{ Name: 'amazon-ssm-agent', Files }] });
    s3.on(GetObjectCommand, KEY).resolves(stored(text));

    const { batches } = await list();

    expect(batches.flatMap(({ instances }) => instances.map(({ instanceId }) => instanceId))).toEqual([FIRST]);
    const put = s3.commandCalls(PutObjectCommand).find(({ args: [{ input }] }) => input.Key?.endsWith('manifest.json'));
    expect(manifestSchema.parse(contentOf(put?.args[0].input.Body)).instances[1]).toMatchObject({
      decision: 'excluded',
      reason: { code: 'target-not-available', text: expect.stringContaining(`${TARGET} for Linux/UNIX on arm64`) },
    });
  });

  it('reads it only for the listing that decides: not while a member is in transition', async () => {
    s3.on(GetObjectCommand, KEY).resolves(stored('{}'));
    ec2.on(DescribeInstancesCommand).resolves(described(instanceFacts({ state: 'stopping' })));
    expect(await list()).toMatchObject({ inTransition: 1, batches: [] });
    expect(s3.commandCalls(GetObjectCommand, KEY)).toHaveLength(0);

    ec2.on(DescribeInstancesCommand).resolves(described(instanceFacts()));
    await list();
    expect(s3.commandCalls(GetObjectCommand, KEY)).toHaveLength(1);
  });

  it.each(['no manifest', '{}'])('leaves out nothing where that is %s', async (text) => {
    s3.on(GetObjectCommand, KEY).resolves(stored(text));

    expect((await list()).batches).toHaveLength(1);
  });
});
