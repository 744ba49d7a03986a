import { ListGroupResourcesCommand, type ResourceGroupsClient } from '@aws-sdk/client-resource-groups';
import { ReveilleError } from '../domain/model/errors.ts';
import { describeFailure } from './sdk/failures.ts';

/** The most that a page has (docs/aws-behaviour.md 30). */
const PAGE_SIZE = 50;

/** 500 instances are ten full pages; short pages happen, so the limit is twenty times as many. */
const PAGES_MAX = 200;

/**
 * IDs of the EC2 instances in a group. Reads to a null NextToken, since short and even empty pages happen.
 * @throws BrokenGroup if the group does not exist or its query reports errors: it then answers 200 with an
 *   empty list (docs/aws-behaviour.md 30)
 */
export async function listGroupInstances(client: ResourceGroupsClient, group: string): Promise<string[]> {
  const instanceIds = new Set<string>();
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const reply = await listPage(client, group, nextToken);
    const [problem] = reply.QueryErrors ?? [];
    if (problem !== undefined) {
      const text = `${problem.ErrorCode ?? 'unknown error'}: ${problem.Message ?? ''}`;
      throw new ReveilleError('BrokenGroup', `the query of resource group "${group}" is broken: ${text}`);
    }
    for (const { Identifier } of reply.Resources ?? []) {
      const id = Identifier?.ResourceArn?.split('/').at(-1);
      if (Identifier?.ResourceType === 'AWS::EC2::Instance' && id !== undefined) instanceIds.add(id);
    }
    nextToken = reply.NextToken;
    if (!nextToken) return [...instanceIds];
  }
  throw new ReveilleError('TooManyInstances', `resource group "${group}" has more than ${PAGES_MAX} pages`);
}

async function listPage(client: ResourceGroupsClient, group: string, nextToken: string | undefined) {
  try {
    return await client.send(
      new ListGroupResourcesCommand({
        Group: group,
        Filters: [{ Name: 'resource-type', Values: ['AWS::EC2::Instance'] }],
        MaxResults: PAGE_SIZE,
        ...(nextToken ? { NextToken: nextToken } : {}),
      }),
    );
  } catch (error) {
    if (describeFailure(error).code !== 'NotFoundException') throw error;
    throw new ReveilleError('BrokenGroup', `there is no resource group "${group}" in this region`, { cause: error });
  }
}
