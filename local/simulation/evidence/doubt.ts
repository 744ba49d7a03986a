import { type Boot, calls, type Evidence, type InstanceEvidence, isOurs, isStruckBy } from './evidence.ts';

/** A LaunchTime of so long after the start is surely that of this start. */
const SURE_SECONDS = 5;

/** A later one than this never is. */
const LATE_SECONDS = 60;

/** A moment as SSM dates it, where its clock is another one. */
export const bySsm = ({ habits }: Pick<Evidence, 'habits'>, at: number): number =>
  at + (habits?.ssmClockSeconds ?? 0) * 1000;

/** Whether SSM dates pings later than they were: one of before the end of a command may look newer than that. */
export const isDatedAhead = ({ habits }: Pick<Evidence, 'habits'>): boolean => (habits?.ssmClockSeconds ?? 0) > 0;

/** Whether EC2 has answered our start as if it had brought this boot, which someone else's start had brought just before. */
export const isAnsweredAsOurs = (evidence: Evidence, { instanceId }: InstanceEvidence, { at, ours }: Boot): boolean => {
  const { previousStateLagSeconds = 0 } = evidence.habits ?? {};
  return (
    !ours &&
    at !== null &&
    calls(evidence, 'StartInstances').some(
      (call) =>
        call.error === null &&
        isOurs(call.principal) &&
        call.instanceIds.includes(instanceId) &&
        call.at >= at &&
        call.at < at + previousStateLagSeconds * 1000,
    )
  );
};

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
  const isStruck = isStruckBy(evidence, launchTime + 60_000);
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
