import 'aws-sdk-client-mock-jest';
import { DeleteTagsCommand, DescribeInstancesCommand, EC2Client, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListCommandInvocationsCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import type { BatchInstance, InstanceAt } from '../../../functions/domain/batch/batch-instance.ts';
import { createRestoreInstances } from '../../../functions/restore-instances/restore-instances.ts';
import { givenNoNeighbours } from '../../support/bucket.ts';
import { aBatch, aWokenInstance, stamp, wokenFacts } from '../../support/builders.ts';
import { aContext, aRuntime, awsError, described, instanceIds, throttled } from '../../support/functions.ts';
import { heldAt } from '../../support/looks.ts';

const ec2 = mockClient(EC2Client);
const s3 = mockClient(S3Client);
const ssm = mockClient(SSMClient);

const [FIRST = '', SECOND = '', THIRD = ''] = instanceIds(3);

/** Its work ended at 02:10. */
const anUpdated = (changes: Partial<InstanceAt<'restore'>> = {}) =>
  aWokenInstance({ instanceId: FIRST, step: 'restore', stepSince: stamp('02:10'), outcome: 'updated', ...changes });
const stopped = (changes: Partial<InstanceAt<'restore'>> = {}) =>
  anUpdated({ stopAcceptedAt: stamp('02:10:30'), ...changes });

const restoreAt = (time: string, instances: BatchInstance[], context = aContext()) =>
  createRestoreInstances(aRuntime(time, { RESTORE_DEADLINE_SECONDS: '1800' }))(aBatch(instances), context);

const spot = () => awsError('UnsupportedOperation', "The instance 'i-1' is a spot instance and may not be stopped.");
const s3Down = () => awsError('ServiceUnavailable', 'Please reduce your request rate.', 503);

beforeEach(() => {
  ec2.reset();
  s3.reset();
  ssm.reset();
  ec2.on(DeleteTagsCommand).resolves({});
  ec2.on(StopInstancesCommand).resolves({});
  s3.on(PutObjectCommand).resolves({});
  givenNoNeighbours(ssm);
  ssm.on(ListCommandInvocationsCommand).resolves({});
});

describe('RestoreInstances, in trouble', () => {
  it('stops all but the one that EC2 refuses to stop, and remembers why', async () => {
    const ids = [FIRST, SECOND, THIRD];
    ec2.on(DescribeInstancesCommand).resolves(described(...ids.map((instanceId) => wokenFacts({ instanceId }))));
    ec2.on(StopInstancesCommand).callsFake(({ InstanceIds }: { InstanceIds: string[] }) => {
      if (InstanceIds.includes(SECOND)) throw spot();
      return {};
    });

    const { instances } = await restoreAt(
      '02:10:30',
      ids.map((instanceId) => anUpdated({ instanceId })),
    );

    const accepted = instances.map((instance) => heldAt('restore', instance).stopAcceptedAt);
    expect(accepted).toEqual([stamp('02:10:30'), null, stamp('02:10:30')]);
    expect(instances[1]).toMatchObject({
      step: 'restore',
      lastRefusal: expect.stringContaining('UnsupportedOperation: The instance'),
    });
  });

  it('calls nothing accepted for which no time was left', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ instanceId: FIRST })));

    const { instances } = await restoreAt('02:10:30', [anUpdated()], aContext({ remainingSeconds: 5 }));

    expect(ec2).not.toHaveReceivedCommand(StopInstancesCommand);
    expect(instances[0]).toMatchObject({ step: 'restore', stopAcceptedAt: null });
  });

  it('leaves a stop that was accepted five minutes to show, then asks again', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ instanceId: FIRST })));

    await restoreAt('02:15', [stopped()]);
    expect(ec2).not.toHaveReceivedCommand(StopInstancesCommand);

    await restoreAt('02:15:30', [stopped()]);
    expect(ec2).toHaveReceivedCommandTimes(StopInstancesCommand, 1);
  });

  it('gives up at its deadline: failed, awake, and the lease stays for ReconcileLeases', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ instanceId: FIRST })));

    const { instances, counts } = await restoreAt('02:40', [anUpdated({ lastRefusal: 'UnsupportedOperation: no' })]);

    expect(instances[0]).toMatchObject({
      step: 'settled',
      outcome: 'failed',
      finalState: 'running',
      restoredAt: null,
      reason: { code: 'not-restored', text: expect.stringContaining('UnsupportedOperation: no') },
    });
    expect(counts.unsettled).toBe(0);
    expect(ec2).not.toHaveReceivedCommand(DeleteTagsCommand);
  });

  it('tries at least once, however late it is called', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ instanceId: FIRST })));

    const { instances } = await restoreAt('05:00', [anUpdated()]);

    expect(ec2).toHaveReceivedCommandTimes(StopInstancesCommand, 1);
    expect(instances[0]).toMatchObject({ step: 'restore', stopAcceptedAt: stamp('05:00') });
  });

  it('can be called again after its reply was lost: that the lease is gone by now is its own doing', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ instanceId: FIRST, state: 'stopped', tags: {} })));

    const { instances } = await restoreAt('02:12', [stopped()]);

    expect(instances[0]).toMatchObject({
      step: 'settled',
      outcome: 'updated',
      reason: null,
      restoredAt: stamp('02:12'),
    });
  });

  it('does not settle an instance whose lease could not be removed', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ instanceId: FIRST, state: 'stopped' })));
    ec2.on(DeleteTagsCommand).rejects(throttled());

    const { instances, counts } = await restoreAt('02:12', [stopped()]);

    expect(instances).toMatchObject([stopped()]);
    expect(counts.unsettled).toBe(1);
  });

  it('goes on restoring while the bucket is down, as long as an instance is left', async () => {
    s3.on(PutObjectCommand).rejects(s3Down());
    ec2
      .on(DescribeInstancesCommand)
      .resolves(described(wokenFacts({ instanceId: FIRST, state: 'stopped' }), wokenFacts({ instanceId: SECOND })));

    const { instances } = await restoreAt('02:12', [stopped(), anUpdated({ instanceId: SECOND })]);

    expect(instances.map(({ step }) => step)).toEqual(['settled', 'restore']);
    expect(ec2).toHaveReceivedCommandTimes(StopInstancesCommand, 1);
    expect(ec2).toHaveReceivedCommandTimes(DeleteTagsCommand, 1);
  });

  it('fails, to be called again, if the last result can not be stored: nothing else is left to do', async () => {
    s3.on(PutObjectCommand).rejects(s3Down());
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ instanceId: FIRST, state: 'stopped' })));

    await expect(restoreAt('02:12', [stopped()])).rejects.toMatchObject({ name: 'AwsUnavailable' });
  });

  it('decides nothing while EC2 gives no answer', async () => {
    ec2.on(DescribeInstancesCommand).rejects(throttled());

    await expect(restoreAt('02:40', [anUpdated()])).rejects.toMatchObject({ name: 'AwsUnavailable' });

    expect(ec2).not.toHaveReceivedCommand(StopInstancesCommand);
  });
});
