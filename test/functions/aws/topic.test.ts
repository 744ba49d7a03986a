import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { publish } from '../../../functions/aws/topic.ts';
import { chatNotification, type Message } from '../../../functions/domain/words/message.ts';

const sns = mockClient(SNSClient);
const client = new SNSClient({ region: 'eu-central-1' });
const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:reveille';

const published = () => sns.commandCalls(PublishCommand)[0]?.args[0].input;

beforeEach(() => {
  sns.reset();
  sns.on(PublishCommand).resolves({});
});

const aMessage = (changes: Partial<Message> = {}): Message => ({
  subject: 'dev: 1 of 1 updated',
  brief: 'All is well.\n',
  text: 'All is well.\nEach instance',
  chat: chatNotification('dev: 1 of 1 updated', ['From 4 to 5'], ['Nothing.'], 'run-1'),
  attributes: { status: 'succeeded', severity: 'info' },
  ...changes,
});
const bodies = () => JSON.parse(published()?.Message ?? '') as { default: string; email: string; https: string };

describe('publish', () => {
  it('tells the topic: a short text, a mail, and what a chat shows', async () => {
    await publish(client, TOPIC, aMessage());

    expect(published()).toMatchObject({ TopicArn: TOPIC, Subject: 'dev: 1 of 1 updated', MessageStructure: 'json' });
    expect(bodies()).toEqual({
      default: 'All is well.\n',
      email: 'All is well.\nEach instance',
      https: JSON.stringify(aMessage().chat),
    });
    expect(JSON.parse(bodies().https)).toMatchObject({ version: '1.0', source: 'custom' });
  });

  it('has attributes by which a subscription can filter', async () => {
    await publish(client, TOPIC, aMessage());

    expect(published()?.MessageAttributes).toEqual({
      status: { DataType: 'String', StringValue: 'succeeded' },
      severity: { DataType: 'String', StringValue: 'info' },
    });
  });

  it('makes a subject that SNS takes: ASCII, one line, less than 100 characters', async () => {
    await publish(client, TOPIC, aMessage({ subject: `Reveillé\n${'x'.repeat(200)}` }));

    expect(published()?.Subject).toBe(`Reveill??${'x'.repeat(90)}`);
  });

  it.each(['x', 'ü', '€', '😀', '"'])(
    'cuts bodies that are too long together, between two lines, counting bytes and not letters: %s',
    async (letter) => {
      const lines = Array.from({ length: 4000 }, (_, index) => `${index} ${letter.repeat(50)}`).join('\n');
      await publish(client, TOPIC, aMessage({ brief: lines, text: lines }));

      const { default: brief, email } = bodies();
      expect(Buffer.byteLength(published()?.Message ?? '')).toBeLessThanOrEqual(262_144);
      expect(Buffer.byteLength(published()?.Message ?? '')).toBeGreaterThan(255_000);
      for (const body of [brief, email]) {
        expect(lines.startsWith(`${body.split('\n').slice(0, -1).join('\n')}\n`)).toBe(true);
        expect(body).toMatch(/\n… \(cut: the report has everything\)$/);
      }
    },
  );
});
