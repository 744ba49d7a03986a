import 'aws-sdk-client-mock-jest';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { createBucket } from '../../../functions/aws/bucket.ts';
import { describeExecutionStatus } from '../../../functions/aws/executions.ts';
import { parseStateMachineArn } from '../../../functions/domain/model/execution-arn.ts';
import { readLeaseStatuses } from '../../../functions/operations/read-lease-status.ts';
import { aRecord, completed, givenRecords } from '../../support/bucket.ts';
import { anAttempt, at } from '../../support/builders.ts';
import { awsError, instanceIds, stored, throttled } from '../../support/functions.ts';

const s3 = mockClient(S3Client);
const sfn = mockClient(SFNClient);
const bucket = createBucket(new S3Client({ region: 'eu-central-1' }), 'reveille-bucket');
const client = new SFNClient({ region: 'eu-central-1' });
const names = parseStateMachineArn('arn:aws:states:eu-central-1:123456789012:stateMachine:reveille-update-agents');
if (names === null) throw new Error('no names');

const RUN = 'arn:aws:states:eu-central-1:123456789012:execution:reveille-update-agents:run-1';
const CHILD = 'arn:aws:states:eu-central-1:123456789012:execution:reveille-update-agents/UpdateBatches:child-1';
const [FIRST = '', SECOND = '', THIRD = ''] = instanceIds(3);
const value = (attempt: string, child = 'child-1') => `reveille-update-agents/run-1/${child}/${attempt}`;
const find = (leases: [string, string][]) =>
  readLeaseStatuses(
    { bucket, sfn: client, names, now: () => at('03:00') },
    leases.map(([instanceId, lease]) => ({ instanceId, value: lease })),
  );
const asked = () => sfn.commandCalls(DescribeExecutionCommand).map(({ args: [{ input }] }) => input.executionArn);

beforeEach(() => {
  s3.reset();
  sfn.reset();
  sfn.on(DescribeExecutionCommand).resolves({ status: 'ABORTED', stopDate: at('02:30') });
});

describe('an execution', () => {
  it.each([
    ['RUNNING', undefined, { status: 'running' }],
    ['PENDING_REDRIVE', at('02:30'), { status: 'running' }],
    ['FAILED', at('02:30'), { status: 'ended', stoppedAt: '2026-12-06T02:30:00.000Z' }],
    ['SUCCEEDED', at('02:30'), { status: 'ended', stoppedAt: '2026-12-06T02:30:00.000Z' }],
    ['SOMETHING_NEW', undefined, { status: 'running' }],
    [undefined, undefined, { status: 'running' }],
  ])('that is %s tells how it lives', async (status, stopDate, life) => {
    const answer = { ...(status && { status: status as 'RUNNING' }), ...(stopDate && { stopDate }) };
    sfn.on(DescribeExecutionCommand).resolves(answer);

    expect(await describeExecutionStatus(client, RUN)).toEqual(life);
  });

  it.each(['ExecutionDoesNotExist', 'AccessDeniedException', 'InvalidArn'])(
    'is unknown, never dead, where the answer is %s',
    async (code) => {
      sfn.on(DescribeExecutionCommand).rejects(awsError(code));

      expect(await describeExecutionStatus(client, RUN)).toEqual({ status: 'unknown', why: code });
    },
  );

  it('is nothing at all where there is no answer', async () => {
    sfn.on(DescribeExecutionCommand).rejects(throttled());

    await expect(describeExecutionStatus(client, RUN)).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
  });
});

