import { type Started, startInstances } from '../aws/ec2-start-stop.ts';
import { tagInstances } from '../aws/ec2-tags.ts';
import type { EC2Client } from '../aws/sdk/clients.ts';
import type { TakenApart } from '../aws/sdk/take-apart.ts';
import { type Batch, leaseholderOf } from '../domain/batch/batch.ts';
import { type Attempt, maySendStart } from '../domain/ownership/attempt.ts';
import { formatLease, LEASE_TAG } from '../domain/ownership/lease.ts';
import { isToStart, type StartCandidate } from '../domain/steps/start.ts';
import type { StartResult } from '../domain/steps/start-result.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { completeRecord, type RecordTools, toRecord, type WrittenRecord, writeRecord } from './write-record.ts';

export interface LeaseTools extends RecordTools, Pick<Runtime, 'now'> {
  ec2: EC2Client;
}

/** All that one attempt leases, starts or takes over. */
export interface StartRequest {
  batch: Batch;
  candidates: StartCandidate[];
  attempt: Attempt;
  hasTime(): boolean;
}

/**
 * Record, then lease, then start, in one call each for all candidates. No record, no lease; no lease, no start: what is
 * started was leased by an earlier attempt, and its way back was tried since. The record is to be completed once what follows
 * from the results is known.
 * @returns what became of each; an instance that EC2's reply leaves out is not in it
 */
export async function recordLeaseAndStart(
  tools: LeaseTools,
  request: StartRequest,
): Promise<{ record: WrittenRecord; results: Map<string, StartResult> }> {
  const { batch, candidates, attempt } = request;
  const record = await writeRecord(tools, toRecord(batch, candidates, attempt));
  const leasing = await leaseAll(tools.ec2, request).catch(async (error: unknown) => {
    await completeRecord(tools, record, []);
    throw error;
  });
  const hasTime = () => request.hasTime() && maySendStart(attempt, tools.now());
  const turn = batch.invocations;
  const starting = await startInstances(tools.ec2, idsOf(candidates.filter(isToStart)), {
    turn,
    hasTime,
    now: tools.now,
  });
  const takenOver = new Set(idsOf(candidates.filter(({ action }) => action === 'take-over')));
  return { record, results: toResults(leasing, starting, takenOver) };
}

/** One call for all that are to be leased or taken over; where EC2 refuses it, it is taken apart. */
function leaseAll(
  ec2: EC2Client,
  { batch, candidates, attempt, hasTime }: StartRequest,
): Promise<TakenApart<string[]>> {
  const lease = formatLease({ ...leaseholderOf(batch), attempt: attempt.attempt });
  const unleased = candidates.filter((candidate) => !isToStart(candidate));
  const tag = { key: LEASE_TAG, value: lease };
  return tagInstances(ec2, idsOf(unleased), tag, { turn: batch.invocations, hasTime });
}

function toResults(
  leasing: TakenApart<string[]>,
  starting: TakenApart<Started[]>,
  takenOver: Set<string>,
): Map<string, StartResult> {
  const results: [string, StartResult][] = [
    ...refusals(leasing, 'lease-refused'),
    ...leasing.untried.map((id): [string, StartResult] => [id, { kind: 'lease-untried' }]),
    ...refusals(starting, 'start-refused'),
    ...starting.untried.map((id): [string, StartResult] => [id, { kind: 'start-untried' }]),
    ...leasing.replies
      .flat()
      .map((id): [string, StartResult] => [id, { kind: takenOver.has(id) ? 'taken-over' : 'leased' }]),
    ...starting.replies
      .flat()
      .map(({ instanceId, ...change }): [string, StartResult] => [instanceId, { kind: 'accepted', ...change }]),
  ];
  return new Map(results);
}

const refusals = (
  { refused, undecided }: Pick<TakenApart<unknown>, 'refused' | 'undecided'>,
  kind: 'lease-refused' | 'start-refused',
): [string, StartResult][] => [
  ...refused.map(({ id, failure }): [string, StartResult] => [id, { kind, error: failure, isItsOwn: true }]),
  ...undecided.map(({ id, failure }): [string, StartResult] => [id, { kind, error: failure, isItsOwn: false }]),
];

const idsOf = (candidates: StartCandidate[]): string[] => candidates.map(({ instance }) => instance.instanceId);
