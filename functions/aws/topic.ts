import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { boundedText } from '../domain/model/plain-text.ts';

/** SNS takes subjects of up to 100 characters, ASCII only, and messages of up to 256 KiB. */
const SUBJECT_LENGTH_MAX = 100;

const MESSAGE_BYTES_MAX = 262_144;

/** Tells people about a run. A message that is too long is cut: the report has everything. */
export async function publish(sns: SNSClient, topicArn: string, subject: string, message: string): Promise<void> {
  const bytes = Buffer.from(message);
  const cut = '\n… (cut: the report has everything)';
  const body =
    bytes.length <= MESSAGE_BYTES_MAX
      ? message
      : bytes.subarray(0, MESSAGE_BYTES_MAX - Buffer.byteLength(cut) - 4).toString() + cut;
  await sns.send(
    new PublishCommand({
      TopicArn: topicArn,
      Subject: boundedText(subject.replace(/[^\x20-\x7e]/g, '?'), SUBJECT_LENGTH_MAX, ''),
      Message: body,
    }),
  );
}
