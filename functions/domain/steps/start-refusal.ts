// EC2 refused the lease or the start of one instance: is it tried again, until when, and how soon?
import type { InstanceAt, RefusedStarts } from '../batch/batch-instance.ts';
import { type Look, moves, stays } from '../batch/look.ts';
import { fail, withSaid } from '../batch/transitions.ts';
import { CAPACITY_ERRORS, LIMIT_ERRORS, lacksCapacity } from '../model/ec2-errors.ts';
import { CAPACITY_RETRY_SECONDS, NO_TURN_SECONDS_MIN, PASSING_RETRY_SECONDS } from '../model/limits.ts';
import { boundedText, plainText } from '../model/plain-text.ts';
import type { FailureCode } from '../model/reason-codes.ts';
import { addSeconds, isAfter, secondsBetween, toTimestamp } from '../model/time.ts';

/** What EC2 said. */
export interface Refusal {
  error: { code: string; message: string };
  /** Whether others were accepted, so that it is about this instance; else all were refused, and any may be to blame. */
  isItsOwn: boolean;
}

/** One instance that EC2 refused to lease or to start. */
export interface RefusalCase extends Refusal {
  instance: InstanceAt<'start'>;
  /** From the first look at the instance until it must have been started. */
  deadlineSeconds: number;
  now: Date;
}

/**
 * A refusal that can pass is tried again until its deadline; any other of its own has failed at once, with what EC2 said. One that
 * may be the fault of others is tried again, whatever its code, until the step's deadline.
 */
export function applyStartRefusal(given: RefusalCase): Look {
  const { error, isItsOwn, deadlineSeconds, now } = given;
  const instance = { ...given.instance, refusedStarts: countRefusal(given.instance, error.code, now) };
  const own = retryRule(error.code, deadlineSeconds);
  const patient = {
    deadlineSeconds: Math.max(deadlineSeconds, own?.deadlineSeconds ?? 0),
    retrySeconds: own?.retrySeconds ?? PASSING_RETRY_SECONDS,
  };
  return applyRefusal({ ...given, instance }, isItsOwn ? own : patient, {
    code: refusalCode(error.code),
    text: `EC2 refused to start it: ${error.code}: ${error.message}`,
  });
}

/** A lease that is refused for one instance alone has failed at once; else it is tried again, until the step's deadline. */
export function applyLeaseRefusal(given: RefusalCase): Look {
  const { error, isItsOwn, deadlineSeconds } = given;
  return applyRefusal(given, isItsOwn ? null : { deadlineSeconds, retrySeconds: PASSING_RETRY_SECONDS }, {
    code: 'lease-refused',
    text: `its lease tag was refused, so it was not started: ${error.code}: ${error.message}`,
  });
}

/** @param rule how long it is worth another attempt, and how soon; null: it never is */
function applyRefusal(
  { instance, error, now }: RefusalCase,
  rule: RetryRule | null,
  { code, text }: { code: FailureCode; text: string },
): Look {
  const failed = (failure: FailureCode, why: string) => withSaid(fail(instance, failure, why, now), error.message);
  if (rule === null) return moves(failed(code === 'lease-refused' ? code : 'start-refused', text));
  const until = addSeconds(instance.stepSince, rule.deadlineSeconds);
  if (isAfter(until, now)) {
    const retried = { ...instance, retryAt: addSeconds(now, rule.retrySeconds), lastRefusal: plainText(text) };
    return stays(retried, 'waiting-to-start', text, until);
  }
  const minutes = Math.round(secondsBetween(instance.stepSince, now) / 60);
  return moves(failed(code, `${text} (tried again for ${minutes} minutes)`));
}

interface RetryRule {
  deadlineSeconds: number;
  retrySeconds: number;
}

/** Longer than any code of EC2's. */
const CODE_LENGTH_MAX = 60;

function countRefusal({ refusedStarts }: InstanceAt<'start'>, code: string, now: Date): RefusedStarts {
  const lastAt = toTimestamp(now);
  const { count = 0, firstAt = lastAt } = refusedStarts ?? {};
  return { count: count + 1, firstAt, lastAt, code: boundedText(code, CODE_LENGTH_MAX) };
}

/** The policy that wants its lease may not see it yet, although the one that was asked for its stop did. */
const LEASE_NOT_SEEN = 'UnauthorizedOperation';

/** Later than this, it is the policy that refuses. */
const UNAUTHORIZED_DEADLINE_SECONDS = 5 * 60;

/** The describe that said `stopped` ran ahead, or EC2 is busy: both pass. */
const PASSING_ERRORS = new Set(['IncorrectInstanceState', 'RequestLimitExceeded']);

/** How long such a refusal is worth another attempt, and how soon; null: it never is. */
function retryRule(code: string, deadlineSeconds: number): RetryRule | null {
  if (lacksCapacity(code)) return { deadlineSeconds, retrySeconds: CAPACITY_RETRY_SECONDS };
  if (PASSING_ERRORS.has(code)) {
    return { deadlineSeconds: Math.max(deadlineSeconds, NO_TURN_SECONDS_MIN), retrySeconds: PASSING_RETRY_SECONDS };
  }
  if (code !== LEASE_NOT_SEEN) return null;
  const shorterSeconds = Math.min(UNAUTHORIZED_DEADLINE_SECONDS, deadlineSeconds);
  return { deadlineSeconds: shorterSeconds, retrySeconds: PASSING_RETRY_SECONDS };
}

/** What was lacking, as the report says: room of EC2, or of the account; anything else is a refusal. */
function refusalCode(errorCode: string): 'no-capacity' | 'limit-reached' | 'start-refused' {
  if (CAPACITY_ERRORS.has(errorCode)) return 'no-capacity';
  return LIMIT_ERRORS.has(errorCode) ? 'limit-reached' : 'start-refused';
}
