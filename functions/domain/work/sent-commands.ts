import type { InstanceAt, SentCommand } from '../batch/batch-instance.ts';
import { UPDATE_HARD_DEADLINE_SECONDS } from '../model/limits.ts';
import { addSeconds, isAfter, type Timestamp, toTimestamp } from '../model/time.ts';
import type { Invocation, Judgement, Work } from './work.ts';

/** An instance that may have been sent commands. */
type WithCommands = Pick<InstanceAt<'update'>, 'instanceId' | 'commands'>;

/** One on which an update that is not ours may be at work, too. */
type MayBeUpdating = WithCommands & Pick<InstanceAt<'update'>, 'otherUpdateSince'>;

/** The command to follow: the newest that may still be at work, else the newest. */
export const currentCommand = ({ commands }: WithCommands): SentCommand | undefined =>
  commands.findLast(({ endedAt }) => endedAt === null) ?? commands.at(-1);

/** Adds commands of ours that the payload does not know, because the reply that named them was lost; they may be at work. */
export function withLostCommands<One extends WithCommands>(
  instance: One,
  sent: { commandId: string; sentAt: Timestamp; instanceIds: string[] }[],
): One {
  const known = new Set(instance.commands.map(({ commandId }) => commandId));
  const lost = sent.filter(
    ({ commandId, instanceIds }) => !known.has(commandId) && instanceIds.includes(instance.instanceId),
  );
  const commands = [
    ...lost.map(({ commandId, sentAt }) => ({ commandId, sentAt, endedAt: null })),
    ...instance.commands,
  ];
  return { ...instance, commands };
}

/** A command of ours that a listing of SSM has shown. */
interface ShownCommand {
  commandId: string;
  sentAt: Timestamp;
  instanceIds: string[];
  parameters: Record<string, string[]>;
}

/**
 * The command of another run of ours that is still at work on an instance which was sent none by this run: the run that sent
 * it has died. It is followed as if this run had sent it, since a second one would only meet its lock (docs/aws-behaviour.md
 * 6). One of an earlier boot is not at work, one for another target is another work, and what SSM has not listed is not known.
 */
export function commandOfDeadRun(
  { instanceId, commands, launchTime }: InstanceAt<'update'>,
  shown: ShownCommand[],
  invocations: Invocation[],
  { work, target, now }: { work: Work; target: string; now: Date },
): Pick<SentCommand, 'commandId' | 'sentAt'> | null {
  if (commands.length > 0) return null;
  const isAtWork = ({ commandId }: ShownCommand) =>
    invocations.some(
      (one) =>
        one.commandId === commandId &&
        one.instanceId === instanceId &&
        one.hasEnded !== true &&
        ['pending', 'running'].includes(work.judge(one).verdict),
    );
  const found = shown.find(
    (command) =>
      command.instanceIds.includes(instanceId) &&
      isAfter(command.sentAt, launchTime) &&
      isAfter(addSeconds(command.sentAt, UPDATE_HARD_DEADLINE_SECONDS), now) &&
      isSame(command.parameters, work.parameters(target)) &&
      isAtWork(command),
  );
  return found === undefined ? null : { commandId: found.commandId, sentAt: found.sentAt };
}

const isSame = (given: Record<string, string[]>, wanted: Record<string, string[]>): boolean =>
  Object.entries(wanted).every(([name, values]) => JSON.stringify(given[name]) === JSON.stringify(values));

/** What SSM says of the command to follow, among the invocations of many instances; null: nothing. */
export const currentInvocation = (instance: WithCommands, invocations: Invocation[]): Invocation | null =>
  ownInvocations(instance, invocations).find((one) => one.commandId === currentCommand(instance)?.commandId) ?? null;

/** In which of SSM's statuses a command stays (docs/aws-behaviour.md 11). */
const LAST_STATUSES = new Set(['Success', 'Failed', 'Cancelled', 'TimedOut']);

/** SSM's last word on a command; null if it has said none yet. */
export const lastStatus = ({ status }: Pick<Invocation, 'status'>): string | null =>
  LAST_STATUSES.has(status) ? status : null;

/** The instance with SSM's last word on each of its commands, where there is one among the invocations of many instances. */
export function noteStatuses<One extends WithCommands>(instance: One, invocations: Invocation[]): One {
  const said = new Map(ownInvocations(instance, invocations).map((one) => [one.commandId, lastStatus(one)]));
  const commands = instance.commands.map((command) => {
    const status = said.get(command.commandId) ?? null;
    return status === null ? command : { ...command, status };
  });
  return { ...instance, commands };
}

