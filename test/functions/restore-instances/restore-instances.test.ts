import 'aws-sdk-client-mock-jest';
import { DeleteTagsCommand, DescribeInstancesCommand, EC2Client, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListCommandInvocationsCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import type { BatchInstance, InstanceAt } from '../../../functions/domain/batch/batch-instance.ts';
import type { InstanceFacts } from '../../../functions/domain/model/instance.ts';
import { LEASE_TAG } from '../../../functions/domain/ownership/lease.ts';
import { createRestoreInstances } from '../../../functions/restore-instances/restore-instances.ts';
import { givenNoNeighbours } from '../../support/bucket.ts';
import {
  aBatch,
  anAttempt,
  anInstance,
  anInvocation,
  aWokenInstance,
  leaseValue,
  ours,
  stamp,
  wokenFacts,
} from '../../support/builders.ts';
import { aContext, aRuntime, callOrder, described, instanceIds, listed } from '../../support/functions.ts';
import { heldAt } from '../../support/looks.ts';

const ec2 = mockClient(EC2Client);
const s3 = mockClient(S3Client);
const ssm = mockClient(SSMClient);

const [FIRST = '', SECOND = '', THIRD = ''] = instanceIds(3);

/** Woken by us, updated, and its work ended at 02:10. */
const anUpdated = (changes: Partial<InstanceAt<'restore'>> = {}) =>
  aWokenInstance({ instanceId: FIRST, step: 'restore', stepSince: stamp('02:10'), outcome: 'updated', ...changes });

const awake = (changes: Partial<InstanceFacts> = {}) => wokenFacts({ instanceId: FIRST, ...changes });
const asleep = (changes: Partial<InstanceFacts> = {}) => awake({ state: 'stopped', ...changes });

const givenFacts = (...facts: InstanceFacts[]) => ec2.on(DescribeInstancesCommand).resolves(described(...facts));
const restoreAt = (time: string, ...instances: BatchInstance[]) =>
  createRestoreInstances(aRuntime(time, { RESTORE_DEADLINE_SECONDS: '1800' }))(aBatch(instances), aContext());
const stops = () => ec2.commandCalls(StopInstancesCommand).map(({ args: [{ input }] }) => input);

beforeEach(() => {
  ec2.reset();
  s3.reset();
  ssm.reset();
  ec2.on(StopInstancesCommand).resolves({});
  ec2.on(DeleteTagsCommand).resolves({});
  s3.on(PutObjectCommand).resolves({});
  givenNoNeighbours(ssm);
  ssm.on(ListCommandInvocationsCommand).resolves({});
});

describe('RestoreInstances, stopping', () => {
  it('stops what Reveille has started, and lets the lease stay until it is seen stopped', async () => {
    givenFacts(awake());

    const { instances } = await restoreAt('02:10:30', anUpdated());

    expect(stops()).toEqual([{ InstanceIds: [FIRST] }]);
    expect(instances[0]).toMatchObject({ step: 'restore', stopAcceptedAt: stamp('02:10:30') });
    expect(ec2).not.toHaveReceivedCommand(DeleteTagsCommand);
  });

  it('stops only held instances: what was running, or was handed over, is left as it is', async () => {
    const why = { code: 'started-by-others', text: 'someone else started it' };
    givenFacts(awake(), awake({ instanceId: SECOND, tags: {} }), awake({ instanceId: THIRD }));

    const { instances } = await restoreAt(
      '02:10:30',
      anUpdated(),
      anInstance({ instanceId: SECOND, step: 'restore', originalState: 'running', outcome: 'updated' }),
      anUpdated({ instanceId: THIRD, owner: { kind: 'others', attempts: [anAttempt()], reason: why } }),
    );

    expect(stops()).toEqual([{ InstanceIds: [FIRST] }]);
    expect(instances.slice(1)).toMatchObject([
      { step: 'settled', outcome: 'updated', finalState: 'running', reason: null },
      { step: 'settled', outcome: 'updated', finalState: 'handed-over', reason: why },
    ]);
  });

  it('hibernates what was hibernated, in a call of its own', async () => {
    givenFacts(awake(), awake({ instanceId: SECOND }), awake({ instanceId: THIRD }));

    await restoreAt(
      '02:10:30',
      anUpdated(),
      anUpdated({ instanceId: SECOND, originalState: 'hibernated' }),
      anUpdated({ instanceId: THIRD }),
    );

    expect(stops()).toEqual([{ InstanceIds: [FIRST, THIRD] }, { InstanceIds: [SECOND], Hibernate: true }]);
  });

  it('touches no instance whose work goes on', async () => {
    const working = [aWokenInstance(), aWokenInstance({ step: 'update' }), aWokenInstance({ step: 'verify' })];

    const { instances } = await restoreAt('02:10:30', ...working);

    expect(instances).toEqual(working);
    expect(callOrder(ec2, s3, ssm)).toEqual([]);
  });

  it('keeps waiting while a command may be running on it', async () => {
    const atWork = anUpdated({
      outcome: 'failed',
      commands: [{ commandId: 'command-1', sentAt: stamp('02:02'), endedAt: null }],
    });
    givenFacts(awake());
    ssm.on(ListCommandInvocationsCommand).resolves({ CommandInvocations: [listed({ ...RUNNING, instanceId: FIRST })] });

    const before = await restoreAt('02:46:59', atWork);
    expect(before.instances[0]).toMatchObject(atWork);
    expect(ec2).not.toHaveReceivedCommand(StopInstancesCommand);

    await restoreAt('02:47', atWork);
    expect(stops()).toEqual([{ InstanceIds: [FIRST] }]);
  });

  it('stops it as soon as that command has ended', async () => {
    const ended = { ...RUNNING, instanceId: FIRST, status: 'Failed', statusDetails: 'Failed', endedAt: stamp('02:12') };
    givenFacts(awake());
    ssm.on(ListCommandInvocationsCommand).resolves({
      CommandInvocations: [listed({ ...ended, output: 'Insufficient available disk space' })],
    });

    const { instances } = await restoreAt(
      '02:13',
      anUpdated({ commands: [{ commandId: 'command-1', sentAt: stamp('02:02'), endedAt: null }] }),
    );

    expect(stops()).toEqual([{ InstanceIds: [FIRST] }]);
    expect(heldAt('restore', instances[0]).commands[0]?.endedAt).toBe(stamp('02:12'));
  });

  it('does not stop what someone else has restarted: its boot is not ours, so our lease goes and it is handed over', async () => {
    givenFacts(awake({ launchTime: stamp('02:09') }));

    const { instances } = await restoreAt('02:10:30', anUpdated());

    expect(ec2).not.toHaveReceivedCommand(StopInstancesCommand);
    expect(ec2).toHaveReceivedCommandTimes(DeleteTagsCommand, 1);
    expect(instances[0]).toMatchObject({
      step: 'settled',
      finalState: 'handed-over',
      reason: { code: 'restarted-by-others' },
      restoredAt: null,
    });
  });

  it.each([
    ['removed', {}],
    ['changed', { [LEASE_TAG]: 'someone/else/holds/it' }],
  ])('does not stop what lost its lease: it was %s, so someone else took it over', async (how, tags) => {
    givenFacts(awake({ tags }));

    const { instances } = await restoreAt('02:10:30', anUpdated());

    expect(ec2).not.toHaveReceivedCommand(StopInstancesCommand);
    expect(ec2).not.toHaveReceivedCommand(DeleteTagsCommand);
    expect(instances[0]).toMatchObject({
      finalState: 'handed-over',
      reason: { code: 'lease-removed', text: expect.stringContaining(how) },
    });
  });
});

describe('RestoreInstances, settling', () => {
  const stopped = (changes: Partial<InstanceAt<'restore'>> = {}) =>
    anUpdated({ stopAcceptedAt: stamp('02:10:30'), ...changes });

  it('waits for stopped before the lease goes', async () => {
    givenFacts(awake({ state: 'stopping' }));

    const { instances } = await restoreAt('02:11', stopped());

    expect(instances).toMatchObject([stopped()]);
    expect(ec2).not.toHaveReceivedCommand(DeleteTagsCommand);
    expect(s3).not.toHaveReceivedCommand(PutObjectCommand);
  });

  it('removes the lease, key and value, once it is seen stopped, and stores the result', async () => {
    givenFacts(asleep());

    const { instances, counts } = await restoreAt('02:12', stopped());

    expect(ec2).toHaveReceivedCommandWith(DeleteTagsCommand, {
      Resources: [FIRST],
      Tags: [{ Key: LEASE_TAG, Value: leaseValue() }],
    });
    expect(instances[0]).toMatchObject({
      step: 'settled',
      outcome: 'updated',
      finalState: 'stopped',
      restoredAt: stamp('02:12'),
    });
    expect(counts.unsettled).toBe(0);
    expect(s3).toHaveReceivedCommandWith(PutObjectCommand, { Key: 'runs/run-1/results/0000.json' });
  });

  it('believes no "stopped" of before its start, whose reply was lost: it stops once more, and waits', async () => {
    givenFacts(asleep({ launchTime: '2026-12-05T06:00:00.000Z' }));

    const { instances } = await restoreAt('02:12', anUpdated({ owner: ours([anAttempt()], stamp('02:00:30')) }));

    expect(stops()).toEqual([{ InstanceIds: [FIRST] }]);
    expect(instances[0]).toMatchObject({ step: 'restore', stopAcceptedAt: stamp('02:12') });
    expect(ec2).not.toHaveReceivedCommand(DeleteTagsCommand);
  });

  it('sends no stop to what someone else has stopped: it could only hit someone’s next start', async () => {
    givenFacts(asleep());

    const { instances } = await restoreAt('02:12', anUpdated());

    expect(stops()).toEqual([]);
    expect(instances[0]).toMatchObject({ step: 'settled', finalState: 'stopped' });
  });

  it('releases each attempt’s lease in a call of its own, and never with an empty list of tags', async () => {
    const later = anAttempt({ attempt: 'attempt-2' });
    const owner = ours([later], stamp('02:00:30'));
    givenFacts(
      asleep(),
      asleep({ instanceId: SECOND }),
      asleep({ instanceId: THIRD, tags: { [LEASE_TAG]: leaseValue(later) } }),
    );

    await restoreAt('02:12', stopped(), stopped({ instanceId: SECOND }), stopped({ instanceId: THIRD, owner }));

    const untaggings = ec2.commandCalls(DeleteTagsCommand).map(({ args: [{ input }] }) => input);
    expect(untaggings).toEqual([
      { Resources: [FIRST, SECOND], Tags: [{ Key: LEASE_TAG, Value: leaseValue() }] },
      { Resources: [THIRD], Tags: [{ Key: LEASE_TAG, Value: leaseValue(later) }] },
    ]);
  });

  it('sees a hibernated one hibernated again', async () => {
    givenFacts(asleep({ stateReason: { code: 'Client.UserInitiatedHibernate', message: 'hibernated' } }));

    const { instances } = await restoreAt('02:12', stopped({ originalState: 'hibernated' }));

    expect(instances[0]).toMatchObject({ finalState: 'hibernated', outcome: 'updated', reason: null });
  });

  it('tells of a hibernation that fell back to a plain stop', async () => {
    givenFacts(asleep({ stateReason: { code: 'Client.UserInitiatedShutdown', message: 'stopped' } }));

    const { instances } = await restoreAt('02:12', stopped({ originalState: 'hibernated' }));

    expect(instances[0]).toMatchObject({ finalState: 'stopped', reason: { code: 'hibernation-lost' } });
  });

  it('stores the result whenever an instance is settled, with those that are still at work', async () => {
    givenFacts(asleep());

    const { counts } = await restoreAt('02:12', stopped(), aWokenInstance({ instanceId: SECOND, step: 'update' }));

    expect(counts.unsettled).toBe(1);
    const [put] = s3.commandCalls(PutObjectCommand);
    expect(JSON.parse(String(put?.args[0].input.Body))).toMatchObject({
      runId: 'run-1',
      batch: 0,
      writtenAt: stamp('02:12'),
      instances: [
        { instanceId: FIRST, step: 'settled' },
        { instanceId: SECOND, step: 'update' },
      ],
    });
  });

  it('settles what was terminated meanwhile as failed, whatever its update did', async () => {
    givenFacts(awake({ state: 'terminated' }));

    const { instances } = await restoreAt('02:12', anUpdated());

    expect(instances[0]).toMatchObject({
      step: 'settled',
      outcome: 'failed',
      reason: { code: 'terminated-in-run' },
      finalState: 'terminated',
    });
    expect(ec2).not.toHaveReceivedCommand(StopInstancesCommand);
  });
});

const RUNNING = anInvocation({ commandId: 'command-1', status: 'InProgress' });
