import { attemptsOf } from '../../../functions/domain/ownership/owner.ts';
import 'aws-sdk-client-mock-jest';
import { CreateTagsCommand, DescribeInstancesCommand, EC2Client, StartInstancesCommand } from '@aws-sdk/client-ec2';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import {
  DescribeInstanceInformationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import type { BatchInstance } from '../../../functions/domain/batch/batch-instance.ts';
import { startRecordSchema } from '../../../functions/domain/ownership/start-record.ts';
import { decideRestore } from '../../../functions/domain/steps/restore.ts';
import { createStartInstances } from '../../../functions/start-instances/start-instances.ts';
import { createUpdateAgent } from '../../../functions/update-agent/update-agent.ts';
import { aReconcilerLock, aRecord, aRunLock, completed, givenLock, givenRecords } from '../../support/bucket.ts';
import {
  aBatch,
  aLeasedInstance,
  anAttempt,
  anInstance,
  aRun,
  at,
  aWokenInstance,
  ENDS,
  leasedFacts,
  leaseValue,
  OLD,
  ours,
  restoreCase,
  stamp,
  wokenFacts,
} from '../../support/builders.ts';
import { aContext, aRuntime, callOrder, contentOf, described, instanceIds, leased } from '../../support/functions.ts';
import { heldAt } from '../../support/looks.ts';

const ec2 = mockClient(EC2Client);
const s3 = mockClient(S3Client);
const sfn = mockClient(SFNClient);
const ssm = mockClient(SSMClient);

const [FIRST = '', SECOND = ''] = instanceIds(2);
const OF_RUN_0 = 'reveille-update-agents/run-0/child-0/attempt-0';
const ENDS_OF_RUN_0 = { sendUntil: stamp('04:15'), stopUntil: stamp('05:30') };
const start = (instances: BatchInstance[], { time = '03:00', run = {}, environment = {} } = {}) =>
  createStartInstances(aRuntime(time, environment))(
    aBatch(instances, { run: aRun(run) }),
    aContext({ attempt: 'attempt-9' }),
  );
const sleepers = (...ids: string[]) => ids.map((instanceId) => anInstance({ instanceId }));
const leasedSleepers = (...ids: string[]) => ids.map((instanceId) => aLeasedInstance({ instanceId }));
const KEY = 'runs/run-1/records/child-1/attempt-9.json';
const records = () => s3.commandCalls(PutObjectCommand, { Key: KEY }).map(({ args: [{ input }] }) => input);
const record = () => startRecordSchema.parse(contentOf(records()[0]?.Body));
const started = () => ec2.commandCalls(StartInstancesCommand).map(({ args: [{ input }] }) => input.InstanceIds);

beforeEach(() => {
  for (const mock of [ec2, s3, sfn, ssm]) mock.reset();
  givenRecords(s3);
  s3.on(PutObjectCommand).resolves({});
  ec2
    .on(DescribeInstancesCommand)
    .resolves(described(leasedFacts({ instanceId: FIRST }), leasedFacts({ instanceId: SECOND })));
  ec2.on(CreateTagsCommand).resolves({});
  ec2.on(StartInstancesCommand).callsFake(({ InstanceIds }: { InstanceIds: string[] }) => ({
    StartingInstances: InstanceIds.map((InstanceId) => ({ InstanceId, PreviousState: { Name: 'stopped' } })),
  }));
  sfn.on(DescribeExecutionCommand).resolves({ status: 'ABORTED', stopDate: at('02:30') });
  ssm.on(ListCommandsCommand).resolves({});
  ssm.on(ListCommandInvocationsCommand).resolves({});
  ssm.on(DescribeInstanceInformationCommand).resolves({});
  ssm.on(SendCommandCommand).resolves({ Command: { CommandId: 'command-1' } });
});

const LOST = [
  ['another run', aRunLock({ runId: 'run-2' })],
  ['a run of the same name, months later', aRunLock({ startedAt: '2027-05-06T02:00:00.000Z' })],
  ['the reconciler', aReconcilerLock('02:59', '03:01')],
  ['no one', null],
] as const;

describe('a run that has lost its lock', () => {
  it.each(LOST)('leases no instance and starts none: the lock is with %s', async (_who, lock) => {
    givenLock(s3, lock);

    const { instances } = await start(sleepers(FIRST, SECOND));

    expect(instances).toMatchObject([
      { step: 'restore', outcome: 'failed', reason: { code: 'lock-lost' }, owner: { kind: 'none' } },
      { step: 'restore', outcome: 'failed', reason: { code: 'lock-lost' }, owner: { kind: 'none' } },
    ]);
    expect(callOrder(ec2)).toEqual(['DescribeInstances']);
    expect(s3).not.toHaveReceivedCommand(PutObjectCommand);
  });

  it('still knows which instance it had leased: that one is restored', async () => {
    givenLock(s3, null);
    givenRecords(s3, aRecord([FIRST]));
    givenLock(s3, null);

    const { instances } = await start(sleepers(FIRST));

    expect(instances[0]).toMatchObject({ reason: { code: 'lock-lost' }, owner: ours([anAttempt()]) });
  });

  it('knows of a lost attempt after one that was refused, and stops what that has started', async () => {
    const refused = anAttempt({ startBy: anAttempt().recordedAt });
    const lost = anAttempt({ attempt: 'attempt-2', recordedAt: stamp('02:59'), startBy: stamp('02:59:23') });
    givenRecords(s3, aRecord([FIRST]), aRecord([FIRST], lost));
    givenLock(s3, null);
    const tried = anInstance({ instanceId: FIRST, owner: ours([refused]) });
    const batch = aBatch([tried], { attempts: ['attempt-1'] });

    const { instances } = await createStartInstances(aRuntime('03:00'))(batch, aContext({ attempt: 'attempt-9' }));

    const failed = heldAt('restore', instances[0]);
    expect(failed).toMatchObject({ reason: { code: 'lock-lost' }, owner: ours([lost, refused]) });
    const launched = wokenFacts({ instanceId: FIRST, launchTime: stamp('02:59:10') });
    expect(decideRestore(restoreCase(failed, launched, { now: at('03:01') }))).toMatchObject({ action: 'stop' });
  });

  it.each(LOST)('sends no command: it is with %s', async (_who, lock) => {
    givenLock(s3, lock);
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts()));
    const ready = aWokenInstance({ step: 'update', stepSince: stamp('02:02'), versionBefore: OLD });

    const { instances } = await createUpdateAgent(aRuntime('02:02:10'))(aBatch([ready]), aContext());

    expect(instances[0]).toMatchObject({
      step: 'restore',
      outcome: 'failed',
      reason: { code: 'lock-lost' },
      commands: [],
    });
    expect(ssm).not.toHaveReceivedCommand(SendCommandCommand);
  });

  it('goes on following what it has sent', async () => {
    givenLock(s3, null);
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts()));
    const commands = [{ commandId: 'command-1', sentAt: stamp('02:02:10'), endedAt: null }];
    const updating = aWokenInstance({ step: 'update', stepSince: stamp('02:02'), versionBefore: OLD, commands });

    const { instances } = await createUpdateAgent(aRuntime('02:03'))(aBatch([updating]), aContext());

    expect(instances).toEqual([updating]);
    expect(s3.calls()).toEqual([]);
  });
});

