import type { InstanceAt, SentCommand } from '../../../../functions/domain/batch/batch-instance.ts';
import {
  commandOfDeadRun,
  currentCommand,
  currentInvocation,
  endCommands,
  ownInvocations,
  updateMayRunUntil,
  withLostCommands,
} from '../../../../functions/domain/work/sent-commands.ts';
import { updateSsmAgent } from '../../../../functions/domain/work/update-ssm-agent.ts';
import { anInvocation, at, aWokenInstance, INSTANCE_ID, stamp, TARGET } from '../../../support/builders.ts';

const open = { commandId: 'command-1', sentAt: stamp('02:02'), endedAt: null };
const over = { commandId: 'command-2', sentAt: stamp('02:10'), endedAt: stamp('02:11') };
const withCommands = (...commands: SentCommand[]) => aWokenInstance({ step: 'update', commands });

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

  it('have invocations of their own among those of many instances', () => {
    const of = (commandId: string, instanceId = INSTANCE_ID) => anInvocation({ commandId, instanceId });
    const listed = [of('command-2'), of('command-1', 'i-other'), of('command-1'), of('command-9')];
    expect(ownInvocations(withCommands(open, over), listed)).toEqual([of('command-1'), of('command-2')]);
    expect(currentInvocation(withCommands(open, over), listed)).toEqual(of('command-1'));
    expect(currentInvocation(withCommands({ ...open, commandId: 'command-3' }, over), listed)).toBeNull();
    expect(currentInvocation(withCommands(), listed)).toBeNull();
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
  const until = (changes: Partial<InstanceAt<'update'>>, now: string) =>
    updateMayRunUntil(aWokenInstance({ step: 'update', ...changes }), at(now));

  it('may be so for 45 minutes after its command was sent', () => {
    expect(until({ commands: [open] }, '02:46:59')).toBe(stamp('02:47'));
    expect(until({ commands: [open] }, '02:47')).toBeNull();
  });

  it('is none when the command has ended, or none was sent', () => {
    expect(until({ commands: [over] }, '02:12')).toBeNull();
    expect(until({}, '02:12')).toBeNull();
  });

  it('may be someone else’s', () => {
    expect(until({ commands: [over], otherUpdateSince: stamp('02:11') }, '02:12')).toBe(stamp('02:56'));
  });

  it('is the last of several', () => {
    const newer = { ...open, sentAt: stamp('02:20') };
    expect(until({ commands: [newer, open], otherUpdateSince: stamp('02:11') }, '02:30')).toBe(stamp('03:05'));
    expect(until({ commands: [open], otherUpdateSince: stamp('02:11') }, '02:30')).toBe(stamp('02:56'));
  });
});

describe('a command that another run, which has died, had sent', () => {
  const shown = {
    commandId: 'dead-1',
    sentAt: stamp('02:01'),
    instanceIds: [INSTANCE_ID],
    parameters: updateSsmAgent.parameters(TARGET),
  };
  const invocation = anInvocation({ commandId: 'dead-1' });
  const find = (changes = {}, instance = aWokenInstance({ step: 'update' }), seen = invocation, now = at('02:10')) =>
    commandOfDeadRun(instance, [{ ...shown, ...changes }], [seen], { work: updateSsmAgent, target: TARGET, now });

  it('is followed while it is at work, with the time at which it was sent', () => {
    expect(find()).toEqual({ commandId: 'dead-1', sentAt: stamp('02:01') });
    expect(find({}, undefined, { ...invocation, status: 'Pending' })).not.toBeNull();
  });

  it.each([
    ['it is over', find({}, undefined, { ...invocation, status: 'Success' })],
    ['it is over, and SSM does not say how', find({}, undefined, { ...invocation, hasEnded: true })],
    ['it was sent to another instance', find({ instanceIds: ['i-other'] })],
    ['it was sent in an earlier boot', find({ sentAt: stamp('02:00:29') })],
    ['its updater can not live any more', find({}, undefined, invocation, at('02:46'))],
    ['it was for another version', find({ parameters: updateSsmAgent.parameters('3.3.1.0') })],
    ['this run has sent one itself', find({}, withCommands(open))],
    ['SSM does not list it', find({}, undefined, { ...invocation, instanceId: 'i-other' })],
  ])('is not followed where %s', (_why, found) => {
    expect(found).toBeNull();
  });
});
