// Phase 2 of ListInstances: which instances the run is meant for.
import { listGroup } from '../aws/resource-groups.ts';
import type { ResourceGroupsClient } from '../aws/sdk/clients.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { MEMBERS_MAX } from '../domain/model/limits.ts';

/** What the groups hold. What stands in two groups counts once, in the first. */
export interface Grouped {
  /** The group of each EC2 instance, by instance ID. */
  groupOf: Map<string, string>;
  /** The group of each node outside of EC2, by its ID (`mi-...`). */
  groupOfNode: Map<string, string>;
  /** How many resources of other types there are. */
  otherResources: number;
}

/**
 * Lists the groups, in their order.
 * @throws EmptyGroup unless that is allowed; BrokenGroup; TooManyInstances
 */
export async function listGroups(
  { resourceGroups }: { resourceGroups: ResourceGroupsClient },
  groups: string[],
  allowEmpty: boolean,
): Promise<Grouped> {
  const groupOf = new Map<string, string>();
  const groupOfNode = new Map<string, string>();
  let otherResources = 0;
  for (const group of groups) {
    const { instanceIds, nodeIds, otherResources: others } = await listGroup(resourceGroups, group);
    if (instanceIds.length === 0 && !allowEmpty) {
      throw new ReveilleError('EmptyGroup', `resource group "${group}" has no EC2 instances`);
    }
    for (const instanceId of instanceIds) groupOf.set(instanceId, groupOf.get(instanceId) ?? group);
    for (const nodeId of nodeIds) groupOfNode.set(nodeId, groupOfNode.get(nodeId) ?? group);
    otherResources += others;
  }
  if (groupOf.size <= MEMBERS_MAX) return { groupOf, groupOfNode, otherResources };
  throw new ReveilleError(
    'TooManyInstances',
    `the groups name ${groupOf.size} instances; at most ${MEMBERS_MAX} are looked at`,
  );
}
