import { textOf } from '../../../../../../functions/domain/report/headline.ts';
import { headOf } from '../../../../../../functions/domain/report/page/facts/head.ts';
import { toNight } from '../../../../../../functions/domain/report/page/facts/night.ts';
import { type PageReport, pageReportSchema } from '../../../../../../functions/domain/report/page/facts/page-report.ts';
import type { ReportInstance } from '../../../../../../functions/domain/report/report.ts';
import { summarize } from '../../../../../../functions/domain/report/summary.ts';
import type { Language } from '../../../../../../functions/domain/words/words.ts';
import { stamp } from '../../../../../support/builders.ts';
import {
  ALL_KEPT,
  aPageInstance,
  aPageReport,
  aRunningInstance,
  failedFor,
  leftOutFor,
  pageOf,
  textOf as textOfPage,
} from '../../../../../support/page/page-reports.ts';
import { current, failed, reported, told } from '../../../../../support/reports.ts';

const sentence = (report: PageReport, addenda: Parameters<typeof toNight>[1] = [], language: Language = 'en') =>
  textOf(headOf(toNight(report, addenda), language), language);
const fine = [aPageInstance(), aRunningInstance({ instanceId: 'i-ran' })];
const awake = aPageInstance({ instanceId: 'i-awake', finalState: 'running', restoredAt: null, awakeSeconds: null });

