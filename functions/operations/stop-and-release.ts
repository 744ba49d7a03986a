import { stopInstances } from '../aws/ec2-start-stop.ts';
import { untagInstances } from '../aws/ec2-tags.ts';
import type { EC2Client } from '../aws/sdk/clients.ts';
import { type AwsFailure, describeFailure } from '../aws/sdk/failures.ts';
import type { InstanceAt } from '../domain/batch/batch-instance.ts';
import { type Refusal, refusalOf } from '../domain/model/aws-errors.ts';
import type { InstanceFacts } from '../domain/model/instance.ts';
import { isAfter, type Timestamp } from '../domain/model/time.ts';
import { LEASE_TAG } from '../domain/ownership/lease.ts';
import type { Hold } from '../domain/steps/hold.ts';
import type { RestoreDecision } from '../domain/steps/restore-decision.ts';
import { CHANGED, UNTRIED } from '../domain/steps/restore-result.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** One instance that is to be restored. */
export interface Member {
  instance: InstanceAt<'restore'>;
  ec2: InstanceFacts;
  /** When the run that leased it ended; null: it is this run. */
  deadSince: Timestamp | null;
  /** What is remembered of others who have kept it awake after a run had ended; null: nothing. */
  hold: Hold | null;
}

export interface DecidedMember extends Member {
  /** The value that its lease tag should have; null if Reveille did not lease it. */
  expectedLease: string | null;
  decision: RestoreDecision;
}

/** How the instances of one look are stopped. */
export interface Stopping {
  /** Which look it is: where EC2 refuses all of them, each look tries others alone. */
  turn: number;
  /** Whether this Lambda has time for another call. */
  hasTime(): boolean;
  /** Right before a stop: which of the instances can't be stopped any more. */
  findChanged(members: DecidedMember[]): Promise<Set<string>>;
}

/**
 * Stops the instances in one call, and hibernates the others in a second; those that were taken over have other ends, and a
 * call of their own. After the end of its instances no request leaves any more.
 * @returns what EC2 refused, by instance
 */
export async function stopDecided(
  { ec2, now }: { ec2: EC2Client } & Pick<Runtime, 'now'>,
  decided: DecidedMember[],
  { turn, hasTime, findChanged }: Stopping,
): Promise<Map<string, Refusal>> {
  const refusals = new Map<string, Refusal>();
  for (const { members, hibernate, stopUntil } of toCalls(decided)) {
    const changed = await findChanged(members);
    for (const id of changed) refusals.set(id, CHANGED);
    const ids = members.map(({ instance }) => instance.instanceId).filter((id) => !changed.has(id));
    const maySend = () => hasTime() && !isAfter(now(), stopUntil);
    const { refused, undecided, untried } = await stopInstances(ec2, ids, { hibernate, turn, hasTime: maySend });
    for (const { id, failure } of [...refused, ...undecided]) refusals.set(id, toRefusal('StopInstances', failure));
    for (const id of untried) refusals.set(id, UNTRIED);
  }
  return refusals;
}

/** In place of a refusal: the Lambda's time was over before EC2 was asked. */
const STILL_LEASED: Refusal = { text: 'no time was left to remove its lease', passes: true };

/** No person has to put right what passes by itself. */
const toRefusal = (call: string, failure: AwsFailure): Refusal => ({
  ...refusalOf(call, failure),
  ...(failure.passing && { passes: true as const }),
});

/** One call of StopInstances: either as hibernation or not, and with one end. */
interface StopCall {
  members: DecidedMember[];
  hibernate: boolean;
  stopUntil: Timestamp;
}

function toCalls(decided: DecidedMember[]): StopCall[] {
  const calls = new Map<string, StopCall>();
  for (const member of decided) {
    const { instance, decision } = member;
    if (decision.action !== 'stop') continue;
    const { stopUntil } = instance;
    const { hibernate } = decision;
    const { members } = calls.get(`${hibernate} ${stopUntil}`) ?? { members: [] };
    calls.set(`${hibernate} ${stopUntil}`, { members: [...members, member], hibernate, stopUntil });
  }
  return [...calls.values()];
}

/**
 * One call for each lease value. Exactly that value is removed: a lease that another run has written meanwhile stays.
 * @returns what EC2 refused, by instance
 */
export async function releaseDecided(
  ec2: EC2Client,
  decided: DecidedMember[],
  { turn, hasTime }: Pick<Stopping, 'turn' | 'hasTime'>,
): Promise<Map<string, Refusal>> {
  const byLease = new Map<string, string[]>();
  for (const { instance, decision, expectedLease } of decided) {
    if (decision.action !== 'settle' || !decision.releaseLease || expectedLease === null) continue;
    byLease.set(expectedLease, [...(byLease.get(expectedLease) ?? []), instance.instanceId]);
  }
  const refusals = new Map<string, Refusal>();
  for (const [lease, ids] of byLease) {
    try {
      const tag = { key: LEASE_TAG, value: lease };
      const { refused, undecided, untried } = await untagInstances(ec2, ids, tag, { turn, hasTime });
      for (const id of untried) refusals.set(id, STILL_LEASED);
      for (const { id, failure } of [...refused, ...undecided]) refusals.set(id, toRefusal('DeleteTags', failure));
    } catch (error) {
      const refusal = toRefusal('DeleteTags', describeFailure(error));
      for (const id of ids) refusals.set(id, refusal);
    }
  }
  return refusals;
}
