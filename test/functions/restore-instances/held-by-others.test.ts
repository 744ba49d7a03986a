import 'aws-sdk-client-mock-jest';
import { DescribeInstancesCommand, EC2Client, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeSessionsCommand, ListCommandInvocationsCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import type { InstanceAt } from '../../../functions/domain/batch/batch-instance.ts';
import { createRestoreInstances } from '../../../functions/restore-instances/restore-instances.ts';
import { givenNoNeighbours } from '../../support/bucket.ts';
import { aBatch, anAttempt, at, aWokenInstance, ours, stamp, wokenFacts } from '../../support/builders.ts';
import { aContext, aRuntime, awsError, contentOf, described, instanceIds, stored } from '../../support/functions.ts';

const ec2 = mockClient(EC2Client);
const s3 = mockClient(S3Client);
const ssm = mockClient(SSMClient);

const [FIRST = ''] = instanceIds(1);
const HOLD = `holds/${FIRST}.json`;
const { launchTime } = wokenFacts();

/** An earlier run has started it, an hour before this one began. */
const TAKEN_OVER = ours([anAttempt(), anAttempt({ attempt: 'of-before', recordedAt: stamp('01:00') })]);

const restoreAt = async (time: string, changes: Partial<InstanceAt<'restore'>> = {}) => {
  const instance = aWokenInstance({
    instanceId: FIRST,
    step: 'restore',
    stepSince: stamp('02:10'),
    outcome: 'updated',
    ...changes,
  });
  const runtime = aRuntime(time, { RESTORE_DEADLINE_SECONDS: '300' });
  return (await createRestoreInstances(runtime)(aBatch([instance]), aContext())).instances[0];
};
const isStopped = () => ec2.commandCalls(StopInstancesCommand).length > 0;
const written = () =>
  s3.commandCalls(PutObjectCommand, { Key: HOLD }).map(({ args: [{ input }] }) => contentOf(input.Body));
const givenSession = () =>
  ssm.on(DescribeSessionsCommand).resolves({
    Sessions: [{ Target: FIRST, SessionId: 'anna-1', Owner: 'anna', StartDate: at('02:10') }],
  });

beforeEach(() => {
  for (const mock of [ec2, s3, ssm]) mock.reset();
  ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ instanceId: FIRST })));
  ec2.on(StopInstancesCommand).resolves({});
  s3.on(PutObjectCommand).resolves({});
  givenNoNeighbours(ssm);
  ssm.on(ListCommandInvocationsCommand).resolves({});
});

describe('RestoreInstances, with what an earlier run has left to others', () => {
  it('counts from the first look that sees nothing, and stops it 20 minutes later, also past its deadline', async () => {
    s3.on(GetObjectCommand, { Key: HOLD }).resolves(stored({ launchTime, quietSince: null }));
    expect(await restoreAt('02:20', { owner: TAKEN_OVER })).toMatchObject({ step: 'restore' });
    expect(written()).toEqual([{ launchTime, quietSince: stamp('02:20') }]);

    s3.on(GetObjectCommand, { Key: HOLD }).resolves(stored({ launchTime, quietSince: stamp('02:20') }));
    await restoreAt('02:39:59', { owner: TAKEN_OVER });
    expect(isStopped()).toBe(false);
    await restoreAt('02:40', { owner: TAKEN_OVER });
    expect(isStopped()).toBe(true);
  });

  it('stops at once what was left to others in another boot, and does not ask of what it has started alone', async () => {
    s3.on(GetObjectCommand, { Key: HOLD }).resolves(stored({ launchTime: stamp('00:30'), quietSince: null }));
    await restoreAt('02:20', { owner: TAKEN_OVER });
    expect(isStopped()).toBe(true);

    s3.resetHistory();
    await restoreAt('02:20');
    expect(s3).not.toHaveReceivedCommand(GetObjectCommand);
  });
});

describe('RestoreInstances, leaving an instance to others', () => {
  const since = { otherActivitySince: stamp('02:10') };

  it('writes that down before it lets it go, for the next look after its run', async () => {
    givenSession();
    expect(await restoreAt('02:30', since)).toMatchObject({ step: 'settled', reason: { code: 'session-active' } });
    expect(written()).toEqual([{ launchTime, quietSince: null }]);
  });

  it('holds it on as long as that can’t be written', async () => {
    givenSession();
    s3.on(PutObjectCommand, { Key: HOLD }).rejects(awsError('AccessDenied', 'no', 403));
    expect(await restoreAt('02:30', since)).toMatchObject({ step: 'restore' });
  });
});
