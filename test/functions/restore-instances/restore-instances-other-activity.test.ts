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
import { givenNoNeighbours } from '../../support/bucket.ts';
import {
  aBatch,
  anAttempt,
  anInstance,
  at,
  aWokenInstance,
  instanceFacts,
  leaseValue,
  ours,
  stamp,
  wokenFacts,
} from '../../support/builders.ts';
import { aContext, aRuntime, awsError, described, instanceIds, leased } from '../../support/functions.ts';

const ec2 = mockClient(EC2Client);
const s3 = mockClient(S3Client);
const ssm = mockClient(SSMClient);

const [FIRST = '', SECOND = '', THIRD = ''] = instanceIds(3);
/** Woken by Reveille, and done at 02:10. */
const done = (instanceId: string, changes: Partial<InstanceAt<'restore'>> = {}) =>
  aWokenInstance({ instanceId, step: 'restore', stepSince: stamp('02:10'), outcome: 'updated', ...changes });
const restoreAt = (time: string, ...instances: BatchInstance[]) =>
  createRestoreInstances(aRuntime(time, { RESTORE_DEADLINE_SECONDS: '1800' }))(aBatch(instances), aContext());
const stops = () => ec2.commandCalls(StopInstancesCommand).map(({ args: [{ input }] }) => input.InstanceIds);
const givenSession = (Target: string) =>
  ssm.on(DescribeSessionsCommand).resolves({ Sessions: [{ Target, SessionId: 'anna-1', Owner: 'anna' }] });

beforeEach(() => {
  for (const mock of [ec2, s3, ssm]) mock.reset();
  ec2
    .on(DescribeInstancesCommand)
    .resolves(described(wokenFacts({ instanceId: FIRST }), wokenFacts({ instanceId: SECOND })));
  ec2.on(StopInstancesCommand).resolves({});
  ec2.on(DeleteTagsCommand).resolves({});
  s3.on(PutObjectCommand).resolves({});
  ssm.on(ListCommandInvocationsCommand).resolves({});
  givenNoNeighbours(ssm);
});

