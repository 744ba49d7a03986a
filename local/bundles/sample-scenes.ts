import assert from 'node:assert/strict';
import { type Batch, leaseholderOf } from '../../functions/domain/batch/batch.ts';
import { manifestSchema } from '../../functions/domain/listing/manifest.ts';
import { manifestKey, recordKey, reportKey, resultKey } from '../../functions/domain/model/object-keys.ts';
import { formatLease, LEASE_TAG } from '../../functions/domain/ownership/lease.ts';
import { attemptsOf } from '../../functions/domain/ownership/owner.ts';
import { reportSchema } from '../../functions/domain/report/report.ts';
import { asBatch, heldInSamples, samples } from './samples.ts';
import { heldAt, heldIn, LAG_MILLISECONDS, machineOf, pingAfter, type Scene, startedAsIn, stored } from './scene.ts';

const { instanceId: heldId, newest } = heldInSamples();

const { run } = asBatch(samples.start);

/** A scene on the conveyor: its sample says of which moment it is. */
const onConveyor = (sample: unknown): Pick<Scene, 'event' | 'notBefore'> => ({
  event: () => sample,
  notBefore: asBatch(sample).lastProgressAt,
});

const lastEnd = (batch: Batch): number =>
  Date.parse(heldAt('verify', batch).commands.at(-1)?.endedAt ?? batch.lastProgressAt);

/** Whether someone else is at work on it: sessions, commands that wait or run, associations. */
const OTHERS_AT_WORK = [
  'ssm:DescribeSessions',
  'ssm:ListCommandInvocations',
  'ssm:ListCommandInvocations',
  'ssm:DescribeInstanceAssociationsStatus',
];

const START_CALLS = [
  'ec2:DescribeInstances',
  's3:ListObjectsV2',
  's3:GetObject',
  's3:PutObject',
  'ec2:StartInstances',
  's3:PutObject',
  'ec2:DescribeInstances',
];

