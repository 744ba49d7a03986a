import type { InstanceAt } from '../../../../functions/domain/batch/batch-instance.ts';
import { decideUpdate } from '../../../../functions/domain/steps/update.ts';
import { afterSend } from '../../../../functions/domain/work/after-send.ts';
import { NO_TURN, toTurns } from '../../../../functions/domain/work/send-turn.ts';
import { updateSsmAgent } from '../../../../functions/domain/work/update-ssm-agent.ts';
import { at, aWokenInstance, OLD, stamp, TARGET, wokenFacts } from '../../../support/builders.ts';

const one = (instanceId: string, lastRefusal: string | null = null, retryAt: string | null = null) =>
  aWokenInstance({ instanceId, step: 'update', lastRefusal, retryAt: retryAt === null ? null : stamp(retryAt) });
const REFUSED = 'InvalidInstanceId: no';
const turns = (...instances: ReturnType<typeof one>[]) =>
  toTurns(instances)
    .filter((group) => group.length > 0)
    .map((group) => group.map(({ instanceId }) => instanceId));

describe('the turns of instances that are to be sent a command', () => {
  it('are one for all of them as a rule', () => {
    expect(turns(one('i-1'), one('i-2'), one('i-3'))).toEqual([['i-1', 'i-2', 'i-3']]);
    expect(turns()).toEqual([]);
  });

  it('come last for those that were refused: they spoil no other command', () => {
    expect(turns(one('i-1', REFUSED, '02:03'), one('i-2'), one('i-3', REFUSED, '02:03'))).toEqual([
      ['i-2'],
      ['i-1', 'i-3'],
    ]);
  });

  it('are one for each that had none before, the longest waiting first: so each has its turn in the end', () => {
    const waiting = [one('i-1', NO_TURN, '02:05'), one('i-2', NO_TURN, '02:03'), one('i-3', NO_TURN, '02:04')];
    expect(turns(one('i-4', REFUSED, '02:03'), ...waiting, one('i-5'))).toEqual([
      ['i-5'],
      ['i-2'],
      ['i-3'],
      ['i-1'],
      ['i-4'],
    ]);
  });
});

const awake = (changes: Partial<InstanceAt<'update'>> = {}) =>
  aWokenInstance({ step: 'update', stepSince: stamp('02:02'), versionBefore: OLD, ...changes });
const decide = (instance: InstanceAt<'update'>, now: string, deadlineSeconds = 900) =>
  decideUpdate({
    instance,
    ec2: wokenFacts(),
    invocation: null,
    agent: null,
    work: updateSsmAgent,
    target: TARGET,
    deadlineSeconds,
    now: at(now),
  });

describe('an instance whose command was sent', () => {
  const refused = awake({ retryAt: stamp('02:03'), lastRefusal: 'InvalidInstanceId: no' });

  it('waits for its agent to take it, for five minutes', () => {
    const next = { commandId: 'command-1', sentAt: stamp('02:04') };
    expect(afterSend(refused, next, null, at('02:04'))).toMatchObject({
      instance: { retryAt: null, lastRefusal: null, commands: [{ ...next, endedAt: null }] },
      waiting: { reason: { code: 'update-pending' }, until: stamp('02:09') },
    });
  });

  it('waits for a minute before the next try where SSM has refused it', () => {
    const waiting = { reason: { code: 'waiting-to-send' }, until: stamp('02:05') };
    expect(afterSend(awake(), null, { text: 'InvalidInstanceId: no' }, at('02:04'))).toMatchObject({
      instance: { retryAt: stamp('02:05'), lastRefusal: 'InvalidInstanceId: no', commands: [] },
      waiting,
    });
  });

  it.each([
    ['for the first time', awake(), '02:04'],
    ['since it was due', refused, '02:03'],
    [
      'since a moment that it was not waited for, as its agent was ready before',
      { ...refused, retryAt: stamp('02:15') },
      '02:04',
    ],
  ])('stays due where no time was left: %s', (_since, instance, due) => {
    expect(afterSend(instance, null, null, at('02:04'))).toMatchObject({
      instance: { retryAt: stamp(due), lastRefusal: 'no time was left to send it a command' },
      waiting: { reason: { code: 'waiting-to-send' }, until: stamp(due) },
    });
  });
});

describe('an instance for which no time was left to ask SSM', () => {
  const noTurn = (changes: Partial<InstanceAt<'update'>> = {}) =>
    afterSend(awake(changes), null, null, at('02:02:40')).instance;

  it('is due at the next look', () => {
    expect(decide(noTurn(), '02:02:40')).toMatchObject({ action: 'send' });
  });

  it('has not been refused, so no deadline shorter than half an hour ends it', () => {
    expect(decide(noTurn(), '02:31:59')).toMatchObject({ action: 'send' });
    expect(decide(noTurn({ lastRefusal: 'InvalidInstanceId: no' }), '02:31:59')).toMatchObject({ action: 'send' });
  });

  it('has failed after that, with what was the matter', () => {
    expect(decide(noTurn(), '02:32')).toMatchObject({
      action: 'give-up',
      instance: {
        reason: {
          code: 'update-undeliverable',
          text: 'its agent pings, but no time was left to send it a command (tried again for 30 minutes)',
        },
      },
    });
  });

  it('has the longer time of its deployment', () => {
    expect(decide(noTurn(), '02:46:59', 2700)).toMatchObject({ action: 'send' });
    expect(decide(noTurn(), '02:47', 2700)).toMatchObject({ action: 'give-up' });
  });
});
