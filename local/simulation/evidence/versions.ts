import { changes, type Evidence, type InstanceEvidence } from './evidence.ts';

/** Part by part, as numbers. A comparison of its own: what is checked must not be its own judge. */
export function isAtLeast(version: string, target: string): boolean {
  const [have, want] = [version, target].map((text) => text.split('.').map(Number));
  for (const [index, part] of (want ?? []).entries()) {
    const own = have?.[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}

/** The agent's version on an instance's disk at a moment. */
export function versionAt(evidence: Evidence, instance: InstanceEvidence, at: number): string | null {
  const seen = changes(evidence, instance.instanceId).flatMap(({ at: then, facts }) =>
    then <= at && 'version' in facts && facts.version !== '' ? [facts.version] : [],
  );
  return seen.at(-1) ?? instance.before.version;
}
