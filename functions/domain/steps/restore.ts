// The step `restore`: how one instance is put back as it was, and whether it may be stopped. RULES is the answer: the first
// rule with an answer decides; if none has one, the instance is stopped. IAM enforces what it can see (no lease, no stop).
import type { InstanceAt } from '../batch/batch-instance.ts';
import { type InstanceFacts, OPTED_OUT, stateNow } from '../model/instance.ts';
import {
  CONSISTENCY_SECONDS,
  OTHER_ACTIVITY_WAIT_SECONDS,
  QUIET_SECONDS,
  STOP_REPEAT_SECONDS,
  STRAY_LAMBDA_SECONDS,
} from '../model/limits.ts';
import { exclusion, type Reason, reason, retold } from '../model/reason.ts';
import { addSeconds, isAfter, latest, secondsBetween, type Timestamp } from '../model/time.ts';
import { type Attempt, bootOwnerOf, bootSoughtUntil, isOpenWindow, judgeAttempt } from '../ownership/attempt.ts';
import { LEASE_TAG, parseLease } from '../ownership/lease.ts';
import type { Attempts } from '../ownership/owner.ts';
import { updateMayRunUntil } from '../work/sent-commands.ts';
import type { OtherActivity } from './other-activity.ts';
import {
  deadlineOf,
  enforceDeadline,
  LEFT_AWAKE,
  leaveToOthers,
  type RestoreDecision,
  settle,
  stop,
  wait,
} from './restore-decision.ts';
import { bootInDoubt } from './start.ts';

/** One instance whose work is over, with all that the rules look at. */
export interface RestoreCase {
  instance: InstanceAt<'restore'>;
  ec2: InstanceFacts;
  /** The value that our lease tag should have; null if Reveille did not lease the instance. */
  expectedLease: string | null;
  /** Another session, command or association on the instance; null if there is none, or if it was not asked for yet. */
  otherActivity: OtherActivity | null;
  /** Since which look nothing was seen on an instance that is held; null: it is not held, or SSM was not asked in this look. */
  quietSince: Timestamp | null;
  /** Why its opt-out tag keeps it out; null: it does not. */
  optOut: string | null;
  /** Every Lambda that could start it has been dead for long enough: `stopped` is believed without a stop of our own. */
  writersAreDead: boolean;
  /** How long restoring may take; null: the instance is never given up. */
  deadlineSeconds: number | null;
  now: Date;
}

/** What was running before the run, and what belongs to someone else, is never stopped. */
export function decideRestore(given: RestoreCase): RestoreDecision {
  const { ec2, instance } = given;
  if (ec2.state === 'terminated' || ec2.state === 'shutting-down') return settleGone(ec2);
  const { owner } = instance;
  if (owner.kind === 'none') return settleNotOurs(instance, ec2, given.now);
  if (owner.kind === 'others') return leaveToOthers(ec2, owner.reason, { releaseLease: owner.attempts.length > 0 });
  const ours = { ...given, attempts: owner.attempts };
  const answer = RULES.reduce<RestoreDecision | null>((found, rule) => found ?? rule(ours), null);
  return enforceDeadline(ours, answer ?? stop(instance));
}

/** An instance that Reveille has started or tried to start. */
type OurCase = RestoreCase & { attempts: Attempts };

const RULES: ((ours: OurCase) => RestoreDecision | null)[] = [
  waitForOtherWriters,
  waitWhileStopping,
  settleStopped,
  waitWhilePending,
  leaveUnlessOurs,
  leaveWithoutLease,
  leaveAwakeAfterEnd,
  waitForUpdate,
  waitForAcceptedStop,
  leaveOptedOut,
  waitForOtherActivity,
  waitForQuiet,
];

/** A Lambda whose caller has given up may still start the instance, or send it a command. */
function waitForOtherWriters(ours: OurCase): RestoreDecision | null {
  const { instance, now } = ours;
  const starts = startsMayComeUntil(ours);
  const until = latest(starts, instance.strayUntil ?? starts);
  if (!isAfter(until, now)) return null;
  return wait(reason('writer-may-live', 'a Lambda that may start it, or send it a command, may still be alive'), until);
}

function waitWhileStopping({ ec2 }: OurCase): RestoreDecision | null {
  return ec2.state === 'stopping' ? wait(reason('stopping', 'it is stopping'), null) : null;
}

/**
 * `stopped` proves something only after our own stop was accepted, because a start of ours could still be on its way. So
 * an instance that is found stopped is stopped once more, which costs nothing. But where each start of ours has been seen to its
 * end, none is on its way: such a stop could only hit someone else's start that is not shown yet.
 */
