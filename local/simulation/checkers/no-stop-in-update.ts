import type { Checker } from '../evidence/checker.ts';
import { bootsOf, calls, clock, type Evidence, type InstanceEvidence, isOurs } from '../evidence/evidence.ts';
import { spansOf } from '../evidence/spans.ts';

/** A bad update with its rollback can take so long (docs/aws-behaviour.md 3). */
const HARD_DEADLINE_SECONDS = 45 * 60;

/** When the command behind an update was sent; AWS's own begins when it begins. */
function sentAt(evidence: Evidence, { instanceId }: InstanceEvidence, from: number, commandId: string | null): number {
  if (commandId === null) return from;
  const sends = calls(evidence, 'SendCommand').filter(
    ({ at, error, principal, instanceIds }) =>
      at <= from && error === null && isOurs(principal) && instanceIds.includes(instanceId),
  );
  return sends.at(-1)?.at ?? from;
}

export const noStopInUpdate: Checker = {
  promise: 'no-stop-in-update',
  says: 'No instance is stopped while its agent is updating, before the 45 minutes that the worst update takes.',
  check(evidence) {
    return evidence.instances.flatMap((instance) => {
      const { instanceId } = instance;
      const updates = spansOf(evidence, instanceId, 'update').filter(({ isIdle }) => !isIdle);
      return bootsOf(evidence, instance).flatMap(({ stop }) => {
        if (stop === null || !stop.ours) return [];
        const hit = updates.find(({ from, to, isInterrupted, id }) => {
          const isAtWork = from <= stop.at && (to === null || to > stop.at || (isInterrupted && to === stop.at));
          return isAtWork && stop.at - sentAt(evidence, instance, from, id) < HARD_DEADLINE_SECONDS * 1000;
        });
        if (hit === undefined) return [];
        const whose = hit.id === null ? "AWS's own update" : 'an update';
        const text = `${instanceId} was stopped by ${stop.principal} at ${clock(evidence, stop.at)}, in the middle of ${whose} that began at ${clock(evidence, hit.from)}`;
        return [{ instanceId, at: stop.at, text }];
      });
    });
  },
};
