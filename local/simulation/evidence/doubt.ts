import { type Boot, calls, type Evidence, type InstanceEvidence } from './evidence.ts';

/** A LaunchTime of so long after the start is surely that of this start. */
const SURE_SECONDS = 5;

/** A later one than this never is. */
const LATE_SECONDS = 60;

/** The functions that look at what was started, as long as it is sought. */
const LOOKERS = new Set(['StartInstancesFunction', 'CheckReadinessFunction', 'RestoreInstancesFunction']);

/**
 * Whether our own boot could be another one, for all that its run has seen: its LaunchTime came late, and no look between the
 * start and it can have shown the instance starting; or what was seen went lost with a struck function.
 */
export function isInDoubt(evidence: Evidence, { instanceId }: InstanceEvidence, boot: Boot): boolean {
  const { at, launchTime, ours, runId } = boot;
  if (!ours || at === null || launchTime === null) return false;
  const lateSeconds = (launchTime - at) / 1000;
  if (lateSeconds <= SURE_SECONDS) return false;
  if (lateSeconds > LATE_SECONDS) return true;
  const isStruck = evidence.faults.some((fault) => fault.at <= launchTime + 60_000) || evidence.disturbances.length > 0;
  const hasSeenIt = calls(evidence, 'DescribeInstances').some(
    (call) =>
      call.runId === runId &&
      call.error === null &&
      LOOKERS.has(call.principal) &&
      call.at >= at + evidence.describeLagSeconds * 1000 &&
      call.at < launchTime &&
      JSON.stringify(call.parameters).includes(instanceId),
  );
  return isStruck || !hasSeenIt;
}