function settleStopped(ours: OurCase): RestoreDecision | null {
  const { instance, ec2, attempts } = ours;
  if (ec2.state !== 'stopped') return null;
  const finalState = stateNow(ec2);
  // After its end no start of ours can be on its way: the last one was sent long before.
  if (instance.stopAcceptedAt !== null || ours.writersAreDead || isPastEnd(ours) || haveAllEnded(attempts)) {
    // The lease may be gone: an earlier try of this step removed it, and its reply was lost.
    const releaseLease = ec2.tags[LEASE_TAG] === ours.expectedLease;
    const why = lostHibernation(instance, finalState) ?? assumedBoot(ours);
    return settle(finalState, { releaseLease, wasSeenStopped: true, reason: why });
  }
  const lost = leaseLoss(ours);
  // Without our lease IAM would refuse the stop. The instance is stopped already: report the loss, and leave it.
  if (lost !== null) return settle(finalState, { wasSeenStopped: true, reason: lost });
  // Every start was refused, so no start is on its way: a stop could only hit someone else's start.
  if (!attempts.some(isOpenWindow)) return settle(finalState, { releaseLease: true });
  if (ours.optOut === null) return stop(instance);
  // Its owner lets no stop be sent to it: then only time proves that no start is on its way.
  const until = addSeconds(startsMayComeUntil(ours), CONSISTENCY_SECONDS);
  return isAfter(until, ours.now)
    ? wait(reason('start-may-come', 'a start of ours may not be shown yet'), until)
    : settle(finalState, { releaseLease: true });
}

/**
 * EC2 refuses to stop a pending instance; and its start may still fall back: then nothing is left awake, whosever it was. After the
 * deadline only what is ours is given up: what is not is told as theirs.
 */
function waitWhilePending(ours: OurCase): RestoreDecision | null {
  const { ec2, attempts, now } = ours;
  if (ec2.state !== 'pending' || isPastEnd(ours)) return null;
  const deadline = deadlineOf(ours);
  const isLate = deadline !== null && !isAfter(deadline, now);
  if (isLate && bootOwnerOf(attempts, ec2, now) !== 'ours') return null;
  return wait(reason('pending', 'it is still starting'), null);
}

/** Whether there were starts, and the boot of each was seen going down. */
function haveAllEnded(attempts: Attempt[]): boolean {
  const started = attempts.filter(isOpenWindow);
  return started.length > 0 && started.every(({ boot }) => boot?.kind === 'known' && boot.endedAt !== undefined);
}

/** Only the boot that Reveille has brought is ever ended. */
function leaveUnlessOurs(ours: OurCase): RestoreDecision | null {
  const { ec2, attempts, now } = ours;
  const { launchTime } = ec2;
  switch (bootOwnerOf(attempts, ec2, now)) {
    case 'ours':
      return null;
    case 'open':
      return {
        ...wait(reason('start-not-shown', 'its start is not shown yet'), bootSoughtUntil(attempts)),
        outlastsDeadline: true,
      };
    case 'doubtful':
      return leaveAwake(ours, bootInDoubt(launchTime), { releaseLease: true });
    case 'others': {
      const text = `it was started again at ${launchTime ?? 'an unknown time'}, not by this run`;
      return leaveAwake(ours, reason('restarted-by-others', text), { releaseLease: true });
    }
  }
}

function leaveWithoutLease(ours: OurCase): RestoreDecision | null {
  // After its end this run takes the lease off itself: an earlier try of this step may have, and its reply was lost.
  if (ours.ec2.tags[LEASE_TAG] === undefined && isPastEnd(ours)) return null;
  const lost = leaseLoss(ours);
  return lost === null ? null : leaveAwake(ours, lost, { releaseLease: false });
}

/**
 * Nothing is stopped after its end: people or other schedulers may have come. A stop that was sent just before has its time to
 * show, also one whose reply was lost.
 */
function leaveAwakeAfterEnd(ours: OurCase): RestoreDecision | null {
  const { instance, ec2, otherActivity, now } = ours;
  if (!isPastEnd(ours)) return null;
  const until = addSeconds(instance.stopUntil, STOP_REPEAT_SECONDS);
  if (isAfter(until, now)) {
    return { ...wait(reason('stop-not-shown', 'a stop of it may not be shown yet'), until), outlastsDeadline: true };
  }
  const heldBy = otherActivity?.reason.text ?? instance.lastRefusal;
  const why = heldBy === null ? '' : `: ${heldBy}`;
  const text = `it could be stopped until ${instance.stopUntil} only, so it is left awake${why}`;
  const releaseLease = ec2.tags[LEASE_TAG] !== undefined;
  return settle(ec2.state, { releaseLease, reason: reason(LEFT_AWAKE, text) });
}

const isPastEnd = ({ instance, now }: Pick<RestoreCase, 'instance' | 'now'>): boolean =>
  isAfter(now, instance.stopUntil);

/** Stopping an instance in the middle of an update can leave its agent broken (docs/aws-behaviour.md 3). */
function waitForUpdate({ instance, now }: OurCase): RestoreDecision | null {
  const until = updateMayRunUntil(instance, now);
  return until === null ? null : wait(reason('update-may-run', `an update may be at work on it until ${until}`), until);
}

function waitForAcceptedStop({ instance: { stopAcceptedAt }, now }: OurCase): RestoreDecision | null {
  if (stopAcceptedAt === null) return null;
  const until = addSeconds(stopAcceptedAt, STOP_REPEAT_SECONDS);
  if (!isAfter(until, now)) return null;
  return { ...wait(reason('stop-not-shown', 'its stop is not shown yet'), until), outlastsDeadline: true };
}

