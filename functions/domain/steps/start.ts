// The step `start`: which instances are leased, started or taken over, and what becomes of those that are not. Whose boot an awake
// instance has, its LaunchTime tells, with what is known of our attempts (ownership/boot.ts).
import type { BatchInstance, InstanceAt } from '../batch/batch-instance.ts';
import { type Look, moves, stays } from '../batch/look.ts';
import { carryOn, exclude, fail, optOut, outOfTime } from '../batch/transitions.ts';
import { NO_ROOT_VOLUME } from '../listing/eligibility.ts';
import { tooLateToStart } from '../listing/run-ends.ts';
import type { InstanceFacts } from '../model/instance.ts';
import { CONSISTENCY_SECONDS } from '../model/limits.ts';
import { exclusion, type Reason, reason } from '../model/reason.ts';
import type { FailureCode } from '../model/reason-codes.ts';
import type { Ends } from '../model/run.ts';
import { addSeconds, isAfter, minutesBetween, secondsBetween, type Timestamp, toTimestamp } from '../model/time.ts';
import { type Attempt, bootOwnerOf, isOpenWindow } from '../ownership/attempt.ts';
import type { LeaseStatus } from '../ownership/lease-status.ts';
import { attemptsOf, leftToOthers, type Owner, triedBy, withAttempts } from '../ownership/owner.ts';

/** One instance at this step, with all that the rules look at. */
export interface StartCase {
  instance: InstanceAt<'start'>;
  /** Read anew, just before. */
  ec2: InstanceFacts;
  /** Attempts of this child to start the instance that crashed, or whose replies were lost. */
  lostAttempts: Attempt[];
  /** What the lease means that the instance carries now; null if it carries none, or one of this child. */
  lease: LeaseStatus | null;
  /** Why its opt-out tag keeps it out; null: it does not. */
  optOut: string | null;
  /** Whether EC2 shows a lease of this child on it. */
  carriesOurLease: boolean;
  /** From the first look at the instance until it must have been started. */
  deadlineSeconds: number;
  now: Date;
}

/** An instance that is to be leased, started or taken over, unless no instance may be at this moment. */
export interface StartCandidate extends Pick<StartCase, 'instance' | 'ec2' | 'lostAttempts'> {
  action: 'lease' | 'start' | 'take-over';
  /** Attempts of a dead run that have started one which is taken over. Else empty. */
  adopted: Attempt[];
}

/** The only ones that are started: they are leased already, and their way back is open. */
export const isToStart = ({ action }: Pick<StartCandidate, 'action'>): boolean => action === 'start';

export type StartDecision =
  /** It is not leased yet: before it is started its way back is tried, which needs the lease. */
  | { action: 'lease' }
  | { action: 'start' }
  /** A dead run has started it, as these attempts record: this run has to restore it now, and by that run's ends. */
  | { action: 'take-over'; adopted: Attempt[]; ends: Ends }
  /** There is nothing to call for it. */
  | { action: 'none'; look: Look };

/** What to do with an instance that awaits its start. */
export function decideStart(given: StartCase): StartDecision {
  const { ec2, lease } = given;
  if (given.optOut !== null) return none(leaveOptedOut(given, given.optOut));
  if (lease?.kind === 'busy' || lease?.kind === 'ending') return none(leaveToOtherRun(given, lease.why));
  switch (ec2.state) {
    case 'stopped':
      return decideAsleep(given);
    case 'running':
    case 'pending':
      return decideAwake(given);
    case 'stopping':
      return none(waitForStop(given));
    default:
      return none(failed(given, 'terminated-in-run', `it is ${ec2.state} now`));
  }
}

/** Since it was listed, its owner has put the tag on it. An attempt that was lost may have woken it. */
const leaveOptedOut = ({ instance, lostAttempts, now }: StartCase, text: string): Look =>
  moves(optOut(withLostAttempts(instance, lostAttempts), text, now));

/** What was tried before comes from `preflight`, with a lease. That may be gone, if it waited for capacity since. */
function decideAsleep({ instance, ec2, carriesOurLease, lostAttempts, now }: StartCase): StartDecision {
  if (ec2.lacksRootVolume) {
    const why = exclusion('no-root-volume', NO_ROOT_VOLUME);
    return none(moves(exclude(withLostAttempts(instance, lostAttempts), why, now)));
  }
  const late = tooLateToStart(instance, now);
  if (late !== null) return none(moves(outOfTime(withLostAttempts(instance, lostAttempts), late, now)));
  const { owner, retryAt } = instance;
  if (retryAt !== null && isAfter(retryAt, now)) {
    const text = 'waits before the next attempt to start it';
    return none(stays(instance, 'waiting-for-capacity', text, retryAt));
  }
  if (owner.kind !== 'reveille') return { action: 'lease' };
  const [{ recordedAt }] = owner.attempts;
  // Just after it was written, a describe may not show it yet.
  const isLeased = carriesOurLease || secondsBetween(recordedAt, now) <= CONSISTENCY_SECONDS;
  return { action: isLeased ? 'start' : 'lease' };
}

