import type { BehaviourName } from '../../account/fleet/behaviours.ts';
import type { Checker } from '../evidence/checker.ts';
import { calls, clock, type Evidence, type InstanceEvidence, isOurs } from '../evidence/evidence.ts';

const WRITES = ['StartInstances', 'StopInstances', 'CreateTags', 'DeleteTags', 'SendCommand', 'CancelCommand'];

/** What keeps an instance out, whatever its state (and, for Spot Instances, how they stand). */
const STRUCTURAL: BehaviourName[] = [
  'auto-scaling',
  'stop-protected',
  'instance-store',
  'spot',
  'opted-out',
  'ghost',
  'terminated',
];

/** Why an instance must not be touched by any run; null: it may. */
function whyOut({ executions }: Evidence, { groups, behaviours }: InstanceEvidence): string | null {
  const structural = STRUCTURAL.find((name) => behaviours.includes(name));
  if (structural !== undefined) return structural;
  const chosen = executions.some(({ input }) => {
    const names = input['groups'] as string[] | undefined;
    return input['dryRun'] !== true && (names === undefined || names.some((name) => groups.includes(name)));
  });
  return chosen ? null : 'in no group of any run, or only in dry runs';
}

export const excludedUntouched: Checker = {
  promise: 'excluded-untouched',
  says: 'Instances that are excluded, or that no run was meant for, are never written to.',
  check(evidence) {
    const writes = calls(evidence, ...WRITES).filter(({ principal }) => isOurs(principal));
    return evidence.instances.flatMap((instance) => {
      const why = whyOut(evidence, instance);
      if (why === null) return [];
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
