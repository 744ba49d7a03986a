// Phase 2 of ListInstances: which instances the run is meant for.
import { listGroupInstances } from '../aws/resource-groups.ts';
import type { ResourceGroupsClient } from '../aws/sdk/clients.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { INSTANCES_MAX } from '../domain/model/limits.ts';

/**
 * The group of each instance, by instance ID; an instance in two groups counts once, in the first.
 * @throws EmptyGroup unless that is allowed; BrokenGroup; TooManyInstances
 */
export async function listGroups(
  { resourceGroups }: { resourceGroups: ResourceGroupsClient },
  groups: string[],
  allowEmpty: boolean,
): Promise<Map<string, string>> {
  const groupOf = new Map<string, string>();
  for (const group of groups) {
    const instanceIds = await listGroupInstances(resourceGroups, group);
    if (instanceIds.length === 0 && !allowEmpty) {
      throw new ReveilleError('EmptyGroup', `resource group "${group}" has no EC2 instances`);
    }
    for (const instanceId of instanceIds) groupOf.set(instanceId, groupOf.get(instanceId) ?? group);
  }
  if (groupOf.size <= INSTANCES_MAX) return groupOf;
  throw new ReveilleError(
    'TooManyInstances',
    `the groups have ${groupOf.size} instances; at most ${INSTANCES_MAX} fit into a run`,
  );
}
