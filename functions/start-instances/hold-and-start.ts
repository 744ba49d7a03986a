import { type Bisected, bisect } from '../aws/bisect.ts';
import type { Bucket } from '../aws/bucket.ts';
import type { EC2Client } from '../aws/clients.ts';
import { type StateChange, startInstances, tagInstances } from '../aws/ec2.ts';
import type { AwsFailure } from '../aws/failures.ts';
import type { Attempt, Batch, ConveyorInstance } from '../domain/conveyor.ts';
import type { InstanceFacts } from '../domain/instances.ts';
import { formatLease, type HoldRecord, LEASE_TAG, recordKey } from '../domain/leases.ts';
import type { StartResult } from '../domain/starting.ts';

/** CreateTags refuses all of them for one that is gone or has no room for a tag. */
const isAboutTagged = ({ code }: AwsFailure): boolean =>
  code === 'TagLimitExceeded' || code.startsWith('InvalidInstanceID');

function toRecord(
  { run, child, index }: Batch,
  members: ConveyorInstance[],
  facts: Map<string, InstanceFacts>,
  tried: Attempt,
): HoldRecord {
  return {
    runId: run.runId,
    stateMachine: run.stateMachine,
    child,
    batch: index,
    ...tried,
    instances: members.map(({ instanceId, originalState }) => ({
      instanceId,
      originalState,
      previousLaunchTime: facts.get(instanceId)?.launchTime ?? null,
    })),
  };
}

function toResults(
  leasing: Bisected<string, string[]>,
  starting: Bisected<string, StateChange[]>,
): Map<string, StartResult> {
  const results: [string, StartResult][] = [
    ...leasing.refused.map(({ id, failure }): [string, StartResult] => [id, { kind: 'lease-refused', error: failure }]),
    ...leasing.untried.map((id): [string, StartResult] => [id, { kind: 'lease-untried' }]),
    ...starting.refused.map(({ id, failure }): [string, StartResult] => [
      id,
      { kind: 'start-refused', error: failure },
    ]),
    ...starting.untried.map((id): [string, StartResult] => [id, { kind: 'start-untried' }]),
    ...starting.replies
      .flat()
      .map(({ instanceId, ...change }): [string, StartResult] => [instanceId, { kind: 'accepted', ...change }]),
  ];
  return new Map(results);
}

/**
 * Record, then lease, then start, in one call each for all of them. No record, no lease; no lease, no start.
 * @returns what became of each; one that EC2's reply leaves out is not in it
 */
export async function holdAndStart(
  { ec2, bucket }: { ec2: EC2Client; bucket: Bucket },
  batch: Batch,
  members: ConveyorInstance[],
  facts: Map<string, InstanceFacts>,
  tried: Attempt,
  hasTime: () => boolean,
): Promise<Map<string, StartResult>> {
  const { run, child, index } = batch;
  // A record of this attempt that is there already is our own, written by a call whose reply was lost.
  await bucket.putOnce(recordKey(run, index, tried.attempt), toRecord(batch, members, facts, tried));

  const lease = formatLease({ stateMachine: run.stateMachine, runId: run.runId, child, attempt: tried.attempt });
  const leaseSome = async (ids: string[]) => {
    await tagInstances(ec2, ids, LEASE_TAG, lease);
    return ids;
  };
  const ids = members.map(({ instanceId }) => instanceId);
  const leasing = await bisect(ids, leaseSome, { isAboutIds: isAboutTagged, hasTime });
  return toResults(leasing, await startInstances(ec2, leasing.replies.flat(), hasTime));
}
