// The step `update`: whether an instance is sent a command of the work, and what follows from what SSM and its agent say.
import type { InstanceAt, SentCommand } from '../batch/batch-instance.ts';
import { type Look, moves, type Waiting } from '../batch/look.ts';
import { carryOn, finishWork, outOfTime, refusedBefore, withSaid } from '../batch/transitions.ts';
import type { AgentFacts, InstanceFacts } from '../model/instance.ts';
import { NO_TURN_SECONDS_MIN, OTHER_UPDATE_BACKOFF_SECONDS, UPDATE_HARD_DEADLINE_SECONDS } from '../model/limits.ts';
import { type Reason, reason, retold } from '../model/reason.ts';
import { addSeconds, isAfter, minutesBetween, type Timestamp, toTimestamp } from '../model/time.ts';
import { deliveryDeadline, UPDATE_PENDING, WAITING_TO_SEND, whyUnended } from '../work/after-send.ts';
import { pingAfter } from '../work/fresh-ping.ts';
import {
  awaitsSecondTry,
  endedBetween,
  failedOnce,
  isRefusedForGood,
  PASSING_FAILURE,
  secondTryAt,
  toldOfTries,
} from '../work/second-try.ts';
import { maySendTo, NO_TURN } from '../work/send-turn.ts';
import { currentCommand, endCommands, endOf, updateMayRunUntil } from '../work/sent-commands.ts';
import type { Invocation, Judgement, Work } from '../work/work.ts';
import { failedByItsEnd } from './boot-end.ts';
import { finishAtTarget, type Proof } from './verify.ts';

/** One instance at this step, with all that the rules look at. */
export interface UpdateCase {
  instance: InstanceAt<'update'>;
  ec2: InstanceFacts;
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
   * back-off: the agent is busy with someone else's update, or its update failed for a cause that passes: it is left alone
   * for a while. resume-earlier: it is busy with our own earlier command, which lives after all.
   */
  | ({ action: 'back-off' | 'resume-earlier' } & Look<InstanceAt<'update'>>)
  /** The command says that it is done. */
  | ({ action: 'verify' } & Look<InstanceAt<'verify'>>)
  /** The agent itself reports the target, so there is nothing (more) to send. */
  | ({ action: 'at-target'; cancelFirst: string | null } & Look<InstanceAt<'restore'>>)
  /** fail: the command itself says so. give-up: it was waited for too long, or its instance does not run any more. */
  | ({ action: 'fail' | 'give-up'; cancelFirst: string | null } & Look<InstanceAt<'restore'>>);

/**
 * What the command or the agent has said holds, whatever became of the instance since. All else needs an instance that runs:
 * once its boot has ended, it has failed, for that reason and at once.
 */
export function decideUpdate(given: UpdateCase): UpdateDecision {
  const decision = decideByWord(given);
  const { instance, ec2, now } = given;
  if (['verify', 'at-target', 'fail'].includes(decision.action)) return decision;
  const ended = failedByItsEnd(instance, ec2, now);
  if (ended === null) return decision;
  const told = awaitsSecondTry(instance) ? endedBetween(ended, failedOnce(instance, judgeCommand(given))) : ended;
  return { action: 'give-up', cancelFirst: openCommandId(instance), ...moves(told) };
}

function decideByWord(given: UpdateCase): UpdateDecision {
  const { instance, invocation, now } = given;
  const command = currentCommand(instance);
  if (command === undefined) return decideFirstSend(given);
  if (awaitsSecondTry(instance)) return decideSecondTry({ ...given, command });
  if (command.endedAt !== null) return decideAfterOtherUpdate(given, instance.otherUpdateSince ?? command.endedAt);
  const judgement = judgeCommand(given);
  const endedAt = invocation === null ? toTimestamp(now) : endOf(invocation, command, now);
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
      const { wasNeverDelivered = false } = judgement;
      const ended = endCommands(instance, 'current', endedAt);
      const retryAt = secondTryAt(instance, judgement, given);
      if (retryAt !== null) {
        const waiting = { reason: PASSING_FAILURE, until: retryAt };
        return { action: 'back-off', instance: { ...ended, retryAt }, waiting };
      }
      const why = toldOfTries(instance, judgement.reason);
      const failed = withSaid(finishWork(ended, 'failed', why, now), invocation?.output ?? '');
      return { action: wasNeverDelivered ? 'give-up' : 'fail', cancelFirst: null, ...moves(failed) };
    }
  }
}

