// What a lease means that is not this run's own: whether its instance is in use, free, or has to be restored.
import type { OriginalState } from '../model/instance.ts';
import { type Ends, endsOf } from '../model/run.ts';
import { secondsBetween, type Timestamp } from '../model/time.ts';
import { type Attempt, newestFirst } from './attempt.ts';
import { type ExecutionStatus, livenessOf } from './execution-status.ts';
import { type Lease, parseLease } from './lease.ts';
import { attemptsOn, type StartRecord } from './start-record.ts';

/** What is known of a lease tag that was found on an instance. */
export interface LeaseFacts {
  value: string;
  instanceId: string;
  /** The records of the child that wrote it, by attempt. `unreadable`: it exists, but does not match the schema. */
  records: Map<string, StartRecord | 'unreadable'>;
  /** What Step Functions says of its run, and of that child; null where that was not worth asking. */
  run: ExecutionStatus | null;
  child: ExecutionStatus | null;
}

export type LeaseStatus =
  /** Copied with an image, forged, or not even a lease: it counts for nothing (docs/aws-behaviour.md 37). */
  | { kind: 'ignored'; why: string }
  /** Its run may still act. */
  | { kind: 'busy'; why: string }
  /** Its run has ended, but a Lambda of it may still act. */
  | { kind: 'ending'; why: string }
  /**
   * Its run is dead: a later run or ReconcileLeases has to restore the instance.
   * `deadSince`: when the last of the two executions that could write it ended. `ends`: those of its record.
   */
  | { kind: 'orphaned'; originalState: OriginalState; attempts: Attempt[]; deadSince: Timestamp; ends: Ends };

/**
 * What a lease means that is not this run's own. An instance is only held by a record and a lease together, and the record
 * has to name the instance: tags are copied with images and backups. A lease names run and child; it is dead when both are.
 * Whose boot an orphan's is, all records of its child tell: while one of them can't be read, that is not known.
 * @param ours the name of this state machine
 */
export function leaseStatusOf(
  { value, instanceId, records, run, child }: LeaseFacts,
  ours: string,
  now: Date,
): LeaseStatus {
  const lease = parseLease(value);
  if (lease === null) return ignored('its value is no lease');
  if (lease.stateMachine !== ours) {
    return { kind: 'busy', why: `it is held by run ${lease.runId} of the state machine ${lease.stateMachine}` };
  }
  const unreadable: LeaseStatus = { kind: 'busy', why: `the record of run ${lease.runId} can't be read` };
  const record = records.get(lease.attempt);
  if (record === 'unreadable') return unreadable;
  if (record === undefined) return ignored(`run ${lease.runId} has no record of it`);
  const member = record.instances.find((one) => one.instanceId === instanceId);
  if (member === undefined) return ignored(`the record of run ${lease.runId} does not name it`);

  const executions = [run, child];
  const liveness = executions.map((execution) => livenessOf(execution, record.recordedAt, now));
  if (liveness.includes('alive')) return { kind: 'busy', why: `run ${lease.runId} holds it` };
  if (liveness.includes('ending')) {
    return { kind: 'ending', why: `run ${lease.runId}, which held it, has just ended` };
  }
  const readable = [...records.values()].filter((one) => one !== 'unreadable');
  if (readable.length < records.size) return unreadable;
  const ends = executions.map((execution) => (execution?.status === 'ended' ? execution.stoppedAt : record.recordedAt));
  const deadSince = ends.sort((a, b) => secondsBetween(a, b))[0] ?? record.recordedAt;
  const attempts = newestFirst(attemptsOn(instanceId, readable));
  return { kind: 'orphaned', originalState: member.originalState, attempts, deadSince, ends: endsOf(member) };
}

const ignored = (why: string): LeaseStatus => ({ kind: 'ignored', why });

/** The lease, if it is one of this state machine: only then record and executions are worth asking for. */
export function parseOwnLease(value: string, stateMachine: string): Lease | null {
  const lease = parseLease(value);
  return lease?.stateMachine === stateMachine ? lease : null;
}
