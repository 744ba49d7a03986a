// The step `readiness`: whether an instance is awake with an agent that pings, and if not at the deadline, why not.
import type { InstanceAt } from '../batch/batch-instance.ts';
import { type Look, moves, stays } from '../batch/look.ts';
import { carryOn, fail, optOut, outOfTime } from '../batch/transitions.ts';
import type { AgentFacts, InstanceFacts } from '../model/instance.ts';
import { CONSISTENCY_SECONDS } from '../model/limits.ts';
import type { FailureCode } from '../model/reason-codes.ts';
import { addSeconds, isAfter, secondsBetween, type Timestamp } from '../model/time.ts';
import { type BootOwner, bootOwnerOf } from '../ownership/attempt.ts';
import { attemptsOf, wokenAtOf } from '../ownership/owner.ts';
import { type Heard, pingAfter } from '../work/fresh-ping.ts';

/** One instance at this step, with all that the rules look at. */
export interface ReadinessCase {
  instance: InstanceAt<'readiness'>;
  /** null: EC2 does not list the instance any more. */
  ec2: InstanceFacts | null;
  /** null: SSM does not list its agent. */
  agent: AgentFacts | null;
  /** Why its opt-out tag keeps it out; null: it does not. */
  optOut: string | null;
  /** From the first look at this step until the agent must have pinged; what is left before nothing is sent, if that is less. */
  deadlineSeconds: number;
  now: Date;
}

/** Ready means: EC2 `running`, SSM `Online`, and a fresh ping of this boot. Not ready at the deadline: fails with a diagnosis. */
export function checkReadiness(given: ReadinessCase): Look {
  const { instance, ec2, deadlineSeconds, now } = given;
  const failed = (code: FailureCode, text: string): Look => moves(fail(instance, code, text, now));
  if (ec2 === null) return failed('disappeared', 'EC2 does not know it any more');
  if (ec2.state === 'terminated' || ec2.state === 'shutting-down') {
    return failed('terminated-in-run', `it is ${ec2.state} now`);
  }
  if (given.optOut !== null) return moves(optOut(instance, given.optOut, now));
  if (ec2.state === 'stopped' || ec2.state === 'stopping') return checkStopped({ ...given, ec2 });
  const bootOwner = bootOwnerSeen({ ...given, ec2 });
  const heard = hearAgent({ ...given, ec2 }, bootOwner);
  if (heard !== null) {
    const started = bootOwner === 'ours' ? withFirstPing(instance, heard) : instance;
    return moves(toUpdate(started, heard, now));
  }
  const deadline = addSeconds(instance.stepSince, deadlineSeconds);
  const until = isAfter(deadline, instance.sendUntil) ? instance.sendUntil : deadline;
  if (isAfter(until, now)) return stays(instance, 'booting', 'its agent is not ready yet', until);
  const { code, text } = diagnose({ ...given, ec2 });
  // A longer window would have let it go on waiting.
  if (until !== deadline) return moves(outOfTime(instance, `${text}; nothing is sent to it after ${until}`, now));
  return failed(code, text);
}

/** An instance that EC2 lists. */
type ListedCase = ReadinessCase & { ec2: InstanceFacts };

/** What a running instance's agent reports in a ping of the boot of this LaunchTime. */
interface HeardInBoot {
  launchTime: Timestamp;
  ping: Heard;
}

function hearAgent({ instance, ec2, agent, now }: ListedCase, bootOwner: BootOwner): HeardInBoot | null {
  const { state, launchTime } = ec2;
  if (state !== 'running' || launchTime === null || bootOwner === 'open') return null;
  // With the LaunchTime of before, a ping of before would seem to be of this boot.
  const since = bootOwner === 'doubtful' ? wokenAtOf(instance.owner) : null;
  const ping = pingAfter(agent, { launchTime, ...(since === null ? {} : { since }) }, now);
  return ping === null ? null : { launchTime, ping };
}

/** Of what Reveille has started, when its agent was heard first. */
function withFirstPing(instance: InstanceAt<'readiness'>, { ping }: HeardInBoot): InstanceAt<'readiness'> {
  if (instance.owner.kind !== 'reveille') return instance;
  return { ...instance, sightings: { ...instance.sightings, firstPingAt: ping.lastPingAt } };
}

const toUpdate = (
  instance: InstanceAt<'readiness'>,
  { launchTime, ping }: HeardInBoot,
  now: Date,
): InstanceAt<'update'> => ({
  ...carryOn(instance, now),
  step: 'update',
  launchTime,
  versionBefore: ping.version,
  heardAt: ping.lastPingAt,
  commands: [],
  otherUpdateSince: null,
  lastRefusal: null,
  retryAt: null,
});

/** Whose boot this look shows; `others` where Reveille has tried nothing. */
const bootOwnerSeen = ({ instance, ec2, now }: ListedCase): BootOwner =>
  bootOwnerOf(attemptsOf(instance.owner), ec2, now);

/** A launch that fails after StartInstances said yes falls back to stopped, and says why (docs/aws-behaviour.md 19). */
function checkStopped(given: ListedCase): Look {
  const { instance, ec2, now } = given;
  const failed = (code: FailureCode, text: string): Look => moves(fail(instance, code, text, now));
  const { owner } = instance;
  if (owner.kind !== 'reveille' || owner.wokenAt === null) {
    // Just after EC2 said that someone else had started it, a describe may still show it as it was before.
    const shownBy = addSeconds(instance.stepSince, CONSISTENCY_SECONDS);
    if (owner.kind === 'others' && isAfter(shownBy, now)) {
      return stays(instance, 'start-not-shown', 'its start by someone else is not shown yet', shownBy);
    }
    return failed('stopped-in-run', `it was running, and was stopped in mid-run: it is ${ec2.state}`);
  }
  const bootOwner = bootOwnerSeen(given);
  const startIsShown = bootOwner === 'ours' || bootOwner === 'doubtful';
  const until = addSeconds(owner.wokenAt, CONSISTENCY_SECONDS);
  if (!startIsShown && isAfter(until, now)) {
    return stays(instance, 'start-not-shown', 'its start is not shown yet', until);
  }
  const why = ec2.stateReason?.message || ec2.stateReason?.code || 'no reason given';
  // By someone else; or by ReconcileLeases, while this run was dead and before it was redriven.
  return ec2.stateReason?.code.startsWith('Client.UserInitiated')
    ? failed('stopped-in-run', `it was stopped after Reveille had started it, not by this run (${why})`)
    : failed('launch-error', `it was started and fell back to ${ec2.state} (${why})`);
}

/** Why its agent can't be reached, as far as that can be seen from outside. */
function diagnose({ instance, ec2, agent, now }: ListedCase): { code: FailureCode; text: string } {
  const minutes = Math.round(secondsBetween(instance.stepSince, now) / 60);
  if (ec2.state !== 'running') {
    return { code: 'not-running', text: `${minutes} minutes after its start it is still ${ec2.state}` };
  }
  if (agent === null) {
    const text = `its agent did not register in ${minutes} minutes`;
    return ec2.instanceProfileArn === null
      ? { code: 'no-instance-profile', text: `${text}: it has no instance profile` }
      : { code: 'never-registered', text };
  }
  const lastPing = agent.lastPingAt === null ? 'has never pinged' : `last pinged at ${agent.lastPingAt}`;
  const text = `its agent is registered (${agent.pingStatus}) and ${lastPing}: no fresh ping in ${minutes} minutes`;
  return { code: 'agent-not-pinging', text };
}