describe('RestoreInstances, where someone else is at work', () => {
  it('leaves that one awake, remembers since when, and stops the others', async () => {
    givenSession(FIRST);

    const { instances } = await restoreAt('02:11', done(FIRST), done(SECOND));

    expect(stops()).toEqual([[SECOND]]);
    expect(instances).toMatchObject([
      { step: 'restore', otherActivitySince: stamp('02:11'), stopAcceptedAt: null },
      { step: 'restore', otherActivitySince: null, stopAcceptedAt: stamp('02:11') },
    ]);
  });

  it('counts in its log what instances wait for, by the code of the reason', async () => {
    givenSession(FIRST);
    ec2
      .on(DescribeInstancesCommand)
      .resolves(
        described(
          wokenFacts({ instanceId: FIRST }),
          wokenFacts({ instanceId: SECOND, state: 'stopping' }),
          instanceFacts({ instanceId: THIRD, tags: leased(leaseValue()) }),
        ),
      );
    ec2.on(DeleteTagsCommand).rejects(awsError('UnauthorizedOperation', 'no', 403));
    const runtime = aRuntime('02:12');
    const stopped = done(THIRD, { stopAcceptedAt: stamp('02:11') });

    await createRestoreInstances(runtime)(aBatch([done(FIRST), done(SECOND), stopped]), aContext());

    expect(runtime.logger.info).toHaveBeenCalledWith(
      'RestoreInstances has looked',
      expect.objectContaining({ runId: 'run-1', waiting: { 'session-active': 1, stopping: 1, 'lease-kept': 1 } }),
    );
  });

  it('holds the one of which SSM would not tell, stops the others, and says in the end what SSM said', async () => {
    ssm
      .on(DescribeInstanceAssociationsStatusCommand, { InstanceId: FIRST })
      .rejects(awsError('SomethingNew', 'not this one'));

    await restoreAt('02:11', done(FIRST), done(SECOND));
    expect(stops()).toEqual([[SECOND]]);

    const { instances } = await restoreAt('02:45', done(FIRST, { otherActivitySince: stamp('02:11') }));
    expect(stops()).toEqual([[SECOND]]);
    expect(instances[0]).toMatchObject({
      step: 'settled',
      finalState: 'running',
      reason: { code: 'not-restored', text: expect.stringContaining('SomethingNew: not this one') },
    });
  });

  it('stops it as soon as they are gone, and forgets them', async () => {
    const { instances } = await restoreAt('02:20', done(FIRST, { otherActivitySince: stamp('02:11') }));

    expect(stops()).toEqual([[FIRST]]);
    expect(instances[0]).toMatchObject({ otherActivitySince: null, stopAcceptedAt: stamp('02:20') });
  });

  it('holds it after 20 minutes: the run is over, our lease stays, and its outcome stands', async () => {
    givenSession(FIRST);

    const { instances } = await restoreAt('02:31', done(FIRST, { otherActivitySince: stamp('02:11') }));

    expect(stops()).toEqual([]);
    expect(ec2).not.toHaveReceivedCommand(DeleteTagsCommand);
    expect(instances[0]).toMatchObject({
      step: 'settled',
      outcome: 'updated',
      finalState: 'running',
      reason: { code: 'session-active', text: expect.stringContaining('anna') },
      restoredAt: null,
      otherActivitySince: stamp('02:11'),
    });
  });

  it('does not count its own command as someone else’s', async () => {
    const own = { commandId: 'command-1', sentAt: stamp('02:05'), endedAt: stamp('02:06') };
    ssm.on(ListCommandInvocationsCommand).resolves({
      CommandInvocations: [{ InstanceId: FIRST, CommandId: 'command-1', RequestedDateTime: at('02:05') }],
    });

    await restoreAt('02:11', done(FIRST, { commands: [own] }));

    expect(stops()).toEqual([[FIRST]]);
  });

  it('waits for a command of its own that the payload does not know: its update may be at work', async () => {
    const lost = {
      InstanceId: FIRST,
      CommandId: 'lost-command',
      Comment: 'reveille run-1 b0 a1',
      RequestedDateTime: at('02:05'),
    };
    ssm
      .on(ListCommandInvocationsCommand)
      .callsFake(({ Filters: [status] }) => ({ CommandInvocations: status.value === 'InProgress' ? [lost] : [] }));

    const { instances } = await restoreAt('02:11', done(FIRST));

    expect(stops()).toEqual([]);
    expect(instances[0]).toMatchObject({
      step: 'restore',
      otherActivitySince: null,
      commands: [{ commandId: 'lost-command', sentAt: stamp('02:05'), endedAt: null }],
    });
  });

  it('stops no instance while SSM does not tell of other activity', async () => {
    ssm.on(DescribeSessionsCommand).rejects(awsError('AccessDeniedException', 'not authorized'));

    const { instances } = await restoreAt('02:11', done(FIRST), done(SECOND));

    expect(stops()).toEqual([]);
    expect(instances.map(({ step }) => step)).toEqual(['restore', 'restore']);
    // Not even after 20 minutes it is handed over: no other activity is known.
    const [first] = (await restoreAt('02:35', ...instances)).instances;
    expect(first).toMatchObject({ step: 'restore', stopAcceptedAt: null });
  });

  it('asks only about those that it would stop', async () => {
    ec2
      .on(DescribeInstancesCommand)
      .resolves(
        described(
          wokenFacts({ instanceId: FIRST, launchTime: stamp('02:00:40') }),
          wokenFacts({ instanceId: SECOND, launchTime: stamp('02:00:20') }),
          instanceFacts({ instanceId: THIRD }),
        ),
      );

    await restoreAt(
      '02:11',
      // EC2's replies to their starts are not known, so each of these boots may be ours.
      done(FIRST, { owner: ours([anAttempt()]) }),
      done(SECOND, { owner: ours([anAttempt()]) }),
      anInstance({ instanceId: THIRD, step: 'restore', outcome: 'failed' }),
    );

    const asked = ssm
      .commandCalls(DescribeInstanceAssociationsStatusCommand)
      .map(({ args: [{ input }] }) => input.InstanceId);
    expect(asked).toEqual([FIRST, SECOND]);
  });

  it('asks nothing where no instance is to be stopped', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ instanceId: FIRST, state: 'stopping' })));

    await restoreAt('02:11', done(FIRST, { stopAcceptedAt: stamp('02:10:30') }));

    expect(ssm.calls()).toEqual([]);
  });
});
