import 'aws-sdk-client-mock-jest';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { createBucket } from '../../../functions/aws/bucket.ts';
import {
  hasLock,
  readLock,
  readLockHolder,
  releaseLock,
  releaseOwnLock,
  takeLock,
} from '../../../functions/operations/take-run-lock.ts';
import { aReconcilerLock, aRunLock, executionArnOf, givenLock, LOCK_ETAG } from '../../support/bucket.ts';
import { aRun, at } from '../../support/builders.ts';
import { awsError, contentOf, noSuchKey } from '../../support/functions.ts';

const s3 = mockClient(S3Client);
const sfn = mockClient(SFNClient);
const bucket = createBucket(new S3Client({ region: 'eu-central-1' }), 'reveille-bucket');

const MINE = aRunLock();
const THEIRS = aRunLock({ runId: 'run-0' });
const changed = () => awsError('PreconditionFailed', 'At least one of the pre-conditions did not hold', 412);
const pass = (requestId: string) => aReconcilerLock('02:00', '02:01', requestId);

beforeEach(() => {
  s3.reset();
  sfn.reset();
});

describe('objects that are changed on condition', () => {
  it('are written over only while they are the version that was seen', async () => {
    s3.on(PutObjectCommand).resolves({});

    expect(await bucket.putIfSame('key', { new: true }, '"seen"')).toBe(true);
    expect(s3).toHaveReceivedCommandWith(PutObjectCommand, { Key: 'key', IfMatch: '"seen"' });
    expect(s3.commandCalls(PutObjectCommand)[0]?.args[0].input).not.toHaveProperty('IfNoneMatch');
  });

  it.each([
    ['is another by now', changed()],
    ['is gone', noSuchKey()],
  ])('are left alone where one %s', async (_what, answer) => {
    s3.on(PutObjectCommand).rejects(answer);
    s3.on(DeleteObjectCommand).rejects(answer);

    expect(await bucket.putIfSame('key', {}, '"seen"')).toBe(false);
    await expect(bucket.deleteIfSame('key', '"seen"')).resolves.toBeUndefined();
    expect(s3).toHaveReceivedCommandWith(DeleteObjectCommand, { Key: 'key', IfMatch: '"seen"' });
  });

  it('hide no other failure', async () => {
    const denied = awsError('AccessDenied', 'Access Denied', 403);
    s3.on(PutObjectCommand).rejects(denied);
    s3.on(DeleteObjectCommand).rejects(denied);

    await expect(bucket.putIfSame('key', {}, '"seen"')).rejects.toBe(denied);
    await expect(bucket.deleteIfSame('key', '"seen"')).rejects.toBe(denied);
  });

  it('are read with the mark of their version', async () => {
    givenLock(s3, MINE);

    expect(await readLock(bucket)).toEqual({ value: MINE, etag: LOCK_ETAG });
  });
});

describe('taking the lock', () => {
  it('writes it only if there is none', async () => {
    s3.on(PutObjectCommand).resolves({});

    expect(await takeLock(bucket, MINE, null)).toBe(true);
    expect(s3).toHaveReceivedCommandWith(PutObjectCommand, { Key: 'lock.json', IfNoneMatch: '*' });
    expect(contentOf(s3.commandCalls(PutObjectCommand)[0]?.args[0].input.Body)).toEqual(MINE);
  });

  it('writes it over a dead one’s, only while that is still the one that was judged', async () => {
    s3.on(PutObjectCommand).resolves({});

    expect(await takeLock(bucket, MINE, { value: THEIRS, etag: '"theirs"' })).toBe(true);
    expect(s3).toHaveReceivedCommandWith(PutObjectCommand, { Key: 'lock.json', IfMatch: '"theirs"' });
  });

  it.each([null, { value: THEIRS, etag: '"theirs"' }])(
    'is done where the refusal is of its own first try, whose reply was lost: %j',
    async (seen) => {
      s3.on(PutObjectCommand).rejects(changed());
      givenLock(s3, MINE);

      expect(await takeLock(bucket, MINE, seen)).toBe(true);
    },
  );

  it.each([
    ['another run', THEIRS],
    ['a run of the same name, long ago', aRunLock({ startedAt: '2026-08-01T02:00:00.000Z' })],
    ['a reconciler', pass('request-1')],
    ['no run, since it was released meanwhile', null],
  ])('has failed where %s was quicker', async (_who, lock) => {
    s3.on(PutObjectCommand).rejects(changed());
    givenLock(s3, lock);

    expect(await takeLock(bucket, MINE, null)).toBe(false);
  });

  it('of a reconciler knows its own pass, and no other’s', async () => {
    s3.on(PutObjectCommand).rejects(changed());
    givenLock(s3, pass('request-1'));

    expect(await takeLock(bucket, pass('request-1'), null)).toBe(true);
    expect(await takeLock(bucket, pass('request-2'), null)).toBe(false);
    givenLock(s3, MINE);
    expect(await takeLock(bucket, pass('request-1'), null)).toBe(false);
  });
});

