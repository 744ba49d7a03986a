import 'aws-sdk-client-mock-jest';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import type { BatchInstance, InstanceAt } from '../../../functions/domain/batch/batch-instance.ts';
import type { BatchResult } from '../../../functions/domain/batch/batch-result.ts';
import type { Manifest, ManifestInstance } from '../../../functions/domain/listing/manifest.ts';
import { reportSchema } from '../../../functions/domain/report/report.ts';
import { createReportRun } from '../../../functions/report-run/report-run.ts';
import {
  aMember,
  aRun,
  aWokenInstance,
  instanceFacts,
  NO_DETAILS,
  OLD,
  stamp,
  TARGET,
} from '../../support/builders.ts';
import {
  aContext,
  aRuntime,
  awsError,
  contentOf,
  described,
  instanceIds,
  noSuchKey,
  stored,
  throttled,
} from '../../support/functions.ts';

const ec2 = mockClient(EC2Client);
const s3 = mockClient(S3Client);
const sns = mockClient(SNSClient);
const metrics = { addMetric: jest.fn(), publishStoredMetrics: jest.fn() };

const [FIRST = '', SECOND = '', THIRD = ''] = instanceIds(3);

const excluded = (instanceId: string): ManifestInstance =>
  aMember(instanceId, {
    decision: 'excluded',
    originalState: null,
    reason: { code: 'opted-out', text: 'carries the tag reveille:opt-out' },
  });

/** Updated, asleep again, and seen so at 02:12. */
const aSettled = (instanceId: string, changes: Partial<InstanceAt<'settled'>> = {}): BatchInstance =>
  aWokenInstance({
    instanceId,
    step: 'settled',
    stepSince: stamp('02:12'),
    heardAt: stamp('02:11'),
    outcome: 'updated',
    versionBefore: OLD,
    versionAfter: TARGET,
    restoredAt: stamp('02:12'),
    finalState: 'stopped',
    ...changes,
  });

/** What stands in the bucket at the end of a run: the manifest, and the results that the batches have written. */
function givenRun(instances: ManifestInstance[], results: (BatchInstance[] | null)[]): void {
  const manifest: Manifest = {
    run: aRun(),
    listedAt: stamp('02:00'),
    allowEmpty: false,
    groups: ['dev'],
    batches: results.length,
    instances,
  };
  s3.on(GetObjectCommand, { Key: 'runs/run-1/manifest.json' }).resolves(stored(manifest));
  for (const [batch, settled] of results.entries()) {
    if (settled === null) continue;
    const result: BatchResult = { runId: 'run-1', batch, writtenAt: stamp('02:12'), instances: settled };
    s3.on(GetObjectCommand, { Key: `runs/run-1/results/000${batch}.json` }).resolves(stored(result));
  }
}

const report = (more: object = {}) =>
  createReportRun(aRuntime('02:15'), metrics)({ run: aRun(), input: {}, ...more }, aContext());
const writtenReport = () => {
  const [put] = s3.commandCalls(PutObjectCommand, { Key: 'runs/run-1/report.json' });
  return reportSchema.parse(contentOf(put?.args[0].input.Body));
};

beforeEach(() => {
  ec2.reset();
  s3.reset();
  sns.reset();
  s3.on(GetObjectCommand).rejects(noSuchKey());
  s3.on(PutObjectCommand).resolves({});
  sns.on(PublishCommand).resolves({});
  ec2.on(DescribeInstancesCommand).resolves(described());
});

