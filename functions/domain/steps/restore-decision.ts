// What can be decided at the step `restore`.
import type { BatchInstance } from '../batch/batch-instance.ts';
import { type InstanceFacts, stateNow } from '../model/instance.ts';
import type { Reason } from '../model/reason.ts';
import type { Timestamp } from '../model/time.ts';

interface Wait {
  action: 'wait';
  reason: Reason;
  /** When the wait ends at the latest; null: no rule knows how long EC2 or SSM takes, so only the deadline ends it, if any. */
  until: Timestamp | null;
  /** It ends by itself, and takes its time even after the deadline. */
  outlastsDeadline?: true;
}

export type RestoreDecision =
  | Wait
  | { action: 'stop'; hibernate: boolean }
  /** It is as it should be, or someone else's, or gone: remove our lease if there is one to remove. */
  | {
      action: 'settle';
      finalState: string;
      releaseLease: boolean;
      wasSeenStopped: boolean;
      isGone: boolean;
      reason: Reason | null;
    }
  /** It is not as it was and this run can do no more. The lease stays, so that ReconcileLeases finds the instance. */
  | { action: 'give-up'; finalState: string; reason: Reason };

export const LEFT_AWAKE = 'left-awake';

/** Whether an instance is left awake because its end has passed. */
export const isLeftAwakeByEnd = (decision: RestoreDecision): boolean =>
  decision.action === 'settle' && decision.reason?.code === LEFT_AWAKE;

/** @param until null: only the deadline ends it, if there is one */
export function wait(why: Reason, until: Timestamp | null): Wait {
  return { action: 'wait', reason: why, until };
}

export function stop({ originalState }: BatchInstance): RestoreDecision {
  return { action: 'stop', hibernate: originalState === 'hibernated' };
}

export function settle(
  finalState: string,
  more: Partial<Extract<RestoreDecision, { action: 'settle' }>>,
): RestoreDecision {
  const usual = { releaseLease: false, wasSeenStopped: false, isGone: false, reason: null };
  return { action: 'settle', finalState, ...usual, ...more };
}

/** It is someone else's. One that they have stopped meanwhile is not awake, and is reported as stopped. */
export function leaveToOthers(
  ec2: InstanceFacts,
  why: Reason,
  { releaseLease } = { releaseLease: true },
): RestoreDecision {
  return settle(ec2.state === 'stopped' ? stateNow(ec2) : 'handed-over', { releaseLease, reason: why });
}
