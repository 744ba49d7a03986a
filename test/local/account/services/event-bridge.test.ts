import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { aFleet, refusal, running, visit } from '../../../support/account.ts';

const entry = (changes: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
  Source: 'reveille',
  DetailType: 'Reveille Run Started',
  Detail: '{"runId":"run-1"}',
  ...changes,
});

const put = (...Entries: PutEventsRequestEntry[]) =>
  visit(aFleet(running()), ({ connection, account }) =>
    new EventBridgeClient({ ...connection, maxAttempts: 1 })
      .send(new PutEventsCommand({ Entries }))
      .then(({ FailedEntryCount, Entries: replies = [] }) => ({
        failed: FailedEntryCount,
        codes: replies.map(({ ErrorCode, EventId }) => ErrorCode ?? (EventId === undefined ? 'nothing' : 'taken')),
        journal: account.journal.entries.at(-1),
      })),
  );

describe('PutEvents', () => {
  it('takes an event, and the journal keeps it', async () => {
    expect(await put(entry())).toMatchObject({
      failed: 0,
      codes: ['taken'],
      journal: { kind: 'call', service: 'events', operation: 'PutEvents', parameters: { Entries: [entry()] } },
    });
  });

  it.each<[string, Partial<PutEventsRequestEntry>, string]>([
    ['a detail that is no object', { Detail: '[]' }, 'MalformedDetail'],
    ['a detail that is no JSON', { Detail: '{' }, 'MalformedDetail'],
    ['no type', { DetailType: '' }, 'InvalidArgument'],
    ["a source of AWS's own", { Source: 'aws.ec2' }, 'NotAuthorizedForSource'],
  ])('answers 200 and says which entry it has not taken: %s', async (_, changes, code) => {
    expect(await put(entry(), entry(changes))).toMatchObject({ failed: 1, codes: ['taken', code] });
  });

  it('refuses a bus that is not there, and more than it can take', async () => {
    expect((await refusal(put(entry({ EventBusName: 'others' })))).name).toBe('ResourceNotFoundException');
    const large = entry({ Detail: JSON.stringify({ text: 'x'.repeat(262_144) }) });
    expect((await refusal(put(large))).name).toBe('ValidationException');
  });
});
