import 'aws-sdk-client-mock-jest';
import { DescribeInstanceAttributeCommand, DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListGroupResourcesCommand, ResourceGroupsClient } from '@aws-sdk/client-resource-groups';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { manifestSchema } from '../../../functions/domain/listing/manifest.ts';
import type { InstanceFacts } from '../../../functions/domain/model/instance.ts';
import { createListInstances } from '../../../functions/list-instances/list-instances.ts';
import { givenLock } from '../../support/bucket.ts';
import { agentFacts, aRun, ENDS, instanceFacts, OLD, stamp, TARGET } from '../../support/builders.ts';
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
const resourceGroups = mockClient(ResourceGroupsClient);
const s3 = mockClient(S3Client);
const ssm = mockClient(SSMClient);

const list = async (input = {}, environment = {}) =>
  ownListing(await createListInstances(aRuntime('02:00:05', environment))(aListRequest(input), aContext()));

/** The groups have these members, as EC2 knows them. */
function givenGroups(groups: Record<string, InstanceFacts[]>): void {
  for (const [Group, members] of Object.entries(groups)) {
    resourceGroups
      .on(ListGroupResourcesCommand, { Group })
      .resolves(grouped(...members.map(({ instanceId }) => instanceId)));
  }
  ec2.on(DescribeInstancesCommand).resolves(described(...Object.values(groups).flat()));
}

const VERSION = { Bucket: 'amazon-ssm-eu-central-1', Key: 'latest/VERSION' };
const versionReads = () => s3.commandCalls(GetObjectCommand, VERSION);

/** What it wrote, but for the lock. */
const written = () =>
  s3.commandCalls(PutObjectCommand).flatMap(({ args: [{ input }] }) => (input.Key === 'lock.json' ? [] : [input.Key]));
const manifest = () => {
  const put = s3.commandCalls(PutObjectCommand).find(({ args: [{ input }] }) => input.Key?.endsWith('manifest.json'));
  return manifestSchema.parse(contentOf(put?.args[0].input.Body));
};

const [FIRST = '', SECOND = '', THIRD = ''] = instanceIds(3);

beforeEach(() => {
  for (const mock of [ec2, resourceGroups, s3, ssm]) mock.reset();
  ec2.on(DescribeInstanceAttributeCommand).resolves({ DisableApiStop: { Value: false } });
  ssm.on(DescribeInstanceInformationCommand).resolves(reported());
  s3.on(PutObjectCommand).resolves({});
  givenLock(s3, null);
  s3.on(GetObjectCommand, VERSION).resolves(stored(`${TARGET}\n`));
});

