// Phase 3 of ListInstances: which of the groups' members take part, and why the others do not.
import type { Bucket } from '../aws/bucket.ts';
import { describeInstances, findStopProtected } from '../aws/ec2-describe.ts';
import type { EC2Client, SFNClient, SSMClient } from '../aws/sdk/clients.ts';
import { describeAgents } from '../aws/ssm-agents.ts';
import {
  decideEligibility,
  type Eligibility,
  excludeUnsettled,
  STOP_PROTECTED,
} from '../domain/listing/eligibility.ts';
import type { ManifestInstance } from '../domain/listing/manifest.ts';
import type { StateMachineNames } from '../domain/model/execution-arn.ts';
import type { InstanceFacts } from '../domain/model/instance.ts';
import { leasesOn } from '../domain/ownership/lease.ts';
import type { LeaseStatus } from '../domain/ownership/lease-status.ts';
import type { OptOutTag } from '../domain/ownership/opt-out.ts';
import { readLeaseStatuses } from '../operations/read-lease-status.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface MemberTools extends Pick<Runtime, 'now'> {
  ec2: EC2Client;
  ssm: SSMClient;
  sfn: SFNClient;
  bucket: Bucket;
  optOutTag: OptOutTag;
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

/** Asks EC2 what the members are, and what the leases on them mean, and judges each; in the order of the groups. */
export async function judgeMembers(
  { ec2, bucket, sfn, now, optOutTag }: MemberTools,
  names: StateMachineNames,
  groupOf: Map<string, string>,
): Promise<Member[]> {
  const described = await describeInstances(ec2, [...groupOf.keys()]);
  const found = await readLeaseStatuses({ bucket, sfn, names, now }, leasesOn(described));
  const leases = new Map(found.map(({ instanceId, status }) => [instanceId, status]));
  return [...groupOf].map(([instanceId, group]) => {
    const facts = described.get(instanceId) ?? null;
    const lease = leases.get(instanceId) ?? null;
    const eligibility = decideEligibility(facts, lease, optOutTag, now());
    return { instanceId, group, facts, lease, eligibility };
  });
}

/**
 * The members for the manifest, judged for good. Costs one call of EC2 for each that is not excluded yet.
 * @param lastListing how many listings there have been, if there will be no other; null while one may follow
 */
export async function toManifestInstances(
  { ec2, ssm }: MemberTools,
  members: Member[],
  lastListing: number | null,
): Promise<ManifestInstance[]> {
  const agents = await describeAgents(ssm, idsOf(members.filter(({ facts }) => facts !== null)));
  // The attribute costs a call for each instance, so it is asked only of those that would otherwise take part.
  const candidates = members.filter(({ eligibility }) => eligibility.decision !== 'excluded');
  const stopProtected = await findStopProtected(ec2, idsOf(candidates));
  return members.map(({ instanceId, group, facts, lease, eligibility }) => {
    const judged = stopProtected.has(instanceId) ? STOP_PROTECTED : eligibility;
    return {
      instanceId,
      name: facts?.name ?? null,
      group,
      state: facts?.state ?? null,
      version: agents.get(instanceId)?.version ?? null,
      launchTime: facts?.launchTime ?? null,
      platform: facts?.platform ?? null,
      ...(lastListing === null ? judged : excludeUnsettled(judged, lastListing)),
      ignoredLease: lease?.kind === 'ignored' ? lease.why : null,
    };
  });
}

const idsOf = (members: Member[]): string[] => members.map(({ instanceId }) => instanceId);
