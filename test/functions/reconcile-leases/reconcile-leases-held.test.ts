import 'aws-sdk-client-mock-jest';
import { DeleteTagsCommand, DescribeInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import { DescribeSessionsCommand } from '@aws-sdk/client-ssm';
import type { InstanceFacts } from '../../../functions/domain/model/instance.ts';
import { aRecord, aRunLock, executionArnOf, givenLock } from '../../support/bucket.ts';
import { aMember, aRun, at, instanceFacts, stamp, wokenFacts } from '../../support/builders.ts';
import { contentOf, described, instanceIds, mockClients, stored } from '../../support/functions.ts';
import { ABORTED, givenAbortedRun, givenCarriers, reconcile } from '../../support/reconciling.ts';

const mocks = mockClients();
const { ec2, s3, sfn, sns, ssm } = mocks;

const [FIRST = '', SECOND = ''] = instanceIds(2);
const HOLD = `holds/${FIRST}.json`;
const stops = () => ec2.commandCalls(StopInstancesCommand).map(({ args: [{ input }] }) => input.InstanceIds);
const written = (key: string) =>
  s3.commandCalls(PutObjectCommand, { Key: key }).map(({ args: [{ input }] }) => contentOf(input.Body));
const actions = async (time: string) => (await reconcile(time)).instances.map(({ action }) => action);

/** Anna has a session on it, as long as this says so. */
const givenSession = (isOpen: boolean) =>
  ssm.on(DescribeSessionsCommand).resolves({
    Sessions: isOpen ? [{ Target: FIRST, SessionId: 'anna-1', Owner: 'anna', StartDate: at('02:10') }] : [],
  });

/** What is written about it is there when it is read next. */
const rememberHold = () =>
  s3.on(PutObjectCommand, { Key: HOLD }).callsFake(({ Body }: { Body: string }) => {
    s3.on(GetObjectCommand, { Key: HOLD }).resolves(stored(JSON.parse(Body)));
    return {};
  });

/** Its run had to leave the instance to others, and has written that down. */
const givenHold = () =>
  s3.on(GetObjectCommand, { Key: HOLD }).resolves(stored({ launchTime: wokenFacts().launchTime, quietSince: null }));

const givenFirst = (changes: Partial<InstanceFacts> = {}) =>
  givenCarriers(mocks, [wokenFacts({ instanceId: FIRST, ...changes })], [aRecord([FIRST])]);

beforeEach(() => {
  givenAbortedRun(mocks);
  givenFirst();
  rememberHold();
});

describe('ReconcileLeases, where others keep an instance awake', () => {
  it('waits as long as something is seen, and then for 20 minutes', async () => {
    givenSession(true);
    expect(await actions('02:40')).toEqual(['held']);
    expect(await actions('03:40')).toEqual(['held']);
    givenSession(false);
    expect(await actions('03:55')).toEqual(['held']);
    expect(await actions('04:10')).toEqual(['held']);
    expect(stops()).toEqual([]);
    expect(await actions('04:15')).toEqual(['stopping']);
    expect(stops()).toEqual([[FIRST]]);
  });

  it('counts anew when someone has come again', async () => {
    givenSession(true);
    await reconcile('02:40');
    givenSession(false);
    await reconcile('02:55');
    givenSession(true);
    expect(await actions('03:10')).toEqual(['held']);
    givenSession(false);
    expect(await actions('03:25')).toEqual(['held']);
    expect(await actions('03:40')).toEqual(['held']);
    expect(await actions('03:46')).toEqual(['stopping']);
  });

  it('knows from what the run has written that it was in use: two passes see nothing before it is stopped', async () => {
    givenHold();
    expect(await actions('02:50')).toEqual(['held']);
    expect(await actions('03:05')).toEqual(['held']);
    expect(await actions('03:20')).toEqual(['stopping']);
  });

  it('stops at once what no one was at work on', async () => {
    expect(await actions('02:50')).toEqual(['stopping']);
    expect(written(HOLD)).toEqual([]);
  });

  it('says that it is back now, in a message and in an addendum beside the report', async () => {
    givenFirst({ state: 'stopped', stateReason: instanceFacts().stateReason });
    givenHold();

    expect(await actions('03:20')).toEqual(['back-now']);

    expect(ec2).toHaveReceivedCommandWith(DeleteTagsCommand, { Resources: [FIRST] });
    expect(sns).toHaveReceivedCommandWith(PublishCommand, {
      Subject: 'After the run: 1 back now (web-1)',
      Message: expect.stringContaining(`${FIRST}  back now, stopped, after run run-1 (web-1)`),
    });
    expect(written('runs/run-1/reconciled/pass-1.json')).toMatchObject([
      { instances: [{ instanceId: FIRST, action: 'back-now' }] },
    ]);
  });

  it('does not ask Lambda to come again in a minute: it can take hours', async () => {
    givenSession(true);
    await expect(reconcile('02:40', ABORTED)).resolves.toMatchObject({ openLeases: 1 });
  });

  it('goes on where what it remembers can’t be read', async () => {
    s3.on(GetObjectCommand, { Key: HOLD }).resolves(stored({ quietSince: 7 }));
    expect(await actions('02:50')).toEqual(['stopping']);
  });
});

const NOT_SAID = { code: 'question-refused', text: 'EC2 does not say how it is' };

describe('ReconcileLeases, beside a run that has the lock', () => {
  const other = aRun({ runId: 'run-2', startedAt: stamp('03:00') });
  const lock = aRunLock({ runId: 'run-2', startedAt: stamp('03:00') });
  const givenManifest = (ids: string[], run = other, left: string[] = []) =>
    s3.on(GetObjectCommand, { Key: 'runs/run-2/manifest.json' }).resolves({
      ...stored({
        run,
        listedAt: stamp('03:01'),
        allowEmpty: false,
        groups: ['dev'],
        batches: 1,
        instances: [
          ...ids.map((id) => aMember(id)),
          ...left.map((id) => aMember(id, { decision: 'excluded', originalState: null, reason: NOT_SAID })),
        ],
      }),
      ETag: '"the-manifest"',
    });

  beforeEach(() => {
    givenLock(s3, lock);
    sfn.on(DescribeExecutionCommand, { executionArn: executionArnOf('run-2') }).resolves({ status: 'RUNNING' });
  });

  it('puts back what that run has left out, since EC2 was silent on it', async () => {
    givenManifest([SECOND], other, [FIRST]);
    expect(await actions('03:10')).toEqual(['stopping']);
    expect(stops()).toEqual([[FIRST]]);
  });

  it('puts back what that run’s manifest does not name', async () => {
    givenManifest([SECOND]);
    expect(await actions('03:10')).toEqual(['stopping']);
    expect(stops()).toEqual([[FIRST]]);
  });

  it.each([
    ['names it', () => givenManifest([FIRST, SECOND])],
    ['is not written yet', () => undefined],
    ['is of an older run of that name', () => givenManifest([SECOND], aRun({ runId: 'run-2' }))],
  ])('leaves it alone while the manifest %s', async (_how, given) => {
    given();
    expect(await actions('03:10')).toEqual([]);
    expect(stops()).toEqual([]);
  });

  it.each([
    [
      'the lock is another’s',
      () =>
        s3
          .on(GetObjectCommand, { Key: 'lock.json' })
          .resolvesOnce(lockRead())
          .resolves({ ...lockRead(), ETag: '"x"' }),
    ],
    ['the lock is gone', () => s3.on(GetObjectCommand, { Key: 'lock.json' }).resolvesOnce(lockRead()).rejects(gone())],
    [
      'its lease is another’s',
      () =>
        ec2
          .on(DescribeInstancesCommand)
          .resolvesOnce(described(wokenFacts({ instanceId: FIRST })))
          .resolves(described(wokenFacts({ instanceId: FIRST, tags: {} }))),
    ],
    [
      'it was started again',
      () =>
        ec2
          .on(DescribeInstancesCommand)
          .resolvesOnce(described(wokenFacts({ instanceId: FIRST })))
          .resolves(described(wokenFacts({ instanceId: FIRST, launchTime: stamp('03:09') }))),
    ],
  ])('stops nothing if, right before the stop, %s', async (_what, change) => {
    givenManifest([SECOND]);
    change();
    expect(await actions('03:10')).toEqual(['waiting']);
    expect(stops()).toEqual([]);
  });

  const lockRead = () => ({ ...stored(lock), ETag: '"the-lock"' });
  const gone = () => Object.assign(new Error('NoSuchKey'), { name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } });
});
