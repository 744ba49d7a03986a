import 'aws-sdk-client-mock-jest';
import { CreateTagsCommand, DescribeInstancesCommand, EC2Client, StartInstancesCommand } from '@aws-sdk/client-ec2';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { LEASE_TAG } from '../../../functions/domain/ownership/lease.ts';
import { startRecordSchema } from '../../../functions/domain/ownership/start-record.ts';
import { createStartInstances } from '../../../functions/start-instances/start-instances.ts';
import { givenLock } from '../../support/bucket.ts';
import {
  aBatch,
  aLeasedInstance,
  anAttempt,
  anInstance,
  ENDS,
  instanceFacts,
  LEASING,
  leasedFacts,
  leaseValue,
  ours,
  stamp,
} from '../../support/builders.ts';
import {
  aContext,
  aRuntime,
  awsError,
  callOrder,
  contentOf,
  described,
  instanceIds,
  noSuchKey,
  throttled,
} from '../../support/functions.ts';

const ec2 = mockClient(EC2Client);
const s3 = mockClient(S3Client);

/** All instances are asleep, and EC2 starts what it is asked to start; `previousState` says what it found. */
function givenSleepers(ids: string[], previousState: 'stopped' | 'running' = 'stopped'): void {
  ec2.on(DescribeInstancesCommand).resolves(described(...ids.map((instanceId) => leasedFacts({ instanceId }))));
  ec2.on(CreateTagsCommand).resolves({});
  ec2.on(StartInstancesCommand).callsFake(({ InstanceIds }: { InstanceIds: string[] }) => ({
    StartingInstances: InstanceIds.map((InstanceId) => ({ InstanceId, PreviousState: { Name: previousState } })),
  }));
}

const startBatch = (ids: string[], time = '02:00') =>
  createStartInstances(aRuntime(time))(aBatch(ids.map((instanceId) => aLeasedInstance({ instanceId }))), aContext());

const leaseBatch = (ids: string[]) =>
  createStartInstances(aRuntime('02:00'))(aBatch(ids.map((instanceId) => anInstance({ instanceId }))), aContext());

const recordOf = (body: unknown) => startRecordSchema.parse(contentOf(body));

beforeEach(() => {
  ec2.reset();
  s3.reset();
  s3.on(PutObjectCommand).resolves({});
  s3.on(ListObjectsV2Command).resolves({});
  s3.on(GetObjectCommand).rejects(noSuchKey());
  givenLock(s3);
});

