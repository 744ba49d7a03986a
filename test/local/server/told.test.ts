import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { MAIL_PATH, mailPage } from '../../../local/server/mail.ts';
import { tellEntry, tellStatus } from '../../../local/server/told.ts';
import { aFleet, running } from '../../support/account.ts';
import { UNPRINTABLE, UNTRUSTED_TEXTS } from '../../support/untrusted.ts';
import { ask, type Served, serving, until } from './served.ts';

const start = new Date('2027-01-03T00:55:00.000Z');
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Serves an account, and gathers what it tells. */
const visiting = (work: (served: Served, lines: string[]) => Promise<void>) =>
  serving(aFleet(running('already-current')), start, async (served) => {
    const lines: string[] = [];
    const { machine } = served.application;
    served.account.journal.onEntry((entry) =>
      lines.push(...tellEntry(entry, (principal) => Object.hasOwn(machine.functions, principal))),
    );
    machine.onStatusChange((change) => lines.push(...tellStatus(change)));
    await work(served, lines);
  });

const mail = (served: Served) =>
  ask(served, 's3', { method: 'GET', path: MAIL_PATH, headers: { authorization: null } });

/** Without the times, and with one space where there are several. */
const said = (lines: string[]) => lines.map((line) => line.slice(21).replace(/ +/g, ' '));

describe('a served account', () => {
  it('tells a run from its start to its message, and the message can be read', () =>
    visiting(async (served, lines) => {
      const nothing = await mail(served);
      expect([nothing.statusCode, nothing.text]).toEqual([200, 'No message has been published yet.\n']);
      const { sfn, machineArn: stateMachineArn } = served;
      const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'tonight' }));
      await until(async () => {
        const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
        return status === 'RUNNING' ? undefined : status;
      });

      expect(lines[0]).toMatch(/^2027-01-03 00:5\d:\d\d {2}run tonight is at work$/);
      expect(said(lines)).toEqual(
        expect.arrayContaining([
          'states StartExecution AKIDTEST ok',
          's3 PutObject ListInstances ok runs/tonight/manifest.json',
          'states DescribeExecution AKIDTEST ok',
          'sns Publish ReportRun ok',
          expect.stringMatching(/^message: dev: 0 of 1 updated, 1 already current\. All back as they were$/),
          'run tonight has ended: SUCCEEDED',
        ]),
      );
      const page = await mail(served);
      expect(page.headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(page.text).toMatch(/^Date: {4}2027-01-03T00:.*\nTopic: .*:reveille\nSubject: dev: 0 of 1 updated, /);
      expect(page.text).toMatch(/\nFilter: {2}status=succeeded, severity=info\n\ndev: 0 of 1 updated, /);
      expect(page.text).toContain('The whole report: s3://');
    }));

  it('tells nothing of what the deployed functions only look at', () =>
    visiting(async (served, lines) => {
      const { sfn, machineArn: stateMachineArn } = served;
      const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'tonight' }));
      await until(async () => (await sfn.send(new DescribeExecutionCommand({ executionArn }))).stopDate);
      const looks = said(lines).filter((line) => /^\w+ (Describe|List|Get|Head)/.test(line));
      expect(new Set(looks)).toEqual(new Set(['states DescribeExecution AKIDTEST ok']));
      expect(served.account.journal.entries).toContainEqual(expect.objectContaining({ operation: 'GetObject' }));
    }));

  it('tells what is refused, also before a service has understood it', () =>
    visiting(async (served, lines) => {
      await ask(served, 'ec2', { headers: FORM, body: 'Action=DescribeVpcs&Version=2016-11-15' });
      await ask(served, 'ssm', { headers: { 'x-amz-target': 'AmazonSSM.GetParameter' }, body: '{}' });
      await ask(served, 'dynamodb', { method: 'GET', path: '/tables' });
      await ask(served, 'ec2', { headers: FORM, body: 'Action=StopInstances&InstanceId.1=i-1&InstanceId.2=i-2' });
      await ask(served, 's3', { method: 'GET', path: '/nowhere/a%1b%5B2J' });
      await ask(served, 's3', { method: 'GET', path: '/favicon.ico', headers: { authorization: null } });
      await ask(served, 's3', { method: 'GET', path: '/a', headers: { authorization: 'Basic bWU6bm9uZQ==' } });
      await ask(served, 's3', { method: 'POST', path: MAIL_PATH, headers: { authorization: null } });
      expect(said(lines)).toEqual([
        'ec2 DescribeVpcs AKIDTEST InvalidAction',
        expect.stringMatching(/^ssm GetParameter AKIDTEST \w+/),
        'dynamodb GET /tables AKIDTEST UnknownService',
        expect.stringMatching(/^ec2 StopInstances AKIDTEST InvalidInstanceID\.\w+ 2 instances$/),
        String.raw`s3 GetObject AKIDTEST NoSuchBucket a\x1b[2J`,
        'http GET /favicon.ico unknown not signed',
        'http GET /a unknown not signed well',
        `http POST ${MAIL_PATH} unknown not signed`,
      ]);
    }));
});

describe('what comes from outside', () => {
  it.each(UNTRUSTED_TEXTS.map((text) => [JSON.stringify(text.slice(0, 30)), text]))(
    '%s is told in one line',
    (_, text) => {
      const call = { kind: 'call', at: 0, principal: text, service: text, operation: text, error: text } as const;
      const lines = [
        ...tellEntry({ ...call, parameters: { key: text } }, () => false),
        ...tellStatus({ at: 0, name: text, status: 'FAILED', isChild: false, executionArn: '', stateMachineArn: '' }),
      ];
      expect(lines).toHaveLength(2);
      for (const line of lines) {
        expect(line).not.toMatch(UNPRINTABLE);
        expect(line.length).toBeLessThan(2000);
      }
    },
  );

  it.each(UNTRUSTED_TEXTS.map((text) => [JSON.stringify(text.slice(0, 30)), text]))(
    '%s is mail without orders',
    (_, text) => {
      const page = mailPage([
        { at: 0, topicArn: 'arn', subject: text, message: text, bodies: {}, attributes: { [text]: text } },
      ]);
      expect(page.replaceAll('\n', '')).not.toMatch(UNPRINTABLE);
    },
  );
});

it('mail is in order, and each message stands apart', () => {
  const message = { at: 0, topicArn: 'arn', subject: 'one', message: 'first\nmessage\n', bodies: {}, attributes: {} };
  const filtered = { ...message, subject: 'two', attributes: { status: 'failed', severity: 'warning' } };
  expect(mailPage([message, filtered])).toBe(
    [
      'Date:    1970-01-01T00:00:00.000Z\nTopic:   arn\nSubject: one\n\nfirst\nmessage\n',
      `${'-'.repeat(78)}\n`,
      'Date:    1970-01-01T00:00:00.000Z\nTopic:   arn\nSubject: two\nFilter:  status=failed, severity=warning\n\nfirst\nmessage\n',
    ].join('\n'),
  );
});
