import type { BatchInstance, SentCommand } from '../batch/batch-instance.ts';
import type { AgentFacts } from '../model/instance.ts';
import {
  DELIVERY_DEADLINE_SECONDS,
  OTHER_UPDATE_BACKOFF_SECONDS,
  UPDATE_HARD_DEADLINE_SECONDS,
} from '../model/limits.ts';
import { type Reason, reason } from '../model/reason.ts';
import { addSeconds, isAfter, secondsBetween, type Timestamp, toTimestamp } from '../model/time.ts';
import { reportedVersion } from '../work/fresh-ping.ts';
import { currentCommand, updateMayRunUntil } from '../work/sent-commands.ts';
import type { Invocation, Work } from '../work/work.ts';

/** The first command and at most one more (docs/aws-behaviour.md 6). */
export const COMMANDS_MAX = 2;

const UNDELIVERED = 'update-undelivered';

export interface UpdateFacts {
  /** The current command's invocation on this instance; null: none was sent, or it is not listed yet. */
  invocation: Invocation | null;
  /** What the agent reports; null where it was not asked for. */
  agent: AgentFacts | null;
}

export type UpdateDecision =
  | { action: 'send'; cancelFirst: string | null; reason: Reason | null }
  | { action: 'wait'; reason: Reason }
  /** The agent is busy with somebody else's update: leave it alone until then. */
  | { action: 'back-off'; retryAt: Timestamp; reason: Reason }
  /** The agent is busy with our own earlier command, which lives after all: that one is followed again. */
  | { action: 'follow-earlier'; reason: Reason }
  /** The agent says that it is done, since this moment: to be verified. */
  | { action: 'verify'; endedAt: Timestamp }
  /** The agent itself reports the target: nothing (more) to send. */
  | { action: 'satisfied'; version: string; cancelFirst: string | null; reason: Reason | null }
  /** `endedAt` is null as long as the command may still be at work. */
  | { action: 'fail'; endedAt: Timestamp | null; cancelFirst: string | null; reason: Reason };

/** How long a second command is tried, where SSM refuses to send it. */
const RESEND_DEADLINE_SECONDS = UPDATE_HARD_DEADLINE_SECONDS + DELIVERY_DEADLINE_SECONDS;

const isWaiting = ({ retryAt }: BatchInstance, now: Date): boolean => retryAt !== null && isAfter(retryAt, now);

function decideFirstSend(
  instance: BatchInstance,
  work: Work,
  target: string,
  deadlineSeconds: number,
  now: Date,
): UpdateDecision {
  // CheckReadiness saw this version in a fresh ping, in this same pass.
  if (work.isSatisfiedBy(instance.versionBefore, target)) {
    return { action: 'satisfied', version: instance.versionBefore ?? target, cancelFirst: null, reason: null };
  }
  if (isWaiting(instance, now)) {
    return { action: 'wait', reason: reason('waiting-to-send', 'waits before the next command') };
  }
  if (secondsBetween(instance.stepSince, now) >= deadlineSeconds) {
    const text = `its agent pings, but SSM refuses to send it a command: ${instance.lastRefusal ?? 'no reason given'}`;
    return { action: 'fail', endedAt: null, cancelFirst: null, reason: reason('update-undeliverable', text) };
  }
  return { action: 'send', cancelFirst: null, reason: null };
}

/**
 * Another update held the agent when our command came. Once the agent reports the target, or after a while, one more
 * command tells more than a ping could: its success means that the other updater is gone, whatever it did.
 */
function decideAfterOtherUpdate(
  instance: BatchInstance,
  since: Timestamp,
  facts: UpdateFacts,
  work: Work,
  target: string,
  now: Date,
): UpdateDecision {
  const version = reportedVersion(instance, facts.agent, since, now);
  const isSatisfied = version !== null && work.isSatisfiedBy(version, target);
  const waitedSeconds = secondsBetween(since, now);
  if (waitedSeconds < UPDATE_HARD_DEADLINE_SECONDS) {
    // Once refused, the next try waits its time, whatever the agent reports.
    const isDue = !isWaiting(instance, now) || (isSatisfied && instance.lastRefusal === null);
    if (isDue && instance.commands.length < COMMANDS_MAX) return { action: 'send', cancelFirst: null, reason: null };
    return { action: 'wait', reason: reason('another-update', 'another update is at work on it') };
  }
  if (isSatisfied) {
    const why = reason('updated-by-others', 'an update of somebody else brought the version');
    return { action: 'satisfied', version, cancelFirst: null, reason: why };
  }
  const text = `another update has been at work on it for ${Math.round(waitedSeconds / 60)} minutes`;
  return { action: 'fail', endedAt: toTimestamp(now), cancelFirst: null, reason: reason('another-update', text) };
}

