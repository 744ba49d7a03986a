// Whether an agent's ping proves anything.
import type { AgentFacts } from '../model/instance.ts';
import { PING_AGE_SECONDS_MAX } from '../model/limits.ts';
import { isAfter, secondsBetween, type Timestamp } from '../model/time.ts';

/** What an agent reports whose ping proves something. */
export type Heard = AgentFacts & { lastPingAt: Timestamp };

export interface PingBounds {
  /** When the boot began that is being watched. */
  launchTime: Timestamp;
  /** Newer than this as well; left out if any ping of this boot will do. */
  since?: Timestamp;
}

/**
 * The agent, if its ping proves that it is alive now: newer than this boot and than `since`, and not older than the longest
 * ping interval. PingStatus alone proves nothing: it can stay Online through an outage (docs/aws-behaviour.md 7, 8).
 * @returns null if its ping proves nothing; then neither does its version
 */
export function pingAfter(agent: AgentFacts | null, { launchTime, since }: PingBounds, now: Date): Heard | null {
  if (agent?.pingStatus !== 'Online' || agent.lastPingAt === null) return null;
  const { lastPingAt } = agent;
  const isOfThisBoot = isAfter(lastPingAt, launchTime);
  const isRecent = secondsBetween(lastPingAt, now) <= PING_AGE_SECONDS_MAX;
  const isNewer = since === undefined || isAfter(lastPingAt, since);
  return isOfThisBoot && isRecent && isNewer ? { ...agent, lastPingAt } : null;
}
