import 'aws-sdk-client-mock-jest';
import { DescribeInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { ListCommandsCommand } from '@aws-sdk/client-ssm';
import { aReconcilerLock, aRecord, aRunLock, executionArnOf, givenLock, LOCK_ETAG } from '../../support/bucket.ts';
import { at, instanceFacts, leaseValue, stamp, wokenFacts } from '../../support/builders.ts';
import {
  aContext,
  awsError,
  contentOf,
  described,
  instanceIds,
  leased,
  mockClients,
  stored,
  throttled,
} from '../../support/functions.ts';
import {
  ABORTED,
  givenAbortedRun,
  givenCarriers,
  measured,
  metrics,
  reconcile,
  SCHEDULE,
} from '../../support/reconciling.ts';

const mocks = mockClients();
const { ec2, s3, sfn, ssm } = mocks;

const [FIRST = '', SECOND = ''] = instanceIds(2);
const ofRun0 = 'reveille-update-agents/run-0/child-0/attempt-0';
const stops = () => ec2.commandCalls(StopInstancesCommand).map(({ args: [{ input }] }) => input.InstanceIds);
const lockPuts = () => s3.commandCalls(PutObjectCommand, { Key: 'lock.json' }).map(({ args: [{ input }] }) => input);

beforeEach(() => {
  givenAbortedRun(mocks);
  givenCarriers(mocks, [wokenFacts({ instanceId: FIRST })], [aRecord([FIRST])]);
});

describe('ReconcileLeases, and the lock', () => {
  it('takes a free one, acts, and lets it go', async () => {
    expect(await reconcile('03:00')).toMatchObject({ lock: 'free', instances: [{ action: 'stopping' }] });

    expect(lockPuts()).toMatchObject([{ IfNoneMatch: '*' }]);
    expect(contentOf(lockPuts()[0]?.Body)).toEqual({
      kind: 'reconciler',
      requestId: 'pass-1',
      takenAt: stamp('03:00'),
      expiresAt: stamp('03:01'),
    });
    expect(s3).toHaveReceivedCommandWith(DeleteObjectCommand, { Key: 'lock.json', IfMatch: LOCK_ETAG });
  });

  it.each([
    ['a dead run', aRunLock()],
    ['a dead pass', aReconcilerLock('02:50', '02:51')],
  ])('takes that of %s, and only the version that it has judged', async (_who, lock) => {
    givenLock(s3, lock);

    expect(await reconcile('03:00')).toMatchObject({ lock: 'dead', instances: [{ action: 'stopping' }] });
    expect(lockPuts()).toMatchObject([{ IfMatch: LOCK_ETAG }]);
  });

  it.each([
    ['a run that lives', aRunLock({ runId: 'run-2' }), 'alive'],
    ['a run that has just ended', aRunLock({ runId: 'run-3' }), 'ending'],
    ['another pass', aReconcilerLock('02:59:30', '03:00:30'), 'ending'],
  ])('does nothing while it is with %s', async (_who, lock, life) => {
    sfn.on(DescribeExecutionCommand, { executionArn: executionArnOf('run-2') }).resolves({ status: 'RUNNING' });
    sfn
      .on(DescribeExecutionCommand, { executionArn: executionArnOf('run-3') })
      .resolves({ status: 'ABORTED', stopDate: at('02:59') });
    givenLock(s3, lock);

    expect(await reconcile('03:00')).toMatchObject({ lock: life, openLeases: 1, instances: [] });
    expect(stops()).toEqual([]);
    expect(lockPuts()).toEqual([]);
    expect(s3).not.toHaveReceivedCommand(DeleteObjectCommand);
  });

  it('looks again under the lock: a run that was redriven meanwhile is left alone, and the lock let go', async () => {
    sfn
      .on(DescribeExecutionCommand, { executionArn: executionArnOf('run-1') })
      .resolvesOnce({ status: 'ABORTED', stopDate: at('02:30') })
      .resolves({ status: 'RUNNING' });

    expect(await reconcile('03:00')).toMatchObject({ lock: 'free', openLeases: 1, instances: [] });
    expect(stops()).toEqual([]);
    expect(s3).toHaveReceivedCommandWith(DeleteObjectCommand, { Key: 'lock.json', IfMatch: LOCK_ETAG });
  });

  it.each([
    ['with', [FIRST]],
    ['without', []],
  ])(
    'leaves a run its lock that was redriven while the leases were read, %s an orphan of another run',
    async (_what, ids) => {
      givenCarriers(
        mocks,
        ids.map((instanceId) => wokenFacts({ instanceId })),
        ids.length === 0 ? [] : [aRecord(ids)],
      );
      givenLock(s3, aRunLock({ runId: 'run-2' }));
      sfn
        .on(DescribeExecutionCommand, { executionArn: executionArnOf('run-2') })
        .resolvesOnce({ status: 'ABORTED', stopDate: at('02:30') })
        .resolves({ status: 'RUNNING' });

      expect(await reconcile('03:00')).toMatchObject({ lock: 'dead', instances: [] });
      expect(stops()).toEqual([]);
      expect(lockPuts()).toEqual([]);
      expect(s3).not.toHaveReceivedCommand(DeleteObjectCommand);
    },
  );

  it('restores nothing where it can not look again, lets it go, and goes on', async () => {
    const seen = described(wokenFacts({ instanceId: FIRST }));
    ec2.on(DescribeInstancesCommand).resolvesOnce(seen).rejects(throttled());

    expect(await reconcile('03:00')).toMatchObject({ openLeases: 1, instances: [] });
    expect(stops()).toEqual([]);
    expect(s3).toHaveReceivedCommandWith(DeleteObjectCommand, { Key: 'lock.json', IfMatch: LOCK_ETAG });
  });

  it('does nothing where another was quicker', async () => {
    s3.on(PutObjectCommand, { Key: 'lock.json' }).rejects(awsError('PreconditionFailed', 'no', 412));

    expect((await reconcile('03:00')).instances).toEqual([]);
    expect(stops()).toEqual([]);
  });

  it('frees the lock of a dead run that has left nothing else', async () => {
    givenCarriers(mocks, [], []);
    givenLock(s3, aRunLock());

    await reconcile('03:00');

    expect(s3).toHaveReceivedCommandWith(DeleteObjectCommand, { Key: 'lock.json', IfMatch: LOCK_ETAG });
    expect(lockPuts()).toEqual([]);
  });

  it('leaves a lock alone that a run has taken meanwhile', async () => {
    s3.on(PutObjectCommand, { Key: 'lock.json' }).callsFake(() => {
      givenLock(s3, aRunLock({ runId: 'run-9' }));
      return {};
    });

    await reconcile('03:00');

    expect(s3).not.toHaveReceivedCommand(DeleteObjectCommand);
  });

  it('lets it go also where nothing could be restored, and goes on with the next dead run', async () => {
    givenCarriers(
      mocks,
      [wokenFacts({ instanceId: SECOND, tags: leased(ofRun0) }), wokenFacts({ instanceId: FIRST })],
      [aRecord([FIRST]), aRecord([SECOND], { runId: 'run-0', child: 'child-0', attempt: 'attempt-0' })],
    );
    ssm.on(ListCommandsCommand).rejectsOnce(throttled()).resolves({});

    const { instances } = await reconcile('03:00');

    expect(instances.map(({ instanceId }) => instanceId)).toEqual([FIRST]);
    expect(stops()).toEqual([[FIRST]]);
    expect(s3).toHaveReceivedCommandWith(DeleteObjectCommand, { Key: 'lock.json' });
  });

  it('has done what it has done, though it can not let go: the lock ends with it', async () => {
    s3.on(DeleteObjectCommand).rejects(throttled());

    expect((await reconcile('03:00')).instances).toMatchObject([{ action: 'stopping' }]);
    expect(metrics.publishStoredMetrics).toHaveBeenCalled();
  });

  it('stops nothing once its time is over, and lets go', async () => {
    const { instances } = await reconcile('03:00', SCHEDULE, aContext({ attempt: 'pass-1', remainingSeconds: 5 }));

    expect(instances).toEqual([]);
    expect(stops()).toEqual([]);
    expect(s3).toHaveReceivedCommandWith(DeleteObjectCommand, { Key: 'lock.json' });
  });
});

describe('ReconcileLeases, called for an execution that has ended', () => {
  it('asks to be called again while leases are open; the schedule just comes again', async () => {
    await expect(reconcile('03:00', ABORTED)).rejects.toMatchObject({
      name: 'LeasesOpen',
      message: 'not every lease can be settled yet: 1 still open',
    });
    expect(stops()).toEqual([[FIRST]]);
    expect(metrics.publishStoredMetrics).toHaveBeenCalledTimes(1);

    await expect(reconcile('03:15')).resolves.toMatchObject({ openLeases: 1 });
  });

  it('counts only those that are still open after this pass', async () => {
    const asleep = instanceFacts({ instanceId: SECOND, tags: leased(leaseValue()) });
    givenCarriers(mocks, [wokenFacts({ instanceId: FIRST }), asleep], [aRecord([FIRST, SECOND])]);

    await expect(reconcile('03:00', ABORTED)).rejects.toMatchObject({
      message: 'not every lease can be settled yet: 1 still open',
    });
  });

  it('asks so while the run that holds the lock is ending, though no lease is open', async () => {
    givenCarriers(mocks, [], []);
    givenLock(s3, aRunLock());
    sfn.on(DescribeExecutionCommand).resolves({ status: 'ABORTED', stopDate: at('02:59') });

    await expect(reconcile('03:00', ABORTED)).rejects.toMatchObject({
      name: 'LeasesOpen',
      message: 'the holder of the lock has just ended: what it leaves behind is not known yet',
    });
  });

  it('is content once every instance is back', async () => {
    givenCarriers(mocks, [instanceFacts({ instanceId: FIRST, tags: leased(leaseValue()) })], [aRecord([FIRST])]);

    await expect(reconcile('03:00', ABORTED)).resolves.toMatchObject({ instances: [{ action: 'restored' }] });
  });

  it.each([
    {},
    null,
    'schedule',
    { trigger: 'other' },
    { ...ABORTED, 'detail-type': 'EC2' },
    { ...ABORTED, detail: {} },
  ])('takes no other event: %j', async (event) => {
    await expect(reconcile('03:00', event)).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringContaining('ReconcileLeases'),
    });
    expect([...ec2.calls(), ...s3.calls()]).toEqual([]);
  });
});

