import 'aws-sdk-client-mock-jest';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import type { Reconciled } from '../../../functions/domain/report/reconcile-report.ts';
import { createHastyBucket, storePage, storePageAnew } from '../../../functions/operations/store-page.ts';
import { stamp } from '../../support/builders.ts';
import { aContext, aRuntime, awsError, noSuchKey, silentLogger, stored } from '../../support/functions.ts';
import { ALL_KEPT, aPageInstance, aPageReport, textOf } from '../../support/page/page-reports.ts';

const s3 = mockClient(S3Client);
const logger = silentLogger();
const tools = { hastyBucket: createHastyBucket(aRuntime('03:00'), 'reveille-bucket'), language: 'en' as const, logger };
const report = aPageReport([aPageInstance({ finalState: 'running', restoredAt: null })], { checks: ALL_KEPT });
const run = { runId: 'run-1' };
const KEY = 'runs/run-1/report.html';
const written = () => s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => input);
const warnings = () => logger.warn.mock.calls.map(([text]) => text);

const addendum = (action: string): Reconciled => ({
  at: stamp('02:45'),
  instances: [{ instanceId: aPageInstance().instanceId, action, finalState: 'stopped', wokenAt: null }],
});

beforeEach(() => {
  s3.reset();
  s3.on(GetObjectCommand).rejects(noSuchKey());
  s3.on(PutObjectCommand).resolves({});
  s3.on(ListObjectsV2Command).resolves({});
});

describe('the page of a new report', () => {
  it('opens in the language of the stack', async () => {
    await storePage({ ...tools, language: 'ja' }, report, aContext());

    expect(String(written()[0]?.Body)).toContain('<html lang="ja" data-opens-in="ja">');
  });

  it('lies beside the report, as a page', async () => {
    await storePage(tools, report, aContext());

    expect(written()).toMatchObject([{ Bucket: 'reveille-bucket', Key: KEY, ContentType: 'text/html; charset=utf-8' }]);
    expect(textOf(String(written()[0]?.Body))).toContain('LEFT AWAKE: 1 (web-1)');
  });

  it('costs nothing but itself, if it can not be written', async () => {
    s3.on(PutObjectCommand).rejects(awsError('AccessDenied', 'no', 403));

    await storePage(tools, report, aContext());

    expect(warnings()).toEqual(['the page of the report could not be written']);
  });

  it('costs nothing but itself, if it can not be drawn', async () => {
    await storePage(tools, { runId: 'run-1' }, aContext());

    expect(written()).toEqual([]);
    expect(warnings()).toEqual(['the page of the report could not be written']);
  });

  it('is tried twice, and no longer: by then its function may be at its end', async () => {
    s3.on(PutObjectCommand).rejects(awsError('SlowDown', 'no', 503));

    await storePage(tools, report, aContext());

    expect(warnings()).toHaveLength(1);
  });

  it('is left out where its function could be killed in it', async () => {
    await storePage(tools, report, aContext({ remainingSeconds: 24 }));

    expect(written()).toEqual([]);
    expect(warnings()).toEqual(['no time was left for the page of the report']);
  });
});

describe('the page of a report that ReconcileLeases has added to', () => {
  beforeEach(() => s3.on(GetObjectCommand, { Key: 'runs/run-1/report.json' }).resolves(stored(report)));

  it('says what was done since, and not what others have filed there', async () => {
    const keys = ['reconciled/pass-1.json', 'reconciled/holds/i-1.json', 'reconciled/refusals-told.json'];
    s3.on(ListObjectsV2Command).resolves({ Contents: keys.map((key) => ({ Key: `runs/run-1/${key}` })) });
    s3.on(GetObjectCommand, { Key: 'runs/run-1/reconciled/pass-1.json' }).resolves(stored(addendum('restored')));

    await storePageAnew(tools, run, aContext());

    const text = textOf(String(written()[0]?.Body));
    expect(text).toMatch(/After the run .* 02:45:00 web-1 put back as it was/);
    expect(text).toContain('1 put back only after the run');
    expect(s3).toHaveReceivedCommandTimes(GetObjectCommand, 2);
  });

  it('is none as long as the run has no report', async () => {
    s3.on(GetObjectCommand, { Key: 'runs/run-1/report.json' }).rejects(noSuchKey());

    await storePageAnew(tools, run, aContext());

    expect(written()).toEqual([]);
    expect(warnings()).toEqual([]);
  });

  it('costs nothing but itself, if an addendum can not be read', async () => {
    s3.on(ListObjectsV2Command).rejects(awsError('AccessDenied', 'no', 403));

    await storePageAnew(tools, run, aContext());

    expect(warnings()).toEqual(['the page of the report could not be written']);
  });
});
