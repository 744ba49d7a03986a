import * as z from 'zod';
import { randomUuid } from '../random.ts';
import { type Operations, operation, ServiceError } from '../service.ts';

export interface Message {
  at: number;
  topicArn: string;
  subject: string;
  message: string;
}

/** SNS: keeps what was published. */
export function sns(messages: Message[], topicArn: string): Operations {
  return {
    Publish: operation(
      z.strictObject({
        TopicArn: z.string(),
        Subject: z.string().min(1).max(100).optional(),
        Message: z.string().min(1),
      }),
      ({ TopicArn, Subject = '', Message }, { now, world }) => {
        if (TopicArn !== topicArn) throw new ServiceError('NotFound', 'Topic does not exist', 404);
        if (Buffer.byteLength(Message) > 262_144) {
          throw new ServiceError('InvalidParameter', 'Invalid parameter: Message too long');
        }
        if (!/^[\x20-\x7e]*$/.test(Subject)) throw new ServiceError('InvalidParameter', 'Invalid parameter: Subject');
        messages.push({ at: now, topicArn: TopicArn, subject: Subject, message: Message });
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