describe('ReconcileLeases, measuring', () => {
  const givenLastRun = (endedAt: string) =>
    s3.on(GetObjectCommand, { Key: 'last-complete-run.json' }).resolves(stored({ runId: 'run-0', endedAt }));

  it('counts leases that are open, the age of the oldest, those that hold nothing, and the days without a run', async () => {
    const forged = leased(leaseValue({ attempt: 'forged' }));
    givenCarriers(
      mocks,
      [wokenFacts({ instanceId: FIRST }), wokenFacts({ instanceId: SECOND, tags: forged })],
      [aRecord([FIRST])],
    );
    givenLastRun('2026-11-06T15:00:00.000Z');

    await reconcile('03:00');

    expect(measured()).toMatchObject({
      OpenLeases: 1,
      OldestLeaseAge: 3600,
      IgnoredLeases: 1,
      DaysSinceLastCompleteRun: 29.5,
    });
  });

  it('counts nothing where nothing is, and begins to count the days', async () => {
    givenCarriers(mocks, [], []);

    await reconcile('03:00');

    expect(measured()).toMatchObject({
      OpenLeases: 0,
      OldestLeaseAge: 0,
      IgnoredLeases: 0,
      DaysSinceLastCompleteRun: 0,
    });
    const [put] = s3.commandCalls(PutObjectCommand, { Key: 'last-complete-run.json' });
    expect(put?.args[0].input.IfNoneMatch).toBe('*');
    expect(contentOf(put?.args[0].input.Body)).toEqual({ runId: null, endedAt: stamp('03:00') });
  });

  it('leaves the day of the last run as it is', async () => {
    givenLastRun(stamp('02:00'));

    await reconcile('03:00');

    expect(s3).not.toHaveReceivedCommandWith(PutObjectCommand, { Key: 'last-complete-run.json' });
  });

  it('measures nothing where EC2 does not answer, and says so', async () => {
    ec2.on(DescribeInstancesCommand).rejects(throttled());

    await expect(reconcile('03:00')).rejects.toMatchObject({ name: 'AwsUnavailable' });
    expect(metrics.publishStoredMetrics).not.toHaveBeenCalled();
  });
});
