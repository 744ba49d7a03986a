// What becomes of an instance once its record, its lease and its start were asked for; and what its record says then.
import type { BatchInstance, InstanceAt } from '../batch/batch-instance.ts';
import { type Look, moves, stays } from '../batch/look.ts';
import { finishWork, refusedBefore, withRefusal } from '../batch/transitions.ts';
import type { InstanceFacts } from '../model/instance.ts';
import { CLOCK_MARGIN_SECONDS, NO_TURN_SECONDS_MIN } from '../model/limits.ts';
import { reason } from '../model/reason.ts';
import { addSeconds, earliest, isAfter, minutesBetween, type Timestamp, toTimestamp } from '../model/time.ts';
import { type Attempt, isOpenWindow } from '../ownership/attempt.ts';
import type { Attempts, Owner } from '../ownership/owner.ts';
import type { StartRecord } from '../ownership/start-record.ts';
import { toPreflight, toReadiness, withLostAttempts } from './start.ts';
import { applyLeaseRefusal, applyStartRefusal, type Refused } from './start-refusal.ts';

/** What AWS replied for one instance, which was asked for its lease or for its start. */
export type StartResult =
  | ({ kind: 'lease-refused' } & Refused)
  | { kind: 'lease-untried' }
  | { kind: 'leased' }
  | ({ kind: 'start-refused' } & Refused)
  | { kind: 'start-untried' }
  /** A dead run had started it, and its lease is ours now. */
  | { kind: 'taken-over' }
  | Accepted;

interface Accepted {
  kind: 'accepted';
  /** The state in which EC2 found it. */
  previousState: string;
  /** EC2 was asked before, and that answer was lost: that start may have taken effect, or may still. */
  mayHaveTakenEffect: boolean;
  /** When that answer had come. */
  answeredAt: Timestamp;
}

/** One instance that this attempt wanted to lease, start or take over. */
export interface StartResultCase {
  instance: InstanceAt<'start'>;
  /** As it was read just before. */
  ec2: InstanceFacts;
  result: StartResult;
  /** This attempt, as its record says. */
  attempt: Attempt;
  /** Other attempts that may have started it: ours whose replies were lost, and those of a dead run. */
  lostAttempts: Attempt[];
  /** From the first look at the instance until it must have been started. */
  deadlineSeconds: number;
  now: Date;
}

/** The instance after its lease or its start was asked for. */
export function applyStart(given: StartResultCase): Look {
  const { instance, result, attempt, lostAttempts, deadlineSeconds, now } = given;
  // No start was sent for it, or it was refused: no boot can be this attempt's.
  const attempts: Attempts = [{ ...attempt, startBy: attempt.recordedAt }, ...lostAttempts];
  const unstarted: InstanceAt<'start'> = { ...instance, owner: { kind: 'reveille', attempts, wokenAt: null } };
  switch (result.kind) {
    case 'lease-refused': {
      const known = withLostAttempts(instance, lostAttempts);
      return applyLeaseRefusal({ ...result, instance: known, deadlineSeconds, now });
    }
    case 'lease-untried':
      return leaveUntried(given);
    case 'leased':
      return moves(toPreflight(unstarted, now));
    case 'start-untried':
      return leaveUntried({ ...given, instance: unstarted });
    case 'start-refused':
      return applyStartRefusal({ ...result, instance: unstarted, deadlineSeconds, now });
    case 'taken-over':
      return moves(toReadiness(instance, { kind: 'reveille', attempts, wokenAt: toTimestamp(now) }, now));
    case 'accepted':
      return moves(applyAccepted(given, result));
  }
}

