import * as z from 'zod';
import { type Attempt, attemptSchema, type Hold } from './conveyor.ts';
import { type InstanceFacts, originalStateSchema } from './instances.ts';
import { secondsBetween, type Timestamp, timestampSchema } from './time.ts';

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
export const carriedLeases = (
  facts: Map<string, Pick<InstanceFacts, 'tags'>>,
): { instanceId: string; value: string }[] =>
  [...facts].flatMap(([instanceId, { tags }]) => {
    const value = Object.hasOwn(tags, LEASE_TAG) ? tags[LEASE_TAG] : undefined;
    return value === undefined ? [] : [{ instanceId, value }];
  });

/** Written to the bucket before the lease tag and before the start: what is to be put back, and how it was. */
export const holdRecordSchema = z.object({
  runId: z.string(),
  stateMachine: z.string(),
  child: z.string(),
  batch: z.int(),
  attempt: z.string(),
  recordedAt: timestampSchema,
  startBy: timestampSchema,
  instances: z.array(
    z.object({
      instanceId: z.string(),
      originalState: originalStateSchema,
      previousLaunchTime: timestampSchema.nullable(),
      /** Windows of a dead run's attempts, whose lease this one takes over. */
      adopted: z.array(attemptSchema).default([]),
    }),
  ),
});
export type HoldRecord = z.infer<typeof holdRecordSchema>;

/**
 * Written once the replies to an attempt have come, or once it is clear that it will send no start: what only it can tell. Whoever finds the attempt's record later knows by
 * it that no later boot can be its own, and whom it has not started at all.
 */
export const startNoteSchema = z.object({
  attempt: z.string(),
  startBy: timestampSchema,
  /** Refused, not tried, only taken over, or found awake: any boot of theirs is somebody else's, or of another attempt. */
  notStarted: z.array(z.string()),
});
export type StartNote = z.infer<typeof startNoteSchema>;

type Holder = Pick<Lease, 'runId' | 'child'>;

/** Where all records of a child are: what a lease tag says is enough to find its record. */
export const recordPrefix = ({ runId, child }: Holder): string => `runs/${runId}/records/${child}/`;
export const recordKey = (holder: Holder, attempt: string): string => `${recordPrefix(holder)}${attempt}.json`;
export const startNoteKey = (holder: Holder, attempt: string): string =>
  `runs/${holder.runId}/starts/${holder.child}/${attempt}.json`;

/** LaunchTime has whole seconds, so a start may look up to a second older than it is (docs/aws-behaviour.md 44). */
const LAUNCH_TIME_PRECISION_SECONDS = 1;

type Window = Pick<Attempt, 'recordedAt' | 'startBy'>;

/** Whether any boot can be this attempt's: its start was accepted, or its reply was lost. */
export const isOpenWindow = ({ recordedAt, startBy }: Window): boolean => recordedAt !== startBy;

const isWithin = (launchTime: Timestamp, attempt: Window): boolean =>
  isOpenWindow(attempt) &&
  secondsBetween(attempt.recordedAt, launchTime) >= -LAUNCH_TIME_PRECISION_SECONDS &&
  secondsBetween(launchTime, attempt.startBy) >= 0;

/**
 * Whether a boot is one that this hold's StartInstances caused: its LaunchTime lies between the record of one of its
 * attempts and the last moment at which that one's start could take effect.
 */
export const isOurBoot = (launchTime: Timestamp | null, hold: Window & { earlier?: Window[] }): boolean =>
  launchTime !== null && [hold, ...(hold.earlier ?? [])].some((attempt) => isWithin(launchTime, attempt));

/** Whether any start of this hold was accepted, or its reply was lost. */
export const mayHaveStarted = ({ earlier, ...newest }: Hold): boolean => [newest, ...earlier].some(isOpenWindow);

/** Of several attempts on one instance, in any order, one hold, which the newest leads; null for none. */
export function toHold(attempts: Attempt[]): Hold | null {
  const [newest, ...earlier] = [...attempts].sort((a, b) => secondsBetween(a.recordedAt, b.recordedAt));
  return newest === undefined ? null : { ...newest, earlier };
}
