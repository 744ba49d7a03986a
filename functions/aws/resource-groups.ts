import { ListGroupResourcesCommand, type ResourceGroupsClient } from '@aws-sdk/client-resource-groups';
import { ReveilleError } from '../domain/model/errors.ts';
import { describeFailure } from './sdk/failures.ts';

/** The most that a page has (docs/aws-behaviour.md 30). */
const PAGE_SIZE = 50;

/** 500 instances are ten full pages; short pages happen, so the limit is twenty times as many. */
const PAGES_MAX = 200;

const INSTANCE = 'AWS::EC2::Instance';

const MANAGED_NODE = 'AWS::SSM::ManagedInstance';

/** What a group holds. */
export interface GroupMembers {
  instanceIds: string[];
  /** IDs (`mi-...`) of Systems Manager's nodes outside of EC2. */
  nodeIds: string[];
  /** How many resources of other types it holds; of a group that is too large to be read as a whole, so many at least. */
  otherResources: number;
}

/**
 * Lists everything that a group holds, since some of it is worth telling. Its EC2 instances alone are asked for where there are none,
 * as a query that has no place for them refuses that; and where there is too much of the rest.
 * @throws BrokenGroup if the group does not exist, if its query reports errors, or if it can hold no EC2 instances
 *   (docs/aws-behaviour.md 30, 112)
 */
export async function listGroup(client: ResourceGroupsClient, group: string): Promise<GroupMembers> {
  const all = await listResources(client, group, null);
  const nodeIds = idsOf(all.resources, MANAGED_NODE);
  const ofInstances = idsOf(all.resources, INSTANCE);
  const counts = all.resources.filter(({ type }) => type !== INSTANCE && type !== MANAGED_NODE);
  const found = { instanceIds: ofInstances, nodeIds, otherResources: counts.length };
  if (all.isWhole && ofInstances.length > 0) return found;
  const { resources, isWhole } = await listResources(client, group, INSTANCE);
  if (isWhole) return { ...found, instanceIds: idsOf(resources, INSTANCE) };
  throw new ReveilleError('TooManyInstances', `resource group "${group}" has more than ${PAGES_MAX} pages`);
}

interface Resource {
  id: string;
  type: string;
}

const idsOf = (resources: Resource[], wanted: string): string[] => [
  ...new Set(resources.flatMap(({ id, type }) => (type === wanted ? [id] : []))),
];

/**
 * Reads to a null NextToken, since short and even empty pages happen.
 * @param type null: of all types
 */
async function listResources(
  client: ResourceGroupsClient,
  group: string,
  type: string | null,
): Promise<{ resources: Resource[]; isWhole: boolean }> {
  const resources: Resource[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const reply = await listPage(client, group, type, nextToken);
    const [problem] = reply.QueryErrors ?? [];
    if (problem !== undefined) {
      const text = `${problem.ErrorCode ?? 'unknown error'}: ${problem.Message ?? ''}`;
      throw new ReveilleError('BrokenGroup', `the query of resource group "${group}" is broken: ${text}`);
    }
    for (const { Identifier } of reply.Resources ?? []) {
      const id = Identifier?.ResourceArn?.split('/').at(-1);
      if (id !== undefined) resources.push({ id, type: Identifier?.ResourceType ?? 'unknown' });
    }
    nextToken = reply.NextToken;
    if (!nextToken) return { resources, isWhole: true };
  }
  return { resources, isWhole: false };
}

async function listPage(
  client: ResourceGroupsClient,
  group: string,
  type: string | null,
  nextToken: string | undefined,
) {
  try {
    return await client.send(
      new ListGroupResourcesCommand({
        Group: group,
        ...(type === null ? {} : { Filters: [{ Name: 'resource-type', Values: [type] }] }),
        MaxResults: PAGE_SIZE,
        ...(nextToken ? { NextToken: nextToken } : {}),
      }),
    );
  } catch (error) {
    const problem = brokenBecause(describeFailure(error), group, type);
    if (problem === null) throw error;
    throw new ReveilleError('BrokenGroup', problem, { cause: error });
  }
}

/** What a refusal says of the group; null: nothing. */
function brokenBecause(
  { code, message }: { code: string; message: string },
  group: string,
  type: string | null,
): string | null {
  if (code === 'NotFoundException') return `there is no resource group "${group}" in this region`;
  if (code !== 'BadRequestException') return null;
  return type === null
    ? `resource group "${group}" can't be listed: ${message}`
    : `resource group "${group}" can hold no EC2 instances, since its query asks for other resource types: add ${type} to them. AWS said: ${message}`;
}
