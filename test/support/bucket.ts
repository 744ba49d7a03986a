import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  DescribeInstanceAssociationsStatusCommand,
  DescribeSessionsCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import type { AwsClientStub } from 'aws-sdk-client-mock';
import { LOCK_KEY, recordKey } from '../../functions/domain/model/object-keys.ts';
import type { RunLock } from '../../functions/domain/ownership/run-lock.ts';
import type { StartRecord } from '../../functions/domain/ownership/start-record.ts';
import { anAttempt, aRun, ENDS, stamp } from './builders.ts';
import { noSuchKey, stored } from './functions.ts';

const { account, region, stateMachine } = aRun();
export const executionArnOf = (runId: string): string =>
  `arn:aws:states:${region}:${account}:execution:${stateMachine}:${runId}`;

/** The lock as ListInstances of the run took it. */
export const aRunLock = (changes: Partial<RunLock> = {}): RunLock => ({
  kind: 'run',
  runId: 'run-1',
  executionArn: executionArnOf(changes.runId ?? 'run-1'),
  startedAt: aRun().startedAt,
  scheduledTime: null,
  takenAt: stamp('02:00:01'),
  ...changes,
});

/** The reconciler's lock; its Lambda is dead a minute later. */
export const aReconcilerLock = (takenAt: string, expiresAt: string, requestId = 'another-pass') =>
  ({ kind: 'reconciler', requestId, takenAt: stamp(takenAt), expiresAt: stamp(expiresAt) }) as const;

/** The mark of the lock that is there. */
export const LOCK_ETAG = '"the-lock"';

/** The lock in the bucket is this one; null: there is none. */
export function givenLock(s3: AwsClientStub<S3Client>, lock: unknown = aRunLock()): void {
  const read = s3.on(GetObjectCommand, { Key: LOCK_KEY });
  if (lock === null) read.rejects(noSuchKey());
  else read.resolves({ ...stored(lock), ETag: LOCK_ETAG });
}

/**
 * What an attempt of StartInstances has written ahead; the first one did so at 02:00, and was dead at 02:01.
 * @param startBy until when a start of it can take effect, on any of the instances
 */
export function aRecord(
  ids: string[],
  { startBy = anAttempt().startBy, ...changes }: Partial<StartRecord> & { startBy?: string } = {},
): StartRecord {
  const { attempt, recordedAt } = anAttempt();
  const before = { previousLaunchTime: null, previousTransitionReason: null, repliedAt: null };
  const member = { originalState: 'stopped', ...before, startBy, adopted: [], ...ENDS } as const;
  return {
    runId: aRun().runId,
    stateMachine: aRun().stateMachine,
    child: 'child-1',
    batch: 0,
    attempt,
    recordedAt,
    instances: ids.map((instanceId) => ({ ...member, instanceId, adopted: [] })),
    ...changes,
  };
}

/**
 * The same record once EC2 has answered.
 * @param ends until when a start of these instances can take effect; of the others none can
 * @param replies when EC2 accepted the start of those that it had found stopped
 */
export const completed = (
  record: StartRecord,
  ends: Record<string, string> = {},
  replies: Record<string, string> = {},
): StartRecord => ({
  ...record,
  instances: record.instances.map((one) => ({
    ...one,
    startBy: ends[one.instanceId] ?? record.recordedAt,
    repliedAt: replies[one.instanceId] ?? null,
  })),
});

/** The bucket has these records, the run's lock, and no other object. */
export function givenRecords(s3: AwsClientStub<S3Client>, ...records: StartRecord[]): void {
  s3.on(GetObjectCommand).rejects(noSuchKey());
  const keys = records.map((record) => recordKey(record, record.attempt));
  s3.on(ListObjectsV2Command).callsFake(({ Prefix }: { Prefix: string }) => ({
    Contents: keys.filter((key) => key.startsWith(Prefix)).map((Key) => ({ Key })),
  }));
  givenLock(s3);
  for (const [index, Key] of keys.entries()) s3.on(GetObjectCommand, { Key }).resolves(stored(records[index]));
}

/** What is written to the lock from now on is there when it is read next, as in S3. */
export const rememberLock = (s3: AwsClientStub<S3Client>) =>
  s3.on(PutObjectCommand, { Key: LOCK_KEY }).callsFake(({ Body }: { Body: string }) => {
    givenLock(s3, JSON.parse(Body));
    return {};
  });

/** No one else is at work on any instance. */
export function givenNoNeighbours(ssm: AwsClientStub<SSMClient>): void {
  ssm.on(DescribeSessionsCommand).resolves({});
  ssm.on(DescribeInstanceAssociationsStatusCommand).resolves({});
}
