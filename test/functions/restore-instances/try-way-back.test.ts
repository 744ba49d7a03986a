import 'aws-sdk-client-mock-jest';
import { DeleteTagsCommand, DescribeInstancesCommand, EC2Client, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeInstanceAssociationsStatusCommand,
  DescribeSessionsCommand,
  ListCommandInvocationsCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import type { BatchInstance, InstanceAt } from '../../../functions/domain/batch/batch-instance.ts';
import { createRestoreInstances } from '../../../functions/restore-instances/restore-instances.ts';
import { aBatch, aLeasedInstance, LEASING, leasedFacts, leaseValue } from '../../support/builders.ts';
import { aContext, aRuntime, awsError, described, instanceIds, leased } from '../../support/functions.ts';
import { heldAt } from '../../support/looks.ts';

const ec2 = mockClient(EC2Client);
const s3 = mockClient(S3Client);
const ssm = mockClient(SSMClient);
const [FIRST = '', TWIN = '', OTHER = ''] = instanceIds(3);

const trying = (instanceId: string, changes: Partial<InstanceAt<'preflight'>> = {}) =>
  aLeasedInstance({ instanceId, step: 'preflight', ...changes });
const restore = (instances: BatchInstance[], time = '02:00:15', context = aContext()) =>
  createRestoreInstances(aRuntime(time))(aBatch(instances), context);
const tagged = (team: string) => ({ ...leased(leaseValue(LEASING)), team });
const allowed = () => awsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
const denied = () => awsError('UnauthorizedOperation', 'with an explicit deny in a service control policy', 403);
const asked = () => ec2.commandCalls(StopInstancesCommand).map(({ args: [{ input }] }) => input);

beforeEach(() => {
  for (const mock of [ec2, s3, ssm]) mock.reset();
  ec2
    .on(DescribeInstancesCommand)
    .resolves(
      described(
        leasedFacts({ instanceId: FIRST, tags: tagged('a') }),
        leasedFacts({ instanceId: TWIN, tags: tagged('a') }),
        leasedFacts({ instanceId: OTHER, tags: tagged('b') }),
      ),
    );
  ec2.on(StopInstancesCommand).rejects(allowed());
  ec2.on(DeleteTagsCommand).resolves({});
  s3.on(PutObjectCommand).resolves({});
  ssm.on(DescribeSessionsCommand).resolves({});
  ssm.on(ListCommandInvocationsCommand).resolves({});
  ssm.on(DescribeInstanceAssociationsStatusCommand).resolves({});
});

describe('RestoreInstances, trying the way back', () => {
  it('asks for one of those that have the same tags, and sends all of them to their start', async () => {
    const { counts } = await restore([trying(FIRST), trying(TWIN), trying(OTHER, { originalState: 'hibernated' })]);

    expect(asked()).toEqual([
      { InstanceIds: [FIRST], DryRun: true },
      { InstanceIds: [OTHER], Hibernate: true, DryRun: true },
    ]);
    expect(counts).toMatchObject({ start: 3, preflight: 0 });
  });

  it('notes how long its lease took to be shown', async () => {
    const seen = await restore([trying(FIRST)]);
    expect(seen.instances[0]?.sightings).toEqual({ leaseSeen: 45 });

    ec2.on(DescribeInstancesCommand).resolves(described(leasedFacts({ instanceId: FIRST, tags: {} })));
    const unseen = await restore([trying(FIRST)]);
    expect(unseen.instances[0]?.sightings).toBeUndefined();
  });

  it('asks SSM what it would ask before a stop', async () => {
    await restore([trying(FIRST), trying(TWIN)]);

    expect(ssm).toHaveReceivedCommandTimes(DescribeSessionsCommand, 1);
    expect(ssm).toHaveReceivedCommandTimes(ListCommandInvocationsCommand, 2);
    expect(
      ssm.commandCalls(DescribeInstanceAssociationsStatusCommand).map(({ args }) => args[0].input.InstanceId),
    ).toEqual([FIRST, TWIN]);
  });

  it('starts nothing whose stop is denied, and lets the others go', async () => {
    ec2.on(StopInstancesCommand, { InstanceIds: [OTHER], DryRun: true }).rejects(denied());

    const { instances, counts } = await restore([trying(FIRST), trying(OTHER)]);

    expect(counts).toMatchObject({ start: 1, preflight: 1 });
    expect(heldAt('preflight', instances[1]).lastRefusal).toBe(
      'StopInstances (dry run): UnauthorizedOperation: with an explicit deny in a service control policy',
    );
  });

  it('asks for another of those that have the same tags, if the one is refused: that may be about it alone', async () => {
    ec2.on(StopInstancesCommand, { InstanceIds: [FIRST], DryRun: true }).rejects(awsError('SomethingNew', 'no'));

    const { instances, counts } = await restore([trying(FIRST), trying(TWIN)]);

    expect(counts).toMatchObject({ start: 1, preflight: 1 });
    expect(heldAt('preflight', instances[0]).lastRefusal).toBe('StopInstances (dry run): SomethingNew: no');
  });

  it('starts nothing of which SSM would not say who is at work on it, and lets the others go', async () => {
    ssm
      .on(DescribeInstanceAssociationsStatusCommand, { InstanceId: FIRST })
      .rejects(awsError('AccessDeniedException', 'no'));

    const { instances, counts } = await restore([trying(FIRST), trying(TWIN)]);

    expect(counts).toMatchObject({ start: 1, preflight: 1 });
    expect(heldAt('preflight', instances[0]).lastRefusal).toContain('AccessDeniedException');
    expect(asked()).toEqual([{ InstanceIds: [TWIN], DryRun: true }]);
  });

  it('asks SSM first, of all at once: what EC2 has allowed goes on, however little time is left for the others', async () => {
    await restore([trying(FIRST), trying(OTHER)]);

    const [lastQuestion] = ssm.calls().slice(-1);
    const [firstTry] = ec2.commandCalls(StopInstancesCommand);
    expect(lastQuestion?.calledBefore(firstTry as NonNullable<typeof firstTry>)).toBe(true);
  });

  it('gives it up after five minutes, and takes its lease off at the next look', async () => {
    ec2.on(StopInstancesCommand).rejects(denied());

    const refused = await restore([trying(FIRST, { lastRefusal: 'denied' })], '02:05');
    expect(refused.instances[0]).toMatchObject({ step: 'restore', reason: { code: 'way-back-denied' } });

    const { instances } = await restore(refused.instances, '02:05:15');
    expect(instances[0]).toMatchObject({ step: 'settled', outcome: 'failed', finalState: 'stopped', restoredAt: null });
    expect(ec2).toHaveReceivedCommandWith(DeleteTagsCommand, { Resources: [FIRST] });
  });

  it.each([
    ['EC2', () => ec2.on(StopInstancesCommand).rejects(awsError('RequestLimitExceeded', 'slow down', 503))],
    ['SSM', () => ssm.on(DescribeSessionsCommand).rejects(awsError('ThrottlingException', 'slow down'))],
    [
      'the associations',
      () => ssm.on(DescribeInstanceAssociationsStatusCommand).rejects(awsError('AccessDeniedException', 'no')),
    ],
  ])('takes no answer of %s for a yes', async (_who, trouble) => {
    trouble();

    expect((await restore([trying(FIRST)])).counts).toMatchObject({ start: 0, preflight: 1 });
  });

  it('asks nothing where no time is left: what is to be restored comes first', async () => {
    const { instances } = await restore([trying(FIRST)], '02:00:15', aContext({ remainingSeconds: 20 }));

    expect(asked()).toEqual([]);
    expect(instances[0]).toMatchObject({ step: 'preflight', lastRefusal: 'no time was left to try its way back' });
  });

  it('asks nothing for what sleeps no more: StartInstances judges that', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described(leasedFacts({ instanceId: FIRST, state: 'running' })));

    expect((await restore([trying(FIRST)])).counts).toMatchObject({ start: 1, preflight: 0 });
    expect(asked()).toEqual([]);
  });
});