describe('ListInstances', () => {
  it('is meant for the members only that its input names', async () => {
    givenGroups({
      dev: [instanceFacts({ instanceId: FIRST, name: 'web' }), instanceFacts({ instanceId: SECOND, name: 'db' })],
    });

    const reply = await list({ instances: ['db'] });

    expect(manifest().instances.map(({ instanceId }) => instanceId)).toEqual([SECOND]);
    expect(reply.batches.flatMap(({ instances }) => instances.map(({ instanceId }) => instanceId))).toEqual([SECOND]);
  });

  it('writes who is meant to be updated before anybody is touched, and cuts them into batches', async () => {
    givenGroups({
      dev: [instanceFacts({ instanceId: FIRST }), instanceFacts({ instanceId: SECOND, state: 'running', name: null })],
    });
    ssm.on(DescribeInstanceInformationCommand).resolves(reported(agentFacts({ instanceId: SECOND })));

    const reply = await list();

    const listed = { launchTime: instanceFacts().launchTime, platform: 'Linux/UNIX', zone: 'eu-central-1a' };
    expect(manifest()).toEqual({
      run: aRun(),
      listedAt: stamp('02:00:05'),
      otherResources: 0,
      allowEmpty: false,
      groups: ['dev'],
      batches: 1,
      instances: [
        {
          instanceId: FIRST,
          name: 'web-1',
          group: 'dev',
          state: 'stopped',
          ...listed,
          version: null,
          decision: 'take-part',
          originalState: 'stopped',
          reason: null,
          ignoredLease: null,
        },
        {
          instanceId: SECOND,
          name: null,
          group: 'dev',
          state: 'running',
          ...listed,
          version: OLD,
          decision: 'take-part',
          originalState: 'running',
          reason: null,
          ignoredLease: null,
        },
      ],
    });
    expect(reply).toMatchObject({ inTransition: 0, dryRun: false, run: aRun(), plan: null });
    expect(reply.batches[0]?.instances).toEqual([
      {
        instanceId: FIRST,
        originalState: 'stopped',
        zone: 'eu-central-1a',
        step: 'start',
        stepSince: stamp('02:00:05'),
        ...ENDS,
      },
      {
        instanceId: SECOND,
        originalState: 'running',
        zone: 'eu-central-1a',
        step: 'readiness',
        stepSince: stamp('02:00:05'),
        ...ENDS,
      },
    ]);
  });

  it('registers the run as open before it writes the manifest: a run that dies in between is found, and reported', async () => {
    givenGroups({ dev: [instanceFacts({ instanceId: FIRST })] });

    await list();

    expect(written()).toEqual(['open-runs/run-1.json', 'runs/run-1/manifest.json']);
  });

  it('knows a hibernated instance from a stopped one', async () => {
    const stateReason = { code: 'Client.UserInitiatedHibernate', message: 'hibernated' };
    givenGroups({ dev: [instanceFacts({ instanceId: FIRST, stateReason })] });

    const { batches } = await list();

    expect(batches[0]?.instances[0]).toMatchObject({ originalState: 'hibernated', step: 'start' });
  });

  it('makes batches of at most 50, in order', async () => {
    const ids = instanceIds(120);
    givenGroups({ dev: ids.map((instanceId) => instanceFacts({ instanceId })) });

    const { batches } = await list();

    expect(batches.map(({ index, instances }) => [index, instances.length])).toEqual([
      [0, 50],
      [1, 50],
      [2, 20],
    ]);
    expect(batches.flatMap(({ instances }) => instances.map(({ instanceId }) => instanceId))).toEqual(ids);
    expect(manifest().batches).toBe(3);
  });

  it('counts an instance that is in two groups once, in the first', async () => {
    const [first, both, last] = [FIRST, SECOND, THIRD].map((instanceId) => instanceFacts({ instanceId }));
    if (!first || !both || !last) throw new Error('three instances');
    givenGroups({ dev: [first, both], prod: [both, last] });

    const { batches } = await list({ groups: ['dev', 'prod'] });

    expect(manifest().instances.map(({ instanceId, group }) => [instanceId, group])).toEqual([
      [FIRST, 'dev'],
      [SECOND, 'dev'],
      [THIRD, 'prod'],
    ]);
    expect(batches[0]?.instances).toHaveLength(3);
  });

  it.each([
    ['terminated', { state: 'terminated' }],
    ['terminated', { state: 'shutting-down' }],
    ['opted-out', { tags: { 'reveille:opt-out': 'true' } }],
    ['auto-scaling', { tags: { 'aws:autoscaling:groupName': 'web' } }],
    ['spot', { isSpot: true, state: 'running' }],
    ['instance-store', { rootDeviceType: 'instance-store' }],
  ] as const)('excludes with a reason: %s', async (code, changes) => {
    givenGroups({ dev: [instanceFacts({ instanceId: FIRST, ...changes }), instanceFacts({ instanceId: SECOND })] });

    const { batches } = await list();

    expect(manifest().instances).toMatchObject([
      { instanceId: FIRST, decision: 'excluded', reason: { code }, originalState: null },
      { instanceId: SECOND, decision: 'take-part' },
    ]);
    expect(batches[0]?.instances.map(({ instanceId }) => instanceId)).toEqual([SECOND]);
  });

  it('excludes a ghost: the group names it, EC2 does not know it', async () => {
    givenGroups({ dev: [instanceFacts({ instanceId: FIRST })] });
    resourceGroups.on(ListGroupResourcesCommand, { Group: 'dev' }).resolves(grouped(FIRST, SECOND));

    await list();

    expect(manifest().instances[1]).toMatchObject({ instanceId: SECOND, state: null, reason: { code: 'not-found' } });
  });

  it('excludes what could not be stopped again, and asks that only of those that would take part', async () => {
    givenGroups({
      dev: [
        instanceFacts({ instanceId: FIRST }),
        instanceFacts({ instanceId: SECOND, tags: { 'reveille:opt-out': '' } }),
      ],
    });
    ec2
      .on(DescribeInstanceAttributeCommand, { InstanceId: FIRST, Attribute: 'disableApiStop' })
      .resolves({ DisableApiStop: { Value: true } });

    const { batches } = await list();

    expect(manifest().instances[0]?.reason?.code).toBe('stop-protected');
    expect(batches).toEqual([]);
    expect(ec2).toHaveReceivedCommandTimes(DescribeInstanceAttributeCommand, 1);
  });
});

