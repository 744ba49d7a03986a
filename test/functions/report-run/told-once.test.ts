import 'aws-sdk-client-mock-jest';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { createReportRun } from '../../../functions/report-run/report-run.ts';
import { aRunLock, givenLock } from '../../support/bucket.ts';
import { aMember, aRun, stamp } from '../../support/builders.ts';
import {
  aContext,
  aRuntime,
  awsError,
  contentOf,
  described,
  instanceIds,
  noSuchKey,
  stored,
} from '../../support/functions.ts';
import { metrics } from '../../support/reconciling.ts';

const [ec2, s3, sns] = [mockClient(EC2Client), mockClient(S3Client), mockClient(SNSClient)];
const manifest = {
  run: aRun(),
  listedAt: stamp('02:00'),
  allowEmpty: false,
  groups: ['dev'],
  batches: 1,
  instances: instanceIds(1).map((id) => aMember(id)),
};
const writes = () => s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => `put ${input.Key}`);
const putOf = (Key: string) => contentOf(s3.commandCalls(PutObjectCommand, { Key })[0]?.args[0].input.Body);

describe('ReportRun, invoked again after its function died', () => {
  const report = () => createReportRun(aRuntime('03:00'), metrics)({ run: aRun(), input: {} }, aContext());
  const messages = () => sns.commandCalls(PublishCommand).map(({ args: [{ input }] }) => input.Subject);
  /** What has been written can be read, as in a bucket. */
  const keepWrites = () =>
    s3.on(PutObjectCommand).callsFake(({ Key, Body }) => {
      s3.on(GetObjectCommand, { Key }).resolves(stored(JSON.parse(String(Body))));
      return {};
    });
  /** Its process ends in this call: of what comes after it, nothing happens. */
  const dieAt = (Key: string) => s3.on(PutObjectCommand, { Key }).callsFake(() => new Promise(() => undefined));
  const died = async (Key: string) => {
    await Promise.race([report(), until(() => writes().includes(`put ${Key}`))]);
    keepWrites();
  };
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise(setImmediate);
  };

  beforeEach(() => {
    for (const mock of [ec2, s3, sns]) mock.reset();
    ec2.on(DescribeInstancesCommand).resolves(described());
    sns.on(PublishCommand).resolves({});
    s3.on(GetObjectCommand).rejects(noSuchKey());
    s3.on(GetObjectCommand, { Key: 'runs/run-1/manifest.json' }).resolves(stored(manifest));
    s3.on(DeleteObjectCommand).resolves({});
    givenLock(s3, aRunLock());
    keepWrites();
  });

  it('sends no second message, where it died in writing the page; and replies as it would have', async () => {
    dieAt('runs/run-1/report.html');
    await died('runs/run-1/report.html');
    const before = putOf('runs/run-1/report.json');

    const reply = await report();

    expect(messages()).toEqual([reply.summary]);
    expect(reply).toMatchObject({ runId: 'run-1', status: 'failed', reportKey: 'runs/run-1/report.json' });
    expect(s3.commandCalls(PutObjectCommand, { Key: 'runs/run-1/report.json' })).toHaveLength(1);
    expect(putOf('runs/run-1/report.json')).toEqual(before);
  });

  it('sends it, where it died before: an earlier run of the same name does not count', async () => {
    s3.on(GetObjectCommand, { Key: 'runs/run-1/report-told.json' }).resolves(
      stored({ at: '2026-06-06T02:30:00.000Z', subject: 'of half a year ago' }),
    );

    const { summary } = await report();

    expect(messages()).toEqual([summary]);
    expect(putOf('runs/run-1/report-told.json')).toEqual({ at: stamp('03:00'), subject: summary });
  });

  it('is done also where it can not be noted that people were told', async () => {
    s3.on(PutObjectCommand, { Key: 'runs/run-1/report-told.json' }).rejects(awsError('AccessDenied', 'no', 403));

    await expect(report()).resolves.toMatchObject({ status: 'failed' });
    expect(writes()).toContain('put runs/run-1/report.html');
  });

  it('tells of a run that was told as dead, and was redriven: that was not its end', async () => {
    await report();
    const asDead = { ...(putOf('runs/run-1/report.json') as object), diedBeforeReport: true };
    s3.on(GetObjectCommand, { Key: 'runs/run-1/report.json' }).resolves(stored(asDead));

    await report();

    expect(messages()).toHaveLength(2);
  });
});