/** The samples of events/, as they are, in the order of the run that they are of. */
export const scenes: Scene[] = [
  {
    logicalId: 'ListInstancesFunction',
    event: () => samples.list,
    notBefore: samples.list.startedAt,
    check(reply, account) {
      const { batches, ...listed } = reply as { run: unknown; inTransition: number; batches: object[] };
      assert.deepEqual(listed.run, run);
      assert.equal(listed.inTransition, 0);
      const batch = asBatch({ ...batches[0], run, child: 'child' });
      const expected = asBatch(samples.start);
      assert.deepEqual(batch.counts, expected.counts);
      const ids = ({ instances }: Batch) => instances.map(({ instanceId }) => instanceId);
      assert.deepEqual(ids(batch), ids(expected));
      assert.equal(manifestSchema.parse(stored(account, manifestKey(run))).batches, 1);
    },
    // The lock is free, and is taken. Stop protection is asked of each candidate by itself.
    calls: [
      's3:GetObject (NoSuchKey)',
      's3:PutObject',
      'resource-groups:ListGroupResources',
      's3:GetObject',
      'ec2:DescribeInstances',
      's3:GetObject',
      'ssm:DescribeInstanceInformation',
      'ec2:DescribeInstanceAttribute',
      'ec2:DescribeInstanceAttribute',
      's3:PutObject',
      's3:PutObject',
      'events:PutEvents',
    ],
  },
  {
    logicalId: 'StartInstancesFunction',
    ...onConveyor(samples.start),
    check(reply, account) {
      const batch = asBatch(reply);
      assert.equal(heldIn(batch).step, 'preflight');
      const leaseholder = leaseholderOf(batch);
      const attempt = attemptsOf(heldIn(batch).owner)[0]?.attempt ?? '';
      assert.equal(machineOf(account).tags.get(LEASE_TAG), formatLease({ ...leaseholder, attempt }));
      stored(account, recordKey(leaseholder, attempt));
      assert.equal(machineOf(account).state, 'stopped');
    },
    // Nothing was recorded before, and the lock is still ours; then the record and the lease.
    calls: ['ec2:DescribeInstances', 's3:ListObjectsV2', 's3:GetObject', 's3:PutObject', 'ec2:CreateTags'],
  },
  {
    // With the reply of the scene before, as the state machine would after a wait: can it be stopped again?
    logicalId: 'RestoreInstancesFunction',
    event: (earlier) => earlier.at(-1),
    notBefore: asBatch(samples.start).lastProgressAt,
    // IAM sees the lease.
    isTime: (account, now) => (machineOf(account).views.at(-1)?.visibleAt ?? 0) + LAG_MILLISECONDS < now,
    check: (reply) => assert.equal(heldIn(asBatch(reply)).step, 'start'),
    calls: ['ec2:DescribeInstances', ...OTHERS_AT_WORK, 'ec2:StopInstances (DryRunOperation)'],
  },
  {
    logicalId: 'StartInstancesFunction',
    event: (earlier) => earlier.at(-1),
    notBefore: asBatch(samples.start).lastProgressAt,
    requestId: newest.attempt,
    // The samples that follow know when it was held.
    isTime: (_, now) => now >= Date.parse(newest.recordedAt),
    check(reply, account) {
      const batch = asBatch(reply);
      assert.equal(attemptsOf(heldIn(batch).owner)[0]?.attempt, newest.attempt);
      assert.deepEqual(batch.counts, asBatch(samples.readiness).counts);
      assert.notEqual(machineOf(account).state, 'stopped');
    },
    // With a record of its own; then the start, its answer, and one look at what it has brought.
    calls: START_CALLS,
    // Whose boot it is, is written down at once where the look shows it.
    orCalls: [...START_CALLS, 's3:PutObject'],
  },
  {
    logicalId: 'CheckReadinessFunction',
    ...onConveyor(samples.readiness),
    event: (earlier) => startedAsIn(earlier.at(-1), samples.readiness),
    isTime: (account, now) => pingAfter(account, Date.parse(run.startedAt), now),
    check(reply) {
      const batch = asBatch(reply);
      assert.equal(batch.counts.update, 2);
      assert.equal(heldAt('update', batch).versionBefore, heldAt('update', asBatch(samples.update)).versionBefore);
    },
    // Whose boot it is, is written down.
    calls: ['ec2:DescribeInstances', 'ssm:DescribeInstanceInformation', 's3:PutObject'],
    // The scene before has done that.
    orCalls: ['ec2:DescribeInstances', 'ssm:DescribeInstanceInformation'],
  },
  {
    logicalId: 'UpdateAgentFunction',
    ...onConveyor(samples.update),
    check(reply, account) {
      const batch = asBatch(reply);
      const [command, ...more] = heldAt('update', batch).commands;
      assert.equal(more.length, 0);
      assert.equal(batch.sends, 1);
      assert.equal(command?.endedAt, null);
      assert.deepEqual(
        account.world.commands.map(({ id, instanceIds }) => ({ id, instanceIds })),
        [{ id: command?.commandId, instanceIds: [heldId] }],
      );
    },
    // Whether the lock is still ours, whether its owner has let it out, and whether a lost reply has sent it; then the send.
    calls: ['ec2:DescribeInstances', 's3:GetObject', 'ssm:ListCommands', 'ssm:SendCommand'],
  },
  {
    logicalId: 'VerifyVersionsFunction',
    ...onConveyor(samples.verify),
    isTime: (account, now) =>
      machineOf(account).agent.lastReport?.version === run.targetVersion &&
      pingAfter(account, lastEnd(asBatch(samples.verify)), now),
    check(reply) {
      const { outcome, versionAfter } = heldAt('restore', asBatch(reply));
      assert.deepEqual({ outcome, versionAfter }, { outcome: 'updated', versionAfter: run.targetVersion });
    },
    calls: ['ec2:DescribeInstances', 'ssm:DescribeInstanceInformation'],
  },
  {
    logicalId: 'RestoreInstancesFunction',
    ...onConveyor(samples.restore),
    check(reply, account) {
      const { stopAcceptedAt, lastRefusal } = heldAt('restore', asBatch(reply));
      assert.equal(lastRefusal, null);
      assert.notEqual(stopAcceptedAt, null);
      assert.notEqual(machineOf(account).state, 'running');
    },
    // The sample does not know whose boot it is: that was written before, so it is read.
    calls: [
      'ec2:DescribeInstances',
      's3:PutObject (PreconditionFailed)',
      's3:GetObject',
      ...OTHERS_AT_WORK,
      'ec2:StopInstances',
    ],
    // To this sample the boot came too late to be its own.
    orCalls: ['ec2:DescribeInstances', 's3:GetObject', ...OTHERS_AT_WORK, 'ec2:StopInstances'],
  },
  {
    // With the reply of the scene before, as the state machine would after a wait.
    logicalId: 'RestoreInstancesFunction',
    event: (earlier) => earlier.at(-1),
    notBefore: asBatch(samples.restore).lastProgressAt,
    isTime(account, now) {
      const { state, views } = machineOf(account);
      return state === 'stopped' && (views.at(-1)?.visibleAt ?? 0) + LAG_MILLISECONDS < now;
    },
    check(reply, account) {
      const { finalState, reason } = heldAt('settled', asBatch(reply));
      assert.deepEqual({ finalState, reason }, { finalState: 'stopped', reason: null });
      assert.equal(machineOf(account).tags.has(LEASE_TAG), false);
      stored(account, resultKey(run, 0));
    },
    calls: ['ec2:DescribeInstances', 'ec2:DeleteTags', 's3:PutObject'],
  },
  {
    logicalId: 'ReportRunFunction',
    event: () => samples.report,
    notBefore: asBatch(samples.restore).lastProgressAt,
    check(reply, account) {
      // The samples leave the second instance half way; a run without its result has failed, and says so.
      const counts = { intended: 2, updated: 1, alreadyCurrent: 0, failed: 1, excluded: 0 };
      const { status, counts: replied } = reply as { status: string; counts: object };
      assert.deepEqual({ status, counts: replied }, { status: 'failed', counts });
      assert.deepEqual(reportSchema.parse(stored(account, reportKey(run))).counts, counts);
      assert.equal(account.messages.length, 1);
    },
    // Whether it was told before; the manifest and the batch's result; then how the one without a result was left; the report and
    // its event, that a run has ended and is open no more, and the lock; the message, that it was told, and the page.
    calls: [
      's3:GetObject (NoSuchKey)',
      's3:GetObject',
      's3:GetObject',
      'ec2:DescribeInstances',
      's3:PutObject',
      'events:PutEvents',
      's3:PutObject',
      's3:DeleteObject',
      's3:GetObject',
      's3:DeleteObject',
      'sns:Publish',
      's3:PutObject',
      's3:PutObject',
    ],
  },
  {
    logicalId: 'ReconcileLeasesFunction',
    event: () => samples.reconcile,
    notBefore: asBatch(samples.restore).lastProgressAt,
    check(reply) {
      const { lock, openLeases, ignoredLeases, instances } = reply as Record<string, unknown>;
      // The run has restored what it started, and released the lock.
      assert.deepEqual(
        { lock, openLeases, ignoredLeases, instances },
        { lock: 'free', openLeases: 0, ignoredLeases: 0, instances: [] },
      );
    },
    // The lock, the instances with a lease, and when a run last ended.
    calls: ['s3:GetObject (NoSuchKey)', 'ec2:DescribeInstances', 's3:ListObjectsV2', 's3:GetObject'],
  },
];
