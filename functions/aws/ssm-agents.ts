import { paginateDescribeInstanceInformation, type SSMClient } from '@aws-sdk/client-ssm';
import { type Refusal, refusalOf } from '../domain/model/aws-errors.ts';
import type { AgentFacts } from '../domain/model/instance.ts';
import { plainText } from '../domain/model/plain-text.ts';
import { chunks } from './sdk/batching.ts';
import { takeApart } from './sdk/take-apart.ts';

/** The most that a page has (docs/aws-behaviour.md 15). */
export const PAGE_SIZE = 50;

/** DescribeInstanceInformation takes up to 100 values in a filter (docs/aws-behaviour.md 15); a page has 50. */
const FILTER_VALUES_MAX = 50;

/**
 * What SSM knows of these instances' agents, by ID; those that it does not list are absent (15). Where it refuses to say, the
 * refusal stands there instead: of the bad ones, or, while none was accepted, of all.
 * @param turn which look it is: where SSM refuses all of them, each look asks for others alone
 */
export async function describeAgents(
  ssm: SSMClient,
  instanceIds: string[],
  turn: number,
): Promise<Map<string, AgentFacts>> {
  const found = new Map<string, AgentFacts>();
  const list = (ids: string[]) => listAgents(ssm, ids);
  for (const ids of chunks(instanceIds, FILTER_VALUES_MAX)) {
    const { replies, refused, undecided } = await takeApart(ids, list, { turn, wasRefused: (one) => one.isRefusal });
    for (const agent of replies.flat()) found.set(agent.instanceId, agent);
    for (const { id, failure } of [...refused, ...undecided]) {
      if (failure.code !== 'InvalidInstanceId')
        found.set(id, unheard(id, refusalOf('DescribeInstanceInformation', failure)));
    }
  }
  return found;
}

const unheard = (instanceId: string, refusal: Refusal): AgentFacts => ({
  instanceId,
  pingStatus: 'Unknown',
  lastPingAt: null,
  version: null,
  refusal,
});

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
