import type { Evidence } from '../evidence/evidence.ts';

/** A function that fails is invoked again after a wait that grows to this; RestoreInstances' grows longer than the others'. */
const RETRY_SECONDS_MIN = 5;

const RETRY_SECONDS_MAX = 120;

/** What the SDK itself waits between its tries: 0.5 + 1 + 2 + 4 + 8 seconds, and the answers. */
const SDK_SECONDS = 20;

/** So many tries has the SDK for a call, before the function gives up. */
export const SDK_TRIES = 6;

/** So many slow answers, of seven seconds each, use up the 35 s in which a look calls AWS: then it is looked at once more. */
const SLOW_CALLS_OF_A_LOOK = 5;

/** The conveyor's shortest wait, before that look. */
const LOOK_AGAIN_SECONDS = 15;

/** A try that was struck before a moment may still be waited for at it. */
const EARLIER_MILLISECONDS = (RETRY_SECONDS_MAX + SDK_SECONDS) * 1000;

/** Ends its invocation: the state machine has to try again. */
const ENDS_A_TRY = new Set(['crash-before', 'crash-after', 'lost-result', 'refused', 'abandoned']);

/** Lambda gets the function ready: that is waited for, however often it takes, and so it explains no failure. */
const COLD = 'cold';

/** Seconds that one fault takes by itself, besides the wait before the next try. */
const TAKES_SECONDS: Record<string, number> = {
  abandoned: 60,
  slow: 8,
  stalled: 8 + SDK_SECONDS,
  'lost-reply': SDK_SECONDS,
  'server-error': SDK_SECONDS,
  throttled: SDK_SECONDS,
  twin: 2,
};

export const kindOf = ({ what }: { what: string }): string => what.replace(/^fault /, '');

export const endsTry = (kind: string): boolean => ENDS_A_TRY.has(kind);

/** Tries of functions that were struck within a time; a call that the SDK gets over costs none. */
export function struckTries({ faults }: Evidence, from: number, to: number): number {
  const struck = faults.filter(({ at }) => at >= from && at <= to).map(kindOf);
  const ended = struck.filter(endsTry).length;
  const refusedCalls = struck.filter((kind) => kind in TAKES_SECONDS && !endsTry(kind) && kind !== 'slow').length;
  return ended + Math.floor(refusedCalls / SDK_TRIES);
}

/**
 * How many seconds struck tries and the waits after them may have taken of a time.
 * @param from milliseconds since the epoch, like `to`
 */
export function struckSeconds(evidence: Evidence, from: number, to: number): number {
  const since = from - EARLIER_MILLISECONDS;
  const struck = evidence.faults.filter(({ at }) => at >= since && at <= to).map(kindOf);
  const took = struck.reduce((sum, kind) => sum + (TAKES_SECONDS[kind] ?? 0), 0);
  const tries = struckTries(evidence, since, to) + struck.filter((kind) => kind === COLD).length;
  const waits = Array.from({ length: tries }, (_, index) =>
    Math.min(RETRY_SECONDS_MAX, RETRY_SECONDS_MIN * 2 ** index),
  );
  const slowLooks = Math.floor(struck.filter((kind) => kind === 'slow').length / SLOW_CALLS_OF_A_LOOK);
  const windows = evidence.disturbances
    .filter(({ at, until, disturbance }) => disturbance.kind === 'window' && at <= to && until >= since)
    .map(({ at, until }) => (Math.min(until, to) - Math.max(at, since)) / 1000 + RETRY_SECONDS_MAX + SDK_SECONDS);
  return took + slowLooks * LOOK_AGAIN_SECONDS + [...waits, ...windows].reduce((sum, seconds) => sum + seconds, 0);
}
