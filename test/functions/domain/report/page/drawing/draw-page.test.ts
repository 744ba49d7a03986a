import { failures, handovers, remarks } from '../../../../../../functions/domain/model/reason-codes.ts';
import type { PageReport } from '../../../../../../functions/domain/report/page/facts/page-report.ts';
import { stamp } from '../../../../../support/builders.ts';
import { aHostileReport, HOSTILE_TEXTS } from '../../../../../support/page/hostile-report.ts';
import {
  ALL_KEPT,
  aPageInstance,
  aPageReport,
  aRunningInstance,
  failedFor,
  hashOf,
  leftOutFor,
  pageOf,
  textOf,
} from '../../../../../support/page/page-reports.ts';

const mixed = aPageReport([
  aPageInstance(),
  aRunningInstance({ group: 'prod' }),
  failedFor('update-hung'),
  leftOutFor('spot'),
]);
const manyOf = (count: number): PageReport =>
  aPageReport(
    Array.from({ length: count }, (_, index) =>
      aPageInstance({ instanceId: `i-${index.toString(16).padStart(17, '0')}`, name: `web-server-${index}` }),
    ),
  );
const scriptsOf = (page: string) => [...page.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)];

describe('the page of a report', () => {
  it('says the same in both languages, in the order in which a reader asks', () => {
    const page = pageOf(mixed);
    const headings = [...page.matchAll(/<h[12][^>]*>(.*?)<\/h[12]>/g)].map(([, text = '']) =>
      text.replace(/<[^>]*>/g, ''),
    );
    expect(headings).toEqual([
      '1 of 3 failed. 2 agents are proved to be on 3.3.551.0. Whether all is back as it was has not been checked.',
      'No false success not checked',
      'Back as it was not checked',
      'What was meant, and what became of it',
      '1 failure',
      'The run, instance by instance',
      'What it took',
      'Every instance',
      '1 instance was left out, and why',
      '3台中1台が失敗しました。2台は 3.3.551.0 を確認済みです。元の状態に戻ったかは未検証です。',
      '見せかけの成功を出さない 未検証',
      '元の状態に戻す 未検証',
      '対象と結果の内訳',
      '失敗1台',
      'インスタンスごとの経過',
      '所要時間',
      'インスタンス一覧',
      '対象外の1台とその理由',
    ]);
  });

  it('calls kept only what was checked', () => {
    const kept = />kept</g;
    expect(pageOf(mixed).match(kept)).toBeNull();
    expect(pageOf({ ...mixed, checks: ALL_KEPT }).match(kept)).toHaveLength(2);
    expect(textOf(pageOf(mixed))).not.toMatch(/No lease tag is left|same boot\./);
  });

  it('says of a lost hibernation that the promise is not kept, and not that it is kept but for some', () => {
    const lost = aPageInstance({ reason: { code: 'hibernation-lost', text: 'EC2 stopped it' } });
    const text = textOf(pageOf(aPageReport([lost, lost], { checks: ALL_KEPT })));
    expect(text).toContain('not kept for 1');
    expect(text).toContain('No failure, and yet it fails the run');
    expect(text).not.toMatch(/exception|but for/);
  });

  it.each([...failures, ...Object.keys(handovers), ...Object.keys(remarks)])(
    'has words for a failure by %s',
    (code) => {
      const page = pageOf(aPageReport([failedFor(code)]));
      expect(page).toContain(`id="cause-${code}"`);
      expect(page).not.toMatch(/undefined|\[object|NaN|>null</);
    },
  );

  it('tells a cause that it does not know by its code', () => {
    expect(textOf(pageOf(aPageReport([failedFor('eaten-by-moths')])))).toContain('eaten-by-moths');
  });

  it('says of each instance that is left awake which it is', () => {
    const awake = aPageInstance({ finalState: 'running', restoredAt: null, awakeSeconds: null, name: 'lamp' });
    expect(textOf(pageOf(aPageReport([awake])))).toMatch(/Left awake: 1\..*Left awake: lamp/);
  });

  it('shows what ReconcileLeases has done since, at the time of the run’s own zone', () => {
    const instances = [
      { instanceId: aPageInstance().instanceId, action: 'back-now', finalState: 'stopped', wokenAt: null },
    ];
    const page = pageOf({ ...mixed, timeZone: 'Europe/Berlin' }, [{ at: stamp('02:45'), instances }]);
    expect(textOf(page)).toMatch(/After the run.*03:45:00 web-1 put back, once no one was at work on it/);
    expect(textOf(pageOf(mixed))).not.toContain('After the run');
  });

  it('is a page also where no instance took part, or none was listed', () => {
    expect(textOf(pageOf(aPageReport([leftOutFor('spot')])))).toContain('No instance of dev took part.');
    expect(textOf(pageOf(aPageReport([])))).toContain('No instance was listed.');
  });

  it('has bars up to 60 instances, and silhouettes above', () => {
    expect(pageOf(manyOf(60)).match(/class="bar"/g)).toHaveLength(120);
    expect(pageOf(manyOf(61))).toContain('class="lines"');
  });

  it('is no larger for a reader of 5,000 instances than 2 MiB', () => {
    const page = pageOf(manyOf(5000));
    expect(Buffer.byteLength(page)).toBeLessThan(2 * 1024 * 1024);
    expect(JSON.parse(scriptsOf(page)[0]?.[2] ?? '')).toMatchObject({ rows: { length: 5000 } });
  });
});

describe('what is not ours in a page', () => {
  const page = pageOf(aHostileReport(manyOf(40)));
  const failed = pageOf(aHostileReport(aPageReport(HOSTILE_TEXTS.map(() => failedFor('update-hung')))));

  it('makes no element and no attribute', () => {
    for (const one of [page, failed]) {
      expect(scriptsOf(one).map(([, attributes]) => attributes)).toEqual([' type="application/json" id="data"', '']);
      expect(/<(img|iframe|object|svg onload)/i.test(one)).toBe(false);
      expect(/<[^>"]*("[^"]*"[^>"]*)*\son\w+=/i.test(one)).toBe(false);
      expect(/href="(?!https:\/\/console\.aws\.amazon\.com\/|#|data:,")/.test(one)).toBe(false);
      expect(['\u202E', '\u2028', '\u2029', '\u0000'].filter((letter) => one.includes(letter))).toEqual([]);
    }
  });

  it('never stands in a line to copy', () => {
    const commands = [...failed.matchAll(/<div class="command">.*?<\/div>/g)].join('');
    expect(HOSTILE_TEXTS.filter((text) => commands.includes(text))).toEqual([]);
  });

  it('leaves the data readable for the script', () => {
    const data = JSON.parse(scriptsOf(page)[0]?.[2] ?? '') as { rows: unknown[] };
    expect(data.rows).toHaveLength(40);
  });
});

describe('the policy of a page', () => {
  it('allows its own style and script by their hashes, and nothing else', () => {
    const page = pageOf(mixed);
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
    expect(policy.replace(/&#39;/g, "'").split('; ')).toEqual([
      "default-src 'none'",
      `style-src 'sha256-${hashOf(style)}'`,
      `script-src 'sha256-${hashOf(scriptsOf(page)[1]?.[2] ?? '')}'`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it('has no style or handler within an element, which it would forbid', () => {
    expect(pageOf(mixed)).not.toMatch(/<[^>]*\s(style|on\w+)=/);
  });
});
