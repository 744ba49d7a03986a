// Phase 3 of ListInstances: which of the groups' members take part, and why the others do not.
import type { Bucket } from '../aws/bucket.ts';
import { describeInstances, listingPatience, readStopProtection, unread } from '../aws/ec2-describe.ts';
import { describeByIds } from '../aws/ec2-describe-by-id.ts';
import type { EC2Client, SFNClient, SSMClient } from '../aws/sdk/clients.ts';
import { describeFailure, mayBeAboutSome } from '../aws/sdk/failures.ts';
import { lastAnswer, OutOfTime } from '../aws/sdk/send-in-time.ts';
import { describeAgents } from '../aws/ssm-agents.ts';
import { silentIn, type Unseen } from '../domain/batch/unseen.ts';
import { type AgentManifest, lacksVersion } from '../domain/listing/agent-manifest.ts';
import {
  decideEligibility,
  type Eligibility,
  judgeStopProtection,
  notSaid,
  OUTSIDE_OF_EC2,
  targetNotAvailable,
} from '../domain/listing/eligibility.ts';
import type { ManifestInstance } from '../domain/listing/manifest.ts';
import { excludeUnsettled, type Listings } from '../domain/listing/relisting.ts';
import type { Refusal, Silent } from '../domain/model/aws-errors.ts';
import type { StateMachineNames } from '../domain/model/execution-arn.ts';
import type { InstanceFacts } from '../domain/model/instance.ts';
import { leasesOn } from '../domain/ownership/lease.ts';
import type { LeaseStatus } from '../domain/ownership/lease-status.ts';
import type { OptOutTag } from '../domain/ownership/opt-out.ts';
import { readLeaseStatuses } from '../operations/read-lease-status.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Grouped } from './list-groups.ts';

export interface MemberTools extends Pick<Runtime, 'now'> {
  ec2: EC2Client;
  ssm: SSMClient;
  sfn: SFNClient;
  bucket: Bucket;
  optOutTag: OptOutTag;
}

interface Timekeeping {
  /** Whether the function has time left: what is asked for by ID may be many calls. */
  hasTime(): boolean;
}

/** One member of the groups, and whether it takes part unless stop protection keeps it out. */
export interface Member {
  instanceId: string;
  group: string;
  /** null: EC2 does not list it. */
  facts: InstanceFacts | null;
  /** What the lease that it carries means; null if it carries none. */
  lease: LeaseStatus | null;
  eligibility: Eligibility;
}

/** Asks EC2 what the instances are, and what the leases on them mean, and judges each; in the order of the groups, and nodes outside of EC2 last. */
export async function judgeMembers(
  tools: MemberTools & Timekeeping,
  names: StateMachineNames,
  { groupOf, groupOfNode }: Pick<Grouped, 'groupOf' | 'groupOfNode'>,
): Promise<Member[]> {
  const { bucket, sfn, now, optOutTag } = tools;
  const { facts: described, silent } = await describeAll(tools, [...groupOf.keys()]);
  const found = await readLeaseStatuses({ bucket, sfn, names, now }, leasesOn(described));
  const leases = new Map(found.map(({ instanceId, status }) => [instanceId, status]));
  const instances = [...groupOf].map(([instanceId, group]) => {
    const facts = described.get(instanceId) ?? null;
    const lease = leases.get(instanceId) ?? null;
    const why = silent.get(instanceId);
    const eligibility = why === undefined ? decideEligibility(facts, lease, optOutTag, now()) : notSaid(why);
    return { instanceId, group, facts, lease, eligibility };
  });
  const nodes = [...groupOfNode].map(([instanceId, group]) => ({ instanceId, group, facts: null, lease: null }));
  return [...instances, ...nodes.map((node) => ({ ...node, eligibility: OUTSIDE_OF_EC2 }))];
}

/**
 * What EC2 says of each, or why it does not. Where it tells of none, that may be about one, or about one zone (docs/aws-behaviour.md
 * 140): then they are asked for by ID.
 * @throws what it answers, if it has none for any by ID either
 */
