import type { BatchInstance } from '../batch/batch-instance.ts';
import { CAPACITY_ERRORS, LIMIT_ERRORS, lacksCapacity } from '../model/ec2-errors.ts';
import { CAPACITY_RETRY_SECONDS, PASSING_RETRY_SECONDS } from '../model/limits.ts';
import { type Reason, reason } from '../model/reason.ts';
import { secondsBetween } from '../model/time.ts';

/** Whose lack it is, as the report says: of EC2, or of the account; anything else is a refusal. */
function refusalCode(errorCode: string): 'no-capacity' | 'limit-reached' | 'start-refused' {
  if (CAPACITY_ERRORS.has(errorCode)) return 'no-capacity';
  return LIMIT_ERRORS.has(errorCode) ? 'limit-reached' : 'start-refused';
}

/** A lease that was just written may not be seen yet by the policy that wants it; later than this, it is the policy. */
const UNAUTHORIZED_RETRY_SECONDS = 5 * 60;

/** The describe that said `stopped` ran ahead, or EC2 is busy: both pass. */
const PASSING_ERRORS = new Set(['IncorrectInstanceState', 'RequestLimitExceeded']);

export type RefusedStartDecision =
  | { action: 'retry'; afterSeconds: number; reason: Reason }
  | { action: 'fail'; reason: Reason };

/** How long such a refusal is worth another try, and how soon; null: it never is. */
function retryRule(
  code: string,
  startDeadlineSeconds: number,
): { deadlineSeconds: number; afterSeconds: number } | null {
  if (lacksCapacity(code)) return { deadlineSeconds: startDeadlineSeconds, afterSeconds: CAPACITY_RETRY_SECONDS };
  if (PASSING_ERRORS.has(code)) return { deadlineSeconds: startDeadlineSeconds, afterSeconds: PASSING_RETRY_SECONDS };
  if (code === 'UnauthorizedOperation') {
    const deadlineSeconds = Math.min(UNAUTHORIZED_RETRY_SECONDS, startDeadlineSeconds);
    return { deadlineSeconds, afterSeconds: PASSING_RETRY_SECONDS };
  }
  return null;
}

/** What to do after StartInstances refused this one instance, by EC2's error code and message. */
export function decideRefusedStart(
  instance: BatchInstance,
  error: { code: string; message: string },
  startDeadlineSeconds: number,
  now: Date,
): RefusedStartDecision {
  const text = `EC2 refused to start it: ${error.code}: ${error.message}`;
  const rule = retryRule(error.code, startDeadlineSeconds);
  if (rule === null) return { action: 'fail', reason: reason('start-refused', text) };
  const waitedSeconds = secondsBetween(instance.stepSince, now);
  if (waitedSeconds < rule.deadlineSeconds) {
    return { action: 'retry', afterSeconds: rule.afterSeconds, reason: reason('waiting-to-start', text) };
  }
  const minutes = Math.round(waitedSeconds / 60);
  const code = refusalCode(error.code);
  return { action: 'fail', reason: reason(code, `${text} (tried again for ${minutes} minutes)`) };
}
