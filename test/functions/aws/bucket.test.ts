import 'aws-sdk-client-mock-jest';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import * as z from 'zod';
import { createBucket } from '../../../functions/aws/bucket.ts';
import { readLatestAgentVersion } from '../../../functions/aws/latest-agent-version.ts';
import { awsError, contentOf, noSuchKey, stored } from '../../support/functions.ts';

const s3 = mockClient(S3Client);
const client = new S3Client({ region: 'eu-central-1' });
const bucket = createBucket(client, 'reveille-bucket');
const schema = z.object({ runId: z.string() });

beforeEach(() => s3.reset());

describe('bucket', () => {
  it('replaces what is there', async () => {
    s3.on(PutObjectCommand).resolves({});

    await bucket.put('runs/run-1/report.json', { runId: 'run-1' });

    const input = s3.commandCalls(PutObjectCommand)[0]?.args[0].input;
    expect(input).toMatchObject({
      Bucket: 'reveille-bucket',
      Key: 'runs/run-1/report.json',
      ContentType: 'application/json',
    });
    expect(input).not.toHaveProperty('IfNoneMatch');
    expect(contentOf(input?.Body)).toEqual({ runId: 'run-1' });
  });

  it('writes a page as what a browser shows', async () => {
    s3.on(PutObjectCommand).resolves({});

    await bucket.putPage('runs/run-1/report.html', '<!doctype html>');

    expect(s3).toHaveReceivedCommandWith(PutObjectCommand, {
      Key: 'runs/run-1/report.html',
      Body: '<!doctype html>',
      ContentType: 'text/html; charset=utf-8',
    });
  });

  it('writes once: only if there is nothing yet', async () => {
    s3.on(PutObjectCommand).resolves({ ETag: '"first"' });

    expect(await bucket.putOnce('key', {})).toBe('"first"');
    expect(s3).toHaveReceivedCommandWith(PutObjectCommand, { Key: 'key', IfNoneMatch: '*' });
  });

  it('says that the key was there already', async () => {
    s3.on(PutObjectCommand).rejects(awsError('PreconditionFailed', 'At least one did not hold', 412));

    expect(await bucket.putOnce('key', {})).toBeNull();
  });

  it('hides no other failure of a write', async () => {
    s3.on(PutObjectCommand).rejects(awsError('AccessDenied', 'Access Denied', 403));

    await expect(bucket.putOnce('key', {})).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(bucket.put('key', {})).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('reads what fits the schema', async () => {
    s3.on(GetObjectCommand, { Bucket: 'reveille-bucket', Key: 'key' }).resolves(stored({ runId: 'run-1' }));

    expect(await bucket.get('key', schema)).toEqual({ runId: 'run-1' });
  });

  it('has null for a missing key, and an error for one that may not be read', async () => {
    s3.on(GetObjectCommand, { Key: 'missing' }).rejects(noSuchKey());
    s3.on(GetObjectCommand, { Key: 'denied' }).rejects(awsError('AccessDenied', 'Access Denied', 403));

    expect(await bucket.get('missing', schema)).toBeNull();
    await expect(bucket.get('denied', schema)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it.each([
    ['no JSON', '{ "runId": '],
    ['an empty object', ''],
    ['other JSON', '{ "runId": 7 }'],
  ])('does not take %s for what it wants, and names the key', async (_what, content) => {
    s3.on(GetObjectCommand).resolves(stored(content));

    await expect(bucket.get('runs/run-1/manifest.json', schema)).rejects.toMatchObject({
      name: 'UnexpectedReply',
      message: expect.stringContaining('runs/run-1/manifest.json'),
    });
  });

  it('lists all keys, page by page', async () => {
    const page = (...keys: string[]) => ({ Contents: keys.map((Key) => ({ Key })) });
    s3.on(ListObjectsV2Command).callsFake(({ ContinuationToken }: { ContinuationToken?: string }) =>
      ContinuationToken === undefined
        ? { ...page('a/1', 'a/2'), IsTruncated: true, NextContinuationToken: 'more' }
        : page('a/3', 'a/4'),
    );

    expect(await bucket.list('a/')).toEqual(['a/1', 'a/2', 'a/3', 'a/4']);
    expect(s3).toHaveReceivedCommandWith(ListObjectsV2Command, { Bucket: 'reveille-bucket', Prefix: 'a/' });
  });

  it('lists nothing where nothing is', async () => {
    s3.on(ListObjectsV2Command).resolves({});

    expect(await bucket.list('a/')).toEqual([]);
  });
});

describe('readLatestAgentVersion', () => {
  it('reads the object that AWS keeps in each region', async () => {
    s3.on(GetObjectCommand, { Bucket: 'amazon-ssm-us-east-1', Key: 'latest/VERSION' }).resolves(stored('3.3.551.0\n'));

    expect(await readLatestAgentVersion(client, 'us-east-1')).toBe('3.3.551.0');
  });

  it.each([
    ['it is missing', noSuchKey()],
    [
      'access was denied, so it may not be read, or is missing: Access Denied',
      awsError('AccessDenied', 'Access Denied', 403),
    ],
  ])('says of which object %s', async (why, error) => {
    s3.on(GetObjectCommand).rejects(error);

    await expect(readLatestAgentVersion(client, 'us-east-1')).rejects.toMatchObject({
      name: 'UnknownAgentVersion',
      message: `s3://amazon-ssm-us-east-1/latest/VERSION: ${why}`,
    });
  });

  it('is tried again where S3 gives no answer', async () => {
    s3.on(GetObjectCommand).rejects(awsError('InternalError', 'We encountered an internal error', 500));

    await expect(readLatestAgentVersion(client, 'us-east-1')).rejects.toMatchObject({ name: 'InternalError' });
  });

  it('quotes only the beginning of what is no version', async () => {
    s3.on(GetObjectCommand).resolves(stored(`<html>${'x'.repeat(500)}`));

    const error = await readLatestAgentVersion(client, 'us-east-1').catch((caught: Error) => caught);

    expect(error).toMatchObject({ name: 'UnknownAgentVersion', message: expect.stringContaining('"<html>') });
    expect((error as Error).message.length).toBeLessThan(150);
  });
});