describe('who has the lock', () => {
  const tools = { bucket, sfn: new SFNClient({ region: 'eu-central-1' }), now: () => at('02:01:30') };
  const holder = async (own: typeof MINE | null = MINE) => (await readLockHolder(tools, own)).holder.status;

  it.each([
    ['free', 'there is none', null],
    ['ours', 'it is the asking run’s', MINE],
    ['ending', 'a reconciler that may live has it', aReconcilerLock('02:01', '02:02')],
    ['dead', 'a reconciler that must be dead has it', aReconcilerLock('02:00', '02:01:29')],
  ])('is %s where %s, and Step Functions is not asked', async (status, _what, lock) => {
    givenLock(s3, lock);

    expect(await holder()).toBe(status);
    expect(sfn.calls()).toEqual([]);
  });

  it.each([
    ['alive', 'runs', { status: 'RUNNING' as const }],
    ['ending', 'ended less than 90 seconds ago', { status: 'FAILED' as const, stopDate: at('02:00:01') }],
    ['dead', 'ended 90 seconds ago', { status: 'FAILED' as const, stopDate: at('02:00:00') }],
  ])('is %s where another run has it that %s', async (status, _what, reply) => {
    givenLock(s3, THEIRS);
    sfn.on(DescribeExecutionCommand, { executionArn: executionArnOf('run-0') }).resolves(reply);

    expect(await holder()).toBe(status);
  });

  it('is alive where an older run of the same name has it: asked for it, Step Functions would mean the asking run', async () => {
    givenLock(s3, aRunLock({ startedAt: '2026-08-01T02:00:00.000Z' }));

    expect(await holder()).toBe('alive');
    expect(sfn.calls()).toEqual([]);
  });

  it('is asked of Step Functions for every run where no run asks', async () => {
    givenLock(s3, MINE);
    sfn.on(DescribeExecutionCommand, { executionArn: executionArnOf('run-1') }).resolves({ status: 'RUNNING' });

    expect(await holder(null)).toBe('alive');
  });

  it('comes with the mark of the lock that was judged', async () => {
    givenLock(s3, MINE);
    expect((await readLockHolder(tools, MINE)).seen).toEqual({ value: MINE, etag: LOCK_ETAG });

    givenLock(s3, null);
    expect((await readLockHolder(tools, MINE)).seen).toBeNull();
  });
});

describe('having the lock', () => {
  it('is read anew each time', async () => {
    givenLock(s3, MINE);
    expect(await hasLock(bucket, aRun())).toBe(true);

    givenLock(s3, THEIRS);
    expect(await hasLock(bucket, aRun())).toBe(false);

    givenLock(s3, null);
    expect(await hasLock(bucket, aRun())).toBe(false);
  });

  it('is not known while the bucket does not answer, and then the answer is never yes', async () => {
    s3.on(GetObjectCommand).rejects(awsError('SlowDown', 'Please reduce your request rate.', 503));

    await expect(hasLock(bucket, aRun())).rejects.toMatchObject({ name: 'SlowDown' });
  });
});

describe('letting go of the lock', () => {
  beforeEach(() => s3.on(DeleteObjectCommand).resolves({}));

  it('deletes it only while it is the one that was seen', async () => {
    await releaseLock(bucket, { value: MINE, etag: '"seen"' });

    expect(s3).toHaveReceivedCommandWith(DeleteObjectCommand, { Key: 'lock.json', IfMatch: '"seen"' });
  });

  it('is done to a run’s own', async () => {
    givenLock(s3, MINE);

    await releaseOwnLock(bucket, aRun());

    expect(s3).toHaveReceivedCommandWith(DeleteObjectCommand, { Key: 'lock.json', IfMatch: LOCK_ETAG });
  });

  it.each([
    ['another run’s', THEIRS],
    ['a reconciler’s', pass('request-1')],
    ['no run’s', null],
  ])('is not done to %s', async (_whose, lock) => {
    givenLock(s3, lock);

    await releaseOwnLock(bucket, aRun());

    expect(s3).not.toHaveReceivedCommand(DeleteObjectCommand);
  });
});
