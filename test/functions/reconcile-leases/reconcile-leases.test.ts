import 'aws-sdk-client-mock-jest';
import { DeleteTagsCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { ListCommandInvocationsCommand, ListCommandsCommand } from '@aws-sdk/client-ssm';
import { LEASE_TAG } from '../../../functions/domain/ownership/lease.ts';
import { createReconcileLeases } from '../../../functions/reconcile-leases/reconcile-leases.ts';
import { aRecord } from '../../support/bucket.ts';
import { anInvocation, at, instanceFacts, leaseValue, wokenFacts } from '../../support/builders.ts';
import {
  aContext,
  aRuntime,
  awsError,
  callOrder,
  instanceIds,
  leased,
  listed,
  mockClients,
} from '../../support/functions.ts';
import { givenAbortedRun, givenCarriers, metrics, reconcile, SCHEDULE } from '../../support/reconciling.ts';

const mocks = mockClients();
const { ec2, s3, sfn, sns, ssm } = mocks;

const [FIRST = '', SECOND = '', THIRD = ''] = instanceIds(3);
const awake = (instanceId: string, changes = {}) => wokenFacts({ instanceId, ...changes });
const asleep = (instanceId: string) => instanceFacts({ instanceId, tags: leased(leaseValue()) });
const stops = () => ec2.commandCalls(StopInstancesCommand).map(({ args: [{ input }] }) => input);
const released = () => ec2.commandCalls(DeleteTagsCommand).map(({ args: [{ input }] }) => input.Resources);

beforeEach(() => givenAbortedRun(mocks));

describe('ReconcileLeases', () => {
  it('does nothing where no instance carries a lease', async () => {
    expect(await reconcile('03:00')).toMatchObject({ openLeases: 0, lock: 'free', instances: [] });
    expect(callOrder(ec2, sfn, ssm, sns)).toEqual(['DescribeInstances']);
  });

  it('stops whom a dead run has left awake, and keeps the lease until it is seen asleep', async () => {
    givenCarriers(mocks, [awake(FIRST)], [aRecord([FIRST])]);

    const { openLeases, instances } = await reconcile('03:00');

    expect(openLeases).toBe(1);
    expect(instances).toMatchObject([{ instanceId: FIRST, runId: 'run-1', action: 'stopping' }]);
    expect(stops()).toEqual([{ InstanceIds: [FIRST] }]);
    expect(released()).toEqual([]);
  });

  it('hibernates what was hibernated, as its record says', async () => {
    const [member] = aRecord([FIRST]).instances;
    if (member === undefined) throw new Error('no member');
    const record = aRecord([], { instances: [{ ...member, originalState: 'hibernated' }] });
    givenCarriers(mocks, [awake(FIRST)], [record]);

    await reconcile('03:00');

    expect(stops()).toEqual([{ InstanceIds: [FIRST], Hibernate: true }]);
  });

  it('lets go whom it finds asleep, five minutes after every writer is dead, and tells', async () => {
    givenCarriers(mocks, [asleep(FIRST)], [aRecord([FIRST])]);

    const { instances } = await reconcile('02:35');

    expect(instances).toMatchObject([{ action: 'restored', finalState: 'stopped' }]);
    expect(stops()).toEqual([]);
    expect(ec2).toHaveReceivedCommandWith(DeleteTagsCommand, {
      Resources: [FIRST],
      Tags: [{ Key: LEASE_TAG, Value: leaseValue() }],
    });
  });

  it('stops it once more before that: a start may be on its way', async () => {
    givenCarriers(mocks, [asleep(FIRST)], [aRecord([FIRST])]);

    const { instances } = await reconcile('02:34:59');

    expect(instances).toMatchObject([{ action: 'stopping' }]);
    expect(stops()).toEqual([{ InstanceIds: [FIRST] }]);
    expect(released()).toEqual([]);
  });

  it('leaves alone what someone else has started since, and removes the dead run’s lease', async () => {
    givenCarriers(mocks, [awake(FIRST, { launchTime: '2026-12-06T02:45:00.000Z' })], [aRecord([FIRST])]);

    const { instances } = await reconcile('03:00');

    expect(instances).toMatchObject([{ action: 'handed-over', text: expect.stringContaining('started again') }]);
    expect(stops()).toEqual([]);
    expect(released()).toEqual([[FIRST]]);
  });

  it.each([
    ['the run lives', 'RUNNING', leaseValue(), [FIRST]],
    ['the bucket has no record', 'ABORTED', leaseValue({ attempt: 'forged' }), [FIRST]],
    ['the record does not name it: copied with an image', 'ABORTED', leaseValue(), [SECOND]],
    ['it is another state machine’s', 'ABORTED', 'another/run-1/child-1/attempt-1', [FIRST]],
    ['its tag is no lease', 'ABORTED', '__proto__', [FIRST]],
  ] as const)('touches nothing where %s', async (_what, status, lease, named) => {
    givenCarriers(mocks, [awake(FIRST, { tags: leased(lease) })], [aRecord([...named])]);
    sfn.on(DescribeExecutionCommand).resolves(status === 'RUNNING' ? { status } : { status, stopDate: at('02:30') });

    const { instances } = await reconcile('03:00');

    expect(instances).toEqual([]);
    expect([...stops(), ...released()]).toEqual([]);
    expect(s3).not.toHaveReceivedCommandWith(PutObjectCommand, { Key: 'lock.json' });
  });

  it('touches nothing while a child lives whose run is dead', async () => {
    givenCarriers(mocks, [awake(FIRST)], [aRecord([FIRST])]);
    const child = 'arn:aws:states:eu-central-1:123456789012:execution:reveille-update-agents/UpdateBatches:child-1';
    sfn.on(DescribeExecutionCommand, { executionArn: child }).resolves({ status: 'RUNNING' });

    expect(await reconcile('03:00')).toMatchObject({ openLeases: 1, instances: [] });
    expect(stops()).toEqual([]);
  });

  it('waits for a command of the dead run that may be at work, found by its comment', async () => {
    givenCarriers(mocks, [awake(FIRST)], [aRecord([FIRST])]);
    ssm.on(ListCommandsCommand).resolves({
      Commands: [
        {
          CommandId: 'command-1',
          Comment: 'reveille run-1 b0 a1',
          InstanceIds: [FIRST],
          RequestedDateTime: at('02:29'),
        },
      ],
    });
    ssm.on(ListCommandInvocationsCommand, { CommandId: 'command-1' }).resolves({
      CommandInvocations: [listed(anInvocation({ instanceId: FIRST }))],
    });

    expect((await reconcile('02:40')).instances).toMatchObject([{ action: 'waiting' }]);
    expect(stops()).toEqual([]);
    expect((await reconcile('03:14')).instances).toMatchObject([{ action: 'stopping' }]);
  });

  it('counts in its log, for each dead child, what its instances wait for', async () => {
    givenCarriers(
      mocks,
      [awake(FIRST, { state: 'stopping' }), awake(SECOND, { state: 'pending' })],
      [aRecord([FIRST, SECOND])],
    );
    const runtime = aRuntime('02:40');

    await createReconcileLeases(runtime, metrics)(SCHEDULE, aContext());

    expect(runtime.logger.info).toHaveBeenCalledWith('ReconcileLeases has looked', {
      runId: 'run-1',
      child: 'child-1',
      waiting: { stopping: 1, pending: 1 },
    });
  });

  it('knows all attempts of the dead child: the newest may have started it, and an older one tagged it', async () => {
    const lost = { attempt: 'attempt-2', recordedAt: '2026-12-06T02:02:00.000Z', startBy: '2026-12-06T02:03:00.000Z' };
    const facts = awake(FIRST, { launchTime: '2026-12-06T02:02:30.000Z' });
    givenCarriers(mocks, [facts], [aRecord([FIRST]), aRecord([FIRST], lost)]);

    expect((await reconcile('03:00')).instances).toMatchObject([{ action: 'stopping' }]);
  });

  it('puts back each dead child’s by its own records, and tells what EC2 refused', async () => {
    const other = { child: 'child-2', attempt: 'attempt-7' };
    const lease = leaseValue({ attempt: 'attempt-7' }).replace('child-1', 'child-2');
    givenCarriers(
      mocks,
      [awake(FIRST), awake(SECOND, { tags: leased(lease) }), awake(THIRD, { tags: leased(lease) })],
      [aRecord([FIRST]), aRecord([SECOND, THIRD], other)],
    );
    ec2.on(StopInstancesCommand).callsFake(({ InstanceIds }: { InstanceIds: string[] }) => {
      if (InstanceIds.includes(THIRD)) throw awsError('UnauthorizedOperation', 'not authorized', 403);
      return {};
    });

    const { instances } = await reconcile('03:00');

    expect(instances.map(({ instanceId, action }) => [instanceId, action])).toEqual([
      [FIRST, 'stopping'],
      [SECOND, 'stopping'],
      [THIRD, 'refused'],
    ]);
    expect(ssm.commandCalls(ListCommandsCommand)).toHaveLength(2);
  });
});
