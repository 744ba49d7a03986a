import type { Bucket, Versioned } from '../aws/bucket.ts';
import { describeTagged } from '../aws/ec2-describe.ts';
import type { EC2Client, SFNClient } from '../aws/sdk/clients.ts';
import type { StateMachineNames } from '../domain/model/execution-arn.ts';
import { LEASE_TAG } from '../domain/ownership/lease.ts';
import { isOpen, isOrphan, type LeasedInstance, type Orphan } from '../domain/ownership/leased-instance.ts';
import type { Lock, LockHolder } from '../domain/ownership/run-lock.ts';
import { readLeaseStatuses } from '../operations/read-lease-status.ts';
import { readLockHolder } from '../operations/take-run-lock.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface SurveyTools extends Pick<Runtime, 'now'> {
  ec2: EC2Client;
  sfn: SFNClient;
  bucket: Bucket;
  names: StateMachineNames;
}

/** What one pass finds before it does anything. */
export interface Survey extends Leases {
  /** null: there is no lock. */
  seenLock: Versioned<Lock> | null;
  lock: LockHolder['status'];
}

export async function surveyLeases(tools: SurveyTools): Promise<Survey> {
  const { holder, seen } = await readLockHolder(tools, null);
  return { seenLock: seen, lock: holder.status, ...(await findLeases(tools)) };
}

export interface Leases {
  /** All instances that carry our lease tag. */
  leased: LeasedInstance[];
  /** Those whose lease holds them, or did until its run died. */
  open: LeasedInstance[];
  /** Those that their run, which is dead, did not restore. */
  orphans: Orphan[];
}

export async function findLeases({ ec2, sfn, bucket, names, now }: SurveyTools): Promise<Leases> {
  const tagged = await describeTagged(ec2, LEASE_TAG);
  const byId = new Map(tagged.map((facts) => [facts.instanceId, facts]));
  const values = tagged.map(({ instanceId, tags }) => ({ instanceId, value: tags[LEASE_TAG] ?? '' }));
  const found = await readLeaseStatuses({ bucket, sfn, names, now }, values);
  const leased = found.flatMap(({ instanceId, ...rest }) => {
    const facts = byId.get(instanceId);
    return facts === undefined ? [] : [{ facts, ...rest }];
  });
  const open = leased.filter((one) => isOpen(one, names.stateMachine));
  return { leased, open, orphans: open.filter(isOrphan) };
}
