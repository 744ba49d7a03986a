import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { publish } from '../../../functions/aws/topic.ts';

const sns = mockClient(SNSClient);
const client = new SNSClient({ region: 'eu-central-1' });
const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:reveille';

const published = () => sns.commandCalls(PublishCommand)[0]?.args[0].input;

beforeEach(() => {
  sns.reset();
  sns.on(PublishCommand).resolves({});
});

describe('publish', () => {
  it('tells the topic', async () => {
    await publish(client, TOPIC, 'Reveille succeeded', 'All is well.\n');

    expect(published()).toEqual({ TopicArn: TOPIC, Subject: 'Reveille succeeded', Message: 'All is well.\n' });
  });

  it('makes a subject that SNS takes: ASCII, one line, at most 100 characters', async () => {
    await publish(client, TOPIC, `Reveillé\n${'x'.repeat(200)}`, 'text');

    expect(published()?.Subject).toBe(`Reveill??${'x'.repeat(91)}`);
  });

  it('leaves a message alone that just fits', async () => {
    const message = 'x'.repeat(262_144);

    await publish(client, TOPIC, 'subject', message);

    expect(published()?.Message).toBe(message);
  });

  it.each(['x', 'ü', '€', '😀'])(
    'cuts a message that is too long, counting bytes and not letters: %s',
    async (letter) => {
      await publish(client, TOPIC, 'subject', letter.repeat(262_145));

      const message = published()?.Message ?? '';
      expect(Buffer.byteLength(message)).toBeLessThanOrEqual(262_144);
      expect(Buffer.byteLength(message)).toBeGreaterThan(262_000);
      expect(message).toMatch(/cut: the report has everything/);
    },
  );
});
