import 'aws-sdk-client-mock-jest';
import { CreateTagsCommand, DescribeInstancesCommand, EC2Client, StartInstancesCommand } from '@aws-sdk/client-ec2';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { startRecordSchema } from '../../../functions/domain/ownership/start-record.ts';
import { createStartInstances } from '../../../functions/start-instances/start-instances.ts';
import { aRecord, completed, givenRecords } from '../../support/bucket.ts';
import {
  aBatch,
  aLeasedInstance,
  anAttempt,
  anInstance,
  at,
  INSTANCE_ID,
  instanceFacts,
  leasedFacts,
  ours,
  stamp,
  wokenFacts,
} from '../../support/builders.ts';
import { aContext, aRuntime, awsError, contentOf, described, stored, throttled } from '../../support/functions.ts';

const ec2 = mockClient(EC2Client);
const s3 = mockClient(S3Client);
const OTHER = 'i-00000000000000002';
const Key = 'runs/run-1/records/child-1/attempt-1.json';
const FIRST_WRITE = { Key, IfNoneMatch: '*' };
const SECOND_WRITE = { Key, IfMatch: '"first"' };

/** @param readings what the clock says, each time it is looked at; the last one stays */
function start(readings = ['02:00'], instances = [aLeasedInstance()]) {
  const times = readings.map((reading) => at(reading));
  const now = () => (times.length > 1 ? times.shift() : times[0]) ?? at('02:00');
  const warnings: unknown[] = [];
  const runtime = aRuntime('02:00');
  const logger = { ...runtime.logger, warn: (...words: unknown[]) => void warnings.push(words) };
  const handler = createStartInstances({ ...runtime, now, logger });
  return { answer: handler(aBatch(instances), aContext()), warnings };
}

/** What the records say when they are written again; each only if the first one is still there. */
const secondWrites = () =>
  s3
    .commandCalls(PutObjectCommand, SECOND_WRITE)
    .map(({ args: [{ input }] }) => startRecordSchema.parse(contentOf(input.Body)));
const firstWrite = () =>
  startRecordSchema.parse(contentOf(s3.commandCalls(PutObjectCommand, FIRST_WRITE)[0]?.args[0].input.Body));

beforeEach(() => {
  ec2.reset();
  s3.reset();
  givenRecords(s3);
  s3.on(PutObjectCommand).resolves({ ETag: '"first"' });
  ec2.on(DescribeInstancesCommand).resolves(described(leasedFacts()));
  ec2.on(CreateTagsCommand).resolves({});
  ec2.on(StartInstancesCommand).resolves({
    StartingInstances: [{ InstanceId: INSTANCE_ID, PreviousState: { Name: 'stopped' } }],
  });
});

describe('an attempt that ended before it sent any start', () => {
  const sorry = () => awsError('InternalError', 'sorry', 500);

  it('says that no boot is its own, where it could not write the lease of a neighbour', async () => {
    ec2.on(CreateTagsCommand).rejects(sorry());
    const neighbour = anInstance({ instanceId: OTHER });
    const facts = [leasedFacts(), instanceFacts({ instanceId: OTHER })];
    ec2.on(DescribeInstancesCommand).resolves(described(...facts));

    await expect(start(['02:00'], [aLeasedInstance(), neighbour]).answer).rejects.toMatchObject({
      name: 'AwsUnavailable',
    });

    expect(ec2).not.toHaveReceivedCommand(StartInstancesCommand);
    expect(secondWrites()).toEqual([completed(firstWrite())]);
  });

  it('says so as well where it does not know whether its record was written, and it was', async () => {
    s3.on(PutObjectCommand, FIRST_WRITE).rejects(sorry());
    s3.on(GetObjectCommand, { Key }).resolves({ ...stored(aRecord([INSTANCE_ID])), ETag: '"first"' });

    await expect(start().answer).rejects.toMatchObject({ name: 'AwsUnavailable' });

    expect(ec2).not.toHaveReceivedCommand(CreateTagsCommand);
    expect(secondWrites()).toEqual([completed(firstWrite())]);
  });

  it('writes no second record where there is no first: it has leased nothing, and must not count as an attempt', async () => {
    s3.on(PutObjectCommand, FIRST_WRITE).rejects(sorry());

    await expect(start().answer).rejects.toMatchObject({ name: 'AwsUnavailable' });

    expect(s3).toHaveReceivedCommandTimes(PutObjectCommand, 1);
  });

  it('has said so from the beginning where it only leases', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described(instanceFacts()));
    ec2.on(CreateTagsCommand).rejects(sorry());

    await expect(start(['02:00'], [anInstance()]).answer).rejects.toMatchObject({ name: 'AwsUnavailable' });

    expect(firstWrite()).toEqual(completed(firstWrite()));
    expect(secondWrites()).toEqual([]);
  });

  it('fails with what went wrong, also where that can not be written', async () => {
    s3.on(PutObjectCommand, FIRST_WRITE).rejects(sorry());
    s3.on(GetObjectCommand, { Key }).resolves({ ...stored(aRecord([INSTANCE_ID])), ETag: '"first"' });
    s3.on(PutObjectCommand, SECOND_WRITE).rejects(awsError('AccessDenied', 'no', 403));

    await expect(start().answer).rejects.toThrow('InternalError: sorry');
  });

  it('says nothing where a start may have taken effect: the record tells when that was', async () => {
    ec2.on(StartInstancesCommand).rejects(awsError('InternalError', 'sorry', 500));

    await expect(start().answer).rejects.toMatchObject({ name: 'AwsUnavailable' });

    expect(secondWrites()).toEqual([]);
  });
});

