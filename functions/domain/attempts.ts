import type { Attempt, ConveyorInstance } from './conveyor.ts';
import { isOpenWindow, type StartNote } from './leases.ts';
import { addSeconds, secondsBetween, toTimestamp } from './time.ts';

/** EC2's clock is another one (docs/aws-behaviour.md 44). */
export const CLOCK_MARGIN_SECONDS = 5;

/** Later than this after its record, an attempt sends no start any more: the next one does, with a record of its own. */
const START_SENDING_SECONDS = 10;

/**
 * An attempt to start, with its window: a boot that begins before the record or after `startBy` can't be its own. The
 * shorter the window, the less likely that somebody else's start falls into it where EC2's answer to ours is not known.
 * @param requestSeconds how long a request that was sent can be on its way
 */
export const toAttempt = (attempt: string, now: Date, requestSeconds: number): Attempt => ({
  attempt,
  recordedAt: toTimestamp(now),
  startBy: addSeconds(now, START_SENDING_SECONDS + requestSeconds + CLOCK_MARGIN_SECONDS),
});

/** Whether an attempt may still send a start: later, its window could end before the start takes effect. */
export const maySendStart = ({ recordedAt }: Attempt, now: Date): boolean =>
  secondsBetween(recordedAt, now) <= START_SENDING_SECONDS;

/** That an attempt ended before it sent any start: no boot at all can be its own. */
export const toNoStartNote = (tried: Attempt, instanceIds: string[]): StartNote => ({
  attempt: tried.attempt,
  startBy: tried.recordedAt,
  notStarted: instanceIds,
});

/** What whoever finds this attempt's record later has to know: until when a boot can be its own, and whose can't. */
export function toStartNote(tried: Attempt, held: ConveyorInstance[]): StartNote {
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
