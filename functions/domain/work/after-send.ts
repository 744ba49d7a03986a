// The step `update`, once SSM has answered a send: what the instance waits for.
import type { InstanceAt, SentCommand } from '../batch/batch-instance.ts';
import type { Look } from '../batch/look.ts';
import { withoutRefusal, withRefusal } from '../batch/transitions.ts';
import type { Refusal } from '../model/aws-errors.ts';
import { DELIVERY_DEADLINE_SECONDS, UNDELIVERED_RETRY_SECONDS } from '../model/limits.ts';
import { type Reason, reason } from '../model/reason.ts';
import { addSeconds, isAfter, type Timestamp, toTimestamp } from '../model/time.ts';
import { NO_TURN } from './send-turn.ts';
import type { Invocation } from './work.ts';

/** The instance after SSM has taken its command, or has refused it (the refusal is null where no time was left to ask for it). */
export function afterSend(
  instance: InstanceAt<'update'>,
  command: Pick<SentCommand, 'commandId' | 'sentAt'> | null,
  refusal: Refusal | null,
  now: Date,
): Look<InstanceAt<'update'>> {
  if (command === null) {
    const retryAt = refusal === null ? dueSince(instance, now) : addSeconds(now, UNDELIVERED_RETRY_SECONDS);
    const unsent = withRefusal({ ...instance, retryAt }, refusal ?? { text: NO_TURN });
    return { instance: unsent, waiting: { reason: WAITING_TO_SEND, until: retryAt } };
  }
  const sent = { ...command, endedAt: null };
  const commands = [...instance.commands, sent];
  const following = withoutRefusal({ ...instance, retryAt: null, commands });
  return { instance: following, waiting: { reason: UPDATE_PENDING, until: deliveryDeadline(sent) } };
}

/** What was not asked for stays due. */
const dueSince = ({ retryAt }: InstanceAt<'update'>, now: Date): Timestamp =>
  retryAt === null || isAfter(retryAt, now) ? toTimestamp(now) : retryAt;

export const WAITING_TO_SEND = reason('waiting-to-send', 'waits before the next command');

export const UPDATE_PENDING = reason('update-pending', 'the command waits for the agent');

/** Until when an agent must have taken a command. */
export const deliveryDeadline = ({ sentAt }: SentCommand): Timestamp => addSeconds(sentAt, DELIVERY_DEADLINE_SECONDS);

/** Why a command is given up that has not ended: it hangs, or SSM does not say how it stands. */
export const whyUnended = (invocation: Invocation | null, minutes: number): Reason =>
  invocation?.refusal === undefined
    ? reason('update-hung', `the command is still in progress after ${minutes} minutes`)
    : reason(
        'question-refused',
        `SSM has not said for ${minutes} minutes how the command stands: ${invocation.refusal.text}`,
        invocation.refusal.error,
      );