/** It is sent one more command when that is due; where that can't be sent, the failure of the first holds. */
function decideSecondTry({ command, ...given }: OpenCase): UpdateDecision {
  const { instance, work, now } = given;
  if (isAhead(instance.retryAt, now)) return wait(PASSING_FAILURE, instance.retryAt);
  const isRefused = isRefusedForGood(instance, command, now);
  const mayResend = instance.commands.length < work.commandsMax && !isRefused && maySendTo(instance, now);
  if (mayResend) return { action: 'send', cancelFirst: null, reason: PASSING_FAILURE };
  return giveUp(given, failedOnce(instance, judgeCommand(given)));
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
export function needsAgentFacts(given: Omit<UpdateCase, 'agent' | 'ec2'>): boolean {
  const command = currentCommand(given.instance);
  if (command === undefined) return false;
  if (command.endedAt !== null) return !awaitsSecondTry(given.instance);
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

const ANOTHER_UPDATE = reason('another-update', 'another update is at work on it');

function decideFirstSend(given: UpdateCase): UpdateDecision {
  const { instance, work, target, deadlineSeconds, now } = given;
  const { versionBefore, retryAt, stepSince, lastRefusal, lastError } = instance;
  // CheckReadiness saw this version in a fresh ping, in this same pass.
  if (versionBefore !== null && work.isAtTarget(versionBefore, target))
    return atTarget(given, { version: versionBefore }, null);
  if (!maySendTo(instance, now)) {
    const text = `it was not sent the update: nothing is sent after ${instance.sendUntil}`;
    return { action: 'give-up', cancelFirst: null, ...moves(outOfTime(instance, text, now)) };
  }
  if (isAhead(retryAt, now)) return wait(WAITING_TO_SEND, retryAt);
  // Before its first try it has a retryAt of null: it must not fail because this Lambda could not look for long.
  const hadNoTurn = lastRefusal === NO_TURN;
  const limitSeconds = hadNoTurn ? Math.max(deadlineSeconds, NO_TURN_SECONDS_MIN) : deadlineSeconds;
  const maySend = retryAt === null || isAfter(addSeconds(stepSince, limitSeconds), now);
  if (maySend) return { action: 'send', cancelFirst: null, reason: null };
  const tried = `(tried again for ${minutesBetween(stepSince, now)} minutes)`;
  const why = hadNoTurn
    ? `${NO_TURN} ${tried}${refusedBefore(instance)}`
    : `it was not sent a command ${tried}: ${lastRefusal}`;
  return giveUp(given, reason('update-undeliverable', `its agent pings, but ${why}`, lastError));
}

/** A case with the command to follow: one that has not ended, as far as is known, or has to be sent again. */
type OpenCase = UpdateCase & { command: SentCommand };

function decideUndelivered(open: OpenCase): UpdateDecision {
  const { command, now } = open;
  const deliverBy = deliveryDeadline(command);
  if (isAfter(deliverBy, now)) return wait(UPDATE_PENDING, deliverBy);
  const text = `the agent did not take the command in ${minutesBetween(command.sentAt, now)} minutes`;
  return decideUnansweredCommand(open, { why: reason('update-undelivered', text), isUndelivered: true });
}

function decideRunning(open: OpenCase): UpdateDecision {
  const { command, now } = open;
  const endBy = endDeadline(command, open);
  if (isAfter(endBy, now)) return wait(reason('updating', 'the update is at work'), endBy);
  const why = whyUnended(open.invocation, minutesBetween(command.sentAt, now));
  return decideUnansweredCommand(open, { why, isUndelivered: false });
}

/**
 * Lost or hanging: the version decides; failing that, one more command; failing that, what can't be stopped yet
 * is followed until it can.
 */
function decideUnansweredCommand(open: OpenCase, lack: { why: Reason; isUndelivered: boolean }): UpdateDecision {
  const { instance, command, work, now } = open;
  const { why, isUndelivered } = lack;
  const proof = proofAtTarget(open, command.sentAt);
  if (proof !== null && isUndelivered) return atTarget(open, proof, why, command.commandId);
  const isRefused = isRefusedForGood(instance, command, now);
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
  return proof === null ? giveUp(open, why) : atTarget(open, proof, why);
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
  const why = reason(
    'another-update',
    `another update has been at work on it for ${minutesBetween(since, now)} minutes`,
  );
  return giveUp({ ...given, instance: endCommands(instance, 'current', toTimestamp(now)) }, why);
}

/** Just after a send the invocation is not listed yet (docs/aws-behaviour.md 13). */
const judgeCommand = ({ invocation, work }: Pick<UpdateCase, 'invocation' | 'work'>): Judgement =>
  invocation === null ? { verdict: 'pending' } : work.judge(invocation);

const endDeadline = ({ sentAt }: SentCommand, { deadlineSeconds }: Pick<UpdateCase, 'deadlineSeconds'>): Timestamp =>
  addSeconds(sentAt, deadlineSeconds);

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

/** A command that is open stays so, since it may come to an agent yet; SSM is asked to cancel it. */
function giveUp({ instance, now }: UpdateCase, why: Reason): UpdateDecision {
  return {
    action: 'give-up',
    cancelFirst: openCommandId(instance),
    ...moves(finishWork(instance, 'failed', why, now)),
  };
}

function openCommandId(instance: InstanceAt<'update'>): string | null {
  const command = currentCommand(instance);
  return command?.endedAt === null ? command.commandId : null;
}
