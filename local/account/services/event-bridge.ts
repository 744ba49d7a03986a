import * as z from 'zod';
import { type Random, randomUuid } from '../../base/random.ts';
import { ServiceError } from '../wire/service-error.ts';
import { type Operations, operation } from './operation.ts';

const entrySchema = z.strictObject({
  Time: z.number().optional(),
  Source: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().optional(),
});
export type PutEntry = z.infer<typeof entrySchema>;

const ENTRIES_MAX = 10;

/** All entries together, and how a time counts (docs/aws-behaviour.md 113). */
const BYTES_MAX = 262_144;

const TIME_BYTES = 14;

const bytesOf = ({ Time, Source = '', DetailType = '', Detail = '', Resources = [] }: PutEntry): number =>
  [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), 0) +
  (Time === undefined ? 0 : TIME_BYTES);

/** Why an entry is not taken; null: it is. The others of its call are. */
function faultOf({ Source, DetailType, Detail }: PutEntry): { ErrorCode: string; ErrorMessage: string } | null {
  const missing = Object.entries({ Source, DetailType, Detail }).find(([, text]) => text === undefined || text === '');
  if (missing !== undefined) {
    const ErrorMessage = `Parameter ${missing[0]} is not valid. Reason: ${missing[0]} is a required argument.`;
    return { ErrorCode: 'InvalidArgument', ErrorMessage };
  }
  if (Source?.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSource', ErrorMessage: 'Not authorized for the source.' };
  }
  return isObject(Detail ?? '') ? null : { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
}

function isObject(text: string): boolean {
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === 'object' && content !== null && !Array.isArray(content);
  } catch {
    return false;
  }
}

/** EventBridge's default bus: what is put on it stands in the journal, and no rule of the account's own listens. */
export const eventBridge = (ids: Random): Operations => ({
  PutEvents: operation(z.strictObject({ Entries: z.array(entrySchema).min(1).max(ENTRIES_MAX) }), ({ Entries }) => {
    if (Entries.reduce((sum, entry) => sum + bytesOf(entry), 0) > BYTES_MAX) {
      throw new ServiceError('ValidationException', 'Total size of the entries in the request is over the limit.');
    }
    const strange = Entries.find(({ EventBusName = 'default' }) => !/(^|\/)default$/.test(EventBusName));
    if (strange !== undefined) {
      throw new ServiceError('ResourceNotFoundException', `Event bus ${strange.EventBusName} does not exist.`);
    }
    const replies = Entries.map((entry) => faultOf(entry) ?? { EventId: randomUuid(ids) });
    return { FailedEntryCount: replies.filter((reply) => 'ErrorCode' in reply).length, Entries: replies };
  }),
});
