import { PublishCommand, type PublishCommandInput } from '@aws-sdk/client-sns';
import { aFleet, visit } from '../../../support/account.ts';
import { at } from '../../../support/builders.ts';

const text = (StringValue: string) => ({ DataType: 'String', StringValue });

/** What the topic keeps of a message. */
const published = (message: Omit<PublishCommandInput, 'TopicArn'>) =>
  visit(aFleet(), async ({ sns, account }) => {
    await sns.send(new PublishCommand({ TopicArn: account.topicArn, ...message }));
    return account.messages;
  });

describe('the topic', () => {
  it('keeps what was published, to the letter', async () => {
    const Message = 'Line one\n"<&>" Grüße\n';
    await visit(aFleet(), async ({ sns, account }) => {
      const { MessageId } = await sns.send(new PublishCommand({ TopicArn: account.topicArn, Subject: 'Run', Message }));
      expect(MessageId).toMatch(/^[0-9a-f-]{36}$/);
      expect(account.messages).toMatchObject([{ topicArn: account.topicArn, subject: 'Run', message: Message }]);
      expect(account.messages[0]?.at).toBeGreaterThan(at('02:00').getTime());
    });
  });

  it('keeps a body for each protocol, and a mail is what a person reads', async () => {
    const bodies = { default: 'short', email: '長いメール', https: '{}' };
    const [message] = await published({ MessageStructure: 'json', Message: JSON.stringify({ ...bodies, sms: 7 }) });
    expect(message).toMatchObject({ message: '長いメール', bodies });
    expect(message?.bodies).not.toHaveProperty('sms');
    const [plain] = await published({ MessageStructure: 'json', Message: '{"default":"short"}' });
    expect(plain?.message).toBe('short');
  });

  it.each([
    ['no JSON', '{"default"', 'JSON message body failed to parse'],
    ['no object', '[]', 'JSON message body failed to parse'],
    ['no default', '{"email":"x"}', 'No default entry in JSON message body'],
    ['a default that is no text', '{"default":{}}', 'No default entry in JSON message body'],
  ])('refuses bodies with %s', async (_what, Message, why) => {
    const refused = published({ MessageStructure: 'json', Message });
    await expect(refused).rejects.toThrow(`Invalid parameter: Message Structure - ${why}`);
    await expect(published({ Message })).resolves.toHaveLength(1);
  });

  it('knows no other structure', async () => {
    await expect(published({ MessageStructure: 'xml', Message: '{}' })).rejects.toThrow('MessageStructure');
  });

  it('keeps by what a subscription can filter', async () => {
    const MessageAttributes = { status: text('failed'), level: { DataType: 'Number', StringValue: '3' } };
    const [message] = await published({ Message: 'm', MessageAttributes });
    expect(message?.attributes).toEqual({ status: 'failed', level: '3' });
  });

  it.each([
    ['an unknown type', 'status', { DataType: 'Colour', StringValue: 'red' }],
    ['no value', 'status', { DataType: 'String' }],
    ['a name of AWS', 'aws.status', text('x')],
    ['a name with a blank', 'a b', text('x')],
    ['a name that ends with a dot', 'a.', text('x')],
  ])('refuses attributes with %s', async (_what, name, attribute) => {
    await expect(published({ Message: 'm', MessageAttributes: { [name]: attribute } })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
  });

  it('counts the attributes as a part of the message', async () => {
    const Message = 'm'.repeat(262_144 - 'statusStringfailed'.length);
    await expect(published({ Message, MessageAttributes: { status: text('failed') } })).resolves.toHaveLength(1);
    await expect(published({ Message: `${Message}m`, MessageAttributes: { status: text('failed') } })).rejects.toThrow(
      'Message too long',
    );
  });
});
