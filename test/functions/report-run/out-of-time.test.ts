import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import 'aws-sdk-client-mock-jest';
import { mockClient } from 'aws-sdk-client-mock';
import { reportSchema } from '../../../functions/domain/report/report.ts';
import { createReportRun } from '../../../functions/report-run/report-run.ts';
import { aMember, aRun, stamp } from '../../support/builders.ts';
import { aContext, aRuntime, contentOf, noSuchKey, stored } from '../../support/functions.ts';

const s3 = mockClient(S3Client);
const sns = mockClient(SNSClient);

const manifest = {
  run: aRun(),
  listedAt: stamp('02:00'),
  allowEmpty: false,
  groups: ['dev'],
  batches: 0,
  instances: [aMember('i-1')],
};

it('a ReportRun whose time is nearly over does not ask EC2 once more: the report and its message come first', async () => {
  s3.on(GetObjectCommand).rejects(noSuchKey());
  s3.on(GetObjectCommand, { Key: 'runs/run-1/manifest.json' }).resolves(stored(manifest));
  s3.on(PutObjectCommand).resolves({});
  sns.on(PublishCommand).resolves({});
  const handle = jest.fn();
  const clientOptions = {
    region: 'eu-central-1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    requestHandler: { handle },
  };
  const runtime = { ...aRuntime('02:15'), clientOptions };
  const metrics = { addMetric: jest.fn(), publishStoredMetrics: jest.fn() };
  const nearlyOver = { ...aContext(), getRemainingTimeInMillis: () => 20_000 };

  await createReportRun(runtime, metrics)({ run: aRun(), input: {} }, nearlyOver);

  expect(handle).not.toHaveBeenCalled();
  const [put] = s3.commandCalls(PutObjectCommand, { Key: 'runs/run-1/report.json' });
  expect(reportSchema.parse(contentOf(put?.args[0].input.Body)).checks.states).toMatchObject({
    status: 'not-checked',
    text: expect.stringContaining('its time was over'),
  });
  expect(sns).toHaveReceivedCommandTimes(PublishCommand, 1);
});
