import type { Checker } from '../evidence/checker.ts';
import { isStuck } from '../evidence/evidence.ts';
import type { Deed } from '../scenario/scenario.ts';

/** What people do that leaves a lease of theirs. */
const LEASE_WRITING = new Set<Deed>(['forge-lease', 'copy-lease']);

export const nothingHeld: Checker = {
  promise: 'nothing-held',
  says: 'In the end no lease and no lock is left.',
  check({ instances, disturbances, lock }) {
    const forged = new Set(
      disturbances.flatMap(({ disturbance }) =>
        disturbance.kind === 'person' && LEASE_WRITING.has(disturbance.deed) ? [disturbance.instanceId] : [],
      ),
    );
    const leases = instances
      // EC2 forgets a terminated one within an hour, with its tags.
      .filter((instance) => !isStuck(instance) && instance.after.state !== 'terminated')
      // One that others wrote is theirs to remove.
      .filter(
        ({ instanceId, before, after }) =>
          after.lease !== null && after.lease !== before.lease && !forged.has(instanceId),
      )
      .map(({ instanceId, after }) => ({
        instanceId,
        at: null,
        text: `${instanceId} is ${after.state} and still carries the lease ${after.lease}`,
      }));
    return [
      ...leases,
      ...(lock === null ? [] : [{ instanceId: null, at: null, text: `the lock is still held: ${lock}` }]),
    ];
  },
};
