import { readFileSync } from 'node:fs';
import type { ReportInstance } from '../../../../functions/domain/report/report.ts';
import { summarize } from '../../../../functions/domain/report/summary.ts';
import { wordsOf } from '../../../../functions/domain/words/catalogue.ts';
import { OLD, TARGET } from '../../../support/builders.ts';
import { current, excluded, failed, reported, told } from '../../../support/reports.ts';

const summary = (...[instances, status, died]: Parameters<typeof reported>) =>
  summarize(reported(instances, status, died), { bucketName: 'bucket', language: 'en' });
const inJapanese = (instances: ReportInstance[]) =>
  summarize(reported(instances), { bucketName: 'bucket', language: 'ja' });
const many = (count: number) => Array.from({ length: count }, (_, index) => told(`i-${index}`));

describe('the message of a run', () => {
  const textOf = (...[instances, status, died]: Parameters<typeof reported>) => summary(instances, status, died).text;

  it('begins with the same sentence', () => {
    expect(textOf([told('i-1'), failed]).split('\n')[0]).toBe(
      'dev: 1 of 2 updated, 1 failed (i-failed: the agent never registered). State of 1 unknown',
    );
  });

  it('then has each cause with its names, what was seen, and what to do', () => {
    expect(textOf([failed, told('i-1')])).toContain(
      [
        'What to do:',
        '  The agent never registered: i-failed',
        '    its agent did not register in 15 minutes',
        `    ${wordsOf('never-registered', 'en').whatToDo}`,
        '',
        'The page: s3://bucket/runs/run-1/report.html',
      ].join('\n'),
    );
    expect(textOf([failed, { ...failed, instanceId: 'i-2' }])).toContain(
      '  The agent never registered: i-failed, i-2\n    i-failed: its agent did not register',
    );
  });

  it('asks for nothing where all went well', () => {
    expect(textOf([told('i-1')], 'succeeded')).not.toContain('What to do');
  });

  it('then says where the page and the report are, for the console, too', () => {
    const { brief } = summary([told('i-1')]);
    expect(brief.split('\n').slice(-4)).toEqual([
      'The page: s3://bucket/runs/run-1/report.html',
      '  https://eu-central-1.console.aws.amazon.com/s3/object/bucket?region=eu-central-1&prefix=runs%2Frun-1%2Freport.html',
      'The whole report: s3://bucket/runs/run-1/report.json',
      '  https://eu-central-1.console.aws.amazon.com/s3/object/bucket?region=eu-central-1&prefix=runs%2Frun-1%2Freport.json',
    ]);
  });

  it('ends with which run it was, where, how, when, and with the coverage equation', () => {
    expect(
      textOf([told('i-1'), current, failed, excluded])
        .split('\n')
        .slice(-3),
    ).toEqual([
      'Run run-1 in eu-central-1 (123456789012) failed.',
      '4 intended = 1 updated + 1 already current + 1 failed + 1 excluded',
      `Target: SSM Agent ${TARGET}. From 2026-12-06 03:00:00 (Europe/Berlin) to 2026-12-06 03:30:00 (Europe/Berlin).`,
    ]);
  });

  it('says of a dead run that its execution ended before, and when the report was made: perhaps days later', () => {
    expect(
      textOf([told('i-1')], 'failed', true)
        .split('\n')
        .at(-1),
    ).toBe(
      `Target: SSM Agent ${TARGET}. It began at 2026-12-06 03:00:00 (Europe/Berlin). Its execution ended before it made its report: ReconcileLeases made this one at 2026-12-06 03:30:00 (Europe/Berlin).`,
    );
  });

  it('has those that need looking at on top', () => {
    const text = textOf([current, told('i-updated'), excluded, failed]);
    const order = ['i-failed', 'i-excluded', 'i-updated', 'i-current'].map((id) => text.indexOf(`  ${id}  `));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
  });

  it('has those first of all that it left awake, with since when and the command that stops them', () => {
    const awake = told('i-awake', { name: 'db-1', finalState: 'running', restoredAt: null, awakeSeconds: null });
    const lines = textOf([...many(150), failed, awake]).split('\n');
    expect(lines.slice(1, 6)).toEqual([
      '',
      'LEFT AWAKE, though asleep before the run:',
      `  i-awake  db-1  dev  updated  ${OLD} -> ${TARGET}, running, awake since 2026-12-06 03:00:30 (Europe/Berlin)`,
      'To stop them, once no one needs them:',
      '  aws ec2 stop-instances --region eu-central-1 --instance-ids i-awake',
    ]);
    const head = lines.indexOf('Each instance:');
    expect(lines[head + 1]).toContain('  i-failed  ');
    expect(lines.filter((line) => line.startsWith('  i-'))).toHaveLength(100);
    expect(lines).toContain('  … and 52 more');
  });

  it('has no such line where none was left awake, and names no others where all were', () => {
    expect(textOf([told('i-1'), failed])).not.toContain('LEFT AWAKE');
    expect(textOf([told('i-awake', { finalState: 'running' })])).not.toContain('Each instance');
  });

  it('tells of each instance its versions, how it was left, how long it was awake, and why', () => {
    const text = textOf([told('i-1'), failed]);
    expect(text).toContain(`  i-1  dev  updated  ${OLD} -> ${TARGET}, stopped, awake 10 min\n`);
    expect(text).toContain(
      '  i-failed  dev  failed  ? -> ?, state unknown: its agent did not register in 15 minutes [never-registered]\n',
    );
  });

  it('says so when every instance was excluded', () => {
    expect(textOf([excluded])).toContain('No instance could be updated');
  });

  it('does not say so when an instance could, or when there was none', () => {
    expect(textOf([failed, excluded])).not.toContain('No instance could be updated');
    expect(textOf([])).not.toContain('No instance could be updated');
  });

  it('lists a hundred, and says how many more there are', () => {
    const listed = (count: number) => textOf(many(count)).match(/^ {2}i-/gm);
    expect(listed(100)).toHaveLength(100);
    expect(textOf(many(100))).not.toContain('more');
    expect(listed(101)).toHaveLength(100);
    expect(textOf(many(142))).toContain('… and 42 more');
  });
});