/** What SSM says of an instance's commands, in their order, among the invocations of many instances. */
export const ownInvocations = ({ instanceId, commands }: WithCommands, invocations: Invocation[]): Invocation[] =>
  commands.flatMap(({ commandId }) =>
    invocations.filter((one) => one.commandId === commandId && one.instanceId === instanceId),
  );

/**
 * Notes what has become of commands that were left open, by their invocations among those of many instances. One updater lives at a time,
 * behind a lock: that one command got through means that none of an earlier one is at work. An earlier one that comes to the
 * agent later finds the target installed, and changes nothing (docs/aws-behaviour.md 4, 6).
 */
export function noteCommandEnds<One extends MayBeUpdating>(
  instance: One,
  invocations: Invocation[],
  work: Work,
  now: Date,
): One {
  const judged = instance.commands.flatMap((command) =>
    ownInvocations({ ...instance, commands: [command] }, invocations).map((one) => ({
      ...one,
      judgement: work.judge(one),
      end: endOf(one, command, now),
    })),
  );
  const ends = new Map(judged.filter(({ judgement }) => isOver(judgement)).map((one) => [one.commandId, one.end]));
  const lastEnd = (verdict: Judgement['verdict']) =>
    judged
      .flatMap(({ judgement, end }) => (judgement.verdict === verdict ? [end] : []))
      .sort()
      .at(-1) ?? null;
  const gotThroughAt = lastEnd('done');
  const isBeforeThat = (moment: Timestamp | null) =>
    moment !== null && gotThroughAt !== null && isAfter(gotThroughAt, moment);
  const commands = instance.commands.map((command) => ({
    ...command,
    endedAt: command.endedAt ?? ends.get(command.commandId) ?? (isBeforeThat(command.sentAt) ? gotThroughAt : null),
  }));
  // Busy, and not with a command of ours: someone else's update is at work on it.
  const isOpen = commands.some(({ endedAt }) => endedAt === null);
  const otherUpdateSince = instance.otherUpdateSince ?? (isOpen ? null : lastEnd('busy'));
  return { ...instance, commands, otherUpdateSince: isBeforeThat(otherUpdateSince) ? null : otherUpdateSince };
}

/**
 * When a command ended. Its steps are dated by the instance's own clock, which may be wrong by hours (docs/aws-behaviour.md 124): an
 * end that is dated before it was sent, or later than now, has been seen only now.
 */
export const endOf = (
  { endedAt }: Pick<Invocation, 'endedAt'>,
  { sentAt }: Pick<SentCommand, 'sentAt'>,
  now: Date,
): Timestamp => (endedAt === null || isAfter(sentAt, endedAt) || isAfter(endedAt, now) ? toTimestamp(now) : endedAt);

/** Whether nothing of a command is running any more, and nothing will be. */
function isOver(judgement: Judgement): boolean {
  if (judgement.verdict === 'lost') return judgement.wasNeverTaken ?? false;
  return judgement.verdict === 'done' || judgement.verdict === 'failed' || judgement.verdict === 'busy';
}

/** Notes the end of the current command, or of all of them. */
export function endCommands<One extends WithCommands>(
  instance: One,
  which: 'current' | 'all',
  endedAt: Timestamp,
): One {
  const current = currentCommand(instance);
  const commands = instance.commands.map((command) =>
    which === 'all' || command === current ? { ...command, endedAt: command.endedAt ?? endedAt } : command,
  );
  return { ...instance, commands };
}

/**
 * Until when an update may be at work on the instance, so that it must not be stopped (docs/aws-behaviour.md 3).
 * @returns null if nothing is
 */
export function updateMayRunUntil(instance: MayBeUpdating, now: Date): Timestamp | null {
  const since = instance.commands.filter(({ endedAt }) => endedAt === null).map(({ sentAt }) => sentAt);
  if (instance.otherUpdateSince !== null) since.push(instance.otherUpdateSince);
  const until =
    since
      .map((moment) => addSeconds(moment, UPDATE_HARD_DEADLINE_SECONDS))
      .sort()
      .at(-1) ?? null;
  return until !== null && isAfter(until, now) ? until : null;
}
