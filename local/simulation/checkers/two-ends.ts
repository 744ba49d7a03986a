import type { Checker, Complaint } from '../evidence/checker.ts';
import { sendUntil, stopUntil, wakeUntil } from '../evidence/ends.ts';
import { type Boot, bootsOf, type CallEvidence, calls, clock, type Evidence, isOurs } from '../evidence/evidence.ts';

type Found = Omit<Complaint, 'promise'>;

/** For so long a request that was sent in time may be on its way. */
const ON_ITS_WAY_MILLISECONDS = 10_000;

/** Whether the run of this call has taken this boot over: then its own lease is on the instance. */
const isTakenOver = (evidence: Evidence, instanceId: string, { at, runId }: CallEvidence, boot: Boot): boolean =>
  calls(evidence, 'CreateTags').some(
    (tagging) =>
      tagging.error === null &&
      tagging.runId === runId &&
      tagging.at <= at &&
      tagging.at >= (boot.at ?? evidence.startedAt) &&
      tagging.instanceIds.includes(instanceId),
  );

/**
 * Until when this call may name that instance: the ends are those of the run that has started it. One that is awake because its
 * end had passed is never taken over, so that no one stops it: for a later run it runs, and that run's own end counts.
 */
function endOf(evidence: Evidence, instanceId: string, call: CallEvidence, boot: Boot | undefined): number {
  const { operation, runId } = call;
  const starter = boot?.ours === true ? boot.runId : runId;
  if (operation === 'StopInstances') return stopUntil(evidence, { runId: starter });
  if (operation === 'SendCommand') {
    const own = sendUntil(evidence, runId);
    const isStarters = boot !== undefined && starter !== runId && isTakenOver(evidence, instanceId, call, boot);
    return isStarters ? Math.min(sendUntil(evidence, starter), own) : own;
  }
  const run = evidence.executions.find(({ name }) => name === runId);
  return run === undefined ? Number.POSITIVE_INFINITY : wakeUntil(evidence, run);
}

const DONE: Record<string, string> = {
  StopInstances: 'was told to stop',
  StartInstances: 'was started',
  SendCommand: 'was sent a command',
};

export const twoEnds: Checker = {
  promise: 'two-ends',
  says: 'A run has a window (four hours by default) and in it two ends: after the first nothing is started or sent, and after the second nothing is stopped any more, by no run and no cleaner, since people may have come.',
  check(evidence) {
    // A question whether it may be stopped stops nothing.
    const made = calls(evidence, ...Object.keys(DONE)).filter(
      ({ principal, parameters }) => isOurs(principal) && parameters['DryRun'] !== 'true',
    );
    return evidence.instances.flatMap((instance): Found[] => {
      const boots = bootsOf(evidence, instance);
      return made
        .filter(({ instanceIds }) => instanceIds.includes(instance.instanceId))
        .flatMap((call) => {
          const boot = boots.findLast(({ at }) => (at ?? 0) <= call.at);
          const end = endOf(evidence, instance.instanceId, call, boot);
          if (call.at <= end + ON_ITS_WAY_MILLISECONDS) return [];
          const text = `${instance.instanceId} ${DONE[call.operation]} at ${clock(evidence, call.at)}, and the end for that was at ${clock(evidence, end)}`;
          return [{ instanceId: instance.instanceId, at: call.at, text }];
        });
    });
  },
};
