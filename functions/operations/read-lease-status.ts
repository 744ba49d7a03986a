import type { Bucket } from '../aws/bucket.ts';
import { describeExecutionStatus } from '../aws/executions.ts';
import { mapConcurrently } from '../aws/sdk/batching.ts';
import type { SFNClient } from '../aws/sdk/clients.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { childArn, executionArn, type StateMachineNames } from '../domain/model/execution-arn.ts';
import { recordKey } from '../domain/model/object-keys.ts';
import type { Attempt } from '../domain/ownership/attempt.ts';
import type { Lease } from '../domain/ownership/lease.ts';
import { type LeaseFacts, type LeaseStatus, leaseStatusOf, parseOwnLease } from '../domain/ownership/lease-status.ts';
import { type HoldRecord, holdRecordSchema } from '../domain/ownership/start-record.ts';
import { findLostAttempts } from './find-lost-attempts.ts';

/** Each is a few calls in a row, and a run that died leaves one for each attempt of each batch: some dozens. */
const LOOKED_UP_AT_ONCE = 8;

/** A lease tag, the instance that carries it, what it means, and its record if it has one. */
export interface LeaseFinding {
  instanceId: string;
  value: string;
  record: HoldRecord | null;
  status: LeaseStatus;
}

/**
 * What each of these lease tags means. Costs, for each lease of this state machine, one listing and one read of S3, and,
 * for each run and each child, one DescribeExecution; for each child that is dead, one more listing, and two reads for each
 * of its attempts. Nothing where no instance carries a lease.
 */
export async function readLeaseStatuses(
  { bucket, sfn, names, now }: { bucket: Bucket; sfn: SFNClient; names: StateMachineNames; now(): Date },
  leases: { instanceId: string; value: string }[],
): Promise<LeaseFinding[]> {
  const statusOf = once((arn: string) => describeExecutionStatus(sfn, arn));
  const attemptsOf = once(
    (lease: Lease) => orUnreadable(() => findLostAttempts(bucket, lease, [])),
    ({ runId, child }) => `${runId}/${child}`,
  );
  const lookUp = async (value: string): Promise<Evidence> => {
    const lease = parseOwnLease(value, names.stateMachine);
    const record = lease === null ? null : await orUnreadable(() => readRecord(bucket, lease));
    if (lease === null || record === null) return NOTHING;
    if (record === 'unreadable') return { ...NOTHING, record };
    const run = await statusOf(executionArn({ ...names, runId: lease.runId }));
    const child = await statusOf(childArn({ ...names, child: lease.child }));
    return { lease, record, run, child };
  };
  const values = [...new Set(leases.map(({ value }) => value))];
  const evidence = await mapConcurrently(values, LOOKED_UP_AT_ONCE, lookUp);
  const byValue = new Map(values.map((value, index) => [value, evidence[index] ?? NOTHING]));

  return mapConcurrently(leases, LOOKED_UP_AT_ONCE, async ({ instanceId, value }) => {
    const { lease, ...found } = byValue.get(value) ?? NOTHING;
    const judge = (facts: typeof found, attempts: Attempt[] = []) =>
      leaseStatusOf({ instanceId, value, ...facts, attempts }, names.stateMachine, now());
    const record = found.record === 'unreadable' ? null : found.record;
    const status = judge(found);
    if (lease === null || status.kind !== 'orphaned') return { instanceId, value, record, status };
    const attempts = await attemptsOf(lease);
    if (attempts === 'unreadable') {
      return { instanceId, value, record, status: judge({ ...found, record: attempts }) };
    }
    return { instanceId, value, record, status: judge(found, attempts.get(instanceId)) };
  });
}

/** What a lease's value leads to; `lease` is null where there is no record that can be read. */
type Evidence = Pick<LeaseFacts, 'record' | 'run' | 'child'> & { lease: Lease | null };

const NOTHING: Evidence = { lease: null, record: null, run: null, child: null };

/** A missing key is told by listing: reading it would answer 403 to a role that may not list (docs/aws-behaviour.md 34). */
export async function readRecord(bucket: Bucket, lease: Lease): Promise<HoldRecord | null> {
  const key = recordKey(lease, lease.attempt);
  const found = await bucket.list(key);
  return found.includes(key) ? bucket.get(key, holdRecordSchema) : null;
}

/**
 * An unreadable record must not block other instances. Its own count as busy, so nothing restores them: the lease-age alarm
 * tells someone (oldestAgeSeconds).
 */
async function orUnreadable<T>(read: () => Promise<T>): Promise<T | 'unreadable'> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ReveilleError && error.name === 'UnexpectedReply') return 'unreadable';
    throw error;
  }
}

/** Asks for the same thing once only. */
function once<Subject, Answer>(
  ask: (subject: Subject) => Promise<Answer>,
  keyOf: (subject: Subject) => string = String,
): (subject: Subject) => Promise<Answer> {
  const asked = new Map<string, Promise<Answer>>();
  return (subject) => {
    const key = keyOf(subject);
    const answer = asked.get(key) ?? ask(subject);
    asked.set(key, answer);
    return answer;
  };
}
