// The lease: the tag that marks an instance as started by a run, and names the child execution and the attempt.
import type { InstanceFacts } from '../model/instance.ts';
import { TAG_VALUE_LENGTH_MAX } from '../model/limits.ts';
import type { Leaseholder } from '../model/run.ts';

export const LEASE_TAG = 'reveille:lease';

/** Whose an instance is, and which attempt of StartInstances wrote that down. */
export interface Lease extends Leaseholder {
  attempt: string;
}

/**
 * A lease's tag value: `stateMachine/runId/child/attempt`. None of the names can have a slash, and four
 * of the longest ones fit into a tag.
 */
export function formatLease({ stateMachine, runId, child, attempt }: Lease): string {
  const value = [stateMachine, runId, child, attempt].join('/');
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
export function isLeaseOf(value: string, { stateMachine, runId, child }: Leaseholder): boolean {
  const lease = parseLease(value);
  return lease?.stateMachine === stateMachine && lease.runId === runId && lease.child === child;
}

/** Which instances carry a lease tag, and what it says. */
export const leasesOn = (facts: Map<string, Pick<InstanceFacts, 'tags'>>): { instanceId: string; value: string }[] =>
  [...facts].flatMap(([instanceId, { tags }]) => {
    const value = Object.hasOwn(tags, LEASE_TAG) ? tags[LEASE_TAG] : undefined;
    return value === undefined ? [] : [{ instanceId, value }];
  });