/**
 * Lost or hanging: the version decides; failing that, one more command; failing that, what can't be stopped yet
 * is followed until it can.
 */
function decideUnansweredCommand(
  instance: BatchInstance,
  command: SentCommand,
  facts: UpdateFacts,
  work: Work,
  target: string,
  why: Reason,
  now: Date,
): UpdateDecision {
  const undelivered = why.code === UNDELIVERED;
  const version = reportedVersion(instance, facts.agent, command.sentAt, now);
  const isSatisfied = version !== null && work.isSatisfiedBy(version, target);
  if (isSatisfied && undelivered) return { action: 'satisfied', version, cancelFirst: command.commandId, reason: why };
  const isRefused = instance.lastRefusal !== null && secondsBetween(command.sentAt, now) >= RESEND_DEADLINE_SECONDS;
  if (!isSatisfied && instance.commands.length < COMMANDS_MAX && !isRefused) {
    if (isWaiting(instance, now)) return { action: 'wait', reason: why };
    // A command that an agent may be working on is not cancelled: it may be a slow rollback.
    return { action: 'send', cancelFirst: undelivered ? command.commandId : null, reason: why };
  }
  // The new agent pings before a rollback can take it away again: as long as the updater may live, this is no proof.
  const until = updateMayRunUntil(instance, now);
  if (until !== null) {
    return { action: 'wait', reason: reason(why.code, `${why.text}; an update may be at work until ${until}`) };
  }
  if (isSatisfied) return { action: 'satisfied', version, cancelFirst: null, reason: why };
  return { action: 'fail', endedAt: null, cancelFirst: command.commandId, reason: why };
}

/** True once it makes sense to ask for the agent's version: the command is late, lost, or another update is at work. */
export function needsAgentFacts(
  instance: BatchInstance,
  invocation: Invocation | null,
  work: Work,
  deadlineSeconds: number,
  now: Date,
): boolean {
  const command = currentCommand(instance);
  if (command === undefined) return false;
  if (command.endedAt !== null) return true;
  const verdict = invocation === null ? 'pending' : work.judge(invocation).verdict;
  const age = secondsBetween(command.sentAt, now);
  return (
    verdict === 'lost' ||
    (verdict === 'pending' && age >= DELIVERY_DEADLINE_SECONDS) ||
    (verdict === 'running' && age >= deadlineSeconds)
  );
}

/**
 * What to do with an instance whose agent is to be updated.
 * @param deadlineSeconds from a command's sending until it must have ended
 */
export function decideUpdate(
  instance: BatchInstance,
  facts: UpdateFacts,
  work: Work,
  target: string,
  deadlineSeconds: number,
  now: Date,
): UpdateDecision {
  const command = currentCommand(instance);
  if (command === undefined) return decideFirstSend(instance, work, target, deadlineSeconds, now);
  if (command.endedAt !== null) {
    const since = instance.foreignUpdateSince ?? command.endedAt;
    return decideAfterOtherUpdate(instance, since, facts, work, target, now);
  }
  const age = secondsBetween(command.sentAt, now);
  const minutes = Math.round(age / 60);
  // Just after a send the invocation is not there yet (docs/aws-behaviour.md 13).
  const judgement = facts.invocation === null ? ({ verdict: 'pending' } as const) : work.judge(facts.invocation);
  const endedAt = facts.invocation?.endedAt ?? toTimestamp(now);
  const stuck = (why: Reason) => decideUnansweredCommand(instance, command, facts, work, target, why, now);
  switch (judgement.verdict) {
    case 'pending':
      return age < DELIVERY_DEADLINE_SECONDS
        ? { action: 'wait', reason: reason('update-pending', 'the command waits for the agent') }
        : stuck(reason(UNDELIVERED, `the agent did not take the command in ${minutes} minutes`));
    case 'running':
      return age < deadlineSeconds
        ? { action: 'wait', reason: reason('updating', 'the update is at work') }
        : stuck(reason('update-hung', `the command is still in progress after ${minutes} minutes`));
    case 'lost':
      return stuck(judgement.reason);
    case 'done':
      return { action: 'verify', endedAt };
    case 'failed':
      return { action: 'fail', endedAt, cancelFirst: null, reason: judgement.reason };
    case 'busy':
      if (instance.commands.some(({ commandId, endedAt: over }) => over === null && commandId !== command.commandId)) {
        return { action: 'follow-earlier', reason: judgement.reason };
      }
      return {
        action: 'back-off',
        retryAt: addSeconds(now, OTHER_UPDATE_BACKOFF_SECONDS),
        reason: judgement.reason,
      };
  }
}
