// The step `verify`: whether the agent itself reports the target, and if not at the deadline, what it reports instead.
import type { InstanceAt } from '../batch/batch-instance.ts';
import { type Look, moves, stays } from '../batch/look.ts';
import { finishWork } from '../batch/transitions.ts';
import { isAtLeast } from '../model/agent-version.ts';
import type { AgentFacts, InstanceFacts } from '../model/instance.ts';
import { type Reason, reason } from '../model/reason.ts';
import { addSeconds, isAfter, minutesBetween, type Timestamp } from '../model/time.ts';
import { type Heard, pingAfter } from '../work/fresh-ping.ts';
import type { Work } from '../work/work.ts';
import { failedByItsEnd } from './boot-end.ts';

/** One instance at this step, with all that the rule looks at. */
export interface VerifyCase {
  instance: InstanceAt<'verify'>;
  ec2: InstanceFacts;
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
 * A success of the command proves nothing: the version can stay stale until the next ping (docs/aws-behaviour.md 7). Once the
 * boot has ended there will be no such ping.
 */
export function verifyVersion(given: VerifyCase): Look<InstanceAt<'verify' | 'restore'>> {
  const { instance, ec2, agent, work, target, deadlineSeconds, now } = given;
  const since = commandsEndedAt(instance);
  const proof = pingAfter(agent, { launchTime: instance.launchTime, since }, now);
  if (proof?.version != null && work.isAtTarget(proof.version, target)) {
    const known = { version: proof.version, pingAt: proof.lastPingAt };
    return moves(instance.hasRefusedTarget ? finishNewer(given, known) : finishAtTarget(given, known, null));
  }
  // No ping of before the update can name it: only something else has installed it since.
  if (proof?.version != null && isOlder(proof.version, instance.versionBefore)) {
    const text = `its agent reports ${proof.version}, older than the ${instance.versionBefore} of before the update: its package manager (a snap, perhaps) has put it back`;
    return moves(notConfirmed(given, proof, text));
  }
  const ended = failedByItsEnd(instance, ec2, now);
  if (ended !== null) return moves(ended);
  const until = addSeconds(since, deadlineSeconds);
  if (isAfter(until, now)) return stays(instance, 'verifying', 'the agent has not reported the new version yet', until);
  const minutes = minutesBetween(since, now);
  if (agent?.refusal !== undefined) {
    const text = `SSM did not say in ${minutes} minutes which version its agent has`;
    const why = reason('question-refused', `${text}: ${agent.refusal.text}`, agent.refusal.error);
    return moves(finishWork(instance, 'failed', why, now));
  }
  if (proof === null) {
    const text = `no ping in ${minutes} minutes since the update to ${target} ended: ${lastHeardOf(agent)}`;
    return moves(finishWork(instance, 'failed', reason('agent-lost', text), now));
  }
  const said = instance.hasRefusedTarget ? 'the agent refused the target as older' : 'the command succeeded';
  const text = `${said}, but ${minutes} minutes later the agent reports ${proof.version ?? 'no version'} instead of ${target}`;
  return moves(notConfirmed(given, proof, text));
}

const isOlder = (version: string, before: string | null): boolean =>
  isAtLeast(before, version) && !isAtLeast(version, before ?? version);

const notConfirmed = ({ instance, now }: VerifyCase, { version, lastPingAt }: Heard, text: string) => ({
  ...finishWork(instance, 'failed', reason('version-not-confirmed', text), now),
  versionAfter: version,
  heardAt: lastPingAt,
});

/** What its agent reported, and in the ping of when; left out where CheckReadiness has noted that. */
export interface Proof {
  version: string;
  pingAt?: Timestamp;
}

/** The work is done: the agent reports this version, which is the target or newer. Had it that before, it was current already. */
export function finishAtTarget(
  {
    instance,
    work,
    target,
    now,
  }: { instance: InstanceAt<'update' | 'verify'> } & Pick<VerifyCase, 'work' | 'target' | 'now'>,
  proof: Proof,
  why: Reason | null,
): InstanceAt<'restore'> {
  const outcome = work.isAtTarget(instance.versionBefore, target) ? 'already-current' : 'updated';
  const newer = outcome === 'already-current' ? newerThanTarget(proof, target) : null;
  return proved(finishWork(instance, outcome, why ?? newer, now), proof);
}

/** Who aims at an older version is told so: no agent goes back. */
const newerThanTarget = ({ version }: Proof, target: string): Reason | null =>
  isAtLeast(target, version)
    ? null
    : reason('newer-than-target', `its agent has ${version}, which is newer than the target ${target}`);

/** The agent is newer than the target, by no command of this run: it has refused ours. */
function finishNewer({ instance, target, now }: VerifyCase, proof: Proof): InstanceAt<'restore'> {
  const text = `its agent reports ${proof.version}, and had refused the target ${target} as older`;
  return proved(finishWork(instance, 'already-current', reason('newer-than-target', text), now), proof);
}

const proved = (instance: InstanceAt<'restore'>, { version, pingAt }: Proof): InstanceAt<'restore'> => ({
  ...instance,
  versionAfter: version,
  ...(pingAt === undefined ? {} : { heardAt: pingAt }),
});

/** When the last of its commands ended; where none is known to have ended, when it came to this step. */
function commandsEndedAt({ commands, stepSince }: InstanceAt<'verify'>): Timestamp {
  const ends = commands.flatMap(({ endedAt }) => endedAt ?? []).sort();
  return ends.at(-1) ?? stepSince;
}

function lastHeardOf(agent: AgentFacts | null): string {
  if (agent === null) return 'it is not listed by SSM any more';
  if (agent.lastPingAt === null) return 'SSM knows of no ping of it';
  return `its last ping, with ${agent.version ?? 'no version'}, is of ${agent.lastPingAt}`;
}
