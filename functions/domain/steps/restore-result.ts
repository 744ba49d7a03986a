import type { Batch } from '../batch/batch.ts';
import type { BatchInstance } from '../batch/batch-instance.ts';
import { fail, toStep } from '../batch/transitions.ts';
import { plainText } from '../model/plain-text.ts';
import { type Reason, retold } from '../model/reason.ts';
import { toTimestamp } from '../model/time.ts';
import { type RestoreDecision, STEP_FAILED } from './restore.ts';
import { isUnresponsive } from './unresponsive-agent.ts';

/** After a step of the conveyor has failed for good: whoever was at work has failed with it, and is to be put back. */
export function failCaught(instance: BatchInstance, caught: Batch['error'], now: Date): BatchInstance {
  if (caught === undefined || instance.step === 'restore' || instance.step === 'settled') return instance;
  return fail(instance, STEP_FAILED, `a step of its batch failed: ${caught.Error}: ${caught.Cause}`, now);
}

/** Why the work failed says more than how the restoring went, unless that explains it; but both are told. */
function joinReasons(instance: BatchInstance, restoring: Reason | null): Reason | null {
  const { outcome, reason: failure } = instance;
  if (outcome !== 'failed' || failure === null || restoring === null) return restoring ?? failure;
  if (isUnresponsive(failure) && restoring.code === 'terminated-in-run') {
    return retold(restoring, `${restoring.text}; ${failure.text}`);
  }
  return retold(failure, `${failure.text}; ${restoring.text}`);
}

/**
 * The instance after a decision was carried out.
 * @param refusal what EC2 said if it refused to stop it
 */
export function applyRestore(
  instance: BatchInstance,
  decision: RestoreDecision,
  refusal: string | null,
  now: Date,
): BatchInstance {
  const moment = toTimestamp(now);
  switch (decision.action) {
    case 'wait':
      return instance;
    case 'stop':
      return refusal === null
        ? { ...instance, stopAcceptedAt: moment, lastRefusal: null }
        : { ...instance, lastRefusal: plainText(refusal) };
    case 'give-up': {
      const before = instance.outcome === 'failed' ? instance.reason?.text : instance.outcome;
      const why = retold(decision.reason, `${decision.reason.text} (before that: ${before ?? 'no outcome'})`);
      return { ...toStep(instance, 'settled', now), outcome: 'failed', reason: why, finalState: decision.finalState };
    }
    case 'settle': {
      const gone = decision.reason?.code === 'terminated-in-run';
      return {
        ...toStep(instance, 'settled', now),
        outcome: gone ? 'failed' : instance.outcome,
        reason: joinReasons(instance, decision.reason),
        finalState: decision.finalState,
        restoredAt: decision.restored && instance.wokenAt !== null ? moment : null,
      };
    }
  }
}