describe('the head of a page', () => {
  const web = (number: number, changes: Partial<ReportInstance> = {}) =>
    told(`i-${number}`, { name: `web-${number}`, ...changes });
  const optedOut = told('i-3', { outcome: 'excluded', wokenAt: null, reason: { code: 'opted-out', text: '' } });

  it.each<[string, ReportInstance[]]>([
    ['went well', [web(1), current, optedOut]],
    ['lost one', [web(1), failed]],
    ['left one awake', [web(1, { finalState: 'running' }), web(2)]],
    ['left one awake by its tag', [web(1, { finalState: 'opted-out' }), web(2)]],
    ['found one otherwise', [web(1), told('i-3', { originalState: 'running', finalState: 'stopped' })]],
    ['found none', []],
  ])('is the first line of the message, but for the groups: of a run that %s', (_how, instances) => {
    for (const language of ['en', 'ja'] as const) {
      const report = reported(instances, instances.includes(optedOut) ? 'succeeded' : 'failed');
      const [firstLine = ''] = summarize(report, { bucketName: 'b', language }).text.split('\n');
      const withoutGroup = firstLine.replace(/(^|\. |。)dev[:：] ?/, '$1');
      const page = pageReportSchema.parse(report);
      expect(sentence(page, [], language)).toBe(withoutGroup);
      const [, head = ''] = /<h1>(.*?)<\/h1>/.exec(pageOf(page, [], language)) ?? [];
      expect(head.replace(/<[^>]*>/g, '').replaceAll('\u00a0', ' ')).toBe(
        `${withoutGroup}${language === 'en' ? '.' : '。'}`,
      );
    }
  });

  it('marks what went wrong, and nothing else', () => {
    const report = aPageReport([...fine, awake, failedFor('update-hung'), leftOutFor('spot')], { status: 'failed' });
    const marked = [...pageOf(report).matchAll(/<em>(.*?)<\/em>/g)].map(([, text]) => text?.replace('\u00a0', ' '));
    expect(marked.slice(0, 2)).toEqual(['LEFT AWAKE: 1 (i-awake)', expect.stringMatching(/^1 failed \(/)]);
  });

  it('does not say that all is back, if it was not checked', () => {
    expect(sentence(aPageReport(fine))).toBe('2 of 2 updated. Not checked whether all are back');
    expect(sentence(aPageReport(fine, { checks: ALL_KEPT }))).toBe('2 of 2 updated. All back as they were');
  });

  it('does not call awake what ReconcileLeases has put back since', () => {
    const restored = { instanceId: 'i-awake', action: 'restored', finalState: 'stopped', wokenAt: null };
    const addenda = [{ at: stamp('02:45'), instances: [restored] }];
    const states = { status: 'not-kept' as const, instances: ['i-awake'], text: null };
    const report = aPageReport([...fine, awake], { checks: { ...(ALL_KEPT as object), states } as never });
    expect(sentence(report)).toBe('LEFT AWAKE: 1 (i-awake). 3 of 3 updated');
    expect(sentence(report, addenda)).toBe('3 of 3 updated. 1 put back only after the run');
    expect(textOfPage(pageOf(report, addenda))).toContain('Put back only after the run: web-1');
    expect(textOfPage(pageOf(report, addenda))).not.toContain('Not as before');
  });

  it.each([
    ['has lost its memory', 'restored', 'stopped', 'asleep again, and not as before: stopped'],
    ['is gone', 'gone', 'terminated', 'terminated meanwhile'],
  ])('does not say that one is back which %s', (_how, action, finalState, says) => {
    const addenda = [{ at: stamp('02:45'), instances: [{ instanceId: 'i-awake', action, finalState, wokenAt: null }] }];
    const report = aPageReport([{ ...awake, originalState: 'hibernated' }], { checks: ALL_KEPT });
    expect(sentence(report, addenda)).toBe('1 of 1 updated. 1 not as before');
    expect(textOfPage(pageOf(report, addenda))).toContain(says);
    expect(textOfPage(pageOf(report, addenda))).not.toContain('put back');
  });

  it('is followed by what is left awake, and by the command that stops it, which nothing copies', () => {
    const reason = { code: 'left-awake', text: 'it could be stopped until 2026-12-06T07:00:00.000Z only' };
    const report = aPageReport([{ ...awake, reason }], { timeZone: 'Europe/Berlin' });
    const text = textOfPage(pageOf(report));
    expect(text).toContain('1 instance left awake, asleep before the run');
    expect(text).toContain(
      'To stop it, once no one needs it: aws ec2 stop-instances --region eu-central-1 --instance-ids',
    );
    expect(text).toContain('it could be stopped until 2026-12-06 08:00:00 (Europe/Berlin) only');
    const [section = ''] = /<section id="left-awake">.*?<\/section>/s.exec(pageOf(report)) ?? [];
    expect(section).toContain('stop-instances');
    expect(section).not.toContain('<button');
  });

  it('says why a run has failed in which no instance took part', () => {
    const report = aPageReport([leftOutFor('opted-out')], { status: 'failed' });
    expect(textOfPage(pageOf(report))).toContain('A run that reaches no instance is no success.');
  });

  it('has the causes where they are few; else they stand below it, and only what is awake is named', () => {
    const causes = ['update-hung', 'never-registered', 'no-capacity', 'update-failed'];
    const failures = causes.map((code, index) =>
      failedFor(code, { instanceId: `i-${index}`, name: `worker-${index}` }),
    );
    const report = aPageReport([awake, ...failures], { status: 'failed' });
    expect(sentence(report)).toBe('LEFT AWAKE: 1 (web-1). 1 of 5 updated, 4 failed');
    expect(sentence(aPageReport(failures.slice(0, 1), { status: 'failed' }))).toContain('1 failed (worker-0: ');
  });
});

it('the page opens in the language of its stack; the other one waits', () => {
  const report = aPageReport(fine);
  expect(pageOf(report)).toMatch(/<html lang="en"><head>/);
  expect(pageOf(report, [], 'en')).toMatch(/<html lang="en" data-opens-in="en"><head>/);
  const japanese = pageOf(report, [], 'ja');
  expect(japanese).toMatch(/<html lang="ja" data-opens-in="ja"><head>.*<title>2台中2台を更新/s);
  expect(textOfPage(japanese)).toContain('2台中2台を更新');
  expect(japanese.split('<template')[1]).toContain('2 of 2 updated');
});
