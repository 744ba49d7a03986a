import type { OtherActivityFacts } from '../model/instance.ts';
import { CLOCK_MARGIN_SECONDS } from '../model/limits.ts';
import { type Reason, reason } from '../model/reason.ts';
import { addSeconds, isAfter, type Timestamp } from '../model/time.ts';
import { isOwnComment } from '../work/command-comment.ts';

const isOfThisBoot = (moment: Timestamp | null, launchTime: Timestamp | null): boolean =>
  moment !== null && launchTime !== null && isAfter(addSeconds(moment, CLOCK_MARGIN_SECONDS), launchTime);

/**
 * Who else is at work on an instance that would otherwise be stopped; null if nobody is. What hangs since an earlier boot
 * keeps nobody awake.
 * @param knownCommandIds commands of this run: their own deadlines count. Those that it does not know are told by their comments
 */
export function findOtherActivity(
  instanceId: string,
  launchTime: Timestamp | null,
  { sessions, invocations, associations }: OtherActivityFacts,
  knownCommandIds: Set<string>,
): Reason | null {
  const session = sessions.find((one) => one.instanceId === instanceId);
  if (session !== undefined) {
    return reason('session-active', `${session.owner} has a session on it (${session.sessionId})`);
  }
  const isOthers = ({ commandId, comment }: OtherActivityFacts['invocations'][number]) =>
    !knownCommandIds.has(commandId) && !isOwnComment(comment);
  const command = invocations.find(
    (one) => one.instanceId === instanceId && isOthers(one) && isOfThisBoot(one.requestedAt, launchTime),
  );
  if (command !== undefined) {
    return reason(
      'command-running',
      `somebody's command ${command.documentName} has not ended on it (${command.commandId})`,
    );
  }
  const association = associations.find(
    (one) => one.instanceId === instanceId && isOfThisBoot(one.executedAt, launchTime),
  );
  return association === undefined
    ? null
    : reason('association-running', `the association ${association.name} is at work on it`);
}

/**
 * Commands of ours that are still open on an instance, of this run or of one that died. They are nobody else's; and an update
 * may be at work, so their own deadlines count, even if the payload does not know them.
 */
export const findOwnCommands = (
  instanceId: string,
  launchTime: Timestamp | null,
  { invocations }: OtherActivityFacts,
): { commandId: string; sentAt: Timestamp; instanceIds: string[] }[] =>
  invocations
    .filter((one) => one.instanceId === instanceId && isOwnComment(one.comment))
    .filter(({ requestedAt }) => isOfThisBoot(requestedAt, launchTime))
    .map(({ commandId, requestedAt }) => ({ commandId, sentAt: requestedAt, instanceIds: [instanceId] }));
