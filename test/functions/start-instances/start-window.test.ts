import 'aws-sdk-client-mock-jest';
import { CreateTagsCommand, DescribeInstancesCommand, EC2Client, StartInstancesCommand } from '@aws-sdk/client-ec2';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { startNoteSchema } from '../../../functions/domain/ownership/start-record.ts';
import { createStartInstances } from '../../../functions/start-instances/start-instances.ts';
import { givenRecords } from '../../support/bucket.ts';
import { aBatch, anAttempt, anInstance, at, INSTANCE_ID, instanceFacts, ours, stamp } from '../../support/builders.ts';
import { aContext, aRuntime, awsError, contentOf, described } from '../../support/functions.ts';

const ec2 = mockClient(EC2Client);
const s3 = mockClient(S3Client);
const NOTE = 'runs/run-1/starts/child-1/attempt-1.json';

/** @param readings what the clock says, each time it is looked at; the last one stays */
function start(readings = ['02:00']) {
  const times = readings.map((reading) => at(reading));
  const now = () => (times.length > 1 ? times.shift() : times[0]) ?? at('02:00');
  const warnings: unknown[] = [];
  const runtime = aRuntime('02:00');
  const logger = { ...runtime.logger, warn: (...words: unknown[]) => void warnings.push(words) };
  const handler = createStartInstances({ ...runtime, now, logger });
  return { answer: handler(aBatch([anInstance()]), aContext()), warnings };
}

const notes = () =>
  s3
    .commandCalls(PutObjectCommand, { Key: NOTE })
    .map(({ args: [{ input }] }) => startNoteSchema.parse(contentOf(input.Body)));

beforeEach(() => {
  ec2.reset();
  s3.reset();
  givenRecords(s3);
  s3.on(PutObjectCommand).resolves({});
  ec2.on(DescribeInstancesCommand).resolves(described(instanceFacts()));
  ec2.on(CreateTagsCommand).resolves({});
  ec2.on(StartInstancesCommand).resolves({
    StartingInstances: [{ InstanceId: INSTANCE_ID, PreviousState: { Name: 'stopped' } }],
  });
});

describe('an attempt that ended before it sent any start', () => {
  it.each([
    ['could not write leases', () => ec2.on(CreateTagsCommand).rejects(awsError('InternalError', 'sorry', 500))],
    [
      'does not know whether its record was written',
      () =>
        s3
          .on(PutObjectCommand, { Key: 'runs/run-1/records/child-1/attempt-1.json' })
          .rejects(awsError('InternalError', 'sorry', 500)),
    ],
  ])('says that no boot is its own, where it %s', async (_what, givenTrouble) => {
    givenTrouble();

    await expect(start().answer).rejects.toMatchObject({ name: 'AwsUnavailable' });

    expect(ec2).not.toHaveReceivedCommand(StartInstancesCommand);
    expect(notes()).toEqual([{ attempt: 'attempt-1', startBy: stamp('02:00'), notStarted: [INSTANCE_ID] }]);
  });

  it('fails with what went wrong, also where it can not be noted', async () => {
    ec2.on(CreateTagsCommand).rejects(awsError('InternalError', 'sorry', 500));
    s3.on(PutObjectCommand, { Key: NOTE }).rejects(awsError('AccessDenied', 'no', 403));

    await expect(start().answer).rejects.toThrow('InternalError: sorry');
  });

  it('says nothing where a start may have taken effect: the record tells when that was', async () => {
    ec2.on(StartInstancesCommand).rejects(awsError('InternalError', 'sorry', 500));

    await expect(start().answer).rejects.toMatchObject({ name: 'AwsUnavailable' });

    expect(notes()).toEqual([]);
  });
});

describe('an attempt that EC2 has answered', () => {
  it('tells what the answer was, though no note of it can be written', async () => {
    s3.on(PutObjectCommand, { Key: NOTE }).rejects(awsError('AccessDenied', 'no', 403));
    ec2.on(StartInstancesCommand).rejects(awsError('UnauthorizedOperation', 'not authorized', 403));

    const { answer, warnings } = start();

    const { instances, attempts } = await answer;
    expect(attempts).toEqual(['attempt-1']);
    expect(instances[0]).toMatchObject({
      step: 'start',
      owner: { kind: 'reveille', attempts: [{ recordedAt: stamp('02:00'), startBy: stamp('02:00') }] },
    });
    expect(warnings).toMatchObject([['an attempt to start has no note', { runId: 'run-1', attempt: 'attempt-1' }]]);
  });
});

describe('an attempt whose leases took long', () => {
  // The clock is looked at on entering, for the record, and before the start.
  it('still starts ten seconds after its record', async () => {
    const { instances } = await start(['02:00', '02:00', '02:00:10']).answer;

    expect(instances[0]?.step).toBe('readiness');
  });

  it('starts nothing after that: the next attempt does, with a record of its own', async () => {
    const { instances } = await start(['02:00', '02:00', '02:00:11']).answer;

    expect(ec2).not.toHaveReceivedCommand(StartInstancesCommand);
    expect(instances[0]).toMatchObject({
      step: 'start',
      owner: ours([anAttempt({ startBy: stamp('02:00') })]),
    });
  });
});
