import { type Boot, calls, changes, type Evidence, type InstanceEvidence, isOurs, spansOf } from './evidence.ts';

import { optedOutAt } from './opted-out.ts';

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
  const tagged = changes(evidence, instanceId).filter(
    ({ at, facts, by }) => facts.about === 'tags' && at >= from && at <= to && by !== null && !isOurs(by.principal),
  );
  const isOptOut = ({ facts }: (typeof tagged)[number]) => facts.about === 'tags' && 'reveille:opt-out' in facts.tags;
  if (tagged.some((change) => !isOptOut(change))) found.add('lease-removed');
  if (optedOutAt(evidence, instanceId, to) !== null) found.add('opted-out');
  return found;
}

/** Whether someone else has taken it for good: who only works on it has it until they are done. */
export function isTheirs(evidence: Evidence, instance: InstanceEvidence, boot: Boot): boolean {
  const found = takeoversOf(evidence, instance, boot);
  return found.has('lease-removed') || found.has('opted-out');
}
