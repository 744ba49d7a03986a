import 'aws-sdk-client-mock-jest';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { createBucket } from '../../../functions/aws/bucket.ts';
import { leaseholderOf } from '../../../functions/domain/batch/batch.ts';
import { findLostAttempts } from '../../../functions/operations/find-lost-attempts.ts';
import { aRecord, completed, givenRecords } from '../../support/bucket.ts';
import { aBatch, anInstance, seeking, stamp } from '../../support/builders.ts';
import { awsError } from '../../support/functions.ts';

const s3 = mockClient(S3Client);
const bucket = createBucket(new S3Client({ region: 'eu-central-1' }), 'reveille-bucket');

const FIRST = { attempt: 'attempt-1', recordedAt: stamp('02:00'), startBy: stamp('02:01') };
const SECOND = { attempt: 'attempt-2', recordedAt: stamp('02:02'), startBy: stamp('02:03') };
const findAll = (answered: string[] = []) => findLostAttempts(bucket, leaseholderOf(aBatch([anInstance()])), answered);
const find = async (answered: string[] = []) =>
  new Map([...(await findAll(answered))].map(([instanceId, { attempts }]) => [instanceId, attempts]));

beforeEach(() => s3.reset());

describe('findLostAttempts', () => {
  it('finds the attempts of this batch by their records, for each instance that they name', async () => {
    givenRecords(s3, aRecord(['i-1', 'i-2'], FIRST), aRecord(['i-2'], SECOND));

    const lost = await find();

    expect([...lost]).toEqual([
      ['i-1', [seeking(FIRST)]],
      ['i-2', [seeking(FIRST), seeking(SECOND)]],
    ]);
  });

  it('leaves out those whose replies arrived, and does not even read them', async () => {
    givenRecords(s3, aRecord(['i-1'], FIRST), aRecord(['i-1'], SECOND));

    const lost = await find(['attempt-1']);

    expect([...lost]).toEqual([['i-1', [seeking(SECOND)]]]);
    expect(s3).not.toHaveReceivedCommandWith(GetObjectCommand, { Key: 'runs/run-1/records/child-1/attempt-1.json' });
  });

  it('finds a lost one among more records than a page has', async () => {
    const answered = Array.from({ length: 1500 }, (_, index) => `attempt-${index + 10}`);
    const keyOf = (attempt: string) => ({ Key: `runs/run-1/records/child-1/${attempt}.json` });
    givenRecords(s3, aRecord(['i-1'], SECOND));
    s3.on(ListObjectsV2Command).callsFake(({ ContinuationToken: token }: { ContinuationToken?: string }) =>
      token === undefined
        ? { Contents: answered.slice(0, 1000).map(keyOf), IsTruncated: true, NextContinuationToken: 'more' }
        : { Contents: [...answered.slice(1000), SECOND.attempt].map(keyOf) },
    );

    expect([...(await find(answered))]).toEqual([['i-1', [seeking(SECOND)]]]);
  });

  it('leaves out the records of another child', async () => {
    givenRecords(s3, aRecord(['i-1'], { ...FIRST, child: 'child-2' }));

    expect((await find()).size).toBe(0);
  });

  it('claims no boot of one that its attempt has not started, and none after EC2 had answered: the record says so', async () => {
    const answeredBy = stamp('02:00:07');
    givenRecords(s3, completed(aRecord(['i-1', 'i-2'], FIRST), { 'i-1': answeredBy }));

    expect([...(await find())]).toEqual([
      ['i-1', [seeking({ ...FIRST, startBy: answeredBy })]],
      ['i-2', [{ ...FIRST, startBy: FIRST.recordedAt }]],
    ]);
  });

  it('takes over the windows of a dead run’s attempts, beside its own', async () => {
    const dead = { attempt: 'dead-attempt', recordedAt: stamp('01:00'), startBy: stamp('01:01') };
    const [member] = aRecord(['i-1']).instances;
    if (member === undefined) throw new Error('no member');
    givenRecords(s3, aRecord([], { ...FIRST, instances: [{ ...member, adopted: [dead] }] }));

    expect([...(await find())]).toEqual([['i-1', [seeking(FIRST), dead]]]);
  });

  it('finds the ends of the dead run that an attempt has taken it over from', async () => {
    const ENDS_OF_RUN_0 = { sendUntil: stamp('04:00'), stopUntil: stamp('05:15') };
    const takenOver = aRecord(['i-1']).instances.map((one) => ({ ...one, ...ENDS_OF_RUN_0 }));
    givenRecords(s3, aRecord(['i-1'], FIRST), aRecord([], { ...SECOND, instances: takenOver }));

    expect((await findAll()).get('i-1')?.ends).toEqual(ENDS_OF_RUN_0);
  });

  it('finds nothing where nothing is, and changes nothing', async () => {
    givenRecords(s3);

    expect((await find()).size).toBe(0);
    expect(s3).not.toHaveReceivedCommand(PutObjectCommand);
  });

  it('says so when the records can not be read: silence would mean "not ours"', async () => {
    givenRecords(s3, aRecord(['i-1'], FIRST));
    s3.on(GetObjectCommand, { Key: 'runs/run-1/records/child-1/attempt-1.json' }).rejects(
      awsError('SlowDown', 'no', 503),
    );

    await expect(find()).rejects.toMatchObject({ name: 'SlowDown' });
  });
});
