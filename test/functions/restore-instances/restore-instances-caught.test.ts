import { attemptsOf, wokenAtOf } from '../../../functions/domain/ownership/owner.ts';
import 'aws-sdk-client-mock-jest';
import { DeleteTagsCommand, DescribeInstancesCommand, EC2Client, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListCommandInvocationsCommand, ListCommandsCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import type { Batch } from '../../../functions/domain/batch/batch.ts';
import type { BatchInstance } from '../../../functions/domain/batch/batch-instance.ts';
import { createRestoreInstances } from '../../../functions/restore-instances/restore-instances.ts';
import { aRecord, givenNoNeighbours, givenRecords } from '../../support/bucket.ts';
import {
  aBatch,
  anAttempt,
  anInstance,
  anInvocation,
  aProvedAttempt,
  at,
  aWokenInstance,
  instanceFacts,
  leaseValue,
  ours,
  stamp,
  wokenFacts,
} from '../../support/builders.ts';
import { aContext, aRuntime, described, instanceIds, leased, listed, throttled } from '../../support/functions.ts';
import { heldAt } from '../../support/looks.ts';

const ec2 = mockClient(EC2Client);
const s3 = mockClient(S3Client);
const ssm = mockClient(SSMClient);

const [FIRST = '', SECOND = '', THIRD = ''] = instanceIds(3);
const CAUGHT = { Error: 'AwsRefused', Cause: 'UpdateAgent: AccessDeniedException: no' };

/** A step failed for good, and the state machine's Catch leads here. */
const restoreCaught = (time: string, ...instances: BatchInstance[]) =>
  createRestoreInstances(aRuntime(time))(aBatch(instances, { error: CAUGHT }), aContext());

/** By now, 90 seconds later, whatever Lambda the failed step has left behind is dead. */
const lookAgain = (time: string, batch: Batch) => createRestoreInstances(aRuntime(time))(batch, aContext());

const stops = () => ec2.commandCalls(StopInstancesCommand).map(({ args: [{ input }] }) => input.InstanceIds);

beforeEach(() => {
  ec2.reset();
  s3.reset();
  ssm.reset();
  ec2.on(StopInstancesCommand).resolves({});
  ec2.on(DeleteTagsCommand).resolves({});
  s3.on(PutObjectCommand).resolves({});
  givenNoNeighbours(ssm);
  givenRecords(s3);
  ssm.on(ListCommandsCommand).resolves({ Commands: [] });
  ssm.on(ListCommandInvocationsCommand).resolves({ CommandInvocations: [] });
});

describe('RestoreInstances, after a step has failed', () => {
  it('fails the instances still at work, and stops those that Reveille started', async () => {
    givenRecords(s3, aRecord([FIRST]));
    ec2
      .on(DescribeInstancesCommand)
      .resolves(described(wokenFacts({ instanceId: FIRST }), wokenFacts({ instanceId: SECOND, tags: {} })));

    const batch = await restoreCaught(
      '02:10',
      aWokenInstance({ instanceId: FIRST, step: 'verify' }),
      anInstance({ instanceId: SECOND, step: 'update', originalState: 'running' }),
    );

    const reason = { code: 'step-failed', text: expect.stringContaining('AwsRefused: UpdateAgent') };
    expect(batch.instances).toMatchObject([
      { step: 'restore', outcome: 'failed', reason },
      { step: 'settled', outcome: 'failed', reason, finalState: 'running' },
    ]);
    // A Lambda that is no longer waited for may still send it a command.
    expect(stops()).toEqual([]);

    await lookAgain('02:11:30', batch);

    expect(stops()).toEqual([[FIRST]]);
  });

  it('says of an instance that a lost attempt has started since when it is awake, and of one that others started nothing', async () => {
    givenRecords(s3, aRecord([FIRST, SECOND]));
    const byOthers = wokenFacts({ instanceId: SECOND, launchTime: stamp('02:05') });
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ instanceId: FIRST }), byOthers));
    const asleep = (instanceId: string) => anInstance({ instanceId, step: 'start' });

    const { instances } = await restoreCaught('02:10', asleep(FIRST), asleep(SECOND));

    expect(instances.map(({ owner }) => wokenAtOf(owner))).toEqual([wokenFacts().launchTime, null]);
  });

  it('lets stand what was decided before, and takes the error off the payload', async () => {
    const settled = aWokenInstance({ instanceId: FIRST, step: 'settled', outcome: 'updated', finalState: 'stopped' });
    const updated = aWokenInstance({ instanceId: SECOND, step: 'restore', outcome: 'updated' });
    givenRecords(s3, aRecord([SECOND]));
    ec2
      .on(DescribeInstancesCommand)
      .resolves(described(instanceFacts({ instanceId: FIRST }), wokenFacts({ instanceId: SECOND })));

    const batch = await restoreCaught('02:10', settled, updated);

    expect(batch.instances[0]).toEqual(settled);
    expect(batch.instances[1]).toMatchObject({ step: 'restore', outcome: 'updated', stopAcceptedAt: stamp('02:10') });
    expect(batch).not.toHaveProperty('error');
  });

  it('finds what a crashed start has left: lease and record make it ours to stop', async () => {
    givenRecords(s3, aRecord([FIRST, SECOND]));
    ec2
      .on(DescribeInstancesCommand)
      .resolves(
        described(
          wokenFacts({ instanceId: FIRST }),
          wokenFacts({ instanceId: SECOND }),
          wokenFacts({ instanceId: THIRD }),
        ),
      );
    // The record does not name the third: its lease is copied.
    const unaware = [FIRST, SECOND, THIRD].map((instanceId) => anInstance({ instanceId }));

    const batch = await restoreCaught('02:03', ...unaware);

    // EC2's reply to that start is not known: its window makes the boots ours.
    const found = aProvedAttempt({ boot: { kind: 'known', launchTime: stamp('02:00:30'), isAssumed: true } });
    expect(batch.instances.map(({ owner }) => attemptsOf(owner))).toEqual([[found], [found], []]);
    // A start that the failed step has left behind may still come to it.
    expect(batch.instances[2]).toMatchObject({ step: 'restore', outcome: 'failed' });

    await lookAgain('02:04:30', batch);

    expect(stops()).toEqual([[FIRST, SECOND]]);
  });

  it('stops what the last, lost attempt has started, though the payload knows only an earlier one that was refused', async () => {
    const refused = anAttempt({ startBy: anAttempt().recordedAt });
    const lost = { attempt: 'attempt-2', recordedAt: stamp('02:02'), startBy: stamp('02:03') };
    const tags = leased(leaseValue(lost));
    givenRecords(s3, aRecord([FIRST]), aRecord([FIRST], lost));
    ec2
      .on(DescribeInstancesCommand)
      .resolves(described(wokenFacts({ instanceId: FIRST, launchTime: stamp('02:02:10'), tags })));
    const batch = aBatch([anInstance({ instanceId: FIRST, owner: ours([refused]) })], {
      attempts: ['attempt-1'],
      error: CAUGHT,
    });

    const { instances } = await lookAgain('02:07:30', await lookAgain('02:06', batch));

    expect(stops()).toEqual([[FIRST]]);
    expect(instances[0]).toMatchObject({
      step: 'restore',
      owner: { kind: 'reveille', attempts: [{ attempt: 'attempt-2' }, refused] },
    });
  });

  it('leaves the leases of other runs alone', async () => {
    const tags = leased('reveille-update-agents/run-0/child-1/attempt-1');
    givenRecords(s3, aRecord([FIRST]));
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ instanceId: FIRST, tags })));

    await lookAgain('02:04:30', await restoreCaught('02:03', anInstance({ instanceId: FIRST })));

    expect(stops()).toEqual([]);
    expect(ec2).not.toHaveReceivedCommand(DeleteTagsCommand);
  });

  it('finds a command that a crashed sending has left, and stops nothing while it may be running', async () => {
    givenRecords(s3, aRecord([FIRST, SECOND]));
    ec2
      .on(DescribeInstancesCommand)
      .resolves(described(wokenFacts({ instanceId: FIRST }), wokenFacts({ instanceId: SECOND })));
    ssm.on(ListCommandsCommand).resolves({
      Commands: [
        {
          CommandId: 'lost-command',
          Comment: 'reveille run-1 b0 a1',
          InstanceIds: [FIRST],
          RequestedDateTime: at('02:02'),
        },
        { CommandId: 'of-batch-01', Comment: 'reveille run-1 b01 a1', InstanceIds: [SECOND] },
      ],
    });
    ssm.on(ListCommandInvocationsCommand, { CommandId: 'lost-command' }).resolves({
      CommandInvocations: [listed(anInvocation({ commandId: 'lost-command', instanceId: FIRST }))],
    });

    const batch = await restoreCaught(
      '02:04',
      aWokenInstance({ instanceId: FIRST, step: 'update' }),
      aWokenInstance({ instanceId: SECOND, step: 'update' }),
    );
    const { instances } = await lookAgain('02:05:30', batch);

    expect(heldAt('restore', instances[0]).commands).toEqual([
      { commandId: 'lost-command', sentAt: stamp('02:02'), endedAt: null },
    ]);
    expect(stops()).toEqual([[SECOND]]);
  });

  it('looks once for what the step has done, and once more at each later look, as long as it may still act', async () => {
    givenRecords(s3, aRecord([FIRST]));
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ instanceId: FIRST })));

    const batch = await restoreCaught('02:04', anInstance({ instanceId: FIRST }));

    expect(ssm).toHaveReceivedCommandTimes(ListCommandsCommand, 1);
    expect(s3).toHaveReceivedCommandTimes(ListObjectsV2Command, 1);

    await lookAgain('02:04:15', batch);

    expect(ssm).toHaveReceivedCommandTimes(ListCommandsCommand, 2);
  });

  it('knows the commands of the payload: they are not found twice', async () => {
    const known = { commandId: 'command-1', sentAt: stamp('02:02'), endedAt: stamp('02:03') };
    givenRecords(s3, aRecord([FIRST]));
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ instanceId: FIRST })));
    ssm.on(ListCommandsCommand).resolves({
      Commands: [{ CommandId: 'command-1', Comment: 'reveille run-1 b0 a1', InstanceIds: [FIRST] }],
    });

    const batch = await restoreCaught(
      '02:04',
      aWokenInstance({ instanceId: FIRST, step: 'verify', commands: [known] }),
    );
    const { instances } = await lookAgain('02:05:30', batch);

    expect(heldAt('restore', instances[0]).commands).toEqual([known]);
    expect(stops()).toEqual([[FIRST]]);
  });

  it('restores the others while what the step did can not be found out, and keeps the error to try again', async () => {
    ssm.on(ListCommandsCommand).rejects(throttled());
    ec2
      .on(DescribeInstancesCommand)
      .resolves(described(wokenFacts({ instanceId: FIRST }), wokenFacts({ instanceId: SECOND })));
    const working = aWokenInstance({ instanceId: FIRST, step: 'update' });

    const batch = await restoreCaught(
      '02:10',
      working,
      aWokenInstance({ instanceId: SECOND, step: 'restore', outcome: 'updated' }),
    );

    expect(stops()).toEqual([[SECOND]]);
    expect(batch.instances[0]).toEqual(working);
    expect(batch.error).toEqual(CAUGHT);
    // The state machine goes by these: no other Lambda takes the working one on.
    expect(batch.counts).toMatchObject({ readiness: 0, update: 0, restore: 2 });
  });

  it('fails, to be called again, where no other instance is to be restored meanwhile', async () => {
    ssm.on(ListCommandsCommand).rejects(throttled());
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ instanceId: FIRST })));

    const caught = restoreCaught('02:10', aWokenInstance({ instanceId: FIRST, step: 'update' }));

    await expect(caught).rejects.toMatchObject({ name: 'AwsUnavailable' });
  });

  it('is quiet about commands and records as long as no step has failed', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ instanceId: FIRST, tags: leased(leaseValue()) })));

    await createRestoreInstances(aRuntime('02:10'))(
      aBatch([aWokenInstance({ instanceId: FIRST, step: 'restore', outcome: 'updated' })]),
      aContext(),
    );

    expect(ssm).not.toHaveReceivedCommand(ListCommandsCommand);
    expect(s3).not.toHaveReceivedCommand(ListObjectsV2Command);
  });
});
