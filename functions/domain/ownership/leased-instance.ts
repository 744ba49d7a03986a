import type { InstanceFacts } from '../model/instance.ts';
import { secondsBetween } from '../model/time.ts';
import { type LeaseStanding, ownLease } from './lease-status.ts';
import type { HoldRecord } from './start-record.ts';

/** One instance that carries a lease. */
export interface Carrier {
  facts: InstanceFacts;
  value: string;
  record: HoldRecord | null;
  standing: LeaseStanding;
}

export type Orphan = Carrier & { record: HoldRecord; standing: Extract<LeaseStanding, { standing: 'orphaned' }> };

export const isOrphan = (carrier: Carrier): carrier is Orphan =>
  carrier.record !== null && carrier.standing.standing === 'orphaned';

/** A lease of this state machine that holds its instance, or did until its run died. */
export const isOpen = ({ value, standing }: Carrier, stateMachine: string): boolean =>
  ownLease(value, stateMachine) !== null && standing.standing !== 'ignored';

/** Since when the oldest of them has been held, in seconds; 0 if there is none. */
export const oldestAgeSeconds = (open: Carrier[], now: Date): number =>
  Math.max(0, ...open.flatMap(({ record }) => (record === null ? [] : [secondsBetween(record.recordedAt, now)])));