describe('StartInstances, taking over what a dead run has left awake', () => {
  beforeEach(() => {
    const other = { runId: 'run-0', child: 'child-0', attempt: 'attempt-0' };
    const record = aRecord([FIRST], other);
    const instances = record.instances.map((one) => ({ ...one, ...ENDS_OF_RUN_0 }));
    givenRecords(s3, { ...record, instances });
    ec2
      .on(DescribeInstancesCommand)
      .resolves(
        described(wokenFacts({ instanceId: FIRST, tags: leased(OF_RUN_0) }), leasedFacts({ instanceId: SECOND })),
      );
  });

  it('keeps the ends of the run that had started it, in its record and from then on', async () => {
    const { instances } = await start(sleepers(FIRST, SECOND));

    expect(record().instances).toMatchObject([ENDS_OF_RUN_0, ENDS]);
    expect(instances).toMatchObject([ENDS_OF_RUN_0, ENDS]);
  });

  it('writes a record of its own and changes the lease, and starts only those that sleep with its own', async () => {
    const { instances } = await start([...sleepers(FIRST), ...leasedSleepers(SECOND)]);

    expect(ec2).toHaveReceivedCommandWith(CreateTagsCommand, {
      Resources: [FIRST],
      Tags: [{ Key: 'reveille:lease', Value: leaseValue({ attempt: 'attempt-9' }) }],
    });
    expect(started()).toEqual([[SECOND]]);
    const dead = { attempt: 'attempt-0', recordedAt: stamp('02:00'), startBy: stamp('02:01') };
    expect(record().instances).toMatchObject([
      { instanceId: FIRST, originalState: 'stopped', adopted: [dead] },
      { instanceId: SECOND, adopted: [] },
    ]);
    expect(instances).toMatchObject([
      {
        step: 'readiness',
        owner: { kind: 'reveille', attempts: [{ attempt: 'attempt-9' }, dead], wokenAt: stamp('03:00') },
      },
      { step: 'readiness', owner: { attempts: [{ startBy: stamp('03:00:05') }], wokenAt: stamp('03:00') } },
    ]);
    // Its own start was none: a boot from now on is someone else's.
    const [own] = attemptsOf(instances[0]?.owner ?? { kind: 'none' });
    expect(own?.startBy).toBe(own?.recordedAt);
  });

  it('needs its lock for that, too', async () => {
    givenLock(s3, aRunLock({ runId: 'run-2' }));

    const { instances } = await start(sleepers(FIRST));

    expect(instances[0]).toMatchObject({ reason: { code: 'lock-lost' }, owner: { kind: 'none' } });
    expect(ec2).not.toHaveReceivedCommand(CreateTagsCommand);
  });

  it('leaves out an instance that a live run holds by now', async () => {
    sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' });

    const { instances } = await start(sleepers(FIRST));

    expect(instances[0]).toMatchObject({
      step: 'restore',
      outcome: 'excluded',
      reason: { code: 'busy' },
      owner: { kind: 'none' },
    });
    expect(callOrder(ec2)).toEqual(['DescribeInstances']);
  });

  it('asks about no lease of its own child: what it did is in its records', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ instanceId: FIRST })));

    await start(sleepers(FIRST));

    expect(sfn).not.toHaveReceivedCommand(DescribeExecutionCommand);
  });

  it('asks about leases of another child of the same run', async () => {
    givenRecords(s3, aRecord([FIRST], { child: 'child-2' }));
    const tags = leased(leaseValue().replace('child-1', 'child-2'));
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ instanceId: FIRST, tags })));

    await start(sleepers(FIRST));

    expect(sfn).toHaveReceivedCommandTimes(DescribeExecutionCommand, 2);
  });
});

