import fc from 'fast-check';
import type { BatchInstance } from '../../../../functions/domain/batch/batch-instance.ts';
import { isAtLeast } from '../../../../functions/domain/model/agent-version.ts';
import { COMMANDS_MAX, decideUpdate, needsAgentFacts } from '../../../../functions/domain/steps/update.ts';
import {
  currentCommand,
  endCommands,
  updateMayRunUntil,
  withLostCommands,
} from '../../../../functions/domain/work/sent-commands.ts';
import { updateSsmAgent } from '../../../../functions/domain/work/update-ssm-agent.ts';
import { anyAgentFacts, anyBatchInstance, moments, stamps } from '../../../support/arbitraries.ts';
import { anInvocation, at, aWokenInstance, INSTANCE_ID, OLD, stamp, TARGET } from '../../../support/builders.ts';

const DEADLINE_SECONDS = 15 * 60;
const open = { commandId: 'command-1', sentAt: stamp('02:02'), endedAt: null };
const over = { commandId: 'command-2', sentAt: stamp('02:10'), endedAt: stamp('02:11') };
const withCommands = (...commands: BatchInstance['commands']) => aWokenInstance({ step: 'update', commands });

describe('the commands of an instance', () => {
  it('are followed by the newest that may still be at work', () => {
    const newer = { ...open, commandId: 'command-3' };
    expect(currentCommand(withCommands(open, over))).toEqual(open);
    expect(currentCommand(withCommands(open, over, newer))).toEqual(newer);
  });

  it('are followed by the newest of all when none is at work', () => {
    expect(currentCommand(withCommands({ ...open, endedAt: stamp('02:04') }, over))).toEqual(over);
    expect(currentCommand(withCommands())).toBeUndefined();
  });

  it('end one by one, or all at once, and never twice', () => {
    const newer = { ...open, commandId: 'command-3' };
    const end = stamp('02:20');
    const both = withCommands(open, over, newer);
    expect(endCommands(both, 'current', end).commands).toEqual([open, over, { ...newer, endedAt: end }]);
    expect(endCommands(both, 'all', end).commands).toEqual([
      { ...open, endedAt: end },
      over,
      { ...newer, endedAt: end },
    ]);
    expect(endCommands(withCommands(over), 'current', end).commands).toEqual([over]);
  });

  it('are joined by those of ours that a crash has lost, and these may be at work', () => {
    const lost = { commandId: 'command-9', sentAt: stamp('02:01'), instanceIds: [INSTANCE_ID] };
    const known = { commandId: over.commandId, sentAt: stamp('02:10'), instanceIds: [INSTANCE_ID] };
    const elsewhere = { commandId: 'command-8', sentAt: stamp('02:01'), instanceIds: ['i-neighbour'] };
    const joined = withLostCommands(withCommands(over), [lost, known, elsewhere]);
    expect(joined.commands).toHaveLength(2);
    expect(joined.commands).toContainEqual(over);
    expect(joined.commands).toContainEqual({ commandId: 'command-9', sentAt: stamp('02:01'), endedAt: null });
    expect(currentCommand(joined)?.commandId).toBe('command-9');
  });
});

describe('an update that may be at work', () => {
  const until = (changes: Partial<BatchInstance>, now: string) => updateMayRunUntil(aWokenInstance(changes), at(now));

  it('may be so for 45 minutes after its command was sent', () => {
    expect(until({ commands: [open] }, '02:46:59')).toBe(stamp('02:47'));
    expect(until({ commands: [open] }, '02:47')).toBeNull();
  });

  it('is none when the command has ended, or none was sent', () => {
    expect(until({ commands: [over] }, '02:12')).toBeNull();
    expect(until({}, '02:12')).toBeNull();
  });

  it('may be somebody else’s', () => {
    expect(until({ commands: [over], foreignUpdateSince: stamp('02:11') }, '02:12')).toBe(stamp('02:56'));
  });

  it('is the last of several', () => {
    const newer = { ...open, sentAt: stamp('02:20') };
    expect(until({ commands: [newer, open], foreignUpdateSince: stamp('02:11') }, '02:30')).toBe(stamp('03:05'));
    expect(until({ commands: [open], foreignUpdateSince: stamp('02:11') }, '02:30')).toBe(stamp('02:56'));
  });
});

