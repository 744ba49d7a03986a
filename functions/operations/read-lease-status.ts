import { type Bucket, isUnreadable } from '../aws/bucket.ts';
import { describeExecutionStatus } from '../aws/executions.ts';
import { mapConcurrently } from '../aws/sdk/batching.ts';
import type { SFNClient } from '../aws/sdk/clients.ts';
import { childArn, executionArn, type StateMachineNames } from '../domain/model/execution-arn.ts';
import type { Leaseholder } from '../domain/model/run.ts';
import type { Lease } from '../domain/ownership/lease.ts';
import { type LeaseFacts, type LeaseStatus, leaseStatusOf, parseOwnLease } from '../domain/ownership/lease-status.ts';
import type { StartRecord } from '../domain/ownership/start-record.ts';
import { recallBoots } from './prove-boots.ts';
import { listAttempts, readRecord } from './read-records.ts';

/** Each is a few calls in a row, and a run that died leaves one for each attempt of each batch: some dozens. */
const LOOKED_UP_AT_ONCE = 8;

/** A lease tag, the instance that carries it, what it means, and its record if it has one. */
export interface LeaseFinding {
  instanceId: string;
  value: string;
  record: StartRecord | null;
  status: LeaseStatus;
}

/**
 * What each of these lease tags means. Costs, for each child of this state machine that has written one of them, one listing
 * of S3 and one read for each of its attempts; for each run and each child one DescribeExecution; and for each instance of a
 * dead run one read for each attempt that may have started it. Nothing where no instance carries a lease.
 */
export async function readLeaseStatuses(
  { bucket, sfn, names, now }: { bucket: Bucket; sfn: SFNClient; names: StateMachineNames; now(): Date },
  leases: { instanceId: string; value: string }[],
): Promise<LeaseFinding[]> {
  const statusOf = once((arn: string) => describeExecutionStatus(sfn, arn));
  const recordsOf = once(
    (lease: Lease) => readAllRecords(bucket, lease),
    ({ runId, child }) => `${runId}/${child}`,
  );
  const lookUp = async (value: string): Promise<Evidence> => {
    const lease = parseOwnLease(value, names.stateMachine);
    if (lease === null) return NOTHING;
    const records = await recordsOf(lease);
    const record = records.get(lease.attempt);
    if (record === undefined || record === 'unreadable') return { ...NOTHING, records };
    const run = await statusOf(executionArn({ ...names, runId: lease.runId }));
    const child = await statusOf(childArn({ ...names, child: lease.child }));
    return { records, record, run, child };
  };
  const values = [...new Set(leases.map(({ value }) => value))];
  const evidence = await mapConcurrently(values, LOOKED_UP_AT_ONCE, lookUp);
  const byValue = new Map(values.map((value, index) => [value, evidence[index] ?? NOTHING]));
  return mapConcurrently(leases, LOOKED_UP_AT_ONCE, async ({ instanceId, value }) => {
    const { record, ...found } = byValue.get(value) ?? NOTHING;
    const status = leaseStatusOf({ instanceId, value, ...found }, names.stateMachine, now());
    if (status.kind !== 'orphaned' || record === null) return { instanceId, value, record, status };
    const attempts = await recallBoots(bucket, record, instanceId, status.attempts);
    return { instanceId, value, record, status: { ...status, attempts } };
  });
}

/** What a lease's value leads to; `record` is its own, null if there is none that can be read. */
type Evidence = Pick<LeaseFacts, 'records' | 'run' | 'child'> & Pick<LeaseFinding, 'record'>;

const NOTHING: Evidence = { records: new Map(), record: null, run: null, child: null };

/**
 * All records of one child, by attempt. An unreadable one must not block other instances. Those of its child count as busy,
 * so nothing restores them: the lease-age alarm tells someone (oldestAgeSeconds).
 */
async function readAllRecords(bucket: Bucket, leaseholder: Leaseholder): Promise<LeaseFacts['records']> {
  const records: LeaseFacts['records'] = new Map();
  for (const attempt of await listAttempts(bucket, leaseholder)) {
    const found = await orUnreadable(() => readRecord(bucket, leaseholder, attempt));
    if (found !== null) records.set(attempt, found);
  }
  return records;
}

async function orUnreadable<T>(read: () => Promise<T>): Promise<T | 'unreadable'> {
  try {
    return await read();
  } catch (error) {
    if (isUnreadable(error)) return 'unreadable';
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
