import type { BehaviourName } from '../../account/fleet/behaviours.ts';
import type { Checker } from '../evidence/checker.ts';
import { calls, clock, type Evidence, type InstanceEvidence, isOurs } from '../evidence/evidence.ts';
import { optedOutAt } from '../evidence/opted-out.ts';

const WRITES = ['StartInstances', 'StopInstances', 'CreateTags', 'DeleteTags', 'SendCommand', 'CancelCommand'];

/** What keeps an instance out, whatever its state (and, for Spot Instances, how they stand). */
const STRUCTURAL: BehaviourName[] = [
  'auto-scaling',
  'managed-by-eks',
  'managed-and-hidden',
  'emr-member',
  'karpenter-node',
  'stop-protected',
  'instance-store',
  'root-volume-missing',
  'old-architecture',
  'spot',
  'opted-out',
  'ghost',
  'terminated',
];

/** Why an instance must not be touched by any run; null: it may. */
function whyOut({ executions }: Evidence, { instanceId, groups, behaviours }: InstanceEvidence): string | null {
  const structural = STRUCTURAL.find((name) => behaviours.includes(name));
  if (structural !== undefined) return structural;
  const chosen = executions.some(({ input }) => {
    const names = input['groups'] as string[] | undefined;
    const isNamed = (input['instances'] as string[] | undefined)?.includes(instanceId) ?? true;
    return input['dryRun'] !== true && isNamed && (names === undefined || names.some((name) => groups.includes(name)));
  });
  return chosen ? null : 'meant by no run, or only by dry runs';
}

/** What has only just been done may not be seen yet; and a call may have been under way. */
const SEEN_SECONDS = 120;

/** The lease comes off, so tags may be written. */
const ACTS = ['StartInstances', 'StopInstances', 'SendCommand'];

/** What we did to an instance after its owner had put the opt-out tag on it. */
const actedOnOptedOut = (evidence: Evidence, { instanceId }: InstanceEvidence) =>
  calls(evidence, ...ACTS)
    .filter(
      ({ principal, error, instanceIds }) => isOurs(principal) && error === null && instanceIds.includes(instanceId),
    )
    .flatMap(({ at, principal, operation }) => {
      const since = optedOutAt(evidence, instanceId, at);
      if (since === null || since > at - SEEN_SECONDS * 1000) return [];
      const text = `${instanceId} was opted out at ${clock(evidence, since)}, and ${principal} called ${operation} for it at ${clock(evidence, at)}`;
      return [{ instanceId, at, text }];
    })
    .slice(0, 1);

export const excludedUntouched: Checker = {
  promise: 'excluded-untouched',
  says: 'Instances that are excluded, or that no run was meant for, are never written to; nor is one started, stopped or sent anything whose owner has put the opt-out tag on it.',
  check(evidence) {
    const writes = calls(evidence, ...WRITES).filter(({ principal }) => isOurs(principal));
    return evidence.instances.flatMap((instance) => {
      const why = whyOut(evidence, instance);
      if (why === null) return actedOnOptedOut(evidence, instance);
      const { instanceId } = instance;
      return writes
        .filter(({ instanceIds }) => instanceIds.includes(instanceId))
        .slice(0, 1)
        .map(({ at, principal, operation }) => ({
          instanceId,
          at,
          text: `${instanceId} is out (${why}), and ${principal} called ${operation} for it at ${clock(evidence, at)}`,
        }));
    });
  },
};