describe('an attempt that EC2 has answered', () => {
  it('completes a record that was there already: its own, by a write whose reply was lost', async () => {
    s3.on(PutObjectCommand, FIRST_WRITE).rejects(awsError('PreconditionFailed', 'At least one did not hold', 412));
    s3.on(GetObjectCommand, { Key }).resolves({ ...stored(aRecord([INSTANCE_ID])), ETag: '"first"' });

    expect((await start().answer).instances[0]?.step).toBe('readiness');

    expect(secondWrites()).toEqual([
      completed(firstWrite(), { [INSTANCE_ID]: stamp('02:00:05') }, { [INSTANCE_ID]: stamp('02:00') }),
    ]);
  });

  it('tells what the answer was, though it can not be written into the record', async () => {
    s3.on(PutObjectCommand, SECOND_WRITE).rejects(awsError('AccessDenied', 'no', 403));
    ec2.on(StartInstancesCommand).rejects(awsError('UnauthorizedOperation', 'not authorized', 403));

    const { answer, warnings } = start();

    const { instances, attempts } = await answer;
    expect(attempts).toEqual(['attempt-1']);
    expect(instances[0]).toMatchObject({
      step: 'start',
      owner: { kind: 'reveille', attempts: [{ recordedAt: stamp('02:00'), startBy: stamp('02:00') }] },
    });
    expect(warnings).toMatchObject([['the record of an attempt to start could not be completed', { key: Key }]]);
  });
});

describe('a look at what was just started', () => {
  const SHOWN = { Key: `runs/run-1/boots/child-1/attempt-1/${INSTANCE_ID}.json`, IfNoneMatch: '*' };
  const givenLook = () => ec2.on(DescribeInstancesCommand).resolvesOnce(described(leasedFacts()));

  it('writes down which boot is ours where its LaunchTime is shown already', async () => {
    givenLook().resolves(described(wokenFacts({ state: 'pending', launchTime: stamp('02:00:01') })));

    const { instances } = await start().answer;

    expect(s3).toHaveReceivedCommandTimes(PutObjectCommand, 3);
    expect(contentOf(s3.commandCalls(PutObjectCommand, SHOWN)[0]?.args[0].input.Body)).toMatchObject({
      launchTime: stamp('02:00:01'),
    });
    expect(instances[0]?.owner).toMatchObject({ attempts: [{ boot: { kind: 'known', isAssumed: false } }] });
  });

  it('loses no reply where it fails: readiness looks again', async () => {
    givenLook().rejects(throttled());

    const { answer, warnings } = start();

    expect((await answer).instances[0]).toMatchObject({
      step: 'readiness',
      owner: { attempts: [{ boot: { kind: 'sought', repliedAt: stamp('02:00') } }] },
    });
    expect(warnings).toMatchObject([['could not look at what was started; readiness looks again', {}]]);
  });

  it('is not made where nothing was started', async () => {
    ec2.on(StartInstancesCommand).rejects(awsError('UnauthorizedOperation', 'not authorized', 403));

    await start().answer;

    expect(ec2).toHaveReceivedCommandTimes(DescribeInstancesCommand, 1);
  });
});

describe('an attempt that was held up before its start', () => {
  // The clock is looked at on entering, after the look, for the record, and before the start.
  it('still starts ten seconds after its record', async () => {
    const { instances } = await start(['02:00', '02:00', '02:00', '02:00:10']).answer;

    expect(instances[0]?.step).toBe('readiness');
  });

  it('starts nothing after that: the next attempt does, with a record of its own', async () => {
    const { instances } = await start(['02:00', '02:00', '02:00', '02:00:11']).answer;

    expect(ec2).not.toHaveReceivedCommand(StartInstancesCommand);
    expect(instances[0]).toMatchObject({
      step: 'start',
      owner: ours([anAttempt({ startBy: stamp('02:00') })]),
    });
  });
});
