import { ReveilleError } from '../domain/errors.ts';
import { childArn, executionArn, type StateMachineNames } from '../domain/execution.ts';
import type { ExecutionLife } from '../domain/execution-life.ts';
import { judgeLease, type LeaseFacts, type LeaseStanding, ownLease } from '../domain/lease-standing.ts';
import { type HoldRecord, holdRecordSchema, type Lease, recordKey } from '../domain/leases.ts';
import type { Bucket } from './bucket.ts';
import { mapConcurrently } from './chunks.ts';
import type { SFNClient } from './clients.ts';
import { describeExecutionLife } from './executions.ts';

const LOOKED_UP_AT_ONCE = 8;

/** A lease tag, the instance that carries it, what it means, and its record if it has one. */
export interface FoundOn {
  instanceId: string;
  value: string;
  record: HoldRecord | null;
  standing: LeaseStanding;
}

/** A record that is no record must cost nobody else's instance its restoring: its own is busy, and a run that meets it fails and says so. */
async function readRecordIfPossible(bucket: Bucket, lease: Lease): Promise<HoldRecord | 'unreadable' | null> {
  try {
    return await readRecord(bucket, lease);
  } catch (error) {
    if (error instanceof ReveilleError && error.name === 'UnexpectedReply') return 'unreadable';
    throw error;
  }
}

type Evidence = Pick<LeaseFacts, 'record' | 'run' | 'child'>;
const NOTHING: Evidence = { record: null, run: null, child: null };

/** A missing key is told by listing: reading it would answer 403 to a role that may not list (docs/aws-behaviour.md 34). */
export async function readRecord(bucket: Bucket, lease: Lease): Promise<HoldRecord | null> {
  const key = recordKey(lease, lease.attempt);
  const [found] = await bucket.list(key, 1);
  return found === key ? bucket.get(key, holdRecordSchema) : null;
}

/**
 * What each of these lease tags means. Costs, for each lease of this state machine, one listing and one read of S3, and,
 * for each run and each child, one DescribeExecution; nothing where nobody carries a lease.
 */
export async function findStandings(
  { bucket, sfn, names, now }: { bucket: Bucket; sfn: SFNClient; names: StateMachineNames; now(): Date },
  leases: { instanceId: string; value: string }[],
): Promise<FoundOn[]> {
  const values = [...new Set(leases.map(({ value }) => value))];
  const lives = new Map<string, Promise<ExecutionLife>>();
  const lifeOf = (arn: string) => {
    const asked = lives.get(arn) ?? describeExecutionLife(sfn, arn);
    lives.set(arn, asked);
    return asked;
  };
  const lookUp = async (value: string): Promise<Evidence> => {
    const lease = ownLease(value, names.stateMachine);
    const record = lease === null ? null : await readRecordIfPossible(bucket, lease);
    if (lease === null || record === null) return NOTHING;
    if (record === 'unreadable') return { ...NOTHING, record };
    const run = await lifeOf(executionArn({ ...names, runId: lease.runId }));
    const child = await lifeOf(childArn({ ...names, child: lease.child }));
    return { record, run, child };
  };
  const evidence = await mapConcurrently(values, LOOKED_UP_AT_ONCE, lookUp);
  const byValue = new Map(values.map((value, index) => [value, evidence[index] ?? NOTHING]));
  return leases.map(({ instanceId, value }) => {
    const facts = byValue.get(value) ?? NOTHING;
    const standing = judgeLease({ instanceId, value, ...facts }, names.stateMachine, now());
    return { instanceId, value, record: facts.record === 'unreadable' ? null : facts.record, standing };
  });
}
