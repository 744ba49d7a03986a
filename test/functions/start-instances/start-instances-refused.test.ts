import { attemptsOf, wokenAtOf } from '../../../functions/domain/ownership/owner.ts';
import 'aws-sdk-client-mock-jest';
import { CreateTagsCommand, DescribeInstancesCommand, EC2Client, StartInstancesCommand } from '@aws-sdk/client-ec2';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import type { BatchInstance } from '../../../functions/domain/batch/batch-instance.ts';
import { createStartInstances } from '../../../functions/start-instances/start-instances.ts';
import { givenLock } from '../../support/bucket.ts';
import {
  aBatch,
  aLeasedInstance,
  anAttempt,
  anInstance,
  instanceFacts,
  leasedFacts,
  leaseValue,
  ours,
  stamp,
} from '../../support/builders.ts';
import {
  aContext,
  aContextWithTimeFor,
  aRuntime,
  awsError,
  described,
  instanceIds,
  leased,
  noCapacity,
  noSuchKey,
  throttled,
} from '../../support/functions.ts';
import { heldAt } from '../../support/looks.ts';

const ec2 = mockClient(EC2Client);
const s3 = mockClient(S3Client);

/** All instances are asleep; EC2 refuses every call that has one of `bad` in it, as StartInstances is all or nothing. */
function givenRefusals(ids: string[], bad: string[], error: () => Error): void {
  ec2.on(DescribeInstancesCommand).resolves(described(...ids.map((instanceId) => leasedFacts({ instanceId }))));
  ec2.on(CreateTagsCommand).resolves({});
  ec2.on(StartInstancesCommand).callsFake(({ InstanceIds }: { InstanceIds: string[] }) => {
    if (InstanceIds.some((id) => bad.includes(id))) throw error();
    return { StartingInstances: InstanceIds.map((InstanceId) => ({ InstanceId, PreviousState: { Name: 'stopped' } })) };
  });
}

const refused = () => awsError('InvalidParameterValue', 'Instance does not have a volume attached at root (/dev/sda1)');

const startAt = (time: string, instances: BatchInstance[], context = aContext()) =>
  createStartInstances(aRuntime(time, { START_DEADLINE_SECONDS: '1800' }))(aBatch(instances), context);

const sleepers = (ids: string[]) => ids.map((instanceId) => aLeasedInstance({ instanceId }));

beforeEach(() => {
  ec2.reset();
  s3.reset();
  s3.on(PutObjectCommand).resolves({});
  s3.on(ListObjectsV2Command).resolves({});
  s3.on(GetObjectCommand).rejects(noSuchKey());
  givenLock(s3);
});

