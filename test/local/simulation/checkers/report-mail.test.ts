import type { Report } from '../../../../functions/domain/report/report.ts';
import { summarize } from '../../../../functions/domain/report/summary.ts';
import { wordsOf } from '../../../../functions/domain/words/catalogue.ts';
import { judge } from '../../../../local/simulation/checkers/all-checkers.ts';
import type { Evidence } from '../../../../local/simulation/evidence/evidence.ts';
import type { Overheard } from '../../../../local/simulation/evidence/overheard.ts';
import { INSTANCE_ID, TARGET } from '../../../support/builders.ts';
import { aNight, aReported, evidence, state, whatIsHeardOf } from '../evidence.ts';

const told = (changes: Partial<Evidence>): string[] =>
  judge(evidence({ timeline: aNight, executions: [aReported()], ...changes })).flatMap((complaint) =>
    complaint.promise === 'true-report' ? [complaint.text] : [],
  );

/** Of a report that is right, with something else told. */
const ofHeard = (changes: Partial<Overheard>, more: Partial<Evidence> = {}): string[] =>
  told({ overheard: { ...whatIsHeardOf([aReported()]), ...changes }, ...more });

describe('what people are told', () => {
  const mailOf = (execution = aReported()) => whatIsHeardOf([execution]).mails[0] as Overheard['mails'][number];
  const mail = mailOf();

  it.each<[string, Overheard['mails'], RegExp]>([
    ['nothing', [], /no mail told how it went/],
    ['other counts', [{ ...mail, subject: 'dev: 2 of 2 updated' }], /intended, updated told wrongly/],
    ['what no one can read', [{ ...mail, subject: 'All went well' }], /no headline is to be read/],
    ['what SNS refuses', [{ ...mail, subject: `${mail.subject}${'x'.repeat(80)}` }], /SNS does not take the subject/],
    [
      'another status',
      [{ ...mail, subject: 'dev: 1 of 1 updated, but the run failed' }],
      /the run succeeded, and it is told/,
    ],
    ['a death', [{ ...mail, subject: 'dev: 1 of 1 updated, the run died' }], /wrong on whether the run died/],
    [
      'a first line that differs',
      [{ ...mail, message: mail.message.replace('1 of 1', '0 of 1') }],
      /updated told wrongly/,
    ],
    [
      'another version',
      [{ ...mail, message: mail.message.replace(`-> ${TARGET}`, '-> ?') }],
      /does not tell .* as the report does/,
    ],
    ['no page', [{ ...mail, message: mail.message.replace('report.html', '') }], /not say where report.html is/],
    [
      'a filter of another run',
      [{ ...mail, attributes: { ...mail.attributes, status: 'failed' } }],
      /filtered as failed/,
    ],
    ['a false alarm', [{ ...mail, attributes: { status: 'succeeded', severity: 'critical' } }], /filtered as critical/],
    ['what a chat drops', [{ ...mail, https: '{"content":{"title":"dev: 1 of 1 updated"}}' }], /a chat does not show/],
  ])('may not be %s', (_what, mails, text) => {
    expect(ofHeard({ mails }).join('\n')).toMatch(text);
  });

  describe('of a failure', () => {
    const line = { outcome: 'failed', reason: { code: 'no-capacity', text: 'x' }, versionAfter: null } as const;
    const execution = aReported(line, { status: 'FAILED', error: 'RunFailed' });
    const saying = (change: (right: Overheard['mails'][number]) => Partial<Overheard['mails'][number]>) => {
      const right = mailOf(execution);
      const overheard = { ...whatIsHeardOf([execution]), mails: [{ ...right, ...change(right) }] };
      return told({ executions: [execution], overheard }).join('\n');
    };
    const because = (who: string) =>
      saying(({ subject }) => ({ subject: subject.replace('failed', `failed (${who})`) }));

    it('is of that one, by its own cause', () => {
      const isTold = /and it is told: dev: 0 of 1 updated, 1 failed \(/;
      expect(because(`${INSTANCE_ID}: EC2 had no capacity`)).not.toMatch(isTold);
      expect(because('db-9: EC2 had no capacity')).toMatch(/db-9 did not fail/);
      expect(because(`${INSTANCE_ID}: no disk space for the update`)).toMatch(/failed as no-capacity/);
    });

    it('comes with what to do', () => {
      const whatToDo = wordsOf('no-capacity', 'en').whatToDo ?? '';
      expect(saying(({ message }) => ({ message: message.replace(whatToDo, '') }))).toContain(
        'the mail does not say what to do about no-capacity',
      );
    });
  });

  it('may not be that all are back, where one is not', () => {
    const stopped = [...aNight, state('02:14', 'pending', null), state('02:14:20', 'running')];
    expect(told({ timeline: stopped }).join('\n')).toContain(
      `${INSTANCE_ID} is not as it was, and it is told: dev: 1 of 1 updated. All back as they were`,
    );
  });

  it('is held to the account in Japanese, too', () => {
    const language = { parameters: { Language: 'ja' } };
    expect(told(language)).toEqual(['run-1: no mail told how it went']);
    const report = aReported().report as Report;
    const { text, chat } = summarize(report, { bucketName: 'bucket', language: 'ja' });
    const japanese = (message: string) => {
      const [title] = message.split('\n');
      const https = JSON.stringify({ ...chat, content: { ...chat.content, title } });
      return ofHeard({ mails: [{ ...mail, message, https }] }, language).join('\n');
    };
    expect(japanese(text)).toBe('');
    expect(japanese(text.replace('1台中1台を更新', '1台中0台を更新'))).toContain('updated told wrongly');
    expect(japanese(text.replace('  更新  ', '  失敗  '))).toContain('does not tell');
  });
});
