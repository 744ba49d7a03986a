// What else is at work on an instance that would be stopped: sessions, commands and associations that are not Reveille's.
import type { InstanceAt } from '../batch/batch-instance.ts';
import type { Refusal } from '../model/aws-errors.ts';
import type { OtherActivityFacts } from '../model/instance.ts';
import { SSM_CLOCK_MARGIN_SECONDS } from '../model/limits.ts';
import { type Reason, reason } from '../model/reason.ts';
import type { ReasonCode } from '../model/reason-codes.ts';
import { addSeconds, isAfter, type Timestamp, toTimestamp } from '../model/time.ts';
import { isOwnComment } from '../work/command-comment.ts';

/** Why an instance is not stopped now. */
export interface OtherActivity {
  reason: Reason;
  /** false: SSM could not tell whether there is any. The instance is not stopped, as if there were. */
  isKnown: boolean;
}

const isOfThisBoot = (moment: Timestamp | null, launchTime: Timestamp | null): boolean =>
  moment !== null && launchTime !== null && isAfter(addSeconds(moment, SSM_CLOCK_MARGIN_SECONDS), launchTime);

/**
 * The other activity on an instance that would otherwise be stopped; null if there is none. What worked only before this boot
 * keeps no instance awake: a session stays listed for days after its window was closed (docs/aws-behaviour.md 84). But a
 * command that has not expired may be delivered in this boot; and what was connected, or at work, when an instance was
 * hibernated has come back with its memory. Commands of ours have deadlines of their own: those that the payload does not
 * know are told by their comments.
 */
export function findOtherActivity(
  { instanceId, originalState, commands }: Pick<InstanceAt<'restore'>, 'instanceId' | 'originalState' | 'commands'>,
  launchTime: Timestamp | null,
  { sessions, invocations, associations }: OtherActivityFacts,
): OtherActivity | null {
  const isOfBoot = ({ startedAt, isConnected }: OtherActivityFacts['sessions'][number]) =>
    (originalState === 'hibernated' && isConnected) ||
    // Where a time is not known, it may be of this boot.
    startedAt === null ||
    launchTime === null ||
    isOfThisBoot(startedAt, launchTime);
  const session = sessions.find((one) => one.instanceId === instanceId && isOfBoot(one));
  if (session !== undefined) {
    return known('session-active', `${session.owner} has a session on it (${session.sessionId})`);
  }
  const knownIds = new Set(commands.map(({ commandId }) => commandId));
  const command = invocations.find(
    (one) => one.instanceId === instanceId && !knownIds.has(one.commandId) && !isOwnComment(one.comment),
  );
  if (command !== undefined) {
    const { documentName, commandId, comment } = command;
    const said = comment === '' ? '' : `, "${comment}"`;
    return known(
      'command-running',
      `the command ${documentName} of someone else has not ended on it (${commandId}${said})`,
    );
  }
  const association = associations.find(
    (one) => one.instanceId === instanceId && isOfThisBoot(one.executedAt, launchTime),
  );
  if (association === undefined) return null;
  return known('association-running', `the association ${association.name} is at work on it`);
}

const known = (code: ReasonCode, text: string): OtherActivity => ({ reason: reason(code, text), isKnown: true });

/** SSM could not tell of other activity. */
export const otherActivityUnknown = ({ text, error }: Refusal): OtherActivity => ({
  reason: reason('other-activity-unknown', `could not check for other sessions and commands: ${text}`, error),
  isKnown: false,
});

/** Notes since when other activity has kept the instance from being stopped. */
export const noteOtherActivity = (
  instance: InstanceAt<'restore'>,
  found: OtherActivity | null,
  now: Date,
): InstanceAt<'restore'> => ({
  ...instance,
  otherActivitySince: found === null ? null : (instance.otherActivitySince ?? toTimestamp(now)),
});

/**
 * Commands of ours that are still open on an instance, of this run or of one that died. An update may be at work, so
 * their own deadlines count, even if the payload does not know them.
 */
export const findOwnCommands = (
  instanceId: string,
  launchTime: Timestamp | null,
  { invocations }: OtherActivityFacts,
): { commandId: string; sentAt: Timestamp; instanceIds: string[] }[] =>
  invocations
    .filter((one) => one.instanceId === instanceId && isOwnComment(one.comment))
    .flatMap(({ commandId, requestedAt }) => {
      const sentAt = requestedAt ?? launchTime;
      return sentAt !== null && isOfThisBoot(sentAt, launchTime)
        ? [{ commandId, sentAt, instanceIds: [instanceId] }]
        : [];
    });
