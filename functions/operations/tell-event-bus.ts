import { putEvent } from '../aws/event-bus.ts';
import type { EventBridgeClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import type { RunEvent } from '../domain/model/run-event.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface EventTools extends Pick<Runtime, 'logger'> {
  /** One that gives up soon. */
  events: EventBridgeClient;
}

/** Tells other programs of a run. Never fails: what can't be sent, or would cost the function its time, stands in the log. */
export async function tellEventBus(
  { events, logger }: EventTools,
  event: RunEvent,
  hasTime: () => boolean,
): Promise<void> {
  const { detailType, detail } = event;
  if (!hasTime()) {
    logger.warn('no time was left for an event', { detailType, runId: detail.runId });
    return;
  }
  try {
    await putEvent(events, event);
  } catch (error) {
    logger.warn('an event could not be sent', { detailType, runId: detail.runId, failure: describeFailure(error) });
  }
}