describe('the message of a run in Japanese', () => {
  const named = { ...failed, name: '開発-1', finalState: 'stopped' };

  it('has an English subject, since a Japanese one may not arrive', () => {
    expect(inJapanese([named]).subject).toBe(summary([named]).subject);
  });

  it('begins with the same sentence in Japanese, with Japanese names', () => {
    expect(inJapanese([told('i-1'), named]).text.split('\n')[0]).toBe(
      `dev：2台中1台を更新、1台失敗（開発-1：${wordsOf('never-registered', 'ja').title}）。すべて元の状態に戻っています`,
    );
    expect(inJapanese([told('i-1', { finalState: 'running' })]).text).toMatch(/^起動したまま：1台（i-1）。/);
  });

  it('has what to do and each reason in Japanese, with the words of AWS as they are', () => {
    const { text } = inJapanese([named]);
    const { title, whatToDo } = wordsOf('never-registered', 'ja');
    expect(text).toContain(`  ${title}：開発-1\n    its agent did not register in 15 minutes\n    ${whatToDo}`);
    expect(text).toContain(`stopped：${title}（its agent did not register in 15 minutes）[never-registered]`);
  });
});

describe('the example of the READMEs', () => {
  const readme = (name: string) => readFileSync(new URL(`../../../../${name}`, `file://${__filename}`), 'utf8');
  const reason = { code: 'never-registered', text: 'its agent did not register in 20 minutes' };
  const instances = Array.from({ length: 24 }, (_, index) => told(`i-${index}`, { name: `web-${index + 1}` }));
  instances[2] = told('i-2', { name: 'web-3', outcome: 'failed', versionAfter: null, reason });

  it('is what is sent', () => {
    const { subject, text } = inJapanese(instances);
    expect(readme('README.md')).toContain(`\n${subject}\n`);
    expect(readme('README.ja.md')).toContain(`件名: ${subject}\n\n${text.split('\n').slice(0, 6).join('\n')}\n`);
  });
});

describe('what else is sent of a run', () => {
  it('a chat gets the sentence, when it was and where the page is, and what to do: none of the words of AWS', () => {
    const { chat } = summary([told('i-1'), { ...failed, reason: { code: 'never-registered', text: '<!here>' } }]);
    expect(chat.content.title).toMatch(/^dev: 1 of 2 updated, 1 failed/);
    expect(chat.content.description).toContain('s3://bucket/runs/run-1/report.html');
    expect(chat.content.nextSteps).toEqual([
      `The agent never registered: i-failed\n${wordsOf('never-registered', 'en').whatToDo}`,
    ]);
    expect(JSON.stringify(chat)).not.toContain('<!here>');
  });

  it('a chat gets what to do whole, however many instances it concerns, and the command that stops what is awake', () => {
    const { chat } = summary(many(40).map((one) => ({ ...one, ...failed, instanceId: one.instanceId, name: null })));
    const [step = ''] = chat.content.nextSteps;
    expect(step).toContain(' and 37 more');
    expect(step).not.toContain('…');
    const awake = (count: number) =>
      many(count).map((one) => ({ ...one, finalState: 'running', restoredAt: null, awakeSeconds: null }));
    expect(summary(awake(2)).chat.content.description).toMatch(/aws ec2 stop-instances .* i-\S+ i-\S+\n/);
    expect(summary(awake(200)).chat.content.description).not.toContain('stop-instances');
  });

  it.each([
    ['all went well', [told('i-1')], 'succeeded', 'info'],
    ['an instance failed', [failed], 'failed', 'warning'],
    ['one is left awake', [told('i-1', { finalState: 'running' })], 'failed', 'critical'],
    ['one is left awake by its tag', [told('i-1', { finalState: 'opted-out' })], 'succeeded', 'info'],
  ] as const)('subscriptions can filter by how it went: %s', (_what, instances, status, severity) => {
    expect(summary([...instances], status).attributes).toEqual({ status, severity });
  });
});
