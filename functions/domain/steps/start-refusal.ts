// EC2 refused the lease or the start of one instance, at once or after it had accepted: is it tried again, until when, how soon?
import type { BatchInstance, InstanceAt, RefusedStarts } from '../batch/batch-instance.ts';
import { type Look, moves, stays } from '../batch/look.ts';
import { carryOn, finishWork, withRefusal, withSaid } from '../batch/transitions.ts';
import {
  type AwsError,
  awsErrorOf,
  errorKindOf,
  lacksCapacity,
  parseStateReason,
  plainCode,
  type Refusal,
  refusalOf,
} from '../model/aws-errors.ts';
import type { InstanceFacts } from '../model/instance.ts';
import { CAPACITY_RETRY_SECONDS, NO_TURN_SECONDS_MIN, PASSING_RETRY_SECONDS } from '../model/limits.ts';
import { reason } from '../model/reason.ts';
import type { FailureCode } from '../model/reason-codes.ts';
import { addSeconds, isAfter, minutesBetween, toTimestamp } from '../model/time.ts';

/** What EC2 said. */
export interface Refused {
  error: { code: string; message: string };
  /** Whether others were accepted, so that it is about this instance; else all were refused, and any may be to blame. */
  isItsOwn: boolean;
}

/** One instance that EC2 refused to lease or to start. */
export interface RefusalCase extends Refused {
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
    ...notStarted('it was not started', refusalOf('StartInstances', error)),
  });
}

/** A lease that is refused for one instance alone has failed at once, unless EC2 asks to come again; else it is tried until the step's deadline. */
export function applyLeaseRefusal(given: RefusalCase): Look {
  const { error, isItsOwn, deadlineSeconds } = given;
  const isOver = isItsOwn && errorKindOf({ call: 'CreateTags', code: error.code }) !== 'again-later';
  return applyRefusal(given, isOver ? null : { deadlineSeconds, retrySeconds: PASSING_RETRY_SECONDS }, {
    code: 'lease-refused',
    ...notStarted('its lease tag was not written, so it was not started', refusalOf('CreateTags', error)),
  });
}

const notStarted = (what: string, { text, ...refusal }: Refusal): Refusal => ({ text: `${what}: ${text}`, ...refusal });

/** @param rule how long it is worth another attempt, and how soon; null: it never is */
function applyRefusal(
  { instance, error, now }: RefusalCase,
  rule: RetryRule | null,
  { code, ...refusal }: Refusal & { code: FailureCode },
): Look {
  const { text } = refusal;
  const failed = (why: string) =>
    withSaid(finishWork(instance, 'failed', reason(code, why, refusal.error), now), error.message);
  if (rule === null) return moves(failed(text));
  const until = addSeconds(instance.stepSince, rule.deadlineSeconds);
  if (isAfter(until, now)) {
    const retried = withRefusal({ ...instance, retryAt: addSeconds(now, rule.retrySeconds) }, refusal);
    return stays(retried, 'waiting-to-start', text, until);
  }
  const minutes = minutesBetween(instance.stepSince, now);
  return moves(failed(`${text} (tried again for ${minutes} minutes)`));
}

/** One that EC2 has started, and that fell back to stopped by itself. */
export interface FallbackCase {
  instance: InstanceAt<'readiness'>;
  ec2: InstanceFacts;
  /** From its first try until it must have been started. */
  deadlineSeconds: number;
  now: Date;
}

/**
 * A fallback is a refusal that comes late, and is judged by the kind of its code (docs/aws-behaviour.md 96). What lacks capacity is
 * tried again as a refused start is; an error of EC2's own is worth one more try; what is the account's fault has failed.
 */
