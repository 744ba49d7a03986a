// The step `update`: whether an instance is sent a command of the work, and what follows from what SSM and its agent say.
import type { BatchInstance, InstanceAt, SentCommand } from '../batch/batch-instance.ts';
import { type Look, moves, type Waiting } from '../batch/look.ts';
import { carryOn, finishWork, outOfTime, withSaid } from '../batch/transitions.ts';
import type { AgentFacts } from '../model/instance.ts';
import {
  DELIVERY_DEADLINE_SECONDS,
  NO_TURN_SECONDS_MIN,
  OTHER_UPDATE_BACKOFF_SECONDS,
  UNDELIVERED_RETRY_SECONDS,
  UPDATE_HARD_DEADLINE_SECONDS,
} from '../model/limits.ts';
import { type Reason, reason, retold } from '../model/reason.ts';
import { addSeconds, isAfter, secondsBetween, type Timestamp, toTimestamp } from '../model/time.ts';
import { pingAfter } from '../work/fresh-ping.ts';
import { NO_TURN } from '../work/send-turn.ts';
import { currentCommand, endCommands, updateMayRunUntil } from '../work/sent-commands.ts';
import type { Invocation, Judgement, Work } from '../work/work.ts';
import type { AgentLook } from './unresponsive-agent.ts';
import { finishAtTarget, type Proof } from './verify.ts';

/** One instance at this step, with all that the rules look at. */
export interface UpdateCase {
  instance: InstanceAt<'update'>;
  /** What became of the command that is followed; null: none was sent, or SSM does not list it yet. */
  invocation: Invocation | null;
  /** What the agent reports; null where SSM was not asked for it, or does not list it. */
  agent: AgentFacts | null;
  work: Work;
  target: string;
  /** From a command's sending until it must have ended; also from this step's beginning until SSM must have taken one. */
  deadlineSeconds: number;
  now: Date;
}

/** `cancelFirst` is the ID of a command that no agent has taken, or that can be given up. */
export type UpdateDecision =
  /** Nothing moves before SSM has answered: see `afterSend`. */
  | { action: 'send'; cancelFirst: string | null; reason: Reason | null }
  | { action: 'wait'; waiting: Waiting }
  /**
   * back-off: the agent is busy with someone else's update, and is left alone for a while. resume-earlier: it is busy with
   * our own earlier command, which lives after all.
   */
  | ({ action: 'back-off' | 'resume-earlier' } & Look<InstanceAt<'update'>>)
  /** The command says that it is done. */
  | ({ action: 'verify' } & Look<InstanceAt<'verify'>>)
  /** The agent itself reports the target, so there is nothing (more) to send. */
  | ({ action: 'at-target'; cancelFirst: string | null } & Look<InstanceAt<'restore'>>)
  | ({ action: 'fail'; cancelFirst: string | null } & AgentLook<InstanceAt<'restore'>>);

export function decideUpdate(given: UpdateCase): UpdateDecision {
  const { instance, invocation, now } = given;
  const command = currentCommand(instance);
  if (command === undefined) return decideFirstSend(given);
  if (command.endedAt !== null) return decideAfterOtherUpdate(given, instance.otherUpdateSince ?? command.endedAt);
  const judgement = judgeCommand(given);
  const endedAt = invocation?.endedAt ?? toTimestamp(now);
  switch (judgement.verdict) {
    case 'pending':
      return decideUndelivered({ ...given, command });
    case 'running':
      return decideRunning({ ...given, command });
    case 'lost':
      // A later command found the agent busy, and not with this one.
      if (judgement.wasNeverTaken && instance.commands.at(-1)?.endedAt !== null)
        return decideBusy(given, ANOTHER_UPDATE);
      return decideUnansweredCommand({ ...given, command }, { why: judgement.reason, isUndelivered: false });
    case 'busy':
      return decideBusy(given, judgement.reason);
    case 'done': {
      // One updater lives at a time, behind a lock: that ours got through means that no other is at work.
      const { isNewer = false } = judgement;
      return { action: 'verify', ...moves(toVerify(endCommands(instance, 'all', endedAt), isNewer, now)) };
    }
    case 'failed': {
      const { reason: why, isUnresponsive = false } = judgement;
      const ended = endCommands(instance, 'current', endedAt);
      const failed = withSaid(finishWork(ended, 'failed', why, now), invocation?.output ?? '');
      return { action: 'fail', cancelFirst: null, isUnresponsive, ...moves(failed) };
    }
  }
}