/** Since it was listed, another run has come and holds it: what that run does to it must not be disturbed. */
function leaveToOtherRun(given: StartCase, why: string): Look {
  const { instance, lostAttempts, now } = given;
  const isUntouched = instance.owner.kind === 'none' && lostAttempts.length === 0;
  return isUntouched
    ? moves(exclude(instance, exclusion('busy', why), now))
    : failed(given, 'lease-removed', `its lease was changed by another run: ${why}`);
}

/** For an instance that already runs. Its LaunchTime tells who started it. */
function decideAwake(given: StartCase): StartDecision {
  const { instance, ec2, lease, lostAttempts, now } = given;
  // First, as an attempt to take it over may have been lost before its lease was written: then it is still the dead run's.
  const orphanOwner = lease?.kind === 'orphaned' ? bootOwnerOf(lease.attempts, ec2, now) : 'others';
  if (lease?.kind === 'orphaned' && (orphanOwner === 'ours' || orphanOwner === 'open')) {
    // Its own end has passed since it was listed: no run stops it any more.
    if (isAfter(now, lease.ends.stopUntil)) return none(leaveToOthers(given, PAST_END));
    return { action: 'take-over', adopted: lease.attempts.filter(isOpenWindow), ends: lease.ends };
  }
  // Also of those that EC2 has answered: what looked as if it had fallen back may be shown late.
  const attempts = attemptsOf(withLostAttempts(instance, lostAttempts).owner);
  const owner = bootOwnerOf(attempts, ec2, now);
  if (owner === 'ours' || owner === 'open') {
    // As long as it is open, readiness goes on looking.
    const wokenAt = owner === 'ours' ? ec2.launchTime : toTimestamp(now);
    return none(moves(toReadiness(instance, triedBy(attempts, wokenAt), now)));
  }
  const isInDoubt = owner === 'doubtful' || orphanOwner === 'doubtful';
  return none(leaveToOthers(given, isInDoubt ? bootInDoubt(ec2.launchTime) : STARTED_BY_OTHERS));
}

const STARTED_BY_OTHERS = reason('started-by-others', 'it was started before Reveille did it, so it stays running');

const PAST_END = reason('left-awake', 'the run that had started it could stop it only until now, so it is left awake');

/** Reveille has tried to start it, and this boot may be another one. */
export const bootInDoubt = (launchTime: Timestamp | null): Reason =>
  reason(
    'boot-in-doubt',
    `whether its boot of ${launchTime ?? 'an unknown time'} is the one that Reveille asked for is not certain, so it is left running`,
  );

/** It is updated, and never stopped. An attempt that was lost may have left its lease on it, which is to be removed. */
function leaveToOthers({ instance, lostAttempts, now }: StartCase, why: Reason): Look {
  const known = withLostAttempts(instance, lostAttempts);
  return moves(toReadiness(known, leftToOthers(known.owner, why), now));
}

/** It is leased, and is started only once its way back was tried. */
export const toPreflight = (instance: InstanceAt<'start'>, now: Date): InstanceAt<'preflight'> => ({
  ...carryOn(instance, now),
  step: 'preflight',
  lastRefusal: null,
});

/** It is awake, or will be: whose boot it is, is what its owner says. */
export const toReadiness = (instance: InstanceAt<'start'>, owner: Owner, now: Date): InstanceAt<'readiness'> => ({
  ...carryOn(instance, now),
  step: 'readiness',
  owner,
});

function waitForStop(given: StartCase): Look {
  const { instance, deadlineSeconds, lostAttempts, now } = given;
  // Someone has started and stopped it meanwhile: nothing is started whose way back was tried before that.
  if (instance.owner.kind === 'reveille') return moves(toPreflight(withLostAttempts(instance, lostAttempts), now));
  const until = addSeconds(instance.stepSince, deadlineSeconds);
  const minutes = minutesBetween(instance.stepSince, now);
  return isAfter(until, now)
    ? stays(instance, 'stopping', 'it is stopping: it can be started once it has stopped', until)
    : failed(given, 'stuck-stopping', `it is still stopping, ${minutes} minutes after the run wanted to start it`);
}

/** A lost attempt may have started the instance, or may still, and may have left its lease on it: so it counts as tried. */
export const withLostAttempts = <One extends BatchInstance>(instance: One, lostAttempts: Attempt[]): One => ({
  ...instance,
  owner: withAttempts(instance.owner, lostAttempts),
});

const none = (look: Look): StartDecision => ({ action: 'none', look });

function failed({ instance, lostAttempts, now }: StartCase, code: FailureCode, text: string): Look {
  return moves(fail(withLostAttempts(instance, lostAttempts), code, text, now));
}
