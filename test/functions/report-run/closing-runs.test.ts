import 'aws-sdk-client-mock-jest';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import type { Manifest } from '../../../functions/domain/listing/manifest.ts';
import { buildReport, type Report } from '../../../functions/domain/report/report.ts';
import { createReportRun } from '../../../functions/report-run/report-run.ts';
import { aRecord, aRunLock, executionArnOf, givenLock, LOCK_ETAG } from '../../support/bucket.ts';
import { aMember, aRun, at, instanceFacts, leaseValue, stamp, UNSEEN, wokenFacts } from '../../support/builders.ts';
import {
  aContext,
  aRuntime,
  awsError,
  contentOf,
  described,
  instanceIds,
  leased,
  mockClients,
  stored,
} from '../../support/functions.ts';
import { givenAbortedRun, givenCarriers, metrics, reconcile } from '../../support/reconciling.ts';

const mocks = mockClients();
const { ec2, s3, sfn, sns } = mocks;

const [FIRST = ''] = instanceIds(1);
const NIGHTLY = stamp('02:00');
const writes = () =>
  s3.calls().flatMap(({ args: [command] }) => {
    if (command instanceof PutObjectCommand) return [`put ${command.input.Key}`];
    return command instanceof DeleteObjectCommand ? [`delete ${command.input.Key}`] : [];
  });
const putOf = (Key: string) => contentOf(s3.commandCalls(PutObjectCommand, { Key })[0]?.args[0].input.Body);

const aManifest = (): Manifest => ({
  run: aRun(),
  listedAt: stamp('02:00'),
  allowEmpty: false,
  groups: ['dev'],
  batches: 1,
  instances: [aMember(FIRST)],
});
const givenManifest = () => s3.on(GetObjectCommand, { Key: 'runs/run-1/manifest.json' }).resolves(stored(aManifest()));

/** Of run-1, as it makes it itself. */
const aReport = (): Report =>
  buildReport({
    manifest: aManifest(),
    results: [],
    observed: new Map(),
    again: UNSEEN,
    error: undefined,
    now: at('02:15'),
  });

beforeEach(() => {
  givenAbortedRun(mocks);
  ec2.on(DescribeInstancesCommand).resolves(described());
});

describe('ReportRun, closing a run', () => {
  const report = (input = {}) => createReportRun(aRuntime('03:00'), metrics)({ run: aRun(), input }, aContext());

  beforeEach(() => {
    givenManifest();
    givenLock(s3, aRunLock());
  });

  it('remembers its occurrence before it releases the lock: a run that finds it free finds that', async () => {
    await report({ scheduledTime: NIGHTLY });

    expect(writes()).toEqual([
      'put runs/run-1/report.json',
      'put last-complete-run.json',
      `put occurrences/${NIGHTLY}.json`,
      'delete open-runs/run-1.json',
      'delete lock.json',
      'put runs/run-1/report-told.json',
      'put runs/run-1/report.html',
    ]);
    const closed = { runId: 'run-1', endedAt: stamp('03:00') };
    expect(putOf(`occurrences/${NIGHTLY}.json`)).toEqual(closed);
    expect(putOf('last-complete-run.json')).toEqual(closed);
    expect(s3).toHaveReceivedCommandWith(DeleteObjectCommand, { Key: 'lock.json', IfMatch: LOCK_ETAG });
  });

  it('remembers no occurrence of a run that was started by hand', async () => {
    await report();

    expect(writes().filter((write) => write.includes('occurrences'))).toEqual([]);
  });

  it('of some members only is no complete run: the alarm of days without one goes on counting', async () => {
    await report({ instances: ['web-3'] });

    expect(writes()).not.toContain('put last-complete-run.json');
    expect(writes()).toContain('delete open-runs/run-1.json');
  });

  it('leaves the lock alone that another run has by now', async () => {
    givenLock(s3, aRunLock({ runId: 'run-2' }));

    await report();

    expect(writes()).not.toContain('delete lock.json');
  });

  it('keeps its lock where its report can not be written: it is tried again', async () => {
    s3.on(PutObjectCommand, { Key: 'runs/run-1/report.json' }).rejects(awsError('SlowDown', 'no', 503));

    await expect(report()).rejects.toMatchObject({ name: 'AwsUnavailable' });
    expect(writes().filter((write) => write.startsWith('delete'))).toEqual([]);
    expect(sns).not.toHaveReceivedCommand(PublishCommand);
  });

  it('is done before people are told: the run is closed also where no message can be sent', async () => {
    sns.on(PublishCommand).rejects(awsError('AuthorizationError', 'no', 403));

    await expect(report()).rejects.toMatchObject({ name: 'AwsRefused' });
    expect(writes()).toEqual([
      'put runs/run-1/report.json',
      'put last-complete-run.json',
      'delete open-runs/run-1.json',
      'delete lock.json',
      'put runs/run-1/report.html',
    ]);
  });

  it.each([{}, { input: { scheduledTime: 'monday' } }])('takes no request like %j', async (changes) => {
    const handler = createReportRun(aRuntime('03:00'), metrics);
    await expect(handler({ run: aRun(), ...changes }, aContext())).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringMatching(/ReportRun: .*(input|scheduledTime)/s),
    });
    expect(s3.calls()).toEqual([]);
  });
});