/** All commands of it have ended, and none of others is at work. */
const toVerify = (instance: InstanceAt<'update'>, hasRefusedTarget: boolean, now: Date): InstanceAt<'verify'> => {
  const { launchTime, versionBefore, heardAt, commands } = instance;
  const heard = { launchTime, versionBefore, ...(heardAt && { heardAt }) };
  return { ...carryOn(instance, now), step: 'verify', ...heard, commands, hasRefusedTarget };
};

/**
 * Whether the payload may lack a command of ours. The update that keeps an agent busy may be our own, whose ID a crash has
 * lost before ListCommands showed it; and a send that was refused may have been accepted at an earlier try.
 */
export const mayHaveLostCommand = (given: Pick<UpdateCase, 'instance' | 'invocation' | 'work'>): boolean =>
  given.instance.lastRefusal !== null || judgeCommand(given).verdict === 'busy';

/** Whether SSM is to be asked for the agent's version: the command is late or lost, or another update is at work. */
export function needsAgentFacts(given: Omit<UpdateCase, 'agent'>): boolean {
  const command = currentCommand(given.instance);
  if (command === undefined) return false;
  if (command.endedAt !== null) return true;
  switch (judgeCommand(given).verdict) {
    case 'pending':
      return !isAfter(deliveryDeadline(command), given.now);
    case 'running':
      return !isAfter(endDeadline(command, given), given.now);
    case 'lost':
      return true;
    default:
      return false;
  }
}

/** The instance after SSM has taken its command, or has refused it (the refusal is null where no time was left to ask for it). */
export function afterSend(
  instance: InstanceAt<'update'>,
  command: Pick<SentCommand, 'commandId' | 'sentAt'> | null,
  refusal: string | null,
  now: Date,
): Look<InstanceAt<'update'>> {
  if (command === null) {
    const retryAt = refusal === null ? dueSince(instance, now) : addSeconds(now, UNDELIVERED_RETRY_SECONDS);
    const unsent = { ...instance, retryAt, lastRefusal: refusal ?? NO_TURN };
    return { instance: unsent, waiting: { reason: WAITING_TO_SEND, until: retryAt } };
  }
  const sent = { ...command, endedAt: null };
  const following = { ...instance, retryAt: null, lastRefusal: null, commands: [...instance.commands, sent] };
  return { instance: following, waiting: { reason: UPDATE_PENDING, until: deliveryDeadline(sent) } };
}

/** What was not asked for stays due. */
const dueSince = ({ retryAt }: InstanceAt<'update'>, now: Date): Timestamp =>
  retryAt === null || isAfter(retryAt, now) ? toTimestamp(now) : retryAt;

const WAITING_TO_SEND = reason('waiting-to-send', 'waits before the next command');

const ANOTHER_UPDATE = reason('another-update', 'another update is at work on it');

const UPDATE_PENDING = reason('update-pending', 'the command waits for the agent');

