import * as z from 'zod';
import { randomUuid } from '../../base/random.ts';
import { ServiceError } from '../wire/service-error.ts';
import { type Operations, operation } from './operation.ts';
import { attributesOf, bodiesOf, invalid, type Message, messageAttributesSchema, sizeOf } from './published-message.ts';

const MESSAGE_BYTES_MAX = 262_144;

/** SNS: keeps what was published to the topics that there are, as a mail and as each other subscriber gets it. */
export function sns(messages: Message[], topics: ReadonlySet<string>): Operations {
  return {
    Publish: operation(
      z.strictObject({
        TopicArn: z.string(),
        Subject: z.string().optional(),
        Message: z.string(),
        MessageStructure: z.string().optional(),
        MessageAttributes: messageAttributesSchema.optional(),
      }),
      ({ TopicArn, Subject, Message, MessageStructure, MessageAttributes }, { now, world }) => {
        const elements = TopicArn.split(':').length;
        if (elements < 6) {
          throw invalid(`TopicArn Reason: An ARN must have at least 6 elements, not ${elements}`);
        }
        if (!topics.has(TopicArn)) throw new ServiceError('NotFound', 'Topic does not exist', 404);
        if (Message === '') throw invalid('Empty message');
        const entries = MessageAttributes?.entry ?? [];
        if (sizeOf(Message, entries) > MESSAGE_BYTES_MAX) throw invalid('Message too long');
        if (Subject !== undefined && !/^[\x20-\x7e]{1,100}$/.test(Subject)) throw invalid('Subject');
        const bodies = bodiesOf(Message, MessageStructure);
        const attributes = attributesOf(entries);
        const message = bodies['email'] ?? bodies['default'] ?? '';
        messages.push({ at: now, topicArn: TopicArn, subject: Subject ?? '', message, bodies, attributes });
        return { MessageId: randomUuid(world.random) };
      },
    ),
  };
}

export const sts: Operations = {
  GetCallerIdentity: operation(z.strictObject({}), (_, { account, principal }) => ({
    Arn: `arn:aws:sts::${account}:assumed-role/${principal}/${principal}`,
    UserId: `AROAEMBEDDED:${principal}`,
    Account: account,
  })),
};
