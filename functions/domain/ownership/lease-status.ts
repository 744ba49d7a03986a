import type { OriginalState } from '../model/instance.ts';
import { secondsBetween, type Timestamp } from '../model/time.ts';
import { type Attempt, type Hold, toHold } from './attempt.ts';
import { type ExecutionStatus, livenessOf } from './execution-status.ts';
import { type Lease, parseLease } from './lease.ts';
import type { HoldRecord } from './start-record.ts';

/** What is known of a lease tag that was found on an instance. */
export interface LeaseFacts {
  value: string;
  instanceId: string;
  /** null: the bucket has none; `unreadable`: there is one, and nobody can tell what it says. */
  record: HoldRecord | 'unreadable' | null;
  /** What Step Functions says of its run, and of the child that wrote it; null where that was not worth asking. */
  run: ExecutionStatus | null;
  child: ExecutionStatus | null;
  /** All that the child which wrote it has recorded for this instance, with what its notes say of it. */
  attempts: Attempt[];
}

export type LeaseStatus =
  /** Copied with an image, forged, or not even a lease: it holds nothing (docs/aws-behaviour.md 37). */
  | { kind: 'ignored'; why: string }
  /** Its run may still act. */
  | { kind: 'busy'; why: string }
  /** Its run has ended, but a Lambda of it may still act. */
  | { kind: 'ending'; why: string }
  /** Nobody will put it back but whoever finds it. `deadSince`: when the last execution of its writers ended. */
  | { kind: 'orphaned'; originalState: OriginalState; hold: Hold; deadSince: Timestamp };

const ignored = (why: string): LeaseStatus => ({ kind: 'ignored', why });

/** Whether a lease can be of a record in this bucket: then the record and the executions are worth asking for. */
export function parseOwnLease(value: string, stateMachine: string): Lease | null {
  const lease = parseLease(value);
  return lease?.stateMachine === stateMachine ? lease : null;
}

const stoppedAt = (life: ExecutionStatus | null, recordedAt: Timestamp): Timestamp =>
  life?.status === 'ended' ? life.stoppedAt : recordedAt;

/**
 * What a lease that is not this run's own means. It takes both a record and a lease to hold an instance, and the record
 * has to name that instance: tags are copied with images and backups. A lease names run and child; it is dead when both are.
 */
export function leaseStatusOf(
  { value, instanceId, record, run, child, attempts }: LeaseFacts,
  ours: string,
  now: Date,
): LeaseStatus {
  const lease = parseLease(value);
  if (lease === null) return ignored('its value is no lease');
  if (lease.stateMachine !== ours) {
    return { kind: 'busy', why: `it is held by run ${lease.runId} of the state machine ${lease.stateMachine}` };
  }
  if (record === 'unreadable') return { kind: 'busy', why: `the record of run ${lease.runId} can't be read` };
  const held = record?.instances.find((one) => one.instanceId === instanceId);
  if (record === null) return ignored(`run ${lease.runId} has no record of it`);
  if (held === undefined) return ignored(`the record of run ${lease.runId} does not name it`);
  const lives = [run, child].map((life) => ({
    life: livenessOf(life, record.recordedAt, now),
    stoppedAt: stoppedAt(life, record.recordedAt),
  }));
  if (lives.some(({ life }) => life === 'alive')) return { kind: 'busy', why: `run ${lease.runId} holds it` };
  if (lives.some(({ life }) => life === 'ending')) {
    return { kind: 'ending', why: `run ${lease.runId}, which held it, has just ended` };
  }
  const deadSince = lives.map((one) => one.stoppedAt).sort((a, b) => secondsBetween(a, b))[0] ?? record.recordedAt;
  const { attempt, recordedAt, startBy } = record;
  const hold = toHold(attempts) ?? { attempt, recordedAt, startBy, earlier: held.adopted };
  return { kind: 'orphaned', originalState: held.originalState, hold, deadSince };
}