describe('the agent is asked for its version', () => {
  const asks = (instance: BatchInstance, now: string, status: string | null) =>
    needsAgentFacts(
      instance,
      status === null ? null : anInvocation({ status, statusDetails: status }),
      updateSsmAgent,
      DEADLINE_SECONDS,
      at(now),
    );

  it.each([
    ['when its command has not been taken for five minutes', 'Pending', '02:06:59', '02:07'],
    ['when its command has not been listed for five minutes', null, '02:06:59', '02:07'],
    ['when its command hangs past the deadline', 'InProgress', '02:16:59', '02:17'],
  ])('%s, and not sooner', (_when, status, before, after) => {
    expect(asks(withCommands(open), before, status)).toBe(false);
    expect(asks(withCommands(open), after, status)).toBe(true);
  });

  it('when its command was given up, and when another update was met', () => {
    expect(asks(withCommands(open), '02:03', 'TimedOut')).toBe(true);
    expect(asks(withCommands(over), '02:12', null)).toBe(true);
  });

  it.each(['Success', 'Failed'])('but not for a command that ended in %s', (status) => {
    expect(asks(withCommands(open), '02:40', status)).toBe(false);
  });

  it('but not before a command was sent', () => {
    expect(asks(withCommands(), '02:40', null)).toBe(false);
  });
});

describe('whatever SSM says', () => {
  const statuses = [
    'Pending',
    'Delayed',
    'InProgress',
    'Success',
    'Failed',
    'Cancelled',
    'TimedOut',
    'Cancelling',
    '?',
  ];
  const invocations = fc.option(
    fc
      .record({
        status: fc.constantFrom(...statuses),
        statusDetails: fc.constantFrom('', 'Delivery Timed Out', 'Terminated', 'Undeliverable'),
        output: fc.constantFrom(
          '',
          'Another update in progress, try again later',
          'amazon-ssm-agent updated successfully to',
        ),
        endedAt: fc.option(stamps, { nil: null }),
      })
      .map(anInvocation),
    { nil: null },
  );
  /** Also as it is when everything is right, so that the good ends are met as well. */
  const instances = fc.oneof(
    anyBatchInstance,
    anyBatchInstance.map((instance) => ({ ...instance, versionBefore: OLD, launchTime: stamp('02:00:30') })),
  );
  const decisions = (check: (instance: BatchInstance, decision: ReturnType<typeof decideUpdate>, now: Date) => void) =>
    fc.assert(
      fc.property(instances, invocations, anyAgentFacts, moments, (instance, invocation, agent, now) => {
        check(
          instance,
          decideUpdate(instance, { invocation, agent }, updateSsmAgent, TARGET, DEADLINE_SECONDS, now),
          now,
        );
      }),
      { numRuns: 2000 },
    );

  it(`nobody is sent more than ${COMMANDS_MAX} commands`, () => {
    decisions(({ commands }, { action }) => {
      if (action === 'send') expect(commands.length).toBeLessThan(COMMANDS_MAX);
    });
  });

  it('nobody is satisfied with less than the target', () => {
    decisions((_instance, decision) => {
      if (decision.action === 'satisfied') expect(isAtLeast(decision.version, TARGET)).toBe(true);
    });
  });

  it('nobody is given up while a command of ours that hangs may still be at work', () => {
    decisions((instance, decision, now) => {
      if (decision.action !== 'fail' || instance.commands.length === 0 || decision.endedAt !== null) return;
      expect(updateMayRunUntil(instance, now)).toBeNull();
    });
  });

  it('nobody is verified who was never sent a command', () => {
    decisions(({ commands }, { action }) => {
      if (action === 'verify') expect(commands.some(({ endedAt }) => endedAt === null)).toBe(true);
    });
  });
});
