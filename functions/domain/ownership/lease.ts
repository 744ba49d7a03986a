import type { InstanceFacts } from '../model/instance.ts';

/** The tag that marks an instance as held by a run. */
export const LEASE_TAG = 'reveille:lease';

/** Longest tag value that EC2 takes. */
const TAG_VALUE_LENGTH_MAX = 256;

export interface Lease {
  stateMachine: string;
  runId: string;
  child: string;
  attempt: string;
}

/**
 * A lease's tag value: `stateMachine/runId/child/attempt`. None of the names can have a slash, and four
 * of the longest ones fit into a tag.
 */
export function formatLease(lease: Lease): string {
  const value = [lease.stateMachine, lease.runId, lease.child, lease.attempt].join('/');
  if (value.length > TAG_VALUE_LENGTH_MAX) throw new RangeError(`a lease of ${value.length} characters: ${value}`);
  return value;
}

/** @returns null for a value that we did not write */
export function parseLease(value: string): Lease | null {
  const [stateMachine, runId, child, attempt, ...more] = value.split('/');
  if (!stateMachine || !runId || !child || !attempt || more.length > 0) return null;
  return { stateMachine, runId, child, attempt };
}

/** Whether a lease is of this child, whichever of its attempts wrote it. */
export function isLeaseOf(value: string, { stateMachine, runId, child }: Omit<Lease, 'attempt'>): boolean {
  const lease = parseLease(value);
  return lease?.stateMachine === stateMachine && lease.runId === runId && lease.child === child;
}

/** Who carries a lease tag, and what it says. */
export const leasesOn = (facts: Map<string, Pick<InstanceFacts, 'tags'>>): { instanceId: string; value: string }[] =>
  [...facts].flatMap(([instanceId, { tags }]) => {
    const value = Object.hasOwn(tags, LEASE_TAG) ? tags[LEASE_TAG] : undefined;
    return value === undefined ? [] : [{ instanceId, value }];
  });