/** There was no time left for this instance. The next attempt tries it, until the deadline, and for half an hour at least. */
function leaveUntried({ instance, lostAttempts, deadlineSeconds, now }: StartResultCase): Look {
  const text = 'no time was left to start it';
  const until = addSeconds(instance.stepSince, Math.max(deadlineSeconds, NO_TURN_SECONDS_MIN));
  if (isAfter(until, now)) return stays(withRefusal(instance, { text }), 'no-time-to-start', text, until);
  const minutes = minutesBetween(instance.stepSince, now);
  const known = withLostAttempts(instance, lostAttempts);
  const told = `${text} (tried again for ${minutes} minutes)${refusedBefore(instance)}`;
  return moves(finishWork(known, 'failed', reason('not-started', told, instance.lastError), now));
}

function applyAccepted(given: StartResultCase, result: Accepted): InstanceAt<'readiness'> {
  const { instance, attempt, lostAttempts, now } = given;
  const { answeredAt } = result;
  const startBy = startByAfter(attempt, result);
  const attempts: Attempts = [{ ...attempt, startBy, ...soughtBoot(given, result) }, ...lostAttempts];
  // If it was awake already, one of our starts whose reply was lost may have done it, as its LaunchTime will tell.
  const mayBeOurs = !wasAwake(result) || result.mayHaveTakenEffect || lostAttempts.some(isOpenWindow);
  const text = `it was ${result.previousState} already when Reveille started it, so it stays running`;
  const owner: Owner = mayBeOurs
    ? { kind: 'reveille', attempts, wokenAt: answeredAt }
    : { kind: 'others', attempts, reason: reason('started-by-others', text) };
  const sightings = { ...instance.sightings, startAcceptedAt: answeredAt };
  return toReadiness(isAnswered(result) ? { ...instance, sightings } : instance, owner, now);
}

/**
 * EC2 has answered, so no later boot can be this attempt's, and none at all where it was awake before; unless EC2 was asked before
 * without an answer.
 */
function startByAfter({ recordedAt, startBy }: Attempt, result: Accepted): Timestamp {
  if (result.mayHaveTakenEffect) return startBy;
  return wasAwake(result) ? recordedAt : earliest(startBy, addSeconds(result.answeredAt, CLOCK_MARGIN_SECONDS));
}

/** Whether EC2 itself has said that it was asleep, and starts now. */
const isAnswered = ({ previousState }: Accepted): boolean => previousState === 'stopped';

/**
 * If EC2 found it stopped, our start brings the next boot, whatever other requests may have been on their way before. If it did
 * not, or if that is not known, one of those may have brought the boot.
 */
function soughtBoot({ ec2 }: StartResultCase, result: Accepted): Pick<Attempt, 'boot'> {
  if (wasAwake(result) && !result.mayHaveTakenEffect) return {};
  const { launchTime: previousLaunchTime, transitionReason: previousTransitionReason } = ec2;
  const repliedAt = result.previousState === 'stopped' ? result.answeredAt : null;
  return { boot: { kind: 'sought', repliedAt, previousLaunchTime, previousTransitionReason, wasSeenAwake: false } };
}

/** Whether EC2 had found the instance awake already when it was told to start it. */
export const wasAwake = (result: StartResult): boolean =>
  result.kind === 'accepted' && (result.previousState === 'running' || result.previousState === 'pending');

/**
 * The record once the replies are in: until when a start of each instance can take effect, and when EC2 accepted it. Without
 * instances: the attempt has sent no start.
 */
export function answeredRecord(record: StartRecord, instances: BatchInstance[]): StartRecord {
  const own = new Map(
    instances.flatMap(({ instanceId, owner }) => {
      const found = owner.kind === 'reveille' && owner.attempts.find(({ attempt }) => attempt === record.attempt);
      return found ? [[instanceId, found]] : [];
    }),
  );
  const answer = (instanceId: string) => {
    const { startBy = record.recordedAt, boot } = own.get(instanceId) ?? {};
    return { startBy, repliedAt: boot?.kind === 'sought' ? boot.repliedAt : null };
  };
  return { ...record, instances: record.instances.map((one) => ({ ...one, ...answer(one.instanceId) })) };
}
