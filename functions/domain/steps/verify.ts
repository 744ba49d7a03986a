import type { BatchInstance } from '../batch/batch-instance.ts';
import type { AgentFacts } from '../model/instance.ts';
import { type Reason, reason } from '../model/reason.ts';
import { isAfter, secondsBetween } from '../model/time.ts';
import { isFreshPing } from '../work/fresh-ping.ts';
import type { Work } from '../work/work.ts';

export type VerifyDecision =
  | { action: 'verified'; version: string }
  | { action: 'wait'; reason: Reason }
  | { action: 'fail'; version: string | null; reason: Reason };

/**
 * Whether the agent itself reports the target in a ping that is newer than this boot and than the command's end.
 * A success of the command proves nothing: the version can stay stale until the next ping (docs/aws-behaviour.md 7).
 */
export function judgeVersion(
  instance: BatchInstance,
  agent: AgentFacts | null,
  work: Work,
  target: string,
  deadlineSeconds: number,
  now: Date,
): VerifyDecision {
  const endedAt =
    instance.commands
      .flatMap(({ endedAt: end }) => end ?? [])
      .sort()
      .at(-1) ?? instance.stepSince;
  const lastPingAt = agent?.lastPingAt ?? null;
  const counts = isFreshPing(agent, instance.launchTime, now) && lastPingAt !== null && isAfter(lastPingAt, endedAt);
  const reported = counts ? (agent?.version ?? null) : null;
  if (reported !== null && work.isSatisfiedBy(reported, target)) return { action: 'verified', version: reported };

  const waitedSeconds = secondsBetween(endedAt, now);
  if (waitedSeconds < deadlineSeconds) {
    return { action: 'wait', reason: reason('verifying', 'the agent has not reported the new version yet') };
  }
  const minutes = Math.round(waitedSeconds / 60);
  if (!counts) {
    const last =
      agent === null
        ? 'it is not listed by SSM any more'
        : `its last ping, with ${agent.version ?? 'no version'}, is of ${lastPingAt ?? 'never'}`;
    return {
      action: 'fail',
      version: null,
      reason: reason('agent-lost', `no ping in ${minutes} minutes since the update to ${target} ended: ${last}`),
    };
  }
  return {
    action: 'fail',
    version: reported,
    reason: reason(
      'version-not-confirmed',
      `the command succeeded, but ${minutes} minutes later the agent reports ${reported ?? 'no version'} instead of ${target}`,
    ),
  };
}
