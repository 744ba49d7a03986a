import type { InstanceFacts } from '../model/instance.ts';
import { secondsBetween } from '../model/time.ts';
import { type LeaseStatus, parseOwnLease } from './lease-status.ts';
import type { StartRecord } from './start-record.ts';

/** One instance that carries our lease tag, with the record that its lease names. */
export interface LeasedInstance {
  facts: InstanceFacts;
  value: string;
  record: StartRecord | null;
  status: LeaseStatus;
}

export type Orphan = LeasedInstance & { record: StartRecord; status: Extract<LeaseStatus, { kind: 'orphaned' }> };

/** A leased instance that its run, which is dead, did not restore. */
export const isOrphan = (leased: LeasedInstance): leased is Orphan =>
  leased.record !== null && leased.status.kind === 'orphaned';

/** Whether a lease is of this state machine, and holds its instance or did until its run died. */
export const isOpen = ({ value, status }: LeasedInstance, stateMachine: string): boolean =>
  parseOwnLease(value, stateMachine) !== null && status.kind !== 'ignored';

/**
 * For how long the oldest of them has been leased, in seconds; 0 if there is none. A lease whose record can't be read is as
 * old as its instance's boot: nothing can restore that instance, so its age has to reach the alarm.
 */
export const oldestAgeSeconds = (open: LeasedInstance[], now: Date): number =>
  Math.max(0, ...open.map((leased) => ageSeconds(leased, now)));

function ageSeconds({ record, facts }: LeasedInstance, now: Date): number {
  const since = record?.recordedAt ?? facts.launchTime;
  return since === null ? 0 : secondsBetween(since, now);
}