function decideFirstSend(given: UpdateCase): UpdateDecision {
  const { instance, work, target, deadlineSeconds, now } = given;
  const { versionBefore, retryAt, stepSince, lastRefusal } = instance;
  // CheckReadiness saw this version in a fresh ping, in this same pass.
  if (versionBefore !== null && work.isAtTarget(versionBefore, target))
    return atTarget(given, { version: versionBefore }, null);
  if (!maySendTo(instance, now)) {
    const text = `it was not sent the update: nothing is sent after ${instance.sendUntil}`;
    return { action: 'fail', cancelFirst: null, ...moves(outOfTime(instance, text, now)) };
  }
  if (isAhead(retryAt, now)) return wait(WAITING_TO_SEND, retryAt);
  // Before its first try it has a retryAt of null: it must not fail because this Lambda could not look for long.
  const hadNoTurn = lastRefusal === NO_TURN;
  const limitSeconds = hadNoTurn ? Math.max(deadlineSeconds, NO_TURN_SECONDS_MIN) : deadlineSeconds;
  const maySend = retryAt === null || isAfter(addSeconds(stepSince, limitSeconds), now);
  if (maySend) return { action: 'send', cancelFirst: null, reason: null };
  const why = hadNoTurn
    ? `${NO_TURN} (tried again for ${minutesSince(stepSince, now)} minutes)`
    : `SSM refuses to send it a command: ${lastRefusal}`;
  return failUnresponsive(given, reason('update-undeliverable', `its agent pings, but ${why}`), null);
}

/** A case with a command that has not ended, as far as is known. */
type OpenCase = UpdateCase & { command: SentCommand };

function decideUndelivered(open: OpenCase): UpdateDecision {
  const { command, now } = open;
  const deliverBy = deliveryDeadline(command);
  if (isAfter(deliverBy, now)) return wait(UPDATE_PENDING, deliverBy);
  const text = `the agent did not take the command in ${minutesSince(command.sentAt, now)} minutes`;
  return decideUnansweredCommand(open, { why: reason('update-undelivered', text), isUndelivered: true });
}

function decideRunning(open: OpenCase): UpdateDecision {
  const { command, now } = open;
  const endBy = endDeadline(command, open);
  if (isAfter(endBy, now)) return wait(reason('updating', 'the update is at work'), endBy);
  const text = `the command is still in progress after ${minutesSince(command.sentAt, now)} minutes`;
  return decideUnansweredCommand(open, { why: reason('update-hung', text), isUndelivered: false });
}

/** How long a second command is tried, where SSM refuses to send it. */
const RESEND_DEADLINE_SECONDS = UPDATE_HARD_DEADLINE_SECONDS + DELIVERY_DEADLINE_SECONDS;

/**
 * Lost or hanging: the version decides; failing that, one more command; failing that, what can't be stopped yet
 * is followed until it can.
 */
function decideUnansweredCommand(open: OpenCase, lack: { why: Reason; isUndelivered: boolean }): UpdateDecision {
  const { instance, command, work, now } = open;
  const { why, isUndelivered } = lack;
  const proof = proofAtTarget(open, command.sentAt);
  if (proof !== null && isUndelivered) return atTarget(open, proof, why, command.commandId);
  const resendUntil = addSeconds(command.sentAt, RESEND_DEADLINE_SECONDS);
  const isRefused = instance.lastRefusal !== null && !isAfter(resendUntil, now);
  const mayResend = instance.commands.length < work.commandsMax && !isRefused && maySendTo(instance, now);
  if (proof === null && mayResend) {
    if (isAhead(instance.retryAt, now)) return wait(why, instance.retryAt);
    // A command that an agent may be working on is not cancelled: it may be a slow rollback.
    return { action: 'send', cancelFirst: isUndelivered ? command.commandId : null, reason: why };
  }
  // The new agent pings before a rollback can take it away again: as long as the updater may live, this is no proof.
  const until = updateMayRunUntil(instance, now);
  if (until !== null) {
    return wait(retold(why, `${why.text}; an update may be at work until ${until}`), until);
  }
  return proof === null ? failUnresponsive(open, why, command.commandId) : atTarget(open, proof, why);
}

function decideBusy({ instance, now }: UpdateCase, why: Reason): UpdateDecision {
  const moment = toTimestamp(now);
  const ended = endCommands(instance, 'current', moment);
  const earlier = currentCommand(ended);
  if (earlier?.endedAt === null) {
    const until = addSeconds(earlier.sentAt, UPDATE_HARD_DEADLINE_SECONDS);
    return { action: 'resume-earlier', instance: ended, waiting: { reason: why, until } };
  }
  const retryAt = addSeconds(now, OTHER_UPDATE_BACKOFF_SECONDS);
  const backingOff = { ...ended, retryAt, otherUpdateSince: instance.otherUpdateSince ?? moment };
  return { action: 'back-off', instance: backingOff, waiting: { reason: why, until: retryAt } };
}