describe('ListInstances, the version', () => {
  beforeEach(() => givenGroups({ dev: [instanceFacts({ instanceId: FIRST })] }));

  it('resolves "latest" by the region’s own VERSION object, once: the next listing takes over what was found', async () => {
    const first = await list();
    await createListInstances(aRuntime('02:01'))({ ...aListRequest(), ...first }, aContext());

    expect(first.run?.targetVersion).toBe(TARGET);
    expect(versionReads()).toHaveLength(1);
  });

  it('takes an explicit version as it is', async () => {
    const { run } = await list({ targetVersion: '3.3.40.0' });

    expect(run?.targetVersion).toBe('3.3.40.0');
    expect(versionReads()).toEqual([]);
  });

  it.each(['<html>', '', '3.3', '3.3.551.0-beta'])('does not aim at %j', async (content) => {
    s3.on(GetObjectCommand, VERSION).resolves(stored(content));

    await expect(list()).rejects.toMatchObject({ name: 'UnknownAgentVersion' });
    expect(written()).toEqual([]);
  });
});

describe('ListInstances, settling', () => {
  const givenSettling = () =>
    givenGroups({
      dev: [instanceFacts({ instanceId: FIRST, state: 'stopping' }), instanceFacts({ instanceId: SECOND })],
    });
  const listFor = async (listing: number, input = {}) => {
    const handler = createListInstances(aRuntime('02:00:05', { LISTINGS_MAX: '5' }));
    return ownListing(await handler({ ...aListRequest(input), listing }, aContext()));
  };

  it.each(['pending', 'stopping'] as const)('is asked again while one is %s, and writes nothing yet', async (state) => {
    givenGroups({ dev: [instanceFacts({ instanceId: FIRST, state }), instanceFacts({ instanceId: SECOND })] });

    const reply = await list();

    expect(reply).toMatchObject({ inTransition: 1, listing: 1, batches: [] });
    expect(written()).toEqual([]);
  });

  it('excludes at the last listing what has not settled, and lets the others go', async () => {
    givenSettling();

    const early = await listFor(3);
    const last = await listFor(4);

    expect(early.inTransition).toBe(1);
    expect(last).toMatchObject({ inTransition: 0, listing: 5 });
    expect(manifest().instances[0]).toMatchObject({ decision: 'excluded', reason: { code: 'still-in-transition' } });
    expect(last.batches[0]?.instances.map(({ instanceId }) => instanceId)).toEqual([SECOND]);
  });

  it('does not keep a dry run waiting', async () => {
    givenSettling();

    const reply = await listFor(0, { dryRun: true });

    expect(reply).toMatchObject({ inTransition: 0, plan: { counts: { inTransition: 1, wake: 1 } } });
  });
});
