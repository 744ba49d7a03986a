import 'aws-sdk-client-mock-jest';
import { DescribeInstancesCommand, type Instance, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { aRecord, aRunLock, executionArnOf, givenLock } from '../../support/bucket.ts';
import { aMember, aRun, stamp, wokenFacts } from '../../support/builders.ts';
import { awsError, described, instanceIds, mockClients, stored, throttled } from '../../support/functions.ts';
import { givenAbortedRun, givenCarriers, measured, metrics, reconcile } from '../../support/reconciling.ts';

const mocks = mockClients();
const { ec2, s3 } = mocks;

const [FIRST = '', SECOND = ''] = instanceIds(2);
const RUN = aRun();

const stops = () => ec2.commandCalls(StopInstancesCommand).map(({ args: [{ input }] }) => input.InstanceIds);

/** What EC2 answers to a listing, and which of the two instances it does not answer for by ID. */
function givenEc2(listing: Error, ...silent: string[]): void {
  ec2.on(DescribeInstancesCommand).callsFake(({ InstanceIds }: { InstanceIds?: string[] }) => {
    if (InstanceIds === undefined) throw listing;
    if (InstanceIds.some((id) => silent.includes(id))) throw awsError('Unavailable', 'try again shortly', 503);
    return described(...InstanceIds.map((instanceId) => wokenFacts({ instanceId })));
  });
}

/** A dead run that is not reported yet has woken both, each in a zone of its own. */
beforeEach(() => {
  givenAbortedRun(mocks);
  givenCarriers(mocks, [], [aRecord([FIRST, SECOND])]);
  const open = { runId: RUN.runId, executionArn: executionArnOf(RUN.runId), openedAt: RUN.startedAt };
  const instances = [aMember(FIRST, { zone: 'a' }), aMember(SECOND, { zone: 'b' })];
  const manifest = { run: RUN, listedAt: stamp('02:01'), allowEmpty: false, groups: ['dev'], batches: 1, instances };
  s3.on(ListObjectsV2Command, { Prefix: 'open-runs/' }).resolves({ Contents: [{ Key: 'open-runs/run-1.json' }] });
  s3.on(GetObjectCommand, { Key: 'open-runs/run-1.json' }).resolves(stored(open));
  s3.on(GetObjectCommand, { Key: 'runs/run-1/manifest.json' }).resolves(stored(manifest));
  givenLock(s3, null);
  metrics.addMetric.mockClear();
});

describe('ReconcileLeases, while a zone is disturbed so that EC2 lists nothing', () => {
  const disturbed = awsError('Unavailable', 'a zone is disturbed', 503);

  it('restores what EC2 shows by its ID, and leaves the rest to the next pass: it fails, and measures nothing', async () => {
    givenEc2(disturbed, FIRST);
    await expect(reconcile('03:00')).rejects.toMatchObject({ message: expect.stringContaining('Unavailable') });
    expect(stops()).toEqual([[SECOND]]);
    expect(measured()).toEqual({});
  });

  it('does nothing where EC2 shows nothing by ID either', async () => {
    givenEc2(disturbed, FIRST, SECOND);
    await expect(reconcile('03:00')).rejects.toMatchObject({ name: 'AwsUnavailable' });
    expect(stops()).toEqual([]);
  });

  it('asks for none by ID where the listing was throttled, or refused', async () => {
    for (const error of [throttled(), awsError('UnauthorizedOperation')]) {
      givenEc2(error);
      await expect(reconcile('03:00')).rejects.toThrow();
    }
    expect(stops()).toEqual([]);
  });

  it('lists once, and no second time under the lock: a zone that hangs takes most of its time', async () => {
    givenEc2(disturbed, FIRST);
    await expect(reconcile('03:00')).rejects.toThrow();
    const listings = ec2.commandCalls(DescribeInstancesCommand).filter(({ args: [{ input }] }) => !input.InstanceIds);
    expect(listings).toHaveLength(1);
    const silent = ec2.commandCalls(DescribeInstancesCommand, { InstanceIds: [FIRST] });
    expect(silent).toHaveLength(1);
  });
});

it('ReconcileLeases restores the others where what EC2 says of one can not be read, counts that one as leased, and fails', async () => {
  givenEc2(awsError('Unavailable'));
  const rows = described(...[FIRST, SECOND].map((instanceId) => wokenFacts({ instanceId }))).Reservations ?? [];
  const [odd, ...others] = rows.flatMap(({ Instances = [] }) => Instances);
  const unreadable = { ...odd, State: { Name: 'asleep' } } as unknown as Instance;
  const all = ec2.on(DescribeInstancesCommand, { InstanceIds: undefined });
  all.resolves({ Reservations: [{ Instances: [unreadable, ...others] }] });

  await expect(reconcile('03:00')).rejects.toMatchObject({
    name: 'UnexpectedReply',
    message: expect.stringContaining(FIRST),
  });
  expect(stops()).toEqual([[SECOND]]);
  expect(measured()).toMatchObject({ OpenLeases: 1 });

  // Only that one is left: its dead run is not reported yet, and keeps its lock.
  s3.resetHistory();
  all.resolves({ Reservations: [{ Instances: [unreadable] }] });
  givenLock(s3, aRunLock());
  await expect(reconcile('03:10')).rejects.toMatchObject({ name: 'UnexpectedReply' });
  const written = s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => input.Key);
  expect(written.filter((key) => key?.startsWith('runs/'))).toEqual([]);
  expect(s3).not.toHaveReceivedCommand(DeleteObjectCommand);
});
