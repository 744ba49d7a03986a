import 'aws-sdk-client-mock-jest';
import { CreateTagsCommand, DescribeInstancesCommand, EC2Client, StartInstancesCommand } from '@aws-sdk/client-ec2';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { createStartInstances } from '../../../functions/start-instances/start-instances.ts';
import { aRecord, givenRecords } from '../../support/bucket.ts';
import {
  aBatch,
  aLeasedInstance,
  anAttempt,
  anInstance,
  INSTANCE_ID,
  instanceFacts,
  leasedFacts,
  leaseValue,
  ours,
  stamp,
  wokenFacts,
} from '../../support/builders.ts';
import { aContext, aRuntime, awsError, callOrder, described, throttled } from '../../support/functions.ts';

const ec2 = mockClient(EC2Client);
const s3 = mockClient(S3Client);

/** The state machine calls again, with the same payload, as if nothing had happened. */
const startAgain = (time = '02:01:30', instance = anInstance()) =>
  createStartInstances(aRuntime(time))(aBatch([instance]), aContext({ attempt: 'attempt-2' }));

beforeEach(() => {
  ec2.reset();
  s3.reset();
  s3.on(PutObjectCommand).resolves({});
  givenRecords(s3);
  ec2.on(CreateTagsCommand).resolves({});
  ec2.on(StartInstancesCommand).resolves({
    StartingInstances: [{ InstanceId: INSTANCE_ID, PreviousState: { Name: 'stopped' } }],
  });
});

describe('StartInstances, after it crashed', () => {
  it('adopts what its lost attempt has started: lease, record and LaunchTime say so', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ launchTime: stamp('02:00:30') })));
    givenRecords(s3, aRecord([INSTANCE_ID]));

    const { instances } = await startAgain();

    expect(instances[0]).toMatchObject({
      step: 'readiness',
      owner: ours([anAttempt()], stamp('02:00:30')),
    });
    expect(ec2).not.toHaveReceivedCommand(StartInstancesCommand);
    expect(ec2).not.toHaveReceivedCommand(CreateTagsCommand);
  });

  it.each([
    ['before its record', '01:59:30', 'started-by-others'],
    ['just after its Lambda was dead: LaunchTime may come late', '02:01:10', 'boot-in-doubt'],
    ['minutes after its Lambda was dead', '02:05:50', 'boot-in-doubt'],
    ['long after its Lambda was dead', '02:06:10', 'started-by-others'],
  ])('hands over a boot from %s', async (_when, launchTime, code) => {
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ launchTime: stamp(launchTime) })));
    givenRecords(s3, aRecord([INSTANCE_ID]));

    const { instances } = await startAgain();

    expect(instances[0]).toMatchObject({ step: 'readiness', owner: { kind: 'others', reason: { code } } });
  });

  it('believes no lease without a record: it is copied or forged', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ launchTime: stamp('02:00:30') })));

    const { instances } = await startAgain();

    expect(instances[0]).toMatchObject({
      owner: { kind: 'others', attempts: [], reason: { code: 'started-by-others' } },
    });
  });

  it('believes no record that does not name the instance', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ launchTime: stamp('02:00:30') })));
    givenRecords(s3, aRecord(['i-00000000000000999']));

    const { instances } = await startAgain();

    expect(instances[0]).toMatchObject({
      owner: { kind: 'others', attempts: [], reason: { code: 'started-by-others' } },
    });
  });

  it('leases what its lost attempt has not started: nothing tells whether that one had leased it', async () => {
    const tags = { 'reveille:lease': leaseValue({ attempt: 'attempt-1' }) };
    ec2.on(DescribeInstancesCommand).resolves(described(instanceFacts({ tags })));
    givenRecords(s3, aRecord([INSTANCE_ID]));

    const { instances } = await startAgain();

    // The lost one may still start it.
    expect(instances[0]).toMatchObject({
      step: 'preflight',
      owner: { attempts: [{ attempt: 'attempt-2' }, anAttempt()] },
    });
    expect(ec2).toHaveReceivedCommandWith(CreateTagsCommand, {
      Resources: [INSTANCE_ID],
      Tags: [{ Key: 'reveille:lease', Value: leaseValue({ attempt: 'attempt-2' }) }],
    });
  });

  it('tells its lost attempts from those whose replies arrived: a boot since those is not its own', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ launchTime: stamp('02:00:30') })));
    givenRecords(s3, aRecord([INSTANCE_ID]));
    const refusedOnce = aBatch([anInstance({ retryAt: stamp('02:01:20') })], { attempts: ['attempt-1'] });

    const { instances } = await createStartInstances(aRuntime('02:01:30'))(refusedOnce, aContext());

    expect(instances[0]).toMatchObject({ owner: { kind: 'others', reason: { code: 'started-by-others' } } });
  });

  it('takes no record of another child for its own', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ launchTime: stamp('02:00:30') })));
    givenRecords(s3, aRecord([INSTANCE_ID], { child: 'child-2' }));

    const { instances } = await startAgain();

    expect(instances[0]).toMatchObject({ owner: { kind: 'others', reason: { code: 'started-by-others' } } });
  });

  it('does not hand over its own boot that shows late: still "stopped" when read, "pending" when started again', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described(leasedFacts()));
    ec2.on(StartInstancesCommand).resolves({
      StartingInstances: [{ InstanceId: INSTANCE_ID, PreviousState: { Name: 'pending' } }],
    });
    givenRecords(s3, aRecord([INSTANCE_ID]));

    const { instances } = await startAgain('02:00:50', aLeasedInstance());

    expect(instances[0]).toMatchObject({
      step: 'readiness',
      owner: {
        kind: 'reveille',
        attempts: [{ attempt: 'attempt-2' }, { attempt: 'attempt-1', startBy: stamp('02:01') }],
      },
    });
  });

  it('says in its reply which attempts have been answered', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described(instanceFacts()));

    const { attempts } = await startAgain();

    expect(attempts).toEqual(['attempt-2']);
  });

  it('adopts and starts no instance while the record can not be read', async () => {
    givenRecords(s3, aRecord([INSTANCE_ID]));
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts()));
    s3.on(GetObjectCommand, { Key: 'runs/run-1/records/child-1/attempt-1.json' }).rejects(
      awsError('SlowDown', 'Please reduce your request rate.', 503),
    );

    await expect(startAgain()).rejects.toMatchObject({ name: 'AwsUnavailable' });

    expect(ec2).not.toHaveReceivedCommand(StartInstancesCommand);
  });

  it('does nothing at all while the bucket gives no answer', async () => {
    s3.reset();
    s3.rejects(throttled());
    ec2.on(DescribeInstancesCommand).resolves(described(instanceFacts()));

    await expect(startAgain()).rejects.toMatchObject({ name: 'AwsUnavailable' });

    expect(callOrder(ec2)).toEqual(['DescribeInstances']);
  });
});
