import { type Boot, changes, type Evidence, type InstanceEvidence, isOurs, spansOf } from './evidence.ts';

/** How somebody can take over an instance that Reveille has started. */
export type Takeover = 'session' | 'command' | 'association' | 'lease-removed' | 'restarted';

const LEASE_TAG = 'reveille:lease';

/** Who has taken it over while this boot lasted. */
export function takeoversOf(evidence: Evidence, instance: InstanceEvidence, boot: Boot): Set<Takeover> {
  const { instanceId } = instance;
  const from = boot.at ?? evidence.startedAt;
  const to = boot.stop?.at ?? evidence.endedAt;
  const found = new Set<Takeover>();
  for (const about of ['session', 'command', 'association'] as const) {
    if (spansOf(evidence, instanceId, about).some((span) => span.from <= to && (span.to ?? to) >= from))
      found.add(about);
  }
  const isLeaseRemoved = changes(evidence, instanceId).some(
    ({ at, facts, by }) =>
      facts.about === 'tags' &&
      at >= from &&
      at <= to &&
      !(by !== null && isOurs(by.principal)) &&
      by?.runId === undefined,
  );
  const removedByPerson = evidence.disturbances.some(
    ({ at, disturbance }) =>
      disturbance.kind === 'person' &&
      disturbance.instanceId === instanceId &&
      (disturbance.deed === 'remove-lease' || disturbance.deed === 'forge-lease') &&
      at >= from &&
      at <= to,
  );
  if (isLeaseRemoved || removedByPerson) found.add('lease-removed');
  return found;
}

export { LEASE_TAG };
