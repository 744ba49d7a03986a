import * as z from 'zod';
import { randomUuid } from '../../base/random.ts';
import { ServiceError } from '../wire/service-error.ts';
import { type Operations, operation } from './operation.ts';

export interface Message {
  at: number;
  topicArn: string;
  subject: string;
  message: string;
}

const MESSAGE_BYTES_MAX = 262_144;

const invalid = (what: string) => new ServiceError('InvalidParameter', `Invalid parameter: ${what}`);

/** SNS: keeps what was published to the topics that there are. */
export function sns(messages: Message[], topics: ReadonlySet<string>): Operations {
  return {
    Publish: operation(
      z.strictObject({
        TopicArn: z.string(),
        Subject: z.string().optional(),
        Message: z.string(),
      }),
      ({ TopicArn, Subject, Message }, { now, world }) => {
        const elements = TopicArn.split(':').length;
        if (elements < 6) {
          throw invalid(`TopicArn Reason: An ARN must have at least 6 elements, not ${elements}`);
        }
        if (!topics.has(TopicArn)) throw new ServiceError('NotFound', 'Topic does not exist', 404);
        if (Message === '') throw invalid('Empty message');
        if (Buffer.byteLength(Message) > MESSAGE_BYTES_MAX) throw invalid('Message too long');
        if (Subject !== undefined && !/^[\x20-\x7e]{1,100}$/.test(Subject)) throw invalid('Subject');
        messages.push({ at: now, topicArn: TopicArn, subject: Subject ?? '', message: Message });
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