describe('ReconcileLeases, finding a run that died before its report', () => {
  const givenOpenRun = (openedAt = stamp('02:00:05')) => {
    s3.on(ListObjectsV2Command, { Prefix: 'open-runs/' }).resolves({ Contents: [{ Key: 'open-runs/run-1.json' }] });
    s3.on(GetObjectCommand, { Key: 'open-runs/run-1.json' }).resolves(
      stored({ runId: 'run-1', executionArn: executionArnOf('run-1'), openedAt }),
    );
  };

  it('reports it: every instance without a result has failed, because it died', async () => {
    givenManifest();
    givenOpenRun();

    expect((await reconcile('03:00')).reportedRuns).toEqual(['run-1']);

    expect(putOf('runs/run-1/report.json')).toMatchObject({
      status: 'failed',
      diedBeforeReport: true,
      instances: [{ outcome: 'failed', reason: { code: 'no-result', text: expect.stringContaining('RunDied') } }],
    });
    expect(sns.commandCalls(PublishCommand)[0]?.args[0].input.Subject).toMatch(
      /^dev: 0 of 1 updated, 1 failed .*, the run died/,
    );
    expect(writes()).toContain('delete open-runs/run-1.json');
  });

  it('reports one whose own report could not be written: ReportRun has left it open', async () => {
    givenManifest();
    givenOpenRun();
    s3.on(PutObjectCommand, { Key: 'runs/run-1/report.json' })
      .rejectsOnce(awsError('SlowDown', 'no', 503))
      .resolves({});
    const reportRun = createReportRun(aRuntime('02:15'), metrics)({ run: aRun(), input: {} }, aContext());

    await expect(reportRun).rejects.toMatchObject({ name: 'AwsUnavailable' });
    expect(writes()).toEqual(['put runs/run-1/report.json']);
    expect(sns).not.toHaveReceivedCommand(PublishCommand);

    expect((await reconcile('03:00')).reportedRuns).toEqual(['run-1']);
    expect(putOf('runs/run-1/report.json')).toMatchObject({ status: 'failed' });
    expect(sns).toHaveReceivedCommandTimes(PublishCommand, 1);
    expect(writes()).toContain('delete open-runs/run-1.json');
  });

  it('tells the report that the run has made itself, where only its closing has failed', async () => {
    givenManifest();
    givenOpenRun();
    const own = { ...aReport(), endedAt: stamp('02:15') };
    s3.on(GetObjectCommand, { Key: 'runs/run-1/report.json' }).resolves(stored(own));

    expect((await reconcile('03:00')).reportedRuns).toEqual(['run-1']);

    expect(putOf('runs/run-1/report.json')).toEqual(own);
    expect(sns.commandCalls(PublishCommand)[0]?.args[0].input.Message).toContain('to 2026-12-06 02:15:00 (UTC).');
    expect(writes()).toContain('delete open-runs/run-1.json');
  });

  it('does not take the report of an older run of the same name for its own', async () => {
    givenManifest();
    givenOpenRun();
    const older = { ...aReport(), endedAt: '2026-08-06T02:15:00.000Z' };
    s3.on(GetObjectCommand, { Key: 'runs/run-1/report.json' }).resolves(stored(older));

    await reconcile('03:00');

    expect(putOf('runs/run-1/report.json')).toMatchObject({ endedAt: stamp('03:00'), diedBeforeReport: true });
  });

  it('forgets one that never got to its manifest: it has touched no instance', async () => {
    givenOpenRun();

    expect((await reconcile('03:00')).reportedRuns).toEqual(['run-1']);
    expect(writes()).not.toContain('put runs/run-1/report.json');
    expect(sns).not.toHaveReceivedCommand(PublishCommand);
  });

  it.each<[string, () => unknown]>([
    ['still runs', () => sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' })],
    ['has just ended', () => sfn.on(DescribeExecutionCommand).resolves({ status: 'FAILED', stopDate: at('02:59') })],
    ['is not known, and younger than a day', () => sfn.on(DescribeExecutionCommand).rejects(awsError('AccessDenied'))],
    ['still holds an instance', () => givenCarriers(mocks, [wokenFacts({ instanceId: FIRST })], [aRecord([FIRST])])],
  ])('leaves one alone that %s', async (_what, given) => {
    givenManifest();
    given();
    givenManifest();
    givenOpenRun();

    expect((await reconcile('03:00')).reportedRuns).toEqual([]);
    expect(writes()).not.toContain('put runs/run-1/report.json');
    expect(writes()).not.toContain('delete open-runs/run-1.json');
  });

  it('reports the others where one can not be read, and tells of those that it has put back all the same', async () => {
    givenManifest();
    const facts = instanceFacts({ instanceId: FIRST, tags: leased(leaseValue()) });
    givenCarriers(mocks, [facts], [aRecord([FIRST])]);
    givenManifest();
    givenOpenRun();
    s3.on(ListObjectsV2Command, { Prefix: 'open-runs/' }).resolves({
      Contents: [{ Key: 'open-runs/garbage.json' }, { Key: 'open-runs/run-1.json' }],
    });
    s3.on(GetObjectCommand, { Key: 'open-runs/garbage.json' }).resolves(stored('{'));

    const { instances, reportedRuns } = await reconcile('03:00');

    expect(instances).toMatchObject([{ action: 'restored' }]);
    expect(reportedRuns).toEqual(['run-1']);
    expect(sns).toHaveReceivedCommandTimes(PublishCommand, 2);
    expect(writes()).not.toContain('delete open-runs/garbage.json');
  });

  it('reports one behind a hundred that it can not report yet', async () => {
    givenManifest();
    givenOpenRun();
    const others = Array.from({ length: 100 }, (_, index) => ({ Key: `open-runs/a-${index}.json` }));
    s3.on(ListObjectsV2Command, { Prefix: 'open-runs/' }).resolves({
      Contents: [...others, { Key: 'open-runs/run-1.json' }],
    });

    expect((await reconcile('03:00')).reportedRuns).toEqual(['run-1']);
  });

  it('has reported it, though no message can be sent', async () => {
    givenManifest();
    givenOpenRun();
    sns.on(PublishCommand).rejects(awsError('AuthorizationError', 'no', 403));

    expect((await reconcile('03:00')).reportedRuns).toEqual(['run-1']);
    expect(writes()).toContain('delete open-runs/run-1.json');
  });
});
