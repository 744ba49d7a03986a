import { writtenBy } from '../evidence/bucket-objects.ts';
import type { Checker } from '../evidence/checker.ts';
import { calls, type Evidence, type ExecutionEvidence, isStuck } from '../evidence/evidence.ts';
import type { Deed } from '../scenario/scenario.ts';

/** What people do that leaves a lease of theirs. */
const LEASE_WRITING = new Set<Deed>(['forge-lease', 'copy-lease']);

/** A lock that S3 did not let it remove must not keep a run's report from people: that one is soon a dead run's. */
const wasKept = (evidence: Evidence, { name }: ExecutionEvidence): boolean =>
  calls(evidence).some(
    ({ principal, runId, service, error, parameters }) =>
      principal === 'ReportRunFunction' &&
      runId === name &&
      service === 's3' &&
      error !== null &&
      // What was struck on its way does not say what it was to be.
      (parameters['key'] ?? 'lock.json') === 'lock.json',
  );

/** A run that has come to its own end closes itself: the next one may begin, and nothing waits for ReconcileLeases. */
function leftOpen(evidence: Evidence, execution: ExecutionEvidence): string[] {
  const { name, status, error, endedAt } = execution;
  const isOver = status === 'SUCCEEDED' || error === 'RunFailed';
  if (endedAt === null) return [];
  if (!isOver) return leftForGood(evidence, execution);
  const isOpen = writtenBy(evidence, `open-runs/${name}.json`, endedAt) !== null;
  const isLocked = writtenBy(evidence, 'lock.json', endedAt)?.runId === name && !wasKept(evidence, execution);
  return [
    ...(isOpen ? [`${name} came to its own end, and still counts as open`] : []),
    ...(isLocked ? [`${name} came to its own end, and left its lock to ReconcileLeases`] : []),
  ];
}

/** A dead run is closed by ReconcileLeases, once every instance that it held is settled: not before EC2 itself lets go. */
function leftForGood(evidence: Evidence, { name }: ExecutionEvidence): string[] {
  if (evidence.instances.some((instance) => isStuck(instance) && instance.after.lease !== null)) return [];
  const isOpen = writtenBy(evidence, `open-runs/${name}.json`, evidence.endedAt) !== null;
  return isOpen ? [`${name} has died, and ReconcileLeases has not closed it`] : [];
}

export const nothingHeld: Checker = {
  promise: 'nothing-held',
  says: 'In the end no lease and no lock is left, and a run that comes to its own end closes itself.',
  check(evidence) {
    const { instances, disturbances, executions, lock } = evidence;
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
      ...executions.flatMap((execution) =>
        leftOpen(evidence, execution).map((text) => ({ instanceId: null, at: execution.endedAt, text })),
      ),
      ...(lock === null ? [] : [{ instanceId: null, at: null, text: `the lock is still held: ${lock}` }]),
    ];
  },
};