describe('readLeaseStatuses', () => {
  it('asks nothing where no instance carries a lease', async () => {
    expect(await find([])).toEqual([]);
    expect([...s3.calls(), ...sfn.calls()]).toEqual([]);
  });

  it('asks for each execution and each record once, however many carry their leases', async () => {
    givenRecords(s3, aRecord([FIRST, SECOND]), aRecord([THIRD], { attempt: 'attempt-2' }));

    const found = await find([
      [FIRST, value('attempt-1')],
      [SECOND, value('attempt-1')],
      [THIRD, value('attempt-2')],
    ]);

    expect(found.map(({ instanceId, status }) => [instanceId, status.kind])).toEqual([
      [FIRST, 'orphaned'],
      [SECOND, 'orphaned'],
      [THIRD, 'orphaned'],
    ]);
    expect(found.map(({ record }) => record?.attempt)).toEqual(['attempt-1', 'attempt-1', 'attempt-2']);
    expect(asked()).toEqual([RUN, CHILD]);
    expect(s3).toHaveReceivedCommandTimes(ListObjectsV2Command, 1);
    // Two records, and which boot of each instance is ours.
    expect(s3).toHaveReceivedCommandTimes(GetObjectCommand, 2 + 3);
    expect(s3).not.toHaveReceivedCommand(PutObjectCommand);
  });

  it('tells of an orphan what all attempts of its child say of it', async () => {
    const lost = { attempt: 'attempt-0', recordedAt: '2026-12-06T01:59:00.000Z', startBy: '2026-12-06T01:59:23.000Z' };
    const answered = completed(aRecord([FIRST, SECOND]), { [FIRST]: '2026-12-06T02:00:08.000Z' });
    givenRecords(s3, aRecord([FIRST], lost), answered);

    const found = await find([
      [FIRST, value('attempt-1')],
      [SECOND, value('attempt-1')],
    ]);

    const recordedAt = '2026-12-06T02:00:00.000Z';
    expect(found.map(({ status }) => status)).toMatchObject([
      { attempts: [{ attempt: 'attempt-1', recordedAt, startBy: '2026-12-06T02:00:08.000Z' }, lost] },
      { attempts: [{ attempt: 'attempt-1', recordedAt, startBy: recordedAt }] },
    ]);
  });

  it('finds one busy whose run may still be alive', async () => {
    givenRecords(s3, aRecord([FIRST]));
    sfn.on(DescribeExecutionCommand, { executionArn: RUN }).resolves({ status: 'RUNNING' });

    const [found] = await find([[FIRST, value('attempt-1')]]);

    expect(found?.status.kind).toBe('busy');
  });

  it('leaves an orphan alone, one record of whose child is garbage: what that one did is not known', async () => {
    givenRecords(s3, aRecord([FIRST]), aRecord([FIRST], { attempt: 'attempt-2' }));
    s3.on(GetObjectCommand, { Key: 'runs/run-1/records/child-1/attempt-2.json' }).resolves(stored('{"runId":1}'));

    const [found] = await find([[FIRST, value('attempt-1')]]);

    // Its own record says since when it is held: that makes its lease grow old, which alarms.
    expect(found).toMatchObject({
      record: { attempt: 'attempt-1' },
      status: { kind: 'busy', why: expect.stringContaining('read') },
    });
  });

  it('tells the children of one run apart', async () => {
    const startBy = '2026-12-06T02:00:08.000Z';
    givenRecords(s3, aRecord([FIRST]), aRecord([SECOND], { child: 'child-2', startBy }));

    const found = await find([
      [FIRST, value('attempt-1')],
      [SECOND, value('attempt-1', 'child-2')],
    ]);

    expect(found.map(({ status }) => status)).toMatchObject([{ attempts: [anAttempt()] }, { attempts: [{ startBy }] }]);
  });

  it.each([
    ['is garbage', 'garbage'],
    ['may not be read', 'refused'],
  ])('takes an instance for busy whose own record %s, and the others for what they are', async (_what, kind) => {
    givenRecords(s3, aRecord([FIRST]), aRecord([SECOND], { child: 'child-2' }));
    const own = s3.on(GetObjectCommand, { Key: 'runs/run-1/records/child-1/attempt-1.json' });
    if (kind === 'garbage') own.resolves(stored('{"runId":1}'));
    else own.rejects(awsError('AccessDenied', 'explicitly denied', 403));

    const found = await find([
      [FIRST, value('attempt-1')],
      [SECOND, value('attempt-1', 'child-2')],
    ]);

    expect(found.map(({ record, status }) => [record?.child, status.kind])).toEqual([
      [undefined, 'busy'],
      ['child-2', 'orphaned'],
    ]);
  });

  it('asks for the child of each, and finds it alive though its run is dead', async () => {
    givenRecords(s3, aRecord([FIRST]), aRecord([SECOND], { child: 'child-2' }));
    sfn.on(DescribeExecutionCommand, { executionArn: CHILD }).resolves({ status: 'RUNNING' });

    const found = await find([
      [FIRST, value('attempt-1')],
      [SECOND, value('attempt-1', 'child-2')],
    ]);

    expect(found.map(({ status }) => status.kind)).toEqual(['busy', 'orphaned']);
    expect(asked().sort()).toEqual([RUN, CHILD, CHILD.replace('child-1', 'child-2')].sort());
  });

  it('asks nothing about leases of others, or what is none', async () => {
    const found = await find([
      [FIRST, 'another-machine/run-1/child-1/attempt-1'],
      [SECOND, 'nonsense'],
    ]);

    expect(found.map(({ status }) => status.kind)).toEqual(['busy', 'ignored']);
    expect([...s3.calls(), ...sfn.calls()]).toEqual([]);
  });

  it('asks for no execution where there is no record', async () => {
    givenRecords(s3);

    const [found] = await find([[FIRST, value('attempt-1')]]);

    expect(found).toMatchObject({ record: null, status: { kind: 'ignored' } });
    expect(asked()).toEqual([]);
  });
});
