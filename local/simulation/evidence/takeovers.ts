import { type Boot, calls, changes, type Evidence, type InstanceEvidence, isOurs, LEASE_TAG } from './evidence.ts';
import { optedOutAt } from './opted-out.ts';
import { spansOf } from './spans.ts';
import { viewLagMilliseconds } from './standings.ts';

/** How someone else can take over an instance that Reveille has started. */
export type Takeover = 'session' | 'command' | 'association' | 'lease-removed' | 'opted-out';

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
  // One that is lost on its way begins nowhere. Its sender waits for it.
  const isSent = calls(evidence, 'SendCommand').some(
    ({ at, principal, error, instanceIds }) =>
      !isOurs(principal) && error === null && instanceIds.includes(instanceId) && at >= from && at <= to,
  );
  if (isSent) found.add('command');
  // A start may still be let through by the lease that was there just before.
  if (isLeaseTaken(evidence, instanceId, from - viewLagMilliseconds(evidence), to)) found.add('lease-removed');
  if (optedOutAt(evidence, instanceId, to) !== null) found.add('opted-out');
  return found;
}

/** Whether someone else has changed its lease, or taken it off, between two moments: whatever other tags it has. */
function isLeaseTaken(evidence: Evidence, instanceId: string, from: number, to: number): boolean {
  let lease: string | undefined;
  for (const { at, facts, by } of changes(evidence, instanceId)) {
    if (facts.about !== 'tags') continue;
    const isChanged = facts.tags[LEASE_TAG] !== lease;
    if (isChanged && at >= from && at <= to && by !== null && !isOurs(by.principal)) return true;
    lease = facts.tags[LEASE_TAG];
  }
  return false;
}

/** Whether someone else has taken it for good: who only works on it has it until they are done. */
export function isTheirs(evidence: Evidence, instance: InstanceEvidence, boot: Boot): boolean {
  const found = takeoversOf(evidence, instance, boot);
  return found.has('lease-removed') || found.has('opted-out');
}