describe('StartInstances, finding an instance awake', () => {
  const givenAwake = () =>
    ec2.on(StartInstancesCommand).callsFake(({ InstanceIds }: { InstanceIds: string[] }) => ({
      StartingInstances: InstanceIds.map((InstanceId) => ({
        InstanceId,
        PreviousState: { Name: InstanceId === FIRST ? 'running' : 'stopped' },
      })),
    }));

  const secondWrite = () => startRecordSchema.parse(contentOf(records().at(-1)?.Body));

  it('writes into its record what it leaves to others: later readers of the record can’t know what EC2 said', async () => {
    givenAwake();

    await start(leasedSleepers(FIRST, SECOND));

    expect(secondWrite()).toEqual(completed(record(), { [SECOND]: stamp('03:00:05') }, { [SECOND]: stamp('03:00') }));
  });

  it('writes that no boot after EC2’s answer can be its own, but for a margin between clocks', async () => {
    const { instances } = await start(leasedSleepers(FIRST, SECOND));

    const startBy = stamp('03:00:05');
    const repliedAt = stamp('03:00');
    const replies = { [FIRST]: repliedAt, [SECOND]: repliedAt };
    expect(secondWrite()).toEqual(completed(record(), { [FIRST]: startBy, [SECOND]: startBy }, replies));
    expect(instances).toMatchObject([{ owner: { attempts: [{ startBy }] } }, { owner: { attempts: [{ startBy }] } }]);
  });
});

describe('StartInstances, short of time', () => {
  it.each([
    ['03:10', ['preflight', 'readiness']],
    ['03:09:59', ['restore', 'restore']],
  ])('leases and starts only what has ten minutes for its boot before %s', async (sendUntil, steps) => {
    const members = [...sleepers(FIRST), ...leasedSleepers(SECOND)].map((one) => ({
      ...one,
      sendUntil: stamp(sendUntil),
    }));
    const { instances } = await start(members);

    expect(instances.map(({ step }) => step)).toEqual(steps);
    expect(started()).toEqual(steps[0] === 'restore' ? [] : [[SECOND]]);
  });
});
