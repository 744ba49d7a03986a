import 'aws-sdk-client-mock-jest';
import { DescribeInstanceAttributeCommand, DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListGroupResourcesCommand, ResourceGroupsClient } from '@aws-sdk/client-resource-groups';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { manifestSchema } from '../../../functions/domain/listing/manifest.ts';
import { createListInstances } from '../../../functions/list-instances/list-instances.ts';
import {
  aReconcilerLock,
  aRecord,
  aRunLock,
  executionArnOf,
  givenLock,
  givenRecords,
  LOCK_ETAG,
} from '../../support/bucket.ts';
import { at, instanceFacts, leaseValue, stamp, TARGET, wokenFacts } from '../../support/builders.ts';
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
  leased,
  ownListing,
  reported,
  stored,
  throttled,
} from '../../support/functions.ts';

const ec2 = mockClient(EC2Client);
const groups = mockClient(ResourceGroupsClient);
const s3 = mockClient(S3Client);
const sfn = mockClient(SFNClient);
const ssm = mockClient(SSMClient);

const [FIRST = '', SECOND = ''] = instanceIds(2);
const NIGHTLY = stamp('02:00');
const another = (changes = {}) =>
  aRunLock({ runId: 'run-0', startedAt: stamp('01:00'), takenAt: stamp('01:00'), ...changes });

const ask = (input = {}, environment = {}) =>
  createListInstances(aRuntime('02:00:05', { TARGET_VERSION: TARGET, ...environment }))(
    aListRequest(input),
    aContext(),
  );
const list = async (...given: Parameters<typeof ask>) => ownListing(await ask(...given));
const lockPuts = () => s3.commandCalls(PutObjectCommand, { Key: 'lock.json' }).map(({ args: [{ input }] }) => input);
const manifest = () =>
  manifestSchema.parse(
    contentOf(s3.commandCalls(PutObjectCommand, { Key: 'runs/run-1/manifest.json' })[0]?.args[0].input.Body),
  );

beforeEach(() => {
  for (const mock of [ec2, groups, s3, sfn, ssm]) mock.reset();
  groups.on(ListGroupResourcesCommand).resolves(grouped(FIRST));
  ec2.on(DescribeInstancesCommand).resolves(described(instanceFacts({ instanceId: FIRST })));
  ec2.on(DescribeInstanceAttributeCommand).resolves({});
  ssm.on(DescribeInstanceInformationCommand).resolves(reported());
  s3.on(PutObjectCommand).resolves({});
  s3.on(DeleteObjectCommand).resolves({});
  givenRecords(s3);
  givenLock(s3, null);
  sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' });
});

describe('ListInstances, claiming a run', () => {
  it('takes the lock before it lists anybody', async () => {
    const { claim, batches } = await list();

    expect([claim, batches.length]).toEqual(['held', 1]);
    expect(callOrder(ec2, groups, s3, sfn, ssm).slice(0, 3)).toEqual(['GetObject', 'PutObject', 'ListGroupResources']);
    expect(lockPuts()).toMatchObject([{ IfNoneMatch: '*' }]);
    expect(contentOf(lockPuts()[0]?.Body)).toEqual(
      aRunLock({ takenAt: stamp('02:00:05'), executionArn: executionArnOf('run-1') }),
    );
  });

  it('writes the occurrence of the schedule into it', async () => {
    await list({ scheduledTime: NIGHTLY });

    expect(contentOf(lockPuts()[0]?.Body)).toMatchObject({ scheduledTime: NIGHTLY });
    expect(s3).toHaveReceivedCommandWith(GetObjectCommand, { Key: `occurrences/${NIGHTLY}.json` });
  });

  it('goes on with a lock that it has already: a listing that is tried again, or a redrive', async () => {
    givenLock(s3, aRunLock());

    expect((await list()).claim).toBe('held');
    expect(lockPuts()).toEqual([]);
    expect(sfn).not.toHaveReceivedCommand(DescribeExecutionCommand);
  });

  it.each([
    ['running', 'already-running', () => givenLock(s3, another({ scheduledTime: NIGHTLY }))],
    [
      'done',
      'already-done',
      () =>
        s3
          .on(GetObjectCommand, { Key: `occurrences/${NIGHTLY}.json` })
          .resolves(stored({ runId: 'run-0', endedAt: stamp('01:50') })),
    ],
  ] as const)(
    'leaves an occurrence that is %s already to the other run, and lists nothing',
    async (_what, claim, given) => {
      given();

      expect(await ask({ scheduledTime: NIGHTLY })).toEqual({ claim, doneBy: 'run-0' });
      expect([...groups.calls(), ...ec2.calls(), ...ssm.calls()]).toEqual([]);
      expect(s3).not.toHaveReceivedCommand(PutObjectCommand);
    },
  );

  it('refuses to run beside another, and touches nothing', async () => {
    givenLock(s3, another());

    await expect(list()).rejects.toMatchObject({ name: 'AlreadyRunning', message: expect.stringContaining('run-0') });
    expect(sfn).toHaveReceivedCommandWith(DescribeExecutionCommand, { executionArn: executionArnOf('run-0') });
    expect([...groups.calls(), ...ec2.calls()]).toEqual([]);
    expect(s3).not.toHaveReceivedCommand(PutObjectCommand);
    expect(s3).not.toHaveReceivedCommand(DeleteObjectCommand);
  });

  it('takes over the lock of a dead run, and only that version of it', async () => {
    givenLock(s3, another());
    sfn.on(DescribeExecutionCommand).resolves({ status: 'ABORTED', stopDate: at('01:30') });

    expect((await list()).claim).toBe('held');
    expect(lockPuts()).toMatchObject([{ IfMatch: LOCK_ETAG }]);
  });

  it.each([
    [
      'a run that has just ended',
      () => sfn.on(DescribeExecutionCommand).resolves({ status: 'FAILED', stopDate: at('02:00') }),
    ],
    ['a reconciler', () => givenLock(s3, aReconcilerLock('02:00', '02:01'))],
  ])('is to be tried again soon where the lock is with %s', async (_who, given) => {
    givenLock(s3, another());
    given();

    await expect(list()).rejects.toMatchObject({ name: 'LockedForNow' });
    expect(s3).not.toHaveReceivedCommand(PutObjectCommand);
  });

  it('is to be tried again where another took the lock at the same moment', async () => {
    s3.on(PutObjectCommand, { Key: 'lock.json' }).rejects(awsError('PreconditionFailed', 'no', 412));

    await expect(list()).rejects.toMatchObject({ name: 'LockedForNow' });
    expect(groups.calls()).toEqual([]);
  });

  it('makes a plan whatever run is at work: a dry run touches nothing', async () => {
    givenLock(s3, another());

    const reply = await list({ dryRun: true });

    expect(reply).toMatchObject({ claim: 'none', plan: { counts: { intended: 1 } } });
    expect(s3).not.toHaveReceivedCommandWith(GetObjectCommand, { Key: 'lock.json' });
    expect(lockPuts()).toEqual([]);
  });
});

