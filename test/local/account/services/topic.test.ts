import { PublishCommand } from '@aws-sdk/client-sns';
import { aFleet, visit } from '../../../support/account.ts';
import { at } from '../../../support/builders.ts';

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
});
