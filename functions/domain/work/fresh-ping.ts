import type { BatchInstance } from '../batch/batch-instance.ts';
import type { AgentFacts } from '../model/instance.ts';
import { PING_AGE_SECONDS_MAX } from '../model/limits.ts';
import { isAfter, secondsBetween, type Timestamp } from '../model/time.ts';

/**
 * Whether a ping proves that the agent is alive now: newer than this boot and not older than the longest ping
 * interval. PingStatus alone proves nothing: it can stay Online through an outage (docs/aws-behaviour.md 7, 8).
 */
export function isFreshPing(agent: AgentFacts | null, launchTime: Timestamp | null, now: Date): boolean {
  if (agent?.pingStatus !== 'Online' || agent.lastPingAt === null || launchTime === null) return false;
  return isAfter(agent.lastPingAt, launchTime) && secondsBetween(agent.lastPingAt, now) <= PING_AGE_SECONDS_MAX;
}

/** The version in a ping of this boot that is newer than `since`; null if there is none. */
export function reportedVersion(
  instance: BatchInstance,
  agent: AgentFacts | null,
  since: Timestamp,
  now: Date,
): string | null {
  if (!isFreshPing(agent, instance.launchTime, now) || agent?.lastPingAt == null) return null;
  return isAfter(agent.lastPingAt, since) ? agent.version : null;
}
