// The step `readiness`: whether an instance is awake with an agent that pings, and if not at the deadline, why not.
import type { InstanceAt } from '../batch/batch-instance.ts';
import { type Look, moves, stays } from '../batch/look.ts';
import { carryOn, fail, finishWork, optOut, outOfTime } from '../batch/transitions.ts';
import type { Refusal } from '../model/aws-errors.ts';
import type { AgentFacts, InstanceFacts, StatusChecks } from '../model/instance.ts';
import { AGENT_RETRY_SECONDS_MAX, CLOCK_MARGIN_SECONDS, CONSISTENCY_SECONDS } from '../model/limits.ts';
import { reason } from '../model/reason.ts';
import type { FailureCode } from '../model/reason-codes.ts';
import { addSeconds, earliest, isAfter, secondsBetween, type Timestamp } from '../model/time.ts';
import { type BootOwner, bootOwnerOf } from '../ownership/attempt.ts';
import { attemptsOf, wokenAtOf } from '../ownership/owner.ts';
import { type Heard, pingAfter } from '../work/fresh-ping.ts';
import { whoStopped } from './boot-end.ts';
import { applyFallback } from './start-refusal.ts';

/** One instance at this step, with all that the rules look at. */
export interface ReadinessCase {
  instance: InstanceAt<'readiness'>;
  ec2: InstanceFacts;
  /** null: SSM does not list its agent. */
  agent: AgentFacts | null;
  /** EC2's status checks; null: it was not asked, or did not say. */
  checks: StatusChecks | null;
  /** Why its opt-out tag keeps it out; null: it does not. */
  optOut: string | null;
  /** From the first look at this step until the agent must have pinged; what is left before nothing is sent, if that is less. */
  deadlineSeconds: number;
  /** From its first try until it must have been started: a start can fall back. */
  startDeadlineSeconds: number;
  now: Date;
}

/** Ready means: EC2 `running`, SSM `Online`, and a fresh ping of this boot. Not ready at the deadline: fails with a diagnosis. */
export function checkReadiness(given: ReadinessCase): Look {
  const { instance, ec2, deadlineSeconds, now } = given;
  const failed = (code: FailureCode, text: string): Look => moves(fail(instance, code, text, now));
  if (ec2.state === 'terminated' || ec2.state === 'shutting-down') {
    return failed('terminated-in-run', `it is ${ec2.state} now`);
  }
  if (given.optOut !== null) return moves(optOut(instance, given.optOut, now));
  if (ec2.state === 'stopped' || ec2.state === 'stopping') return checkStopped(given);
  const bootOwner = bootOwnerSeen(given);
  const heard = hearAgent(given, bootOwner);
  if (heard !== null) {
    const started = bootOwner === 'ours' ? withFirstPing(instance, heard) : instance;
    return moves(toUpdate(started, heard, now));
  }
  const deadline = addSeconds(instance.stepSince, deadlineSeconds);
  const until = readyUntil(given);
  if (isAfter(until, now)) return stays(instance, 'booting', 'its agent is not ready yet', until);
  const { code, text, error } = diagnose(given);
  // A longer window would have let it go on waiting.
  if (until !== deadline) return moves(outOfTime(instance, `${text}; nothing is sent to it after ${until}`, now));
  return moves(finishWork(instance, 'failed', reason(code, text, error), now));
}

/** Whether its time is over and its agent was not heard: then EC2's status checks tell what of it is dead. */
export function isOverdue(given: Omit<ReadinessCase, 'checks'>): boolean {
  const { ec2, optOut, now } = given;
  if (ec2.state !== 'running' || optOut !== null || isAfter(readyUntil(given), now)) return false;
  const unchecked = { ...given, checks: null };
  return hearAgent(unchecked, bootOwnerSeen(unchecked)) === null;
}

const readyUntil = ({ instance, deadlineSeconds }: Pick<ReadinessCase, 'instance' | 'deadlineSeconds'>): Timestamp =>
  earliest(addSeconds(instance.stepSince, deadlineSeconds), instance.sendUntil);

/** What a running instance's agent reports in a ping of the boot of this LaunchTime. */
interface HeardInBoot {
  launchTime: Timestamp;
  ping: Heard;
}

