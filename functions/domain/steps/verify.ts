// The step `verify`: whether the agent itself reports the target, and if not at the deadline, what it reports instead.
import type { BatchInstance } from '../batch/batch-instance.ts';
import { moves, stays } from '../batch/look.ts';
import { finishWork } from '../batch/transitions.ts';
import type { AgentFacts } from '../model/instance.ts';
import { type Reason, reason } from '../model/reason.ts';
import { addSeconds, isAfter, secondsBetween, type Timestamp } from '../model/time.ts';
import { pingAfter } from '../work/fresh-ping.ts';
import type { Work } from '../work/work.ts';
import type { AgentLook } from './unresponsive-agent.ts';

/** One instance at this step, with all that the rule looks at. */
export interface VerifyCase {
  instance: BatchInstance;
  /** null: SSM does not list its agent. */
  agent: AgentFacts | null;
  work: Work;
  target: string;
  /** From the end of its last command until the agent must have reported the target. */
  deadlineSeconds: number;
  now: Date;
}

/**
 * Verified means: the agent reports the target in a ping that is newer than this boot and than the end of every command.
 * A success of the command proves nothing: the version can stay stale until the next ping (docs/aws-behaviour.md 7).
 */
export function verifyVersion(given: VerifyCase): AgentLook {
  const { instance, agent, work, target, deadlineSeconds, now } = given;
  const since = commandsEndedAt(instance);
  const proof = pingAfter(agent, { launchTime: instance.launchTime, since }, now);
  if (proof?.version != null && work.isAtTarget(proof.version, target)) {
    const known = { version: proof.version, pingAt: proof.lastPingAt };
    return moves(instance.hasRefusedTarget ? finishNewer(given, known) : finishAtTarget(given, known, null));
  }
  const until = addSeconds(since, deadlineSeconds);
  if (isAfter(until, now)) return stays(instance, 'verifying', 'the agent has not reported the new version yet', until);
  const minutes = Math.round(secondsBetween(since, now) / 60);
  if (proof === null) {
    const text = `no ping in ${minutes} minutes since the update to ${target} ended: ${lastHeardOf(agent)}`;
    const failed = finishWork({ ...instance, versionAfter: null }, 'failed', reason('agent-lost', text), now);
    return { ...moves(failed), isUnresponsive: true };
  }
  const said = instance.hasRefusedTarget ? 'the agent refused the target as older' : 'the command succeeded';
  const text = `${said}, but ${minutes} minutes later the agent reports ${proof.version ?? 'no version'} instead of ${target}`;
  const why = reason('version-not-confirmed', text);
  const heard = { ...instance, versionAfter: proof.version, heardAt: proof.lastPingAt };
  return moves(finishWork(heard, 'failed', why, now));
}

/** What its agent reported, and in the ping of when; left out where CheckReadiness has noted that. */
export interface Proof {
  version: string;
  pingAt?: Timestamp;
}

/** The work is done: the agent reports this version, which is the target or newer. Had it that before, it was current already. */
export function finishAtTarget(
  { instance, work, target, now }: Pick<VerifyCase, 'instance' | 'work' | 'target' | 'now'>,
  proof: Proof,
  why: Reason | null,
): BatchInstance {
  const outcome = work.isAtTarget(instance.versionBefore, target) ? 'already-current' : 'updated';
  return finishWork(proved(instance, proof), outcome, why, now);
}

/** The agent is newer than the target, by no command of this run: it has refused ours. */
function finishNewer({ instance, target, now }: VerifyCase, proof: Proof): BatchInstance {
  const text = `its agent reports ${proof.version}, and had refused the target ${target} as older`;
  return finishWork(proved(instance, proof), 'already-current', reason('newer-than-target', text), now);
}

const proved = (instance: BatchInstance, { version, pingAt }: Proof): BatchInstance => ({
  ...instance,
  versionAfter: version,
  ...(pingAt === undefined ? {} : { heardAt: pingAt }),
});

/** When the last of its commands ended; where none is known to have ended, when it came to this step. */
function commandsEndedAt({ commands, stepSince }: BatchInstance): Timestamp {
  const ends = commands.flatMap(({ endedAt }) => endedAt ?? []).sort();
  return ends.at(-1) ?? stepSince;
}

function lastHeardOf(agent: AgentFacts | null): string {
  if (agent === null) return 'it is not listed by SSM any more';
  if (agent.lastPingAt === null) return 'SSM knows of no ping of it';
  return `its last ping, with ${agent.version ?? 'no version'}, is of ${agent.lastPingAt}`;
}
