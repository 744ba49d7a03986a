import type { BatchInstance } from '../../../../functions/domain/batch/batch-instance.ts';
import { afterSend, decideUpdate } from '../../../../functions/domain/steps/update.ts';
import { updateSsmAgent } from '../../../../functions/domain/work/update-ssm-agent.ts';
import { at, aWokenInstance, OLD, stamp, TARGET } from '../../../support/builders.ts';

const awake = (changes: Partial<BatchInstance> = {}) =>
  aWokenInstance({ step: 'update', stepSince: stamp('02:02'), versionBefore: OLD, ...changes });
const decide = (instance: BatchInstance, now: string, deadlineSeconds = 900) =>
  decideUpdate({
    instance,
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
      instance: { retryAt: null, commands: [{ ...next, endedAt: null }] },
      waiting: { reason: { code: 'update-pending' }, until: stamp('02:09') },
    });
  });

  it('waits for a minute before the next try where SSM has refused it', () => {
    const waiting = { reason: { code: 'waiting-to-send' }, until: stamp('02:05') };
    expect(afterSend(awake(), null, 'InvalidInstanceId: no', at('02:04'))).toMatchObject({
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
  const noTurn = (changes: Partial<BatchInstance> = {}) =>
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
      action: 'fail',
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
    expect(decide(noTurn(), '02:47', 2700)).toMatchObject({ action: 'fail' });
  });
});