describe('StartInstances', () => {
  it('reads anew, and the lock, writes the record, then the lease: one call each for a whole batch', async () => {
    const ids = instanceIds(50);
    givenSleepers(ids);

    const batch = await leaseBatch(ids);

    expect(callOrder(ec2, s3)).toEqual(['DescribeInstances', 'ListObjectsV2', 'GetObject', 'PutObject', 'CreateTags']);
    expect(ec2).toHaveReceivedCommandWith(CreateTagsCommand, {
      Resources: ids,
      Tags: [{ Key: LEASE_TAG, Value: leaseValue({ attempt: 'attempt-1' }) }],
    });
    // Before any of them is started its way back is tried.
    expect(batch.counts).toMatchObject({ start: 0, preflight: 50, readiness: 0 });
    const { instances } = recordOf(s3.commandCalls(PutObjectCommand)[0]?.args[0].input.Body);
    expect(instances.every(({ startBy }) => startBy === stamp('02:00'))).toBe(true);
  });

  it('starts what is leased, once its way back is open: with a record of that attempt, and the lease that is there', async () => {
    const ids = instanceIds(50);
    givenSleepers(ids);

    const batch = await startBatch(ids);

    expect(callOrder(ec2, s3)).toEqual([
      'DescribeInstances',
      'ListObjectsV2',
      'GetObject',
      'PutObject',
      'StartInstances',
      'PutObject',
      // One look at all that was started; their new LaunchTimes are not shown yet.
      'DescribeInstances',
    ]);
    expect(ec2).toHaveReceivedCommandWith(StartInstancesCommand, { InstanceIds: ids });
    expect(batch.counts).toMatchObject({ start: 0, readiness: 50 });
  });

  it('records what is started, how each was before, and until when the start can still come', async () => {
    const [sleeper = '', hibernated = ''] = instanceIds(2);
    givenSleepers([sleeper, hibernated]);
    const instances = [
      aLeasedInstance({ instanceId: sleeper }),
      aLeasedInstance({ instanceId: hibernated, originalState: 'hibernated' }),
    ];

    await createStartInstances(aRuntime('02:00:10'))(aBatch(instances, { index: 7 }), aContext());

    const { Body, ...put } = s3.commandCalls(PutObjectCommand)[0]?.args[0].input ?? {};
    expect(put).toMatchObject({
      Bucket: 'reveille-bucket',
      Key: 'runs/run-1/records/child-1/attempt-1.json',
      IfNoneMatch: '*',
    });
    const before = {
      zone: 'eu-central-1a',
      previousLaunchTime: instanceFacts().launchTime,
      previousTransitionReason: instanceFacts().transitionReason,
      repliedAt: null,
    };
    // Ten seconds to send it, eight for a request to be answered, five for clocks that differ.
    const startBy = stamp('02:00:33');
    expect(recordOf(Body)).toEqual({
      runId: 'run-1',
      stateMachine: 'reveille-update-agents',
      child: 'child-1',
      batch: 7,
      attempt: 'attempt-1',
      recordedAt: stamp('02:00:10'),
      instances: [
        { instanceId: sleeper, originalState: 'stopped', ...before, startBy, adopted: [], ...ENDS },
        { instanceId: hibernated, originalState: 'hibernated', ...before, startBy, adopted: [], ...ENDS },
      ],
    });
  });

  it('remembers its attempt and when it woke an instance', async () => {
    const [id = ''] = instanceIds(1);
    givenSleepers([id]);

    const { instances } = await startBatch([id], '02:00:10');

    expect(instances[0]).toMatchObject({
      step: 'readiness',
      owner: ours([anAttempt({ recordedAt: stamp('02:00:10'), startBy: stamp('02:00:15') })], stamp('02:00:10')),
    });
  });

  it('tags and starts no instance if the record can not be written', async () => {
    givenSleepers(instanceIds(2));
    s3.on(PutObjectCommand).rejects(awsError('InternalError', 'We encountered an internal error.', 500));

    await expect(startBatch(instanceIds(2))).rejects.toMatchObject({ name: 'AwsUnavailable' });

    expect(ec2).not.toHaveReceivedCommand(CreateTagsCommand);
    expect(ec2).not.toHaveReceivedCommand(StartInstancesCommand);
  });

  it('goes on where its own record is there already: the reply to an earlier write was lost', async () => {
    const ids = instanceIds(1);
    givenSleepers(ids);
    s3.on(PutObjectCommand, { IfNoneMatch: '*' }).rejects(
      awsError('PreconditionFailed', 'At least one did not hold', 412),
    );

    const { counts } = await startBatch(ids);

    expect(counts.readiness).toBe(1);
    expect(ec2).toHaveReceivedCommandTimes(StartInstancesCommand, 1);
  });

  it('lets go the one whose lease tag is refused: it fails, the others go on', async () => {
    const [first = '', full = '', third = ''] = instanceIds(3);
    givenSleepers([first, full, third]);
    ec2.on(CreateTagsCommand).callsFake(({ Resources }: { Resources: string[] }) => {
      if (Resources.includes(full)) throw awsError('TagLimitExceeded', 'The maximum number of Tags has been reached.');
      return {};
    });

    const { instances } = await leaseBatch([first, full, third]);

    expect(instances.map(({ step }) => step)).toEqual(['preflight', 'restore', 'preflight']);
    expect(instances[1]).toMatchObject({
      outcome: 'failed',
      reason: { code: 'lease-refused' },
      owner: { kind: 'none' },
    });
    expect(ec2).not.toHaveReceivedCommand(StartInstancesCommand);
  });

  it('leases no instance while tagging is throttled', async () => {
    givenSleepers(instanceIds(3));
    ec2.on(CreateTagsCommand).rejects(throttled());

    const { instances } = await leaseBatch(instanceIds(3));

    expect(instances.map(({ step }) => step)).toEqual(['start', 'start', 'start']);
    expect(ec2).not.toHaveReceivedCommand(StartInstancesCommand);
  });

  it('leaves to others what EC2 says was running already: someone else was quicker', async () => {
    givenSleepers(instanceIds(1), 'running');

    const { instances } = await startBatch(instanceIds(1));

    expect(instances[0]).toMatchObject({
      step: 'readiness',
      owner: { kind: 'others', reason: { code: 'started-by-others' } },
    });
  });

  it('touches no instance that does not await a start', async () => {
    const instances = [anInstance({ step: 'update' })];

    const batch = await createStartInstances(aRuntime('02:10'))(aBatch(instances), aContext());

    expect(callOrder(ec2, s3)).toEqual([]);
    expect(batch.instances).toEqual(instances);
    expect(batch.invocations).toBe(2);
  });

  it.each([
    ['running', 'readiness', { owner: { kind: 'others', attempts: [LEASING], reason: { code: 'started-by-others' } } }],
    ['stopping', 'preflight', { owner: ours([LEASING]) }],
    ['terminated', 'restore', { outcome: 'failed', reason: { code: 'terminated-in-run' } }],
  ] as const)(
    'invocations again just before: one that is %s now goes to "%s" and is not started',
    async (state, step, more) => {
      const [id = ''] = instanceIds(1);
      givenSleepers([id]);
      ec2.on(DescribeInstancesCommand).resolves(described(instanceFacts({ instanceId: id, state })));

      const { instances } = await startBatch([id]);

      expect(instances[0]).toMatchObject({ step, ...more });
      expect(callOrder(ec2, s3)).toEqual(['DescribeInstances', 'ListObjectsV2']);
    },
  );

  it('waits for the one that EC2 does not know: it may have forgotten it for a while only', async () => {
    givenSleepers([]);

    const { instances } = await startBatch(instanceIds(1));

    expect(instances[0]).toMatchObject({ step: 'start', unseenSince: expect.any(String) });
  });
});
