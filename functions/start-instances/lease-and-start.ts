import type { Bucket } from '../aws/bucket.ts';
import { type StateChange, startInstances } from '../aws/ec2-start-stop.ts';
import { tagInstances } from '../aws/ec2-tags.ts';
import { type Bisected, bisect } from '../aws/sdk/bisect.ts';
import type { EC2Client } from '../aws/sdk/clients.ts';
import type { AwsFailure } from '../aws/sdk/failures.ts';
import type { Batch } from '../domain/batch/batch.ts';
import type { BatchInstance } from '../domain/batch/batch-instance.ts';
import type { InstanceFacts } from '../domain/model/instance.ts';
import { recordKey } from '../domain/model/object-keys.ts';
import { type Attempt, maySendStart } from '../domain/ownership/attempt.ts';
import { formatLease, LEASE_TAG } from '../domain/ownership/lease.ts';
import type { HoldRecord } from '../domain/ownership/start-record.ts';
import type { StartResult } from '../domain/steps/start-result.ts';

/** CreateTags refuses all of them for one that is gone, has no room for a tag, or may not be tagged. */
const isAboutTagged = ({ code }: AwsFailure): boolean =>
  code === 'TagLimitExceeded' || code === 'UnauthorizedOperation' || code.startsWith('InvalidInstanceID');

/** One to be held. `adopted`: attempts of a dead run that have started it; then it is only taken over, not started. */
export interface ToHold {
  instance: BatchInstance;
  adopted: Attempt[];
}

function toRecord(
  { run, child, index }: Batch,
  members: ToHold[],
  facts: Map<string, InstanceFacts>,
  tried: Attempt,
): HoldRecord {
  return {
    runId: run.runId,
    stateMachine: run.stateMachine,
    child,
    batch: index,
    ...tried,
    instances: members.map(({ instance: { instanceId, originalState }, adopted }) => ({
      instanceId,
      originalState,
      previousLaunchTime: facts.get(instanceId)?.launchTime ?? null,
      adopted,
    })),
  };
}

function toResults(
  leasing: Bisected<string, string[]>,
  starting: Bisected<string, StateChange[]>,
  takenOver: string[],
): Map<string, StartResult> {
  const results: [string, StartResult][] = [
    ...leasing.refused.map(({ id, failure }): [string, StartResult] => [id, { kind: 'lease-refused', error: failure }]),
    ...leasing.untried.map((id): [string, StartResult] => [id, { kind: 'lease-untried' }]),
    ...starting.refused.map(({ id, failure }): [string, StartResult] => [
      id,
      { kind: 'start-refused', error: failure },
    ]),
    ...starting.untried.map((id): [string, StartResult] => [id, { kind: 'start-untried' }]),
    ...takenOver.map((id): [string, StartResult] => [id, { kind: 'taken-over' }]),
    ...starting.replies
      .flat()
      .map(({ instanceId, ...change }): [string, StartResult] => [instanceId, { kind: 'accepted', ...change }]),
  ];
  return new Map(results);
}

export interface Tools {
  ec2: EC2Client;
  bucket: Bucket;
  now(): Date;
  hasTime(): boolean;
}

/** Record, then lease, in one call each for all of them: no record, no lease. */
async function hold(
  { ec2, bucket, hasTime }: Tools,
  batch: Batch,
  members: ToHold[],
  facts: Map<string, InstanceFacts>,
  tried: Attempt,
): Promise<Bisected<string, string[]>> {
  const { run, child } = batch;
  // A record of this attempt that is there already is our own, written by a call whose reply was lost.
  await bucket.putOnce(recordKey({ runId: run.runId, child }, tried.attempt), toRecord(batch, members, facts, tried));

  const lease = formatLease({ stateMachine: run.stateMachine, runId: run.runId, child, attempt: tried.attempt });
  const leaseSome = async (ids: string[]) => {
    await tagInstances(ec2, ids, LEASE_TAG, lease);
    return ids;
  };
  const ids = members.map(({ instance }) => instance.instanceId);
  return bisect(ids, leaseSome, { isAboutIds: isAboutTagged, hasTime });
}

/**
 * Record, then lease, then start, in one call each for all of them. No record, no lease; no lease, no start. One that a
 * dead run has left awake gets the first two.
 * @param noteNoStart called before a failure is thrown that came before any start was sent
 * @returns what became of each; one that EC2's reply leaves out is not in it
 */
export async function recordLeaseAndStart(
  tools: Tools,
  batch: Batch,
  members: ToHold[],
  facts: Map<string, InstanceFacts>,
  tried: Attempt,
  noteNoStart: () => Promise<void>,
): Promise<Map<string, StartResult>> {
  const leasing = await hold(tools, batch, members, facts, tried).catch(async (error: unknown) => {
    await noteNoStart();
    throw error;
  });
  const leased = leasing.replies.flat();
  const awake = new Set(members.filter(({ adopted }) => adopted.length > 0).map(({ instance }) => instance.instanceId));
  // Whoever was tried before has carried a lease for a while.
  const areLeasesFresh = members.some(({ instance }) => instance.hold === null);
  const asleep = leased.filter((id) => !awake.has(id));
  const takenOver = leased.filter((id) => awake.has(id));
  const hasTime = () => tools.hasTime() && maySendStart(tried, tools.now());
  return toResults(leasing, await startInstances(tools.ec2, asleep, { areLeasesFresh, hasTime }), takenOver);
}
