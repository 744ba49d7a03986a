import { paginateDescribeInstanceInformation, type SSMClient } from '@aws-sdk/client-ssm';
import type { AgentFacts } from '../domain/model/instance.ts';
import { plainText } from '../domain/model/plain-text.ts';
import { chunks } from './sdk/batching.ts';
import { bisect } from './sdk/bisect.ts';
import type { AwsFailure } from './sdk/failures.ts';

/** The most that a page has (docs/aws-behaviour.md 15). */
export const PAGE_SIZE = 50;

/** DescribeInstanceInformation takes up to 100 values in a filter (docs/aws-behaviour.md 15); a page has 50. */
const FILTER_VALUES_MAX = 50;

const isInvalidInstanceId = ({ code }: AwsFailure): boolean => code === 'InvalidInstanceId';

/** What SSM knows of these instances' agents, by ID; those that SSM does not list, or refuses to, are absent (15). */
export async function describeAgents(ssm: SSMClient, instanceIds: string[]): Promise<Map<string, AgentFacts>> {
  const found = new Map<string, AgentFacts>();
  for (const ids of chunks(instanceIds, FILTER_VALUES_MAX)) {
    const replies = await bisect(ids, (some) => listAgents(ssm, some), isInvalidInstanceId);
    for (const agent of replies.flat()) found.set(agent.instanceId, agent);
  }
  return found;
}

async function listAgents(ssm: SSMClient, instanceIds: string[]): Promise<AgentFacts[]> {
  const agents: AgentFacts[] = [];
  const pages = paginateDescribeInstanceInformation(
    { client: ssm, pageSize: PAGE_SIZE },
    { Filters: [{ Key: 'InstanceIds', Values: instanceIds }] },
  );
  for await (const page of pages) {
    for (const { InstanceId, PingStatus, LastPingDateTime, AgentVersion } of page.InstanceInformationList ?? []) {
      if (InstanceId === undefined) continue;
      agents.push({
        instanceId: InstanceId,
        pingStatus: PingStatus ?? 'Unknown',
        lastPingAt: LastPingDateTime?.toISOString() ?? null,
        // As the agent itself says: another text of an instance.
        version: AgentVersion === undefined ? null : plainText(AgentVersion),
      });
    }
  }
  return agents;
}
