// The second command to an instance. A failure of the work that passes by itself, and has left the agent as it was, is worth one; never a third.
import type { InstanceAt, SentCommand } from '../batch/batch-instance.ts';
import {
  DELIVERY_DEADLINE_SECONDS,
  PASSING_FAILURE_BACKOFF_SECONDS,
  UPDATE_HARD_DEADLINE_SECONDS,
} from '../model/limits.ts';
import { type Reason, reason, retold } from '../model/reason.ts';
import { addSeconds, isAfter, type Timestamp } from '../model/time.ts';
import { currentCommand } from './sent-commands.ts';
import type { Judgement, Work } from './work.ts';

/** An instance that may be sent a second command. */
type Tried = Pick<InstanceAt<'update'>, 'instanceId' | 'commands' | 'otherUpdateSince' | 'sendUntil'>;

/**
 * When the one more command after a failure is due.
 * @returns null if there is none: the cause does not pass, the work allows no more, or nothing is sent any more by then
 */
export function secondTryAt(
  instance: Tried,
  { passes = false }: Extract<Judgement, { verdict: 'failed' }>,
  { work, now }: { work: Work; now: Date },
): Timestamp | null {
  const at = addSeconds(now, PASSING_FAILURE_BACKOFF_SECONDS);
  const isAllowed = passes && instance.commands.length < work.commandsMax && !isAfter(at, instance.sendUntil);
  return isAllowed ? at : null;
}

/** How long a second command is tried, where SSM refuses to send it. */
const RESEND_DEADLINE_SECONDS = UPDATE_HARD_DEADLINE_SECONDS + DELIVERY_DEADLINE_SECONDS;

/** @param first the command before it */
export const isRefusedForGood = ({ lastRefusal }: InstanceAt<'update'>, first: SentCommand, now: Date): boolean =>
  lastRefusal !== null && !isAfter(addSeconds(first.sentAt, RESEND_DEADLINE_SECONDS), now);

/** Whether its command has failed for a cause that passes, and its second is not sent yet: after the update of others it has `otherUpdateSince`. */
export const awaitsSecondTry = (instance: Tried): boolean =>
  instance.otherUpdateSince === null && currentCommand(instance)?.endedAt != null;

export const PASSING_FAILURE = reason('passing-failure', 'its update has failed for a cause that may pass');

/**
 * Why it has failed, where its second command could not be sent.
 * @param first what its first one has said, as far as SSM tells that now
 */
export function failedOnce({ lastRefusal }: Pick<InstanceAt<'update'>, 'lastRefusal'>, first: Judgement): Reason {
  const why = first.verdict === 'failed' ? first.reason : reason('update-failed', PASSING_FAILURE.text);
  const refusal = lastRefusal === null ? '' : ` (${lastRefusal})`;
  return retold(why, `it could not be sent a second command${refusal}: ${why.text}`);
}

/** Its boot ended before its second command: what its first had said counts, and how that ended is told before it. */
export const endedBetween = (ended: InstanceAt<'restore'>, first: Reason): InstanceAt<'restore'> => ({
  ...ended,
  reason: retold(first, `${ended.reason?.text ?? 'its boot ended'}; ${first.text}`),
});

/** Why it has failed, with the word that this was its second try, if it was. */
export function toldOfTries(instance: Tried, why: Reason): Reason {
  const earlier = instance.otherUpdateSince === null ? instance.commands.slice(0, -1) : [];
  const wasTried = earlier.some(({ endedAt, status }) => endedAt !== null && status === 'Failed');
  return wasTried ? retold(why, `it was tried twice: ${why.text}`) : why;
}
