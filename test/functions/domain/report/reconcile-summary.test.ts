import fc from 'fast-check';
import type { ReconcileResult } from '../../../../functions/domain/report/reconcile-report.ts';
import { summarizeReconciled } from '../../../../functions/domain/report/reconcile-summary.ts';

const finalStates: Partial<Record<ReconcileResult['action'], string>> = {
  restored: 'stopped',
  'handed-over': 'handed-over',
  'left-awake': 'running',
  gone: 'terminated',
};
const done = (action: ReconcileResult['action'], instanceId: string, text: string | null = null): ReconcileResult => ({
  instanceId,
  runId: 'run-1',
  action,
  finalState: finalStates[action] ?? null,
  wokenAt: null,
  text,
  name: 'db-1',
  originalState: 'stopped',
});

const summarize = (results: ReconcileResult[], hasNewRefusals = false, language: 'en' | 'ja' = 'en') =>
  summarizeReconciled(results, { region: 'eu-central-1', bucketName: 'bucket', language, hasNewRefusals });
const FILES = [
  '',
  'The files of the run: s3://bucket/runs/run-1/',
  '  https://eu-central-1.console.aws.amazon.com/s3/buckets/bucket?region=eu-central-1&prefix=runs%2Frun-1%2F',
];

describe('what a pass did', () => {
  it('begins with what was left awake, and has the command that stops it', () => {
    const left = done('left-awake', 'i-1', 'it could be stopped until 06:00 only');
    const asleep = { ...done('left-awake', 'i-2'), name: 'db-2', originalState: 'hibernated' };
    const { subject = '', text = '' } = summarize([left, asleep]) ?? {};
    expect(subject).toBe('LEFT AWAKE: 2 (db-1, db-2). After the run: 2 left awake');
    expect(text.split('\n')).toEqual([
      subject,
      'A run in eu-central-1 ended before all of its instances were back.',
      '',
      'To stop what was left awake, once no one needs it:',
      '  aws ec2 stop-instances --region eu-central-1 --instance-ids i-1',
      '  aws ec2 stop-instances --region eu-central-1 --hibernate --instance-ids i-2',
      '',
      'Settled now:',
      '  i-1  left awake, running, after run run-1 (db-1): it could be stopped until 06:00 only',
      '  i-2  left awake, running, after run run-1 (db-2)',
      ...FILES,
    ]);
  });

  it('is told to people as soon as an instance is back, with those that are not', () => {
    const summary = summarize([
      done('restored', 'i-1'),
      done('handed-over', 'i-2', 'anna is on it'),
      done('gone', 'i-5', 'it is terminated'),
      done('waiting', 'i-3', 'it is stopping'),
      done('stopping', 'i-4'),
    ]);
    expect(summary?.subject).toBe(
      'After the run: 1 restored (i-1), 1 handed over (i-2), 1 gone (i-5), 2 not yet (i-3, i-4)',
    );
    expect(summary?.text.split('\n').slice(1)).toEqual([
      'A run in eu-central-1 ended before all of its instances were back.',
      '',
      'Settled now:',
      '  i-1  restored, stopped, after run run-1 (db-1)',
      '  i-2  handed over, left awake, after run run-1 (db-1): anna is on it',
      '  i-5  gone, terminated, after run run-1 (db-1): it is terminated',
      '',
      'Not settled yet; the next pass tries again:',
      '  i-3  waiting, after run run-1 (db-1): it is stopping',
      '  i-4  stopping, after run run-1 (db-1)',
      ...FILES,
    ]);
  });

  it('says nothing of others where there are none', () => {
    const summary = summarize([done('restored', 'i-1')]);
    expect(summary?.subject).toBe('After the run: 1 restored (db-1)');
    expect(summary?.text).not.toContain('Not settled');
  });

  it('is not told to people while no instance is back: it may take many passes', () => {
    expect(summarize([])).toBeNull();
    expect(summarize([done('stopping', 'i-1'), done('refused', 'i-2')])).toBeNull();
  });

  it('is told all the same where AWS refuses for the first time: someone can put that right', () => {
    const refused = done('refused', 'i-2', 'it was not stopped: UnauthorizedOperation: no');
    const summary = summarize([done('stopping', 'i-1'), refused], true);
    expect(summary?.subject).toBe('After the run: 1 refused (i-2), 1 not yet (i-1)');
    expect(summary?.text.split('\n').slice(1, 8)).toEqual([
      'A run in eu-central-1 ended before all of its instances were back.',
      '',
      'AWS refused what ReconcileLeases has to do: its role or a policy has to allow it. This is told once for each run.',
      '',
      'Not settled yet; the next pass tries again:',
      '  i-1  stopping, after run run-1 (db-1)',
      '  i-2  refused, after run run-1 (db-1): it was not stopped: UnauthorizedOperation: no',
    ]);
    expect(summary?.chat.content.nextSteps).toEqual([expect.stringContaining('its role or a policy has to allow it')]);
  });

  it.each([
    ['all is back', done('restored', 'i-1'), { status: 'restored', severity: 'info' }],
    ['one is left awake', done('left-awake', 'i-1'), { status: 'restored', severity: 'critical' }],
    ['AWS refuses', done('refused', 'i-1'), { status: 'open', severity: 'critical' }],
  ] as const)('can be filtered by how it went: %s', (_what, result, attributes) => {
    expect(summarize([result], result.action === 'refused')?.attributes).toEqual(attributes);
  });

  it('is told in Japanese, under an English subject', () => {
    const results = [done('restored', 'i-1'), { ...done('left-awake', 'i-2', 'why'), name: '開発-2' }];
    const { subject = '', text = '' } = summarize(results, false, 'ja') ?? {};
    expect(subject).toBe('LEFT AWAKE: 1 (i-2). After the run: 1 restored (db-1), 1 left awake');
    expect(text).toMatch(/^起動したまま：1台（開発-2）。実行後の処理：復帰1台（db-1）、/);
    expect(text).toContain('\n  i-2  起動したままです、running、実行 run-1（開発-2）：why\n');
  });

  it('fits into a subject that SNS takes, however many they are', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (settled, open) => {
        const ofEach = (count: number, actions: ReconcileResult['action'][]) =>
          actions.flatMap((action) =>
            Array.from({ length: count }, (_, index) => done(action, `i-${action}-${index}`)),
          );
        const all = [
          ...ofEach(settled + 1, ['restored', 'handed-over', 'gone']),
          ...ofEach(open, ['refused', 'waiting']),
        ];
        expect(summarize(all, true)?.subject).toMatch(/^[\x20-\x7e]{1,99}$/);
      }),
    );
  });
});
