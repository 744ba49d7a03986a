import * as z from 'zod';
import { ServiceError } from '../wire/service-error.ts';

/** What was published, as its subscribers get it. */
export interface Message {
  at: number;
  topicArn: string;
  subject: string;
  /** What a mail says. */
  message: string;
  /** What each protocol gets that has a body of its own, and `default` for all others. */
  bodies: Readonly<Record<string, string>>;
  /** What subscriptions filter by. */
  attributes: Readonly<Record<string, string>>;
}

/** How attributes stand on the query wire: `MessageAttributes.entry.1.Name`. */
export const messageAttributesSchema = z.strictObject({
  entry: z
    .array(
      z.strictObject({
        Name: z.string(),
        Value: z.strictObject({
          DataType: z.string().optional(),
          StringValue: z.string().optional(),
          BinaryValue: z.string().optional(),
        }),
      }),
    )
    .default([]),
});
type AttributeEntries = z.infer<typeof messageAttributesSchema>['entry'];

export const invalid = (what: string) => new ServiceError('InvalidParameter', `Invalid parameter: ${what}`);

/**
 * The bodies of a message: one for all, or those that its JSON has (docs/aws-behaviour.md 91).
 * @throws ServiceError where SNS refuses it
 */
export function bodiesOf(message: string, structure: string | undefined): Record<string, string> {
  if (structure === undefined) return { default: message };
  if (structure !== 'json') throw invalid('MessageStructure');
  const parsed = z.record(z.string(), z.unknown()).safeParse(parseJson(message));
  if (!parsed.success) throw invalid('Message Structure - JSON message body failed to parse');
  // What is no text counts as missing.
  const bodies = Object.entries(parsed.data).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  if (!bodies.some(([protocol]) => protocol === 'default')) {
    throw invalid('Message Structure - No default entry in JSON message body');
  }
  return Object.fromEntries(bodies);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const refused = (what: string) => new ServiceError('ParameterValueInvalid', what);

const NAME = /^(?!\.)(?!.*\.\.)(?!(AWS|Amazon)\.)[A-Za-z0-9_.-]{1,256}(?<!\.)$/i;

const TYPES = ['String', 'String.Array', 'Number', 'Binary'];

/** @throws ServiceError where SNS refuses one (docs/aws-behaviour.md 91) */
export function attributesOf(entries: AttributeEntries): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const { Name, Value } of entries) {
    const { DataType = '', StringValue, BinaryValue } = Value;
    if (!NAME.test(Name)) throw refused(`Invalid message attribute name: ${Name}`);
    if (!TYPES.includes(DataType)) {
      throw refused(
        `The message attribute '${Name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
      );
    }
    const value = DataType === 'Binary' ? BinaryValue : StringValue;
    if (value === undefined || value === '') {
      throw refused(
        `The message attribute '${Name}' must contain non-empty message attribute value for message attribute type '${DataType}'.`,
      );
    }
    if (Name in attributes) throw refused(`The message attribute '${Name}' is given twice.`);
    attributes[Name] = value;
  }
  return attributes;
}

/** All bodies together, and the attributes with their names and types. */
export const sizeOf = (message: string, entries: AttributeEntries): number =>
  Buffer.byteLength(message) +
  entries.reduce(
    (sum, { Name, Value: { DataType = '', StringValue = '', BinaryValue = '' } }) =>
      sum + Buffer.byteLength(`${Name}${DataType}${StringValue}${BinaryValue}`),
    0,
  );
