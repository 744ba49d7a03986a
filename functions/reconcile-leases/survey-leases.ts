import { type Bucket, isUnreadable, type Versioned } from '../aws/bucket.ts';
import { describeTagged, listingPatience } from '../aws/ec2-describe.ts';
import { describeByIds, type Placed } from '../aws/ec2-describe-by-id.ts';
import type { EC2Client, SFNClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { lastAnswer } from '../aws/sdk/send-in-time.ts';
import { type Manifest, manifestSchema } from '../domain/listing/manifest.ts';
import type { StateMachineNames } from '../domain/model/execution-arn.ts';
import type { InstanceFacts } from '../domain/model/instance.ts';
import { manifestKey, OPEN_RUNS_PREFIX } from '../domain/model/object-keys.ts';
import { LEASE_TAG } from '../domain/ownership/lease.ts';
import { isOpen, isOrphan, type LeasedInstance, type Orphan } from '../domain/ownership/leased-instance.ts';
import type { Lock, LockHolder } from '../domain/ownership/run-lock.ts';
import { openRunSchema } from '../domain/report/run-register.ts';
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
  /** Why EC2 has not listed them all: then these are the members of open runs that it shows by their IDs. null: it has. */
  unlisted: unknown;
  /** What EC2 says of these can't be read, and why: they may be leased. */
  unread: Map<string, unknown>;
}

export const findLeases = async (tools: SurveyTools): Promise<Leases> => judgeLeases(tools, await findTagged(tools));

/** The same once more, a little later: where EC2 has listed nothing, no zone that is silent is waited for a second time. */
export async function findLeasesAgain(tools: SurveyTools, { leased, unlisted, unread }: Leases): Promise<Leases> {
  if (unlisted === null) return findLeases(tools);
  const shown = leased.map(({ facts }) => ({ instanceId: facts.instanceId, zone: facts.zone ?? undefined }));
  const { facts } = await describeByIds(tools.ec2, shown);
  return judgeLeases(tools, { tagged: withLease(facts), unlisted, unread });
}

/** What EC2 shows of instances with a lease. */
interface Tagged extends Pick<Leases, 'unlisted' | 'unread'> {
  tagged: InstanceFacts[];
}

async function judgeLeases({ sfn, bucket, names, now }: SurveyTools, { tagged, ...rest }: Tagged): Promise<Leases> {
  const byId = new Map(tagged.map((facts) => [facts.instanceId, facts]));
  const values = tagged.map(({ instanceId, tags }) => ({ instanceId, value: tags[LEASE_TAG] ?? '' }));
  const found = await readLeaseStatuses({ bucket, sfn, names, now }, values);
  const leased = found.flatMap(({ instanceId, ...lease }) => {
    const facts = byId.get(instanceId);
    return facts === undefined ? [] : [{ facts, ...lease }];
  });
  const open = leased.filter((one) => isOpen(one, names.stateMachine));
  return { leased, open, orphans: open.filter(isOrphan), ...rest };
}

/**
 * While a zone is disturbed EC2 lists nothing, and answers for the IDs of other zones (docs/aws-behaviour.md 140). So those whose IDs
 * are known do not wait for it.
 * @throws what EC2 answered to the listing, if it shows nothing by ID either
 */
async function findTagged(tools: SurveyTools): Promise<Tagged> {
  const { ec2, now } = tools;
  try {
    const { facts, unreadable } = await describeTagged(ec2, LEASE_TAG, listingPatience(now));
    return { tagged: [...facts.values()], unlisted: null, unread: unreadable };
  } catch (error) {
    const answer = lastAnswer(error);
    const { passing, nothingWasDone } = describeFailure(answer);
    if (!passing || nothingWasDone) throw answer;
    const { facts } = await describeByIds(ec2, await readOpenMembers(tools));
    if (facts.size === 0) throw answer;
    return { tagged: withLease(facts), unlisted: answer, unread: new Map() };
  }
}

const withLease = (facts: Map<string, InstanceFacts>): InstanceFacts[] =>
  [...facts.values()].filter(({ tags }) => LEASE_TAG in tags);

/** Who takes part in the runs that have not come to their report: what a dead run has left awake is among them. */
async function readOpenMembers({ bucket }: SurveyTools): Promise<Placed[]> {
  const members = new Map<string, Placed>();
  for (const key of await bucket.list(OPEN_RUNS_PREFIX)) {
    const manifest = await readOpenManifest(bucket, key);
    for (const { instanceId, zone, decision } of manifest?.instances ?? []) {
      if (decision === 'take-part') members.set(instanceId, { instanceId, zone });
    }
  }
  return [...members.values()];
}

/** One that can't be read hides no other run's instances. */
async function readOpenManifest(bucket: Bucket, key: string): Promise<Manifest | null> {
  try {
    const open = await bucket.get(key, openRunSchema);
    return open && (await bucket.get(manifestKey(open), manifestSchema));
  } catch (error) {
    if (isUnreadable(error)) return null;
    throw error;
  }
}
