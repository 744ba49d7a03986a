// An instance of which a look at EC2 shows nothing: EC2 does not know its ID, or does not answer for it. Neither says that it is gone,
// so it stays where it is until the deadline of its step, and no neighbour waits with it.
import type { Refusal, Silent } from '../model/aws-errors.ts';
import type { InstanceFacts } from '../model/instance.ts';
import { NO_TURN_SECONDS_MIN } from '../model/limits.ts';
import { noAnswer, type Reason, reason } from '../model/reason.ts';
import { addSeconds, isAfter, minutesBetween, type Timestamp, toTimestamp } from '../model/time.ts';
import type { BatchInstance, InstanceAt, Working } from './batch-instance.ts';
import { type Look, moves } from './look.ts';
import { fail, finishWork, mayStillStart } from './transitions.ts';

/** Why one look has shown nothing of an instance. */
export type Unseen =
  /** EC2 says that it knows no such ID, also when it is asked for it alone. */
  { kind: 'unknown' } | Silent;

/** Those that EC2 does not answer for. */
export const silentIn = (unseen: Map<string, Unseen>): Map<string, Silent> =>
  new Map([...unseen].flatMap(([id, one]) => (one.kind === 'silent' ? [[id, one] as const] : [])));

/** An instance with what EC2 says of it. */
export interface Seen<One extends BatchInstance> {
  instance: One;
  ec2: InstanceFacts;
}

/** Those that a look has shown, without what was noted while none did. */
export const seenOf = <One extends BatchInstance>(instances: One[], facts: Map<string, InstanceFacts>): Seen<One>[] =>
  instances.flatMap((instance) => {
    const ec2 = facts.get(instance.instanceId);
    if (ec2 === undefined) return [];
    const { unseenSince: _since, unseenAs: _as, ...seen } = instance;
    return [{ instance: seen as One, ec2 }];
  });

/** Those that no look has shown, each with why. */
export const unseenOf = <One extends BatchInstance>(
  instances: One[],
  unseen: Map<string, Unseen>,
  now: Date,
): { instance: One & { unseenSince: Timestamp }; unseen: Unseen }[] =>
  instances.flatMap((instance) => {
    const why = unseen.get(instance.instanceId);
    if (why === undefined) return [];
    const isOther = instance.unseenAs !== undefined && instance.unseenAs !== why.kind;
    const unseenSince = (isOther ? undefined : instance.unseenSince) ?? toTimestamp(now);
    return [{ instance: { ...instance, unseenSince, unseenAs: why.kind }, unseen: why }];
  });

/** What it waits for. */
export const unseenReason = (unseen: Unseen): Reason =>
  unseen.kind === 'unknown' ? reason('unknown-id', 'EC2 does not know it') : noAnswer(unseen.refusal);

/** In words, how long no look has shown it. */
export const minutesUnseen = (unseenSince: Timestamp, now: Date): string => {
  const minutes = minutesBetween(unseenSince, now);
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
};

/**
 * One that was to be worked on. That EC2 did not answer says nothing of the instance, so no shorter deadline of a deployment ends
 * the wait for it. In the end it goes to be restored like one whose step has failed: a reply that was lost may have started it.
 * @param deadlineSeconds of its step, from the first look that did not show it
 */
export function awaitSight(
  { instance, unseen }: { instance: Working & { unseenSince: Timestamp }; unseen: Unseen },
  deadlineSeconds: number,
  now: Date,
): Look {
  const { unseenSince } = instance;
  const patience = unseen.kind === 'silent' ? Math.max(deadlineSeconds, NO_TURN_SECONDS_MIN) : deadlineSeconds;
  const until = addSeconds(unseenSince, patience);
  if (isAfter(until, now)) return { instance, waiting: { reason: unseenReason(unseen), until } };
  const minutes = minutesUnseen(unseenSince, now);
  const failed: InstanceAt<'restore'> =
    unseen.kind === 'unknown'
      ? fail(instance, 'disappeared', `EC2 has not known it for ${minutes}`, now)
      : finishWork(instance, 'failed', unanswered(unseen.refusal, minutes), now);
  return moves(mayStillStart(failed, now));
}

const unanswered = ({ text, error }: Refusal, minutes: string): Reason =>
  reason('question-refused', `EC2 did not say for ${minutes} how it is: ${text}`, error);