function hearAgent({ instance, ec2, agent, now }: ReadinessCase, bootOwner: BootOwner): HeardInBoot | null {
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
const bootOwnerSeen = ({ instance, ec2, now }: ReadinessCase): BootOwner =>
  bootOwnerOf(attemptsOf(instance.owner), ec2, now);

/** A launch that fails after StartInstances said yes falls back to stopped, and says why (docs/aws-behaviour.md 19). */
function checkStopped(given: ReadinessCase): Look {
  const { instance, ec2, now } = given;
  const failed = (code: FailureCode, text: string): Look => moves(fail(instance, code, text, now));
  const { owner } = instance;
  if (owner.kind !== 'reveille' || owner.wokenAt === null) {
    // Just after EC2 said that someone else had started it, a describe may still show it as it was before.
    const shownBy = addSeconds(instance.stepSince, CONSISTENCY_SECONDS);
    if (owner.kind === 'others' && isAfter(shownBy, now)) {
      return stays(instance, 'start-not-shown', 'its start by someone else is not shown yet', shownBy);
    }
    if (owner.kind === 'others') return failed(...endOfOthersBoot(ec2));
    return failed('stopped-in-run', `it was running, and was stopped in mid-run: it is ${ec2.state}`);
  }
  const bootOwner = bootOwnerSeen(given);
  const isOurs = bootOwner === 'ours' && !isOfEarlierStart(ec2, owner.wokenAt);
  const startIsShown = isOurs || bootOwner === 'doubtful';
  const until = addSeconds(owner.wokenAt, CONSISTENCY_SECONDS);
  if (!startIsShown && isAfter(until, now)) {
    return stays(instance, 'start-not-shown', 'its start is not shown yet', until);
  }
  const why = ec2.stateReason?.message || ec2.stateReason?.code || 'no reason given';
  const stopped = whoStopped(ec2);
  // Or ReconcileLeases has, while this run was dead and before it was redriven.
  return stopped === null
    ? applyFallback({ instance, ec2, deadlineSeconds: given.startDeadlineSeconds, now })
    : failed('stopped-in-run', `it was stopped after Reveille had started it, not by this run: ${stopped} (${why})`);
}

function endOfOthersBoot(ec2: InstanceFacts): [FailureCode, string] {
  const stopped = whoStopped(ec2);
  const why = stopped ?? (ec2.stateReason?.message || ec2.stateReason?.code || 'EC2 does not say why');
  return [
    stopped === null ? 'launch-error' : 'stopped-in-run',
    `someone else had started it, and it is ${ec2.state}: ${why}`,
  ];
}

/** A start whose answer was lost may have brought a boot before the last start: as long as that one is shown, this one is not. */
const isOfEarlierStart = ({ launchTime }: InstanceFacts, wokenAt: Timestamp): boolean =>
  launchTime !== null && secondsBetween(launchTime, wokenAt) > CLOCK_MARGIN_SECONDS;

/** What of an instance can be dead, the lowest first: what fails there is the cause of all above it (docs/aws-behaviour.md 125). */
const LAYERS: { check: keyof StatusChecks; text: string }[] = [
  { check: 'system', text: "EC2's system status check fails: the host, its power or its network" },
  { check: 'attachedVolumes', text: "EC2's check of its EBS volumes fails: one does not answer" },
  { check: 'instance', text: "EC2's instance status check fails: its operating system does not answer" },
];

const PASSED = "; EC2's status checks pass, so it is the agent, its permissions or its way to SSM";

/** docs/aws-behaviour.md 7 */
const RETRIES_LATE = '; one that has no credentials at boot tries again only after 25 to 30 minutes';

/** docs/aws-behaviour.md 126 */
const ONLY_A_HINT = ', which is a hint only: with Default Host Management it needs none';

/** A failure, and the error of AWS that its text quotes. */
interface Diagnosis extends Refusal {
  code: FailureCode;
}

/** Why its agent can't be reached, as far as that can be seen from outside. */
function diagnose({ instance, ec2, agent, checks, now }: ReadinessCase): Diagnosis {
  const seconds = secondsBetween(instance.stepSince, now);
  const minutes = Math.round(seconds / 60);
  if (ec2.state !== 'running') {
    return { code: 'not-running', text: `${minutes} minutes after its start it is still ${ec2.state}` };
  }
  if (agent?.refusal !== undefined) {
    const text = `SSM did not say in ${minutes} minutes whether its agent pings`;
    const { text: said, error } = agent.refusal;
    return { code: 'question-refused', text: `${text}: ${said}`, ...(error && { error }) };
  }
  const dead = checks === null ? undefined : LAYERS.find(({ check }) => checks[check] === 'impaired');
  if (dead !== undefined) {
    return { code: 'status-check-failed', text: `${minutes} minutes after its start ${dead.text}` };
  }
  const passed = checks !== null && LAYERS.every(({ check }) => checks[check] === 'ok') ? PASSED : '';
  const early = seconds < AGENT_RETRY_SECONDS_MAX ? RETRIES_LATE : '';
  if (agent === null) {
    const text = `its agent did not register in ${minutes} minutes${passed}${early}`;
    return ec2.instanceProfileArn === null
      ? { code: 'no-instance-profile', text: `${text}; it has no instance profile${ONLY_A_HINT}` }
      : { code: 'never-registered', text };
  }
  const lastPing = agent.lastPingAt === null ? 'has never pinged' : `last pinged at ${agent.lastPingAt}`;
  const text = `its agent is registered (${agent.pingStatus}) and ${lastPing}: no fresh ping in ${minutes} minutes${passed}${early}`;
  return { code: 'agent-not-pinging', text };
}
