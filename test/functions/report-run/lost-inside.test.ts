import { CreateTagsCommand, DescribeInstancesCommand, EC2Client, StartInstancesCommand } from '@aws-sdk/client-ec2';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { createReportRun } from '../../../functions/report-run/report-run.ts';
import { createStartInstances } from '../../../functions/start-instances/start-instances.ts';
import { aRecord, givenLock } from '../../support/bucket.ts';
import { aBatch, aLeasedInstance, anInstance, aRun, INSTANCE_ID, leasedFacts, stamp } from '../../support/builders.ts';
import { aRuntime, described, noSuchKey, stored } from '../../support/functions.ts';

const ec2 = mockClient(EC2Client);
const s3 = mockClient(S3Client);
const sns = mockClient(SNSClient);
const context = { awsRequestId: 'attempt-2', getRemainingTimeInMillis: () => 60_000 };
beforeEach(() => {
  for (const mock of [ec2, s3, sns]) mock.reset();
  ec2.on(DescribeInstancesCommand).resolves(described(leasedFacts()));
  ec2.on(CreateTagsCommand).resolves({});
  s3.on(ListObjectsV2Command).resolves({});
  s3.on(PutObjectCommand).resolves({});
  s3.on(GetObjectCommand).rejects(noSuchKey());
  givenLock(s3);
});

const start = async () => {
  const handler = createStartInstances(aRuntime('02:00'));
  return (await handler(aBatch([aLeasedInstance()]), context)).instances[0];
};
const pending = { StartingInstances: [{ InstanceId: INSTANCE_ID, PreviousState: { Name: 'pending' as const } }] };

describe('a start that finds the instance pending', () => {
  it('is someone else’s if it was the only try', async () => {
    ec2.on(StartInstancesCommand).resolves(pending);

    expect(await start()).toMatchObject({ owner: { kind: 'others', reason: { code: 'started-by-others' } } });
  });

  it('may be that of another copy of this very call, whose record is there by now', async () => {
    ec2.on(StartInstancesCommand).resolves(pending);
    const key = 'runs/run-1/records/child-1/attempt-1.json';
    s3.on(ListObjectsV2Command)
      .resolvesOnce({})
      .resolves({ Contents: [{ Key: key }] });
    s3.on(GetObjectCommand).rejects(noSuchKey());
    s3.on(GetObjectCommand, { Key: key }).resolves(stored(aRecord([INSTANCE_ID])));
    givenLock(s3);

    expect(await start()).toMatchObject({
      owner: { kind: 'reveille', attempts: [{ attempt: 'attempt-2' }, { attempt: 'attempt-1' }] },
    });
  });
});

describe('a result of an older run of the same name', () => {
  const manifest = {
    run: aRun(),
    listedAt: stamp('02:00'),
    allowEmpty: false,
    groups: ['dev'],
    batches: 1,
    instances: [
      {
        instanceId: INSTANCE_ID,
        name: null,
        group: 'dev',
        state: 'stopped',
        version: null,
        decision: 'take-part',
        originalState: 'stopped',
        reason: null,
        ignoredLease: null,
      },
    ],
  };
  const result = (writtenAt: string) => ({
    runId: 'run-1',
    batch: 0,
    writtenAt,
    instances: [anInstance({ step: 'settled', outcome: 'updated', finalState: 'stopped' })],
  });
  const report = async (writtenAt: string) => {
    const files: Record<string, unknown> = {
      'runs/run-1/manifest.json': manifest,
      'runs/run-1/results/0000.json': result(writtenAt),
    };
    for (const [Key, content] of Object.entries(files)) s3.on(GetObjectCommand, { Key }).resolves(stored(content));
    sns.on(PublishCommand).resolves({});
    const metrics = { addMetric: () => undefined, publishStoredMetrics: () => undefined };
    const handler = createReportRun(aRuntime('03:00'), metrics);
    return handler({ run: aRun(), input: {} }, context);
  };

  it('is not taken for one of this run', async () => {
    expect(await report('2026-06-06T02:30:00.000Z')).toMatchObject({
      status: 'failed',
      counts: { failed: 1, updated: 0 },
    });
    expect(await report(stamp('02:30'))).toMatchObject({ status: 'succeeded', counts: { updated: 1 } });
  });
});
