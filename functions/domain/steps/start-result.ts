import type { BatchInstance } from '../batch/batch-instance.ts';
import { fail, toStep } from '../batch/transitions.ts';
import { reason } from '../model/reason.ts';
import { addSeconds, isAfter, secondsBetween, type Timestamp, toTimestamp } from '../model/time.ts';
import { type Attempt, CLOCK_MARGIN_SECONDS, type Hold, isOpenWindow, toHold } from '../ownership/attempt.ts';
import type { StartNote } from '../ownership/start-record.ts';
import { decideRefusedStart } from './start-refusal.ts';

/** That an attempt ended before it sent any start: no boot at all can be its own. */
export const toNoStartNote = (tried: Attempt, instanceIds: string[]): StartNote => ({
  attempt: tried.attempt,
  startBy: tried.recordedAt,
  notStarted: instanceIds,
});

/** What whoever finds this attempt's record later has to know: until when a boot can be its own, and whose can't. */
export function toStartNote(tried: Attempt, held: BatchInstance[]): StartNote {
  const started = held.flatMap(({ instanceId, hold, handedOver }) =>
    hold?.attempt === tried.attempt && handedOver === null && isOpenWindow(hold)
      ? [{ instanceId, startBy: hold.startBy }]
      : [],
  );
  const startedIds = new Set(started.map(({ instanceId }) => instanceId));
  return {
    attempt: tried.attempt,
    startBy:
      started
        .map(({ startBy }) => startBy)
        .sort()
        .at(-1) ?? tried.recordedAt,
    notStarted: held.map(({ instanceId }) => instanceId).filter((id) => !startedIds.has(id)),
  };
}

/** What became of an instance for which everything was asked, in order: its record, its lease, its start. */
export type StartResult =
  | { kind: 'lease-refused'; error: { code: string; message: string } }
  | { kind: 'lease-untried' }
  | { kind: 'start-refused'; error: { code: string; message: string } }
  | { kind: 'start-untried' }
  /** A dead run had started it, and its lease is ours now. */
  | { kind: 'taken-over' }
  /** `isUnsure`: EC2 was asked before, and that answer was lost: it may have taken effect, or may still. */
  | { kind: 'accepted'; previousState: string; isUnsure: boolean };

const earliest = (one: Timestamp, other: Timestamp): Timestamp => (isAfter(one, other) ? other : one);

/** Whether EC2 had found the instance awake already when it was told to start it. */
export const wasAwake = (result: StartResult): boolean =>
  result.kind === 'accepted' && (result.previousState === 'running' || result.previousState === 'pending');

/** AWS has answered so slowly that no time was left for this one: the next attempt takes its turn, until the deadline. */
function leaveUntried(
  instance: BatchInstance,
  earlier: Attempt[],
  startDeadlineSeconds: number,
  now: Date,
): BatchInstance {
  const waitedSeconds = secondsBetween(instance.stepSince, now);
  const text = 'AWS answered so slowly that no time was left to start it';
  if (waitedSeconds < startDeadlineSeconds) return { ...instance, lastRefusal: text };
  // An attempt that was lost may still have started it.
  const held = { ...instance, hold: instance.hold ?? toHold(earlier) };
  return fail(held, 'not-started', `${text} (tried again for ${Math.round(waitedSeconds / 60)} minutes)`, now);
}

/**
 * The instance after its start was asked for.
 * @param tried this attempt, as its record says
 * @param earlier attempts on this instance whose replies were lost
 */
export function applyStart(
  instance: BatchInstance,
  result: StartResult,
  tried: Attempt,
  earlier: Attempt[],
  startDeadlineSeconds: number,
  now: Date,
): BatchInstance {
  const hold: Hold = { ...tried, earlier };
  // Its start was not tried, or was refused: no boot from now on can be this attempt's.
  const unstarted: BatchInstance = { ...instance, hold: { ...hold, startBy: tried.recordedAt } };
  switch (result.kind) {
    case 'lease-refused': {
      const text = `its lease tag was refused, so it was not started: ${result.error.code}: ${result.error.message}`;
      // An attempt that was lost may still have started it.
      return fail({ ...instance, hold: instance.hold ?? toHold(earlier) }, 'lease-refused', text, now);
    }
    case 'lease-untried':
      return leaveUntried(instance, earlier, startDeadlineSeconds, now);
    case 'start-untried':
      return leaveUntried(unstarted, earlier, startDeadlineSeconds, now);
    case 'taken-over':
      return toStep({ ...unstarted, wokenAt: toTimestamp(now) }, 'readiness', now);
    case 'start-refused': {
      const decision = decideRefusedStart(instance, result.error, startDeadlineSeconds, now);
      if (decision.action === 'fail') return fail(unstarted, decision.reason.code, decision.reason.text, now);
      return { ...unstarted, retryAt: addSeconds(now, decision.afterSeconds), lastRefusal: decision.reason.text };
    }
    case 'accepted': {
      // Asked, and answered: no boot that comes later can be this attempt's. Asked before without an answer, that may still come.
      const startBy = result.isUnsure ? tried.startBy : earliest(tried.startBy, addSeconds(now, CLOCK_MARGIN_SECONDS));
      const held = toStep({ ...instance, hold: { ...hold, startBy } }, 'readiness', now);
      // Awake already: by a try of ours whose reply was lost, as its LaunchTime will tell, or by somebody else.
      if (!wasAwake(result) || result.isUnsure || earlier.length > 0) return { ...held, wokenAt: toTimestamp(now) };
      const text = `it was ${result.previousState} when Reveille started it: it is not stopped`;
      return { ...held, handedOver: reason('started-by-others', text) };
    }
  }
}