describe('ReportRun', () => {
  it('joins what was meant with what became of it: every instance has exactly one outcome', async () => {
    givenRun(
      [aMember(FIRST), aMember(SECOND), excluded(THIRD)],
      [[aSettled(FIRST)], [aSettled(SECOND, { outcome: 'already-current' })]],
    );

    const reply = await report();

    const counts = { intended: 3, updated: 1, alreadyCurrent: 1, failed: 0, excluded: 1 };
    expect(reply).toMatchObject({ runId: 'run-1', status: 'succeeded', counts, reportKey: 'runs/run-1/report.json' });
    expect(writtenReport()).toMatchObject({ status: 'succeeded', counts, endedAt: stamp('02:15') });
    expect(writtenReport().instances[0]).toEqual({
      instanceId: FIRST,
      name: 'web-1',
      group: 'dev',
      outcome: 'updated',
      reason: null,
      notes: [],
      versionBefore: OLD,
      versionAfter: TARGET,
      originalState: 'stopped',
      finalState: 'stopped',
      wokenAt: stamp('02:00:30'),
      restoredAt: stamp('02:12'),
      awakeSeconds: 690,
      ...NO_DETAILS,
      platform: 'Linux/UNIX',
      times: { ...NO_DETAILS.times, settledAt: stamp('02:12') },
      proof: { pingAt: stamp('02:11'), version: TARGET },
    });
    expect(s3).toHaveReceivedCommandWith(PutObjectCommand, {
      Bucket: 'reveille-bucket',
      Key: 'runs/run-1/report.json',
    });
  });

  it('looks also at what EC2 did not tell of when it was listed: that none carries a lease is said of what was looked at', async () => {
    const reason = { code: 'question-refused', text: 'SomethingNew: not this one' };
    const untold = { ...excluded(SECOND), state: null, reason };
    givenRun([aMember(FIRST), untold, { ...excluded(THIRD), state: null }], [[aSettled(FIRST)]]);
    ec2.on(DescribeInstancesCommand).callsFake(({ InstanceIds }: { InstanceIds: string[] }) => {
      if (InstanceIds.includes(SECOND)) throw awsError('SomethingNew', 'not this one');
      return described(...InstanceIds.map((instanceId) => instanceFacts({ instanceId })));
    });

    await report();

    expect(ec2.commandCalls(DescribeInstancesCommand)[0]?.args[0].input.InstanceIds).toEqual([FIRST, SECOND]);
    expect(writtenReport().checks.leases).toMatchObject({ status: 'not-checked' });
  });

  it('calls a missing result a failure, and looks once more how all of them were left', async () => {
    givenRun([aMember(FIRST), aMember(SECOND)], [[aSettled(FIRST)], null]);
    ec2.on(DescribeInstancesCommand).resolves(described(instanceFacts({ instanceId: SECOND, state: 'running' })));

    const { status, counts } = await report();

    expect([status, counts.updated, counts.failed]).toEqual(['failed', 1, 1]);
    expect(writtenReport().instances[1]).toMatchObject({
      outcome: 'failed',
      reason: { code: 'no-result' },
      finalState: 'running',
    });
    expect(ec2).toHaveReceivedCommandTimes(DescribeInstancesCommand, 1);
    expect(ec2).toHaveReceivedCommandWith(DescribeInstancesCommand, {
      InstanceIds: [FIRST, SECOND],
    });
  });

  it('calls one hibernated that sleeps with its memory, and not just stopped', async () => {
    const stateReason = { code: 'Client.UserInitiatedHibernate', message: 'Client.UserInitiatedHibernate' };
    givenRun([aMember(FIRST, { originalState: 'hibernated' })], [null]);
    ec2.on(DescribeInstancesCommand).resolves(described(instanceFacts({ instanceId: FIRST, stateReason })));

    await report();

    expect(writtenReport().instances[0]).toMatchObject({ originalState: 'hibernated', finalState: 'hibernated' });
  });

  it('calls an instance that was never settled a failure, whatever its update did', async () => {
    givenRun([aMember(FIRST)], [[aWokenInstance({ instanceId: FIRST, step: 'restore', outcome: 'updated' })]]);

    const { status } = await report();

    expect(status).toBe('failed');
    expect(writtenReport().instances[0]).toMatchObject({ outcome: 'failed', reason: { code: 'no-result' } });
  });

  it('says what ended the batches', async () => {
    givenRun([aMember(FIRST)], [null]);

    await report({ error: { Error: 'States.Timeout', Cause: 'too late' } });

    expect(writtenReport().instances[0]?.reason?.text).toContain('States.Timeout: too late');
  });

  it('asks EC2 once more when all results are there, and says that its promises are kept', async () => {
    givenRun([aMember(FIRST), excluded(SECOND)], [[aSettled(FIRST)]]);
    ec2
      .on(DescribeInstancesCommand)
      .resolves(described(...[FIRST, SECOND].map((id) => instanceFacts({ instanceId: id }))));

    await report();

    expect(ec2).toHaveReceivedCommandTimes(DescribeInstancesCommand, 1);
    const statuses = Object.values(writtenReport().checks).map(({ status }) => status);
    expect(statuses).toEqual(['kept', 'kept', 'kept', 'kept']);
  });

  it.each([
    ['is throttled', throttled(), /could not be asked: RequestLimitExceeded/],
    [
      'is denied',
      awsError('UnauthorizedOperation', 'You are not authorized.', 403),
      /UnauthorizedOperation: You are not/,
    ],
  ])('reports and tells all the same when EC2 does not answer, since it %s', async (_what, error, text) => {
    givenRun([aMember(FIRST)], [null]);
    ec2.on(DescribeInstancesCommand).rejects(error);

    await report();

    expect(writtenReport().instances[0]).toMatchObject({ outcome: 'failed', finalState: null });
    const { versions, ...asked } = writtenReport().checks;
    expect(versions.status).toBe('kept');
    for (const check of Object.values(asked)) {
      expect(check).toMatchObject({ status: 'not-checked', text: expect.stringMatching(text) });
    }
    expect(sns).toHaveReceivedCommandTimes(PublishCommand, 1);
  });

  it('is no success when no instance took part', async () => {
    givenRun([excluded(FIRST)], []);

    expect((await report()).status).toBe('failed');
  });

  it('tells people: the numbers in the subject, who failed first, where the report is', async () => {
    const reason = { code: 'no-disk-space', text: 'there is not enough disk space' };
    givenRun(
      [aMember(FIRST), aMember(SECOND)],
      [[aSettled(FIRST), aSettled(SECOND, { outcome: 'failed', reason, versionAfter: null })]],
    );
    const again = [FIRST, SECOND].map((instanceId) => instanceFacts({ instanceId }));
    ec2.on(DescribeInstancesCommand).resolves(described(...again));

    const { summary } = await report();

    const published = sns.commandCalls(PublishCommand)[0]?.args[0].input;
    expect(published?.TopicArn).toBe('arn:aws:sns:eu-central-1:123456789012:reveille');
    expect(published?.Subject).toBe(`dev: 1 of 2 updated, 1 failed (${SECOND}). All back as they were`);
    expect(summary).toBe(published?.Subject);
    const { email: message } = JSON.parse(published?.Message ?? '') as { email: string };
    expect(message).toContain('there is not enough disk space [no-disk-space]');
    expect(message.indexOf(SECOND)).toBeLessThan(message.indexOf(FIRST));
    expect(message).toContain('s3://reveille-bucket/runs/run-1/report.html');
    expect(message).toContain('s3://reveille-bucket/runs/run-1/report.json');
  });

  it('emits the numbers', async () => {
    givenRun([aMember(FIRST), aMember(SECOND), excluded(THIRD)], [[aSettled(FIRST)], null]);

    await report();

    const emitted = Object.fromEntries(metrics.addMetric.mock.calls.map(([name, , value]) => [name, value]));
    expect(emitted).toEqual({
      InstancesIntended: 3,
      InstancesUpdated: 1,
      InstancesAlreadyCurrent: 0,
      InstancesFailed: 1,
      InstancesExcluded: 1,
      InstanceAwakeTime: 690,
      RunsFailed: 1,
    });
    expect(metrics.publishStoredMetrics).toHaveBeenCalledTimes(1);
  });

  it('does not report without a manifest: the intended instances are not known', async () => {
    await expect(report()).rejects.toMatchObject({
      name: 'UnexpectedReply',
      message: expect.stringContaining('manifest'),
    });
    expect(s3).not.toHaveReceivedCommand(PutObjectCommand);
    expect(sns).not.toHaveReceivedCommand(PublishCommand);
  });

  it('sends no message of a report that could not be written', async () => {
    givenRun([aMember(FIRST)], [[aSettled(FIRST)]]);
    s3.on(PutObjectCommand).rejects(awsError('SlowDown', 'Please reduce your request rate.', 503));

    await expect(report()).rejects.toMatchObject({ name: 'AwsUnavailable' });
    expect(sns).not.toHaveReceivedCommand(PublishCommand);
  });
});
