import type { InstanceFacts } from '../model/instance.ts';
import { secondsBetween } from '../model/time.ts';
import { type LeaseStatus, parseOwnLease } from './lease-status.ts';
import type { HoldRecord } from './start-record.ts';

/** One instance that carries our lease tag, with the record that its lease names. */
export interface LeasedInstance {
  facts: InstanceFacts;
  value: string;
  record: HoldRecord | null;
  status: LeaseStatus;
}

export type Orphan = LeasedInstance & { record: HoldRecord; status: Extract<LeaseStatus, { kind: 'orphaned' }> };

/** A leased instance that its run, which is dead, did not restore. */
export const isOrphan = (leased: LeasedInstance): leased is Orphan =>
  leased.record !== null && leased.status.kind === 'orphaned';

/** Whether a lease is of this state machine, and holds its instance or did until its run died. */
export const isOpen = ({ value, status }: LeasedInstance, stateMachine: string): boolean =>
  parseOwnLease(value, stateMachine) !== null && status.kind !== 'ignored';

/** For how long the oldest of them has been leased, in seconds; 0 if there is none. */
export const oldestAgeSeconds = (open: LeasedInstance[], now: Date): number =>
  Math.max(0, ...open.flatMap(({ record }) => (record === null ? [] : [secondsBetween(record.recordedAt, now)])));