async function describeAll(
  tools: MemberTools & Timekeeping,
  instanceIds: string[],
): Promise<{ facts: Map<string, InstanceFacts>; silent: Map<string, Silent> }> {
  const { ec2, now } = tools;
  try {
    const { facts, unreadable } = await describeInstances(ec2, instanceIds, listingPatience(now));
    return { facts, silent: new Map([...unreadable].map(([id, error]) => [id, unread(error)])) };
  } catch (error) {
    const answer = lastAnswer(error);
    if (!mayBeAboutSome(describeFailure(answer))) throw answer;
    const { facts, unseen } = await askByIds(tools, instanceIds, answer);
    const silent = silentIn(unseen);
    const isOutage = silent.size === instanceIds.length && [...silent.values()].every(({ passes }) => passes);
    if (isOutage) throw answer;
    // That EC2 does not know an ID proves nothing while it does not list, either: it may be there.
    return { facts, silent: describeFailure(answer).passing ? new Map([...doubted(unseen), ...silent]) : silent };
  }
}

const doubted = (unseen: Map<string, Unseen>): [string, Silent][] =>
  [...unseen.keys()].map((id) => [id, { kind: 'silent', refusal: UNKNOWN_ID, passes: true }]);

const UNKNOWN_ID: Refusal = { text: 'it does not know its ID, and lists no instance' };

/** @throws the answer to the call for all, where there is no time for this one */
async function askByIds({ ec2, now, hasTime }: MemberTools & Timekeeping, instanceIds: string[], answer: unknown) {
  const unplaced = instanceIds.map((instanceId) => ({ instanceId }));
  // Another try of this listing begins with three others.
  const turn = Math.floor(now().getTime() / 1000);
  try {
    return await describeByIds(ec2, unplaced, { mayLeave: hasTime, turn });
  } catch (error) {
    throw error instanceof OutOfTime ? answer : error;
  }
}

/** What a run aims at, and what the region has of it; null: its manifest could not be read. */
export interface Target {
  version: string;
  files: AgentManifest | null;
}

/** The members with those out for which the region has no file of the target version. */
export const withoutUnavailable = (members: Member[], { version, files }: Target): Member[] =>
  members.map((member) => {
    const { facts, eligibility } = member;
    const isOut = facts === null || files === null || eligibility.decision === 'excluded';
    return isOut || !lacksVersion(files, facts, version)
      ? member
      : { ...member, eligibility: targetNotAvailable(facts, version) };
  });

/**
 * The members for the manifest, judged for good. Costs one call of EC2 for each that is not excluded yet.
 * @param listings those that there have been; null for a plan, which waits for none
 */
export async function toManifestInstances(
  { ec2, ssm, now }: MemberTools,
  members: Member[],
  listings: Listings | null,
): Promise<ManifestInstance[]> {
  const agents = await describeAgents(ssm, idsOf(members.filter(({ facts }) => facts !== null)), 0);
  // The attribute costs a call for each instance, so it is asked only of those that would otherwise take part.
  const candidates = members.filter(({ facts, eligibility }) => facts !== null && eligibility.decision !== 'excluded');
  const stopProtection = await readStopProtection(ec2, idsOf(candidates));
  return members.map(({ instanceId, group, facts, lease, eligibility }) => {
    const judged = judgeStopProtection(eligibility, {
      isOn: stopProtection.replies.get(instanceId) ?? false,
      refusal: stopProtection.refusals.get(instanceId) ?? null,
    });
    return {
      instanceId,
      name: facts?.name ?? null,
      group,
      state: facts?.state ?? null,
      version: agents.get(instanceId)?.version ?? null,
      launchTime: facts?.launchTime ?? null,
      platform: facts?.platform ?? null,
      ...(facts?.zone ? { zone: facts.zone } : {}),
      ...(listings === null ? judged : excludeUnsettled({ instanceId, eligibility: judged }, listings, now())),
      ignoredLease: lease?.kind === 'ignored' ? lease.why : null,
    };
  });
}

const idsOf = (members: Member[]): string[] => members.map(({ instanceId }) => instanceId);
