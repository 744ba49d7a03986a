import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ReveilleError } from '../domain/model/errors.ts';
import type { RunEvent } from '../domain/model/run-event.ts';

/**
 * Puts one event on the account's default bus (docs/aws-behaviour.md 113).
 * @throws UnexpectedReply if EventBridge answers, and has not taken it
 */
export async function putEvent(events: EventBridgeClient, { source, detailType, detail }: RunEvent): Promise<void> {
  const { FailedEntryCount = 0, Entries } = await events.send(
    new PutEventsCommand({
      Entries: [{ Source: source, DetailType: detailType, Detail: JSON.stringify(detail) }],
    }),
  );
  if (FailedEntryCount === 0) return;
  const { ErrorCode = 'unknown error', ErrorMessage = '' } = Entries?.[0] ?? {};
  throw new ReveilleError('UnexpectedReply', `PutEvents: ${ErrorCode}: ${ErrorMessage}`);
}
