// Whether an agent's ping proves anything.
import type { AgentFacts } from '../model/instance.ts';
import { PING_AGE_SECONDS_MAX } from '../model/limits.ts';
import { isAfter, secondsBetween, type Timestamp } from '../model/time.ts';

export interface PingBounds {
  /** When the boot began that is being watched; null: there is none, so nothing proves anything. */
  launchTime: Timestamp | null;
  /** Newer than this as well; left out if any ping of this boot will do. */
  since?: Timestamp;
}

/** What an agent that has pinged said of itself. */
export type Ping = AgentFacts & { lastPingAt: Timestamp };

/**
 * The agent, if its ping proves that it is alive now: newer than this boot and than `since`, and not older than the longest
 * ping interval. PingStatus alone proves nothing: it can stay Online through an outage (docs/aws-behaviour.md 7, 8).
 * @returns null if its ping proves nothing; then neither does its version
 */
export function pingAfter(agent: AgentFacts | null, { launchTime, since }: PingBounds, now: Date): Ping | null {
  if (agent?.pingStatus !== 'Online' || agent.lastPingAt === null || launchTime === null) return null;
  const isOfThisBoot = isAfter(agent.lastPingAt, launchTime);
  const isRecent = secondsBetween(agent.lastPingAt, now) <= PING_AGE_SECONDS_MAX;
  const isNewer = since === undefined || isAfter(agent.lastPingAt, since);
  return isOfThisBoot && isRecent && isNewer ? { ...agent, lastPingAt: agent.lastPingAt } : null;
}
