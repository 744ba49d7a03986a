import { stripVTControlCharacters } from 'node:util';
import type { JournalEntry } from '../../../../local/account/world/journal.ts';
import { createFollower } from '../../../../local/demo/lines/follow-run.ts';
import { createNarrator } from '../../../../local/demo/lines/narrator.ts';
import { anInstance } from '../../../support/builders.ts';

const call = (at: number, changes: Partial<Extract<JournalEntry, { kind: 'call' }>>): JournalEntry => ({
  kind: 'call',
  at,
  principal: 'StartInstancesFunction',
  service: 'ec2',
  operation: 'StartInstances',
  parameters: { InstanceId: ['i-1', 'i-2'] },
  error: null,
  ...changes,
});
const change = (at: number, instanceId: string, state: 'pending' | 'running' | 'stopping'): JournalEntry => ({
  kind: 'change',
  at,
  instanceId,
  what: 'state',
  detail: state,
  facts: { about: 'state', state, stateReasonCode: null, launchTime: at },
});

describe('what is told of a run', () => {
  it('calls woken what its start has moved, and not what someone else had started before', () => {
    const entries = [change(1, 'i-2', 'pending'), change(5, 'i-1', 'pending'), call(5, {})];
    expect(entries.flatMap(createFollower(() => null))).toEqual([{ at: 5, kind: 'woken', instanceId: 'i-1' }]);
  });

  it('calls nothing woken of a start that was refused, or that someone else has made', () => {
    for (const changes of [{ error: 'UnauthorizedOperation' }, { principal: 'person' }]) {
      const entries = [change(5, 'i-1', 'pending'), call(5, changes)];
      expect(entries.flatMap(createFollower(() => null))).toEqual([]);
    }
  });

  it('tells an instance settled once, when the run first writes it down', () => {
    const [done, atWork] = [anInstance({ instanceId: 'i-1', step: 'settled' }), anInstance({ instanceId: 'i-2' })];
    const follow = createFollower(() => JSON.stringify({ instances: [done, atWork] }));
    const put = call(9, { operation: 'PutObject', parameters: { bucket: 'b', key: 'runs/demo-1/results/0001.json' } });
    expect([put, put].flatMap(follow)).toEqual([{ at: 9, kind: 'settled', instance: done }]);
  });
});

describe('a refusal, told to people', () => {
  const names = { nameOf: (id: string) => id, labelOf: (id: string) => `dev/${id}` };
  const say = (changes: object) => stripVTControlCharacters(createNarrator(names)(call(0, changes)) ?? '');

  it.each([
    ['UnauthorizedOperation', 'refused: UnauthorizedOperation'],
    ['InsufficientInstanceCapacity', 'no room: InsufficientInstanceCapacity; tried again until the start deadline'],
    ['Unsupported', 'refused: Unsupported'],
  ])('of a start with %s', (error, text) => {
    expect(say({ error })).toBe(`00:00:00  StartInstances calls StartInstances (2) ${text}`);
  });

  it.each([
    ['DryRunOperation', 'yes: it may be stopped again'],
    ['UnauthorizedOperation', 'not yet: asked again, for five minutes'],
  ])('of a dry run with %s, which is a question', (error, text) => {
    const asked = { operation: 'StopInstances', parameters: { InstanceId: ['i-1'], DryRun: 'true' }, error };
    expect(say(asked)).toBe(`00:00:00  StartInstances tries StopInstances (1) ${text}`);
  });

  it('of a command is never taken for one of a start', () => {
    expect(say({ operation: 'SendCommand', error: 'UnauthorizedOperation' })).toMatch(
      /refused: UnauthorizedOperation$/,
    );
  });

  it('shows orders to the terminal that stand in a detail', () => {
    const entry = { ...change(0, 'i-1', 'running'), detail: 'Failed: \u001b[2J' } as JournalEntry;
    expect(createNarrator(names)(entry)).toContain(String.raw`Failed: \x1b[2J`);
  });
});
