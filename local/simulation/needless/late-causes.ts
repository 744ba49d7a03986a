import type { Complaint } from '../evidence/checker.ts';
import {
  calls,
  changes,
  clock,
  type Evidence,
  type ExecutionEvidence,
  isDownAfter,
  isOurs,
} from '../evidence/evidence.ts';

/** What is said of an instance whose boot has ended in mid-run. */
const ENDS = new Set(['stopped-in-run', 'restarted-in-run', 'terminated-in-run']);

/** The longest wait between two looks, what describes lag at the most, and a minute in which a start may not be shown yet. */
const SEEN_SECONDS = 130 + 50 + 60;

/** When it went down in mid-run, last and by no call of ours. */
const wentDownAt = (evidence: Evidence, { startedAt, endedAt }: ExecutionEvidence, instanceId: string): number | null =>
  changes(evidence, instanceId).findLast(
    (change) =>
      change.at >= startedAt &&
      change.at <= (endedAt ?? evidence.endedAt) &&
      isDownAfter(change) &&
      !isOurs(change.by?.principal ?? ''),
  )?.at ?? null;

/** That an instance stopped, restarted or was terminated is seen within one look: then it goes back, and is not waited for. */
export const lateCauses = (evidence: Evidence): Omit<Complaint, 'promise'>[] => {
  if (evidence.faults.length > 0 || evidence.disturbances.some(({ disturbance }) => disturbance.kind !== 'person'))
    return [];
  const seenSeconds = SEEN_SECONDS + (evidence.habits?.stopShownSeconds ?? 0);
  return evidence.executions.flatMap((execution) =>
    (execution.report?.instances ?? []).flatMap(({ instanceId, reason }) => {
      const at = ENDS.has(reason?.code ?? '') ? wentDownAt(evidence, execution, instanceId) : null;
      const seen = calls(evidence, 'DescribeInstances').find(
        (call) =>
          at !== null &&
          call.at >= at &&
          call.principal === 'RestoreInstancesFunction' &&
          call.runId === execution.name &&
          JSON.stringify(call.parameters).includes(instanceId),
      );
      if (at === null || seen === undefined || seen.at - at <= seenSeconds * 1000) return [];
      const text = `${instanceId} went down at ${clock(evidence, at)}, and was waited for until ${clock(evidence, seen.at)}`;
      return [{ instanceId, at: seen.at, text }];
    }),
  );
};