describe('StartInstances, when EC2 refuses', () => {
  it('finds the bad ones by halving: only they fail, and 48 neighbours wake up', async () => {
    const ids = instanceIds(50);
    const bad = [ids[7], ids[33]].flatMap((id) => id ?? []);
    givenRefusals(ids, bad, refused);

    const { instances, counts } = await startAt('02:00', sleepers(ids));

    expect(counts).toMatchObject({ start: 0, readiness: 48, restore: 2 });
    const failed = instances.filter(({ step }) => step === 'restore').map((one) => heldAt('restore', one));
    expect(failed.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
    expect(failed.map(({ instanceId }) => instanceId)).toEqual(bad);
    expect(failed[0]?.reason).toEqual({
      code: 'start-refused',
      text: expect.stringContaining('StartInstances: InvalidParameterValue: Instance does not have a volume'),
      awsError: { call: 'StartInstances', code: 'InvalidParameterValue' },
    });
    expect(ec2.commandCalls(StartInstancesCommand).length).toBeLessThanOrEqual(2 * 12 + 4);
  });

  it('keeps the attempt on one that was refused: its lease is on it, and has to go', async () => {
    const ids = instanceIds(2);
    givenRefusals(ids, ids.slice(0, 1), refused);

    const { instances } = await startAt('02:00', sleepers(ids));

    expect(instances[0]).toMatchObject({
      step: 'restore',
      owner: { attempts: [{ attempt: 'attempt-1' }], wokenAt: null },
    });
  });

  it('fails none where all are refused: any of them may be to blame, until their time is over', async () => {
    const ids = instanceIds(4);
    givenRefusals(ids, ids, refused);

    const waiting = await startAt('02:29:59', sleepers(ids));
    const over = await startAt('02:30', sleepers(ids));

    expect(waiting.counts).toMatchObject({ restore: 0, unsettled: 4 });
    const reasons = over.instances.map((instance) => heldAt('restore', instance).reason);
    expect(reasons.map((why) => why?.code)).toEqual(ids.map(() => 'start-refused'));
    expect(reasons[0]?.text).toMatch(/root .*tried again for 30 minutes/);
  });

  it('tries again later where there is no capacity, and lets the others go on', async () => {
    const [scarce = '', other = ''] = instanceIds(2);
    givenRefusals([scarce, other], [scarce], noCapacity);

    const { instances, counts } = await startAt('02:00', sleepers([scarce, other]));

    expect(instances[0]).toMatchObject({
      step: 'start',
      retryAt: stamp('02:02'),
      lastRefusal: expect.stringContaining('InsufficientInstanceCapacity'),
    });
    expect(instances[1]).toMatchObject({ step: 'readiness' });
    expect(counts).toMatchObject({ start: 0, readiness: 1, unsettled: 2 });
  });

  it('counts in its log what those wait for that are not started yet', async () => {
    const [scarce = '', waiting = '', stopping = '', other = ''] = instanceIds(4);
    givenRefusals([scarce, waiting, stopping, other], [scarce], noCapacity);
    const facts = [scarce, waiting, other].map((instanceId) => leasedFacts({ instanceId }));
    const inTransition = instanceFacts({ instanceId: stopping, state: 'stopping' });
    ec2.on(DescribeInstancesCommand).resolves(described(...facts, inTransition));
    const batch = aBatch([
      aLeasedInstance({ instanceId: scarce }),
      aLeasedInstance({ instanceId: waiting, retryAt: stamp('02:01') }),
      anInstance({ instanceId: stopping }),
      aLeasedInstance({ instanceId: other }),
    ]);
    const runtime = aRuntime('02:00');

    await createStartInstances(runtime)(batch, aContext());

    expect(runtime.logger.info).toHaveBeenCalledWith(
      'StartInstances has looked',
      expect.objectContaining({ waiting: { 'waiting-to-start': 1, 'waiting-for-capacity': 1, stopping: 1 } }),
    );
  });

  it('claims no boot in the window of a start that was refused, or never tried', async () => {
    const ids = instanceIds(3);
    givenRefusals(ids, [ids[1] ?? ''], noCapacity);
    // The time left is looked at for all three, and for the second one alone: then it is nearly up.
    const { instances } = await startAt('02:00', sleepers(ids), aContextWithTimeFor(2));

    const none = [anAttempt({ startBy: stamp('02:00') })];
    expect(instances.map(({ owner }) => attemptsOf(owner))).toEqual([none, none, none]);
    expect(instances.map(({ step }) => step)).toEqual(['start', 'start', 'start']);
  });

  it('leaves it alone until its time has come', async () => {
    const ids = instanceIds(1);
    givenRefusals(ids, [], noCapacity);
    const waiting = sleepers(ids).map((instance) => ({
      ...instance,
      retryAt: stamp('02:02'),
      owner: ours([anAttempt()]),
    }));

    const { instances } = await startAt('02:01:30', waiting);

    expect(instances).toEqual(waiting);
    expect(ec2).not.toHaveReceivedCommand(StartInstancesCommand);
  });

  it('starts it in a later pass, with a record of that attempt, and leases it again only if its lease is gone', async () => {
    const ids = instanceIds(1);
    givenRefusals(ids, [], noCapacity);
    const waiting = sleepers(ids).map((instance) => ({
      ...instance,
      retryAt: stamp('02:02'),
      owner: ours([anAttempt()]),
    }));

    const { instances } = await startAt('02:02:05', waiting, aContext({ attempt: 'attempt-2' }));

    expect(instances[0]).toMatchObject({
      step: 'readiness',
      owner: { attempts: [{ attempt: 'attempt-2', recordedAt: stamp('02:02:05') }], wokenAt: stamp('02:02:05') },
    });
    expect(s3).toHaveReceivedCommandWith(PutObjectCommand, { Key: 'runs/run-1/records/child-1/attempt-2.json' });
    expect(ec2).not.toHaveReceivedCommand(CreateTagsCommand);

    ec2.on(DescribeInstancesCommand).resolves(described(...ids.map((instanceId) => instanceFacts({ instanceId }))));
    const stripped = await startAt('02:02:05', waiting, aContext({ attempt: 'attempt-2' }));
    expect(stripped.counts).toMatchObject({ start: 0, preflight: 1 });
  });

  it('takes a boot in between for someone else’s: the reply to its own start was a refusal', async () => {
    const [id = ''] = instanceIds(1);
    givenRefusals([id], [], noCapacity);
    const launchedInWindow = instanceFacts({
      instanceId: id,
      state: 'running',
      launchTime: stamp('02:00:30'),
      tags: leased(leaseValue()),
    });
    ec2.on(DescribeInstancesCommand).resolves(described(launchedInWindow));
    const waiting = sleepers([id]).map((instance) => ({
      ...instance,
      retryAt: stamp('02:02'),
      owner: ours([anAttempt({ startBy: stamp('02:00') })]),
    }));

    const { instances } = await startAt('02:02:05', waiting, aContext({ attempt: 'attempt-2' }));

    expect(instances[0]).toMatchObject({ owner: { kind: 'others', reason: { code: 'started-by-others' } } });
  });

  it('gives up at the deadline, and says how long it tried', async () => {
    const ids = instanceIds(1);
    givenRefusals(ids, ids, noCapacity);

    const { instances } = await startAt('02:30', sleepers(ids));

    expect(instances[0]).toMatchObject({
      step: 'restore',
      outcome: 'failed',
      reason: { code: 'no-capacity', text: expect.stringContaining('30 minutes') },
    });
  });

  it('leaves those untried for which no time is left: they still await their start', async () => {
    const ids = instanceIds(4);
    givenRefusals(ids, [ids[2] ?? ''], refused);
    // The time left is looked at for all four, and for the third and the last one alone: then it is nearly up.
    const { instances } = await startAt('02:00', sleepers(ids), aContextWithTimeFor(3));

    expect(instances.map(({ step }) => step)).toEqual(['start', 'start', 'restore', 'readiness']);
    const untried = instances.filter(({ step }) => step === 'start');
    expect(untried.every(({ owner }) => wokenAtOf(owner) === null)).toBe(true);
  });

  it('starts no instance without its lease when time runs out before the lease', async () => {
    const ids = instanceIds(2);
    givenRefusals(ids, [], refused);

    const unleased = ids.map((instanceId) => anInstance({ instanceId }));
    const { counts } = await startAt('02:00', unleased, aContext({ remainingSeconds: 5 }));

    expect(counts.start).toBe(2);
    expect(ec2).not.toHaveReceivedCommand(CreateTagsCommand);
    expect(ec2).not.toHaveReceivedCommand(StartInstancesCommand);
  });

  it('does not halve when EC2 is throttled: that is no instance’s fault, and is tried again as a whole', async () => {
    const ids = instanceIds(8);
    givenRefusals(ids, ids, throttled);

    const { instances } = await startAt('02:00', sleepers(ids));

    expect(instances).toHaveLength(8);
    for (const one of instances) {
      expect(one).toMatchObject({ step: 'start', retryAt: stamp('02:00:30') });
      // Nothing was done: no boot can be this attempt's.
      expect(one.owner).toMatchObject({ attempts: [{ recordedAt: stamp('02:00'), startBy: stamp('02:00') }] });
    }
    expect(ec2).toHaveReceivedCommandTimes(StartInstancesCommand, 1);
  });
});
