// The step `preflight`: a leased instance is started only once EC2 has said that it may be stopped again, and SSM that it
// tells who else is at work on it. Asked by the role that stops, with the parameters of the stop.
import type { InstanceAt } from '../batch/batch-instance.ts';
import { type Look, moves, stays } from '../batch/look.ts';
import { carryOn, fail, finishWork, refusedBefore, withRefusal, withSaid } from '../batch/transitions.ts';
import { tooLateToStart } from '../listing/run-ends.ts';
import { errorKindOf, type Refusal } from '../model/aws-errors.ts';
import type { InstanceFacts } from '../model/instance.ts';
import { NO_TURN_SECONDS_MIN } from '../model/limits.ts';
import { plainText } from '../model/plain-text.ts';
import { reason } from '../model/reason.ts';
import type { Leaseholder } from '../model/run.ts';
import { addSeconds, isAfter, minutesBetween } from '../model/time.ts';
import { isLeaseOf, LEASE_TAG } from '../ownership/lease.ts';

/** What AWS says of the way back of one instance. */
export type PreflightAnswer =
  | { kind: 'open' }
  /** Any refusal, for whatever cause: our policy looks at a tag that was written just now, and AWS may throttle. */
  | ({ kind: 'refused' } & Refusal)
  /** There was no time left to ask. */
  | { kind: 'untried' };

/** One instance at this step, with all that the rules look at. */
export interface PreflightCase {
  instance: InstanceAt<'preflight'>;
  ec2: InstanceFacts;
  answer: PreflightAnswer;
  /** Who has leased it. */
  leaseholder: Leaseholder;
  now: Date;
}

/** So long a refusal is no answer: tags lag behind by no known time (docs/aws-behaviour.md 45). Longer than any lag that was met. */
const PREFLIGHT_DEADLINE_SECONDS = 5 * 60;

/** What stands for a refusal where AWS was not asked. */
const UNTRIED = 'no time was left to try its way back';

/**
 * Whether its way back is still in question: what does not sleep any more, and what is too late to be woken, as in a run that was
 * redriven hours later, is for StartInstances to judge.
 */
export const needsPreflight = (instance: InstanceAt<'preflight'>, ec2: InstanceFacts, now: Date): boolean =>
  ec2.state === 'stopped' && tooLateToStart(instance, now) === null;

/**
 * Instances of which a policy can't say different things: they have the same tags, and are stopped in the same way. One of
 * them is asked for, since of several IDs it is not known how EC2 answers where one is denied (docs/aws-behaviour.md 65). If it
 * is refused, that may be about it alone: then others are asked.
 * @returns groups with at least one instance each, first those that had no answer yet
 */
export function groupForPreflight<One extends { instance: InstanceAt<'preflight'>; ec2: InstanceFacts }>(
  asleep: One[],
): [One, ...One[]][] {
  const groups = new Map<string, [One, ...One[]]>();
  for (const one of asleep) {
    const tags = Object.entries(one.ec2.tags).sort();
    const key = JSON.stringify([one.instance.originalState, tags]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  const wasRefused = ([{ instance }]: [One, ...One[]]) =>
    Number(instance.lastRefusal !== null && instance.lastRefusal !== UNTRIED);
  return [...groups.values()].sort((a, b) => wasRefused(a) - wasRefused(b));
}

/** The instance after its way back was asked for: on to its start, once more, or not woken at all. */
export function applyPreflight(given: PreflightCase): Look {
  const { instance, ec2, answer, now } = given;
  if (ec2.state === 'stopping' && tooLateToStart(instance, now) === null) return waitForStop(instance, now);
  if (!needsPreflight(instance, ec2, now) || answer.kind === 'open')
    return moves({ ...carryOn(instance, now), step: 'start', lastRefusal: null, retryAt: null });
  if (answer.kind === 'untried') return leaveUntried(given);
  const text = plainText(answer.text);
  const until = addSeconds(instance.stepSince, PREFLIGHT_DEADLINE_SECONDS);
  // The first answer may come late, if there was no time to ask before.
  const isFirst = instance.lastRefusal === null || instance.lastRefusal === UNTRIED;
  return isFirst || isAfter(until, now)
    ? stays(withRefusal(instance, answer), 'trying-way-back', text, until)
    : moves(giveUp(given, answer));
}

/** Someone has started and stopped it meanwhile: once it sleeps, its way back is still to be tried. */
function waitForStop(instance: InstanceAt<'preflight'>, now: Date): Look {
  const until = addSeconds(instance.stepSince, NO_TURN_SECONDS_MIN);
  if (isAfter(until, now))
    return stays(instance, 'stopping', 'it is stopping: its way back is tried once it has stopped', until);
  const minutes = minutesBetween(instance.stepSince, now);
  return moves(fail(instance, 'stuck-stopping', `it is still stopping, ${minutes} minutes after it was leased`, now));
}

/** AWS was not asked, which says nothing of the instance: it has as much time as one that had no turn to start. */
function leaveUntried({ instance, now }: PreflightCase): Look {
  const until = addSeconds(instance.stepSince, NO_TURN_SECONDS_MIN);
  if (isAfter(until, now)) {
    const lastRefusal = instance.lastRefusal ?? UNTRIED;
    return stays({ ...instance, lastRefusal }, 'trying-way-back', UNTRIED, until);
  }
  const minutes = minutesBetween(instance.stepSince, now);
  const text = `${UNTRIED} (tried again for ${minutes} minutes)${refusedBefore(instance)}`;
  return moves(finishWork(instance, 'failed', reason('not-started', text, instance.lastError), now));
}

/** Without the lease no stop is allowed, so that tells more than the refusal. */
function giveUp({ instance, ec2, leaseholder, now }: PreflightCase, { text, error }: Refusal): InstanceAt<'restore'> {
  const isLeased = isLeaseOf(ec2.tags[LEASE_TAG] ?? '', leaseholder);
  if (!isLeased)
    return fail(instance, 'lease-removed', 'its lease tag was removed or changed before it was started', now);
  const isDenied = error === undefined || errorKindOf(error) !== 'again-later';
  const what = isDenied ? 'it could not be stopped again' : 'it was not said whether it may be stopped again';
  const why = reason('way-back-denied', `${what}, so it was not started: ${text}`, error);
  return withSaid(finishWork(instance, 'failed', why, now), text);
}
