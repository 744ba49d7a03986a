import type { Message } from '../account/services/published-message.ts';
import { printable } from '../base/printable.ts';

/** Where what was sent can be read. No bucket of S3 can have such a name. */
export const MAIL_PATH = '/_reveille/mail';

/** Every message that was published, the oldest first, as a page of text. */
export const mailPage = (messages: readonly Message[]): string =>
  messages.length === 0 ? 'No message has been published yet.\n' : messages.map(toText).join(`\n${'-'.repeat(78)}\n\n`);

/** As a mail: other subscribers may get other bodies. */
const toText = ({ at, topicArn, subject, message, attributes }: Message): string =>
  [
    `Date:    ${new Date(at).toISOString()}`,
    `Topic:   ${topicArn}`,
    `Subject: ${printable(subject)}`,
    ...filterLine(attributes),
    '',
    ...message.trimEnd().split('\n').map(printable),
    '',
  ].join('\n');

/** By what a subscription could have filtered it. */
function filterLine(attributes: Message['attributes']): string[] {
  const told = Object.entries(attributes).map(([name, value]) => printable(`${name}=${value}`));
  return told.length === 0 ? [] : [`Filter:  ${told.join(', ')}`];
}
