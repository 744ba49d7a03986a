import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { boundedText } from '../domain/model/plain-text.ts';
import { type Message, SUBJECT_LENGTH_MAX } from '../domain/words/message.ts';

/** All bodies together in their JSON, with the attributes: 256 KiB (docs/aws-behaviour.md 91). */
const BODIES_BYTES_MAX = 262_144 - 1024;

/**
 * Tells people about a run: a body for mails, one for chats, and one for whatever else is subscribed. A body that is too long
 * is cut: the report has everything.
 */
export async function publish(sns: SNSClient, topicArn: string, message: Message): Promise<void> {
  const { subject, chat, attributes } = message;
  await sns.send(
    new PublishCommand({
      TopicArn: topicArn,
      Subject: boundedText(subject.replace(/[^\x20-\x7e]/g, '?'), SUBJECT_LENGTH_MAX, ''),
      MessageStructure: 'json',
      Message: bodiesOf(message, JSON.stringify(chat)),
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      ),
    }),
  );
}

/** A chat hears by HTTPS (docs/aws-behaviour.md 92). */
function bodiesOf({ brief, text }: Message, https: string): string {
  const room = BODIES_BYTES_MAX - bytesOf(https);
  const fallback = cut(brief, room / 2);
  return JSON.stringify({ default: fallback, email: cut(text, room - bytesOf(fallback)), https });
}

/** As many bytes as it takes in the JSON, with its key. */
const bytesOf = (text: string): number => Buffer.byteLength(JSON.stringify(text)) + 16;

const CUT = '… (cut: the report has everything)';

/** As many whole lines as there is room for. */
function cut(text: string, room: number): string {
  if (bytesOf(text) <= room) return text;
  const kept: string[] = [];
  let left = room - bytesOf(CUT);
  for (const line of text.split('\n')) {
    // A line break takes two bytes there, as the quotation marks around a text do.
    left -= Buffer.byteLength(JSON.stringify(line));
    if (left < 0) break;
    kept.push(line);
  }
  return [...kept, CUT].join('\n');
}