describe('ListInstances, refusing a run that has the lock', () => {
  const mine = () => s3.on(PutObjectCommand, { Key: 'lock.json' }).callsFake(() => givenLock(s3, aRunLock()) ?? {});

  it('lets others begin at once', async () => {
    mine();
    groups.on(ListGroupResourcesCommand).resolves(grouped());

    await expect(list()).rejects.toMatchObject({ name: 'EmptyGroup' });
    expect(s3).toHaveReceivedCommandWith(DeleteObjectCommand, { Key: 'lock.json', IfMatch: LOCK_ETAG });
  });

  it('says why it was refused, also if the lock can not be let go', async () => {
    mine();
    groups.on(ListGroupResourcesCommand).resolves(grouped());
    s3.on(DeleteObjectCommand).rejects(throttled());

    await expect(list()).rejects.toMatchObject({ name: 'EmptyGroup' });
  });

  it('keeps the lock where AWS gives no answer: it is asked again', async () => {
    mine();
    groups.on(ListGroupResourcesCommand).rejects(throttled());

    await expect(list()).rejects.toMatchObject({ name: 'AwsUnavailable' });
    expect(s3).not.toHaveReceivedCommand(DeleteObjectCommand);
  });
});

describe('ListInstances, meeting leases', () => {
  const givenLeased = (lease: string) =>
    ec2
      .on(DescribeInstancesCommand)
      .resolves(
        described(wokenFacts({ instanceId: FIRST, tags: leased(lease) }), instanceFacts({ instanceId: SECOND })),
      );
  const ofRun0 = 'reveille-update-agents/run-0/child-1/attempt-1';

  beforeEach(() => {
    groups.on(ListGroupResourcesCommand).resolves(grouped(FIRST, SECOND));
    givenRecords(s3, aRecord([FIRST], { runId: 'run-0' }));
    givenLock(s3, null);
  });

  it('takes back whom a dead run has left awake: it was stopped, its record says', async () => {
    givenLeased(ofRun0);
    sfn.on(DescribeExecutionCommand).resolves({ status: 'TIMED_OUT', stopDate: at('01:50') });

    const { batches } = await list();

    expect(batches[0]?.instances).toMatchObject([
      { instanceId: FIRST, originalState: 'stopped', step: 'start' },
      { instanceId: SECOND, originalState: 'stopped', step: 'start' },
    ]);
  });

  it('leaves out whom another state machine holds', async () => {
    givenLeased('another-machine/run-0/child-1/attempt-1');

    const { batches } = await list();

    expect(batches[0]?.instances.map(({ instanceId }) => instanceId)).toEqual([SECOND]);
    expect(manifest().instances[0]).toMatchObject({ decision: 'excluded', reason: { code: 'busy' } });
  });

  it('waits for a run that has just ended', async () => {
    givenLeased(ofRun0);
    sfn.on(DescribeExecutionCommand).resolves({ status: 'ABORTED', stopDate: at('02:00') });

    expect(await list()).toMatchObject({ inTransition: 1, batches: [] });
  });

  it('ignores a lease without a record, and says so in the manifest', async () => {
    givenLeased(leaseValue({ attempt: 'forged' }));

    const { batches } = await list();

    expect(batches[0]?.instances[0]).toMatchObject({ instanceId: FIRST, originalState: 'running', step: 'readiness' });
    expect(manifest().instances.map(({ ignoredLease }) => ignoredLease)).toEqual([
      expect.stringContaining('no record'),
      null,
    ]);
  });

  it('touches nothing while it can not be known which run is alive', async () => {
    givenLeased(ofRun0);
    sfn.on(DescribeExecutionCommand).rejects(throttled());

    await expect(list()).rejects.toMatchObject({ name: 'AwsUnavailable' });
  });

  it('leaves out whom a child has left that died while its run goes on: that one may be redriven', async () => {
    givenRecords(s3, aRecord([FIRST]));
    givenLock(s3, null);
    givenLeased(leaseValue());
    const child = 'arn:aws:states:eu-central-1:123456789012:execution:reveille-update-agents/UpdateBatches:child-1';
    sfn.on(DescribeExecutionCommand, { executionArn: child }).resolves({ status: 'ABORTED', stopDate: at('01:50') });

    await list();

    expect(manifest().instances[0]).toMatchObject({ decision: 'excluded', reason: { code: 'busy' } });
  });
});
