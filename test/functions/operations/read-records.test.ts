import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { createBucket } from '../../../functions/aws/bucket.ts';
import { listAttempts, readRecord } from '../../../functions/operations/read-records.ts';
import { aRecord, givenRecords } from '../../support/bucket.ts';
import { INSTANCE_ID } from '../../support/builders.ts';
import { stored } from '../../support/functions.ts';

const s3 = mockClient(S3Client);
const bucket = createBucket(new S3Client({ region: 'eu-central-1' }), 'reveille-bucket');
const leaseholder = { stateMachine: 'reveille-update-agents', runId: 'run-1', child: 'child-1' };
const KEY = 'runs/run-1/records/child-1/attempt-1.json';

beforeEach(() => s3.reset());

describe('the records of a child', () => {
  it('are found by listing, and not what only begins like one', async () => {
    givenRecords(
      s3,
      aRecord([INSTANCE_ID]),
      aRecord([INSTANCE_ID], { attempt: 'attempt-2' }),
      aRecord([INSTANCE_ID], { child: 'child-10' }),
    );

    expect(await listAttempts(bucket, leaseholder)).toEqual(['attempt-1', 'attempt-2']);
  });

  it('are read by their attempts', async () => {
    givenRecords(s3, aRecord([INSTANCE_ID]));

    expect(await readRecord(bucket, leaseholder, 'attempt-1')).toEqual(aRecord([INSTANCE_ID]));
    expect(await readRecord(bucket, leaseholder, 'attempt-2')).toBeNull();
  });

  it('are no record where it is garbage: an error, since silence would mean "holds nothing"', async () => {
    givenRecords(s3, aRecord([INSTANCE_ID]));
    s3.on(GetObjectCommand, { Key: KEY }).resolves(stored('{"runId":1}'));

    await expect(readRecord(bucket, leaseholder, 'attempt-1')).rejects.toMatchObject({
      name: 'UnexpectedReply',
      message: expect.stringContaining(KEY),
    });
  });
});