/**
 * Another update held the agent when our command came. Once the agent reports the target, or after a while, one more
 * command tells more than a ping could: its success means that the other updater is gone, whatever it did.
 */
function decideAfterOtherUpdate(given: UpdateCase, since: Timestamp): UpdateDecision {
  const { instance, work, now } = given;
  const proof = proofAtTarget(given, since);
  const until = addSeconds(since, UPDATE_HARD_DEADLINE_SECONDS);
  if (isAfter(until, now)) {
    // Once refused, the next try waits its time, whatever the agent reports.
    const isDue = !isAhead(instance.retryAt, now) || (proof !== null && instance.lastRefusal === null);
    // Commands before that told no more than that it is there: duplicates, and such as the agent never took.
    const hasSentSince = instance.commands.some(({ sentAt }) => isAfter(sentAt, since));
    const maySend = isDue && !hasSentSince && work.commandsMax > 1 && maySendTo(instance, now);
    if (maySend) return { action: 'send', cancelFirst: null, reason: null };
    return wait(ANOTHER_UPDATE, until);
  }
  if (proof !== null) {
    return atTarget(given, proof, reason('updated-by-others', 'an update by someone else installed the version'));
  }
  const why = reason('another-update', `another update has been at work on it for ${minutesSince(since, now)} minutes`);
  const ended = endCommands(instance, 'current', toTimestamp(now));
  return { action: 'fail', cancelFirst: null, ...moves(finishWork(ended, 'failed', why, now)) };
}

/** Whether it may still be sent a command: one that is sent by then has all of its time before the restoring. */
export const maySendTo = ({ sendUntil }: Pick<BatchInstance, 'sendUntil'>, now: Date): boolean =>
  !isAfter(now, sendUntil);

/** Just after a send the invocation is not listed yet (docs/aws-behaviour.md 13). */
const judgeCommand = ({ invocation, work }: Pick<UpdateCase, 'invocation' | 'work'>): Judgement =>
  invocation === null ? { verdict: 'pending' } : work.judge(invocation);

const deliveryDeadline = ({ sentAt }: SentCommand): Timestamp => addSeconds(sentAt, DELIVERY_DEADLINE_SECONDS);

const endDeadline = ({ sentAt }: SentCommand, { deadlineSeconds }: Pick<UpdateCase, 'deadlineSeconds'>): Timestamp =>
  addSeconds(sentAt, deadlineSeconds);

const minutesSince = (moment: Timestamp, now: Date): number => Math.round(secondsBetween(moment, now) / 60);

const isAhead = (moment: Timestamp | null, now: Date): moment is Timestamp => moment !== null && isAfter(moment, now);

/** What a ping of this boot that is newer than `since` reports, if that is the target or newer; else null. */
function proofAtTarget({ instance, agent, work, target, now }: UpdateCase, since: Timestamp): Proof | null {
  const ping = pingAfter(agent, { launchTime: instance.launchTime, since }, now);
  if (ping?.version == null || !work.isAtTarget(ping.version, target)) return null;
  return { version: ping.version, pingAt: ping.lastPingAt };
}

const wait = (why: Reason, until: Timestamp): UpdateDecision => ({ action: 'wait', waiting: { reason: why, until } });

function atTarget(
  given: UpdateCase,
  proof: Proof,
  why: Reason | null,
  cancelFirst: string | null = null,
): UpdateDecision {
  return { action: 'at-target', cancelFirst, ...moves(finishAtTarget(given, proof, why)) };
}

/** Its command stays open: it may come to the agent yet. */
function failUnresponsive({ instance, now }: UpdateCase, why: Reason, cancelFirst: string | null): UpdateDecision {
  const failed = finishWork(instance, 'failed', why, now);
  return { action: 'fail', cancelFirst, isUnresponsive: true, ...moves(failed) };
}
