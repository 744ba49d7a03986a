// Phase 3 of ListInstances: which of the groups' members take part, and why the others do not.
import type { Bucket } from '../aws/bucket.ts';
import { describeInstances, findStopProtected } from '../aws/ec2-describe.ts';
import type { EC2Client, SFNClient, SSMClient } from '../aws/sdk/clients.ts';
import { describeAgents } from '../aws/ssm-agents.ts';
import { decideEligibility, type Eligibility, excludeUnsettled } from '../domain/listing/eligibility.ts';
import type { ManifestInstance } from '../domain/listing/manifest.ts';
import type { StateMachineNames } from '../domain/model/execution-arn.ts';
import type { InstanceFacts } from '../domain/model/instance.ts';
import { leasesOn } from '../domain/ownership/lease.ts';
import { type LeaseFinding, readLeaseStatuses } from '../operations/read-lease-status.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface MemberTools extends Pick<Runtime, 'now'> {
  ec2: EC2Client;
  ssm: SSMClient;
  sfn: SFNClient;
  bucket: Bucket;
  settings: {
    /** Key of the tag that keeps an instance out. */
    OPT_OUT_TAG: string;
  };
}

/** The members of the groups, by instance ID, with all that is known of them before they are judged. */
export interface Members {
  groupOf: Map<string, string>;
  /** An instance that EC2 does not list has none. */
  facts: Map<string, InstanceFacts>;
  /** An instance that carries no lease tag has none. */
  leases: Map<string, LeaseFinding>;
}

/** Asks EC2 what the members are, and what the leases on them mean. */
export async function describeMembers(
  { ec2, bucket, sfn, now }: MemberTools,
  names: StateMachineNames,
  groupOf: Map<string, string>,
): Promise<Members> {
  const facts = await describeInstances(ec2, [...groupOf.keys()]);
  const found = await readLeaseStatuses({ bucket, sfn, names, now }, leasesOn(facts));
  return { groupOf, facts, leases: new Map(found.map((finding) => [finding.instanceId, finding])) };
}

/** How many members are in transition: the next listing may find them settled. */
export const countUnsettled = (tools: MemberTools, members: Members): number =>
  [...members.groupOf.keys()].filter((instanceId) => decide(tools, members, instanceId).decision === 'in-transition')
    .length;

/**
 * Judges each member for good, in the order of the groups. Costs one call of EC2 for each member that may take part.
 * @param lastListing how many listings there have been, if there will be no other; null while one may follow
 */
export async function judgeMembers(
  tools: MemberTools,
  members: Members,
  lastListing: number | null,
): Promise<ManifestInstance[]> {
  const { groupOf, facts, leases } = members;
  const instanceIds = [...groupOf.keys()];
  const agents = await describeAgents(tools.ssm, [...facts.keys()]);
  // The attribute costs a call for each instance, so it is asked only of those that would otherwise take part.
  const candidates = instanceIds.filter((instanceId) => decide(tools, members, instanceId).decision !== 'excluded');
  const stopProtected = await findStopProtected(tools.ec2, candidates);
  return instanceIds.map((instanceId): ManifestInstance => {
    const judged = decide(tools, members, instanceId, stopProtected.has(instanceId));
    const { decision, originalState, reason } = lastListing === null ? judged : excludeUnsettled(judged, lastListing);
    const instance = facts.get(instanceId);
    const lease = leases.get(instanceId);
    return {
      instanceId,
      name: instance?.name ?? null,
      group: groupOf.get(instanceId) ?? '',
      state: instance?.state ?? null,
      version: agents.get(instanceId)?.version ?? null,
      decision,
      originalState,
      reason,
      ignoredLease: lease?.status.kind === 'ignored' ? lease.status.why : null,
    };
  });
}

/** @param stopProtected false as well where EC2 was not asked for it yet */
function decide(
  { settings }: MemberTools,
  { facts, leases }: Members,
  instanceId: string,
  stopProtected = false,
): Eligibility {
  const instance = facts.get(instanceId) ?? null;
  const lease = leases.get(instanceId)?.status ?? null;
  return decideEligibility({ instanceId, instance, stopProtected, lease }, settings.OPT_OUT_TAG);
}
