import assert from 'node:assert/strict';
import type { Batch } from '../../functions/domain/batch/batch.ts';
import type { BatchInstance, InstanceAt, Step } from '../../functions/domain/batch/batch-instance.ts';
import type { Account } from '../account/account.ts';
import { asBatch, heldInSamples } from './samples.ts';

/** One call of a built function. */
export interface Scene {
  logicalId: string;
  /** What it is called with. @param earlier the replies so far, newest last */
  event(earlier: unknown[]): unknown;
  /** Where it matters: the samples know their attempt by the ID of the invocation that made it. */
  requestId?: string;
  /** Not before this moment, in the account's time, */
  notBefore: string;
  /** and not before the account is as the sample says. */
  isTime?(account: Account, now: number): boolean;
  /** @throws AssertionError if the reply, or what it has left behind in the account, is not what it should be */
  check(reply: unknown, account: Account): void;
  /** The calls that it has to make, in this order, by the account's journal; */
  calls: string[];
  /** or these: where it depends on whether the account shows a start at once. */
  orCalls?: string[];
}

/** Describes lag behind, by three seconds at most. */
export const LAG_MILLISECONDS = 5000;

const { instanceId: heldId } = heldInSamples();

/** The held instance, as it is in the account. */
export const machineOf = ({ world }: Account) => {
  const machine = world.machines.get(heldId);
  if (machine === undefined) throw new Error(`${heldId} is not in the account`);
  return machine;
};

/** Whether its agent has pinged after a moment, and SSM shows that by now. */
export const pingAfter = (account: Account, moment: number, now: number): boolean => {
  const pingAt = machineOf(account).agent.lastReport?.pingAt ?? 0;
  return pingAt > moment && pingAt + LAG_MILLISECONDS < now;
};

/** The held instance in a batch, where it has to stand at this step. */
export const heldAt = <S extends Step>(step: S, batch: Batch): InstanceAt<S> => {
  const found = heldIn(batch);
  assert.equal(found.step, step);
  return found as InstanceAt<S>;
};

export const heldIn = (batch: Batch): BatchInstance => {
  const found = batch.instances.find(({ instanceId }) => instanceId === heldId);
  if (found === undefined) throw new Error(`${heldId} is not in the reply`);
  return found;
};

/** An object of the bucket, as it was written. */
export const stored = ({ objects, bucket }: Account, key: string): unknown => {
  const text = objects.read(bucket, key);
  assert.ok(text !== null, `${key} is not in the bucket`);
  return JSON.parse(text);
};

/**
 * A sample with the starts of this reply: on a machine that is busy an instance starts later than the sample knows, and then it
 * would be in doubt whose boot it is.
 */
export const startedAsIn = (reply: unknown, sample: unknown): Batch => {
  const { owner } = heldIn(asBatch(reply));
  const batch = asBatch(sample);
  const instances = batch.instances.map((one) => (one.instanceId === heldId ? { ...one, owner } : one));
  return { ...batch, instances };
};
