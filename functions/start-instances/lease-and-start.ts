import { type StateChange, startInstances } from '../aws/ec2-start-stop.ts';
import { tagInstances } from '../aws/ec2-tags.ts';
import { type Bisected, bisect } from '../aws/sdk/bisect.ts';
import type { EC2Client } from '../aws/sdk/clients.ts';
import type { AwsFailure } from '../aws/sdk/failures.ts';
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
  const starting = await startInstances(tools.ec2, idsOf(candidates.filter(isToStart)), hasTime);
  const takenOver = new Set(idsOf(candidates.filter(({ action }) => action === 'take-over')));
  return { record, results: toResults(leasing, starting, takenOver) };
}

/** One call for all that are to be leased or taken over; those that EC2 refuses are found by bisecting. */
async function leaseAll(
  ec2: EC2Client,
  { batch, candidates, attempt, hasTime }: StartRequest,
): Promise<Bisected<string, string[]>> {
  const lease = formatLease({ ...leaseholderOf(batch), attempt: attempt.attempt });
  const leaseSome = async (ids: string[]) => {
    await tagInstances(ec2, ids, LEASE_TAG, lease);
    return ids;
  };
  const unleased = candidates.filter((candidate) => !isToStart(candidate));
  return bisect(idsOf(unleased), leaseSome, { isAboutIds: isAboutTagged, hasTime });
}

function toResults(
  leasing: Bisected<string, string[]>,
  starting: Bisected<string, StateChange[]>,
  takenOver: Set<string>,
): Map<string, StartResult> {
  const results: [string, StartResult][] = [
    ...leasing.refused.map(({ id, failure }): [string, StartResult] => [id, { kind: 'lease-refused', error: failure }]),
    ...leasing.untried.map((id): [string, StartResult] => [id, { kind: 'lease-untried' }]),
    ...starting.refused.map(({ id, failure }): [string, StartResult] => [
      id,
      { kind: 'start-refused', error: failure },
    ]),
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

/** CreateTags refuses all of them if one is gone, has no room for a tag, or may not be tagged. */
const isAboutTagged = ({ code }: AwsFailure): boolean =>
  code === 'TagLimitExceeded' || code === 'UnauthorizedOperation' || code.startsWith('InvalidInstanceID');

const idsOf = (candidates: StartCandidate[]): string[] => candidates.map(({ instance }) => instance.instanceId);