/** Its owner has put the tag on it while it was awake: it is theirs. */
function leaveOptedOut({ optOut }: OurCase): RestoreDecision | null {
  return optOut === null ? null : settleOptedOut(optOut, { releaseLease: true });
}

/** That its owner has let it out tells more than why it is not ours any more. */
const leaveAwake = (
  { ec2, optOut }: OurCase,
  why: Reason,
  { releaseLease }: { releaseLease: boolean },
): RestoreDecision =>
  optOut === null ? leaveToOthers(ec2, why, { releaseLease }) : settleOptedOut(optOut, { releaseLease });

const settleOptedOut = (optOut: string, { releaseLease }: { releaseLease: boolean }): RestoreDecision =>
  settle(OPTED_OUT, { releaseLease, reason: exclusion('opted-out-in-run', `${optOut}: it is left awake`) });

/** Others are at work, or SSM can't say. A run waits, then ends and holds the instance: ReconcileLeases goes on waiting. */
function waitForOtherActivity({ instance, ec2, otherActivity, deadlineSeconds, now }: OurCase): RestoreDecision | null {
  if (otherActivity === null) return null;
  const { reason: activity, isKnown } = otherActivity;
  if (!isKnown || deadlineSeconds === null) return wait(activity, null);
  const until = addSeconds(instance.otherActivitySince ?? now, OTHER_ACTIVITY_WAIT_SECONDS);
  if (isAfter(until, now)) return { ...wait(activity, until), outlastsDeadline: true };
  const text = `${activity.text}: it is held, and put back once nothing was at work on it for ${QUIET_SECONDS / 60} minutes, until ${instance.stopUntil} at the latest`;
  return settle(ec2.state, { reason: retold(activity, text) });
}

/** What others have used after its run is put back only when they stay away, also by a run that has taken it over: two looks at least have seen nothing on it. */
function waitForQuiet({ quietSince, now }: OurCase): RestoreDecision | null {
  if (quietSince === null) return null;
  const until = addSeconds(quietSince, QUIET_SECONDS);
  if (!isAfter(until, now)) return null;
  return {
    ...wait(reason('just-used', `others have just used it, until ${quietSince}`), until),
    outlastsDeadline: true,
  };
}

const settleGone = ({ state }: InstanceFacts): RestoreDecision =>
  settle(state, { isGone: true, reason: reason('terminated-in-run', `it is ${state}`) });

/** An instance that Reveille did not try to start is left as it is: only its state is reported. */
function settleNotOurs(instance: InstanceAt<'restore'>, ec2: InstanceFacts, now: Date): RestoreDecision {
  const { originalState, strayUntil } = instance;
  if (originalState !== 'running' && strayUntil !== null && isAfter(strayUntil, now)) {
    return wait(reason('start-may-come', 'a start that the failed step has left behind may still come'), strayUntil);
  }
  return settle(stateNow(ec2), {});
}

/** Until when a start of any of the attempts may still be sent, or take effect. */
function startsMayComeUntil({ attempts: [newest, ...earlier] }: OurCase): Timestamp {
  // When the reply was lost, the end of that attempt's Lambda is unknown. One that starts nothing may write a lease.
  const lost = earlier.map(({ recordedAt }) => addSeconds(recordedAt, STRAY_LAMBDA_SECONDS));
  return latest(newest.startBy, ...earlier.map(({ startBy }) => startBy), ...lost);
}

/** Why our lease is not on the instance. Just after it was written, a describe may not show it yet. */
function leaseLoss({ ec2, attempts: [newest], expectedLease, now }: OurCase): Reason | null {
  const carried = ec2.tags[LEASE_TAG];
  if (carried === expectedLease || secondsBetween(newest.recordedAt, now) <= CONSISTENCY_SECONDS) return null;
  const other = parseLease(carried ?? '');
  const changed = other === null ? 'changed' : `changed to that of run ${other.runId}`;
  const what = carried === undefined ? 'removed' : changed;
  return reason('lease-removed', `its lease tag was ${what}, not by this run: it is left alone`);
}

/** A hibernation that fails falls back to a plain stop, without an error (docs/aws-behaviour.md 37). */
const lostHibernation = ({ originalState }: InstanceAt<'restore'>, finalState: string): Reason | null =>
  originalState === 'hibernated' && finalState !== 'hibernated'
    ? reason('hibernation-lost', 'it was hibernated, and EC2 fell back to a plain stop')
    : null;

/** EC2's reply to the start was lost, so only the moment of its boot says that it was ours. */
function assumedBoot({ ec2, attempts, now }: OurCase): Reason | null {
  const boots = attempts.map((attempt) => judgeAttempt(attempt, { ...ec2, at: now }).boot);
  const assumed = boots.find((boot) => boot?.kind === 'known' && boot.launchTime === ec2.launchTime);
  if (assumed?.kind !== 'known' || !assumed.isAssumed) return null;
  const text = `its boot of ${assumed.launchTime} was taken for Reveille's: EC2's answer to the start was lost, and it came in time`;
  return reason('boot-assumed', text);
}
