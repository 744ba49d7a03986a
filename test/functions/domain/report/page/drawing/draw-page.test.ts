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
      text.replace(/<[^>]*>/g, '').replaceAll('\u00a0', ' '),
    );
    expect(headings).toEqual([
      '2 of 4 updated, 1 failed (i-0123456789abcdef0: the update never ended), 1 excluded. Not checked whether all are back.',
      'No false success not checked',
      'Back as it was not checked',
      'What was meant, and what became of it',
      '1 failure',
      'The run, instance by instance',
      'What it took',
      'Every instance',
      '1 instance was excluded, and why',
      '4台中2台を更新、1台失敗（i-0123456789abcdef0：更新が終わらない）、1台は対象外。元の状態に戻ったかどうかは未確認です。',
      '見せかけの成功を出さない 未検証',
      '元の状態に戻す 未検証',
      '全体と結果の内訳',
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
    expect(textOf(pageOf(aPageReport([awake])))).toMatch(/LEFT AWAKE: 1 \(lamp\).*Left awake: lamp/);
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
    expect(textOf(pageOf(aPageReport([leftOutFor('spot')])))).toContain('0 of 1 updated, 1 excluded.');
    expect(textOf(pageOf(aPageReport([])))).toContain('no instance found');
  });

  it('has bars up to 60 instances, and silhouettes above', () => {
    expect(pageOf(manyOf(60)).match(/class="bar"/g)).toHaveLength(120);
    expect(pageOf(manyOf(61))).toContain('class="lines"');
  });

  it('has the platform of each instance among the data of its table', () => {
    const page = pageOf(aPageReport([aPageInstance(), aPageInstance({ platform: 'Windows' })]));
    expect(JSON.parse(scriptsOf(page)[0]?.[2] ?? '')).toMatchObject({
      platforms: ['Linux/UNIX', 'Windows'],
      rows: [expect.arrayContaining([0]), expect.arrayContaining([1])],
    });
  });

  it('tells a start that did not last from one that was refused', () => {
    const startsOf = (code: string) => {
      const refusedStarts = { count: 1, firstAt: stamp('02:01:30'), lastAt: stamp('02:01:30'), code };
      const text = textOf(pageOf(aPageReport([{ ...failedFor('launch-error'), refusedStarts }])));
      return ['fell back to stopped, seen at', 'start refused at'].filter((words) => text.includes(words));
    };
    expect(startsOf('Client.InternalError')).toEqual(['fell back to stopped, seen at']);
    expect(startsOf('InsufficientInstanceCapacity')).toEqual(['start refused at']);
  });

  it('says in which zone its clock is, and from when on it is drawn denser', () => {
    const late = aPageInstance({ instanceId: 'i-late', restoredAt: stamp('02:29') });
    const page = pageOf(aPageReport([...manyOf(20).instances, late], { timeZone: 'Asia/Tokyo' }));
    expect(textOf(page)).toMatch(
      /Times are Asia\/Tokyo\. Right of the dashed line, from 11:15 on, time is drawn 4 times/,
    );
    expect(textOf(pageOf(aPageReport([aPageInstance({ restoredAt: stamp('02:29') })])))).toMatch(
      /Times are UTC\. (?!Right)/,
    );
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
