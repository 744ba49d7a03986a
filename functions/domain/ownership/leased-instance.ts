import type { InstanceFacts } from '../model/instance.ts';
import { secondsBetween } from '../model/time.ts';
import { type LeaseStatus, parseOwnLease } from './lease-status.ts';
import type { HoldRecord } from './start-record.ts';

/** One instance that carries a lease. */
export interface LeasedInstance {
  facts: InstanceFacts;
  value: string;
  record: HoldRecord | null;
  status: LeaseStatus;
}

export type Orphan = LeasedInstance & { record: HoldRecord; status: Extract<LeaseStatus, { kind: 'orphaned' }> };

export const isOrphan = (carrier: LeasedInstance): carrier is Orphan =>
  carrier.record !== null && carrier.status.kind === 'orphaned';

/** A lease of this state machine that holds its instance, or did until its run died. */
export const isOpen = ({ value, status }: LeasedInstance, stateMachine: string): boolean =>
  parseOwnLease(value, stateMachine) !== null && status.kind !== 'ignored';

/** Since when the oldest of them has been held, in seconds; 0 if there is none. */
export const oldestAgeSeconds = (open: LeasedInstance[], now: Date): number =>
  Math.max(0, ...open.flatMap(({ record }) => (record === null ? [] : [secondsBetween(record.recordedAt, now)])));
