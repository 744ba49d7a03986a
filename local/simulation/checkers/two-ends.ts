import type { Checker, Complaint } from '../evidence/checker.ts';
import { sendUntil, stopUntil, wakeUntil } from '../evidence/ends.ts';
import { type Boot, bootsOf, type CallEvidence, calls, clock, type Evidence, isOurs } from '../evidence/evidence.ts';

type Found = Omit<Complaint, 'promise'>;

/** For so long a request that was sent in time may be on its way. */
const ON_ITS_WAY_MILLISECONDS = 10_000;

/** Until when this call may name that instance: the ends are those of the run that has started it. */
function endOf(evidence: Evidence, { operation, runId }: CallEvidence, boot: Boot | undefined): number {
  const starter = boot?.ours === true ? boot.runId : runId;
  if (operation === 'StopInstances') return stopUntil(evidence, { runId: starter });
  if (operation === 'SendCommand') return Math.min(sendUntil(evidence, starter), sendUntil(evidence, runId));
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
  says: 'Nothing is started or sent, and nothing is stopped, after the ends of the run that has started it.',
  check(evidence) {
    const made = calls(evidence, ...Object.keys(DONE)).filter(({ principal }) => isOurs(principal));
    return evidence.instances.flatMap((instance): Found[] => {
      const boots = bootsOf(evidence, instance);
      return made
        .filter(({ instanceIds }) => instanceIds.includes(instance.instanceId))
        .flatMap((call) => {
          const boot = boots.findLast(({ at }) => (at ?? 0) <= call.at);
          const end = endOf(evidence, call, boot);
          if (call.at <= end + ON_ITS_WAY_MILLISECONDS) return [];
          const text = `${instance.instanceId} ${DONE[call.operation]} at ${clock(evidence, call.at)}, and the end for that was at ${clock(evidence, end)}`;
          return [{ instanceId: instance.instanceId, at: call.at, text }];
        });
    });
  },
};
