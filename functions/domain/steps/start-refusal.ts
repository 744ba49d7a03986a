// StartInstances refused one instance: is it tried again, until when, and how soon?
import type { BatchInstance } from '../batch/batch-instance.ts';
import { type Look, moves, stays } from '../batch/look.ts';
import { fail } from '../batch/transitions.ts';
import { CAPACITY_ERRORS, LIMIT_ERRORS, lacksCapacity } from '../model/ec2-errors.ts';
import { CAPACITY_RETRY_SECONDS, NO_TURN_SECONDS_MIN, PASSING_RETRY_SECONDS } from '../model/limits.ts';
import { plainText } from '../model/plain-text.ts';
import { addSeconds, isAfter, secondsBetween } from '../model/time.ts';

/** One instance that EC2 refused to start. */
export interface StartRefusalCase {
  instance: BatchInstance;
  /** EC2's error code and message. */
  error: { code: string; message: string };
  /** From the first look at the instance until it must have been started. */
  deadlineSeconds: number;
  now: Date;
}

/** A refusal that can pass is tried again until its deadline; any other has failed at once, with what EC2 said. */
export function applyStartRefusal({ instance, error, deadlineSeconds, now }: StartRefusalCase): Look {
  const text = `EC2 refused to start it: ${error.code}: ${error.message}`;
  const rule = retryRule(error.code, deadlineSeconds);
  if (rule === null) return moves(fail(instance, 'start-refused', text, now));
  const until = addSeconds(instance.stepSince, rule.deadlineSeconds);
  if (isAfter(until, now)) {
    const retried = { ...instance, retryAt: addSeconds(now, rule.retrySeconds), lastRefusal: plainText(text) };
    return stays(retried, 'waiting-to-start', text, until);
  }
  const minutes = Math.round(secondsBetween(instance.stepSince, now) / 60);
  const tried = `${text} (tried again for ${minutes} minutes)`;
  return moves(fail(instance, refusalCode(error.code), tried, now));
}

/** The policy that wants its lease may not see it yet, although the one that was asked for its stop did. */
const LEASE_NOT_SEEN = 'UnauthorizedOperation';

/** Later than this, it is the policy that refuses. */
const UNAUTHORIZED_DEADLINE_SECONDS = 5 * 60;

/** The describe that said `stopped` ran ahead, or EC2 is busy: both pass. */
const PASSING_ERRORS = new Set(['IncorrectInstanceState', 'RequestLimitExceeded']);

/** How long such a refusal is worth another attempt, and how soon; null: it never is. */
function retryRule(code: string, deadlineSeconds: number): { deadlineSeconds: number; retrySeconds: number } | null {
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