export function applyFallback({ instance, ec2, deadlineSeconds, now }: FallbackCase): Look {
  const { code = '', message = '' } = ec2.stateReason ?? {};
  const { fault, errorCode } = parseStateReason(code);
  const isFirst = instance.refusedStarts?.code !== code;
  const refusedStarts = countRefusal(instance, code, now);
  // However long EC2 had throttled its start before.
  const once = fault === 'Server' && isFirst ? { since: toTimestamp(now), retrySeconds: PASSING_RETRY_SECONDS } : null;
  const rule = lacksCapacity(errorCode) ? { since: refusedStarts.firstAt, retrySeconds: CAPACITY_RETRY_SECONDS } : once;
  const key = KEY_ARN.exec(message)?.[0];
  const named = key === undefined ? '' : `, over the KMS key ${key}`;
  const text = `StartInstances was accepted, and it fell back to ${ec2.state}${named} (${saidOf(code, message)})`;
  const until = addSeconds(rule?.since ?? now, deadlineSeconds);
  if (rule === null || !isAfter(until, now)) {
    const failure = lacksCapacity(errorCode) ? refusalCode(errorCode) : 'launch-error';
    const why = reason(failure, text, tellingError(code, message));
    return moves(withSaid(finishWork({ ...instance, refusedStarts }, 'failed', why, now), message));
  }
  const owner = instance.owner.kind === 'reveille' ? { ...instance.owner, wokenAt: null } : instance.owner;
  const again: InstanceAt<'start'> = {
    ...carryOn({ ...instance, refusedStarts }, now),
    step: 'start',
    stepSince: refusedStarts.firstAt,
    owner,
    retryAt: addSeconds(now, rule.retrySeconds),
    lastRefusal: null,
  };
  return stays(
    withRefusal(again, { text, error: awsErrorOf('StartInstances', code) }),
    'waiting-to-start',
    text,
    until,
  );
}

const KEY_ARN = /arn:[\w-]+:kms:[\w-]*:\d*:(?:key|alias)\/[\w/-]+/;

const saidOf = (code: string, message: string): string => {
  if (message === '' || code === '') return message || code || 'no reason given';
  return message.includes(code) ? message : `${code}: ${message}`;
};

/**
 * A StateReason's message may begin with a code that tells more than its own: Server.InternalError says
 * `Client.InternalError: Client error on launch` (docs/aws-behaviour.md 130). It words the error, and decides nothing.
 */
function tellingError(code: string, message: string): AwsError | undefined {
  const codes = /^(?:(?:Client|Server)\.[\w.]+: )+/.exec(message)?.[0].split(': ') ?? [];
  const telling = codes.findLast((one) => one !== '') ?? code;
  return telling === '' ? undefined : awsErrorOf('StartInstances', telling);
}

interface RetryRule {
  deadlineSeconds: number;
  retrySeconds: number;
}

function countRefusal({ refusedStarts }: Pick<BatchInstance, 'refusedStarts'>, code: string, now: Date): RefusedStarts {
  const lastAt = toTimestamp(now);
  const { count = 0, firstAt = lastAt } = refusedStarts ?? {};
  return { count: count + 1, firstAt, lastAt, code: plainCode(code) };
}

/** The policy that wants its lease may not see it yet, although the one that was asked for its stop did. */
const LEASE_NOT_SEEN = 'UnauthorizedOperation';

/** Later than this, it is the policy that refuses. */
const UNAUTHORIZED_DEADLINE_SECONDS = 5 * 60;

/** How long such a refusal is worth another attempt, and how soon; null: it never is. */
function retryRule(code: string, deadlineSeconds: number): RetryRule | null {
  if (lacksCapacity(code)) return { deadlineSeconds, retrySeconds: CAPACITY_RETRY_SECONDS };
  // The describe that said `stopped` ran ahead, or EC2 is busy.
  if (errorKindOf({ call: 'StartInstances', code }) === 'again-later') {
    return { deadlineSeconds: Math.max(deadlineSeconds, NO_TURN_SECONDS_MIN), retrySeconds: PASSING_RETRY_SECONDS };
  }
  if (code !== LEASE_NOT_SEEN) return null;
  const shorterSeconds = Math.min(UNAUTHORIZED_DEADLINE_SECONDS, deadlineSeconds);
  return { deadlineSeconds: shorterSeconds, retrySeconds: PASSING_RETRY_SECONDS };
}

/** What was lacking, as the report says: room of EC2, or of the account; anything else is a refusal. */
function refusalCode(errorCode: string): 'no-capacity' | 'limit-reached' | 'start-refused' {
  const kind = errorKindOf({ call: 'StartInstances', code: errorCode });
  if (kind === 'capacity') return 'no-capacity';
  return kind === 'account-limit' ? 'limit-reached' : 'start-refused';
}
