import type { Bucket } from '../aws/bucket.ts';
import { type StateChange, startInstances } from '../aws/ec2-start-stop.ts';
import { tagInstances } from '../aws/ec2-tags.ts';
import { type Bisected, bisect } from '../aws/sdk/bisect.ts';
import type { EC2Client } from '../aws/sdk/clients.ts';
import type { AwsFailure } from '../aws/sdk/failures.ts';
import { type Batch, leaseholderOf } from '../domain/batch/batch.ts';
import { recordKey, startNoteKey } from '../domain/model/object-keys.ts';
import { type Attempt, maySendStart } from '../domain/ownership/attempt.ts';
import { formatLease, LEASE_TAG } from '../domain/ownership/lease.ts';
import type { StartNote, StartRecord } from '../domain/ownership/start-record.ts';
import type { StartCandidate } from '../domain/steps/start.ts';
import { type StartResult, toNoStartNote } from '../domain/steps/start-result.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface LeaseTools extends Pick<Runtime, 'now' | 'logger'> {
  ec2: EC2Client;
  bucket: Bucket;
}

/** All that one attempt starts or takes over. */
export interface StartRequest {
  batch: Batch;
  candidates: StartCandidate[];
  attempt: Attempt;
  hasTime(): boolean;
}

/**
 * Record, then lease, then start, in one call each for all candidates. No record, no lease; no lease, no start. An instance
 * that a dead run has left awake gets the first two.
 * @returns what became of each; an instance that EC2's reply leaves out is not in it
 */
export async function recordLeaseAndStart(tools: LeaseTools, request: StartRequest): Promise<Map<string, StartResult>> {
  const { batch, candidates, attempt } = request;
  const leasing = await recordAndLease(tools, request).catch(async (error: unknown) => {
    await writeNote(tools, batch, toNoStartNote(attempt, idsOf(candidates)));
    throw error;
  });
  const awake = new Set(idsOf(candidates.filter(({ adopted }) => adopted.length > 0)));
  const leased = leasing.replies.flat();
  const asleep = leased.filter((id) => !awake.has(id));
  const takenOver = leased.filter((id) => awake.has(id));
  // An instance that was tried before has carried a lease for a while.
  const areLeasesFresh = candidates.some(({ instance }) => instance.owner.kind === 'none');
  const hasTime = () => request.hasTime() && maySendStart(attempt, tools.now());
  return toResults(leasing, await startInstances(tools.ec2, asleep, { areLeasesFresh, hasTime }), takenOver);
}

/** Record, then lease, in one call each for all of them: no record, no lease. */
async function recordAndLease({ ec2, bucket }: LeaseTools, request: StartRequest): Promise<Bisected<string, string[]>> {
  const { batch, candidates, attempt, hasTime } = request;
  const leaseholder = leaseholderOf(batch);
  // A record of this attempt that is there already is our own, written by a call whose reply was lost.
  await bucket.putOnce(recordKey(leaseholder, attempt.attempt), toRecord(request));

  const lease = formatLease({ ...leaseholder, attempt: attempt.attempt });
  const leaseSome = async (ids: string[]) => {
    await tagInstances(ec2, ids, LEASE_TAG, lease);
    return ids;
  };
  return bisect(idsOf(candidates), leaseSome, { isAboutIds: isAboutTagged, hasTime });
}

/**
 * Later readers of an attempt's record can't know what the replies to it said. This run knows without the note: its content
 * is in this function's reply, too, so a note that can't be written costs no true reply.
 */
export async function writeNote({ bucket, logger }: LeaseTools, batch: Batch, note: StartNote): Promise<void> {
  try {
    await bucket.put(startNoteKey(leaseholderOf(batch), note.attempt), note);
  } catch (error) {
    logger.warn('an attempt to start has no note', { runId: batch.run.runId, attempt: note.attempt, error });
  }
}

function toRecord({ batch, candidates, attempt }: StartRequest): StartRecord {
  const { runId, stateMachine, child } = leaseholderOf(batch);
  return {
    runId,
    stateMachine,
    child,
    batch: batch.index,
    ...attempt,
    instances: candidates.map(({ instance: { instanceId, originalState }, ec2, adopted }) => ({
      instanceId,
      originalState,
      previousLaunchTime: ec2?.launchTime ?? null,
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

/** CreateTags refuses all of them if one is gone, has no room for a tag, or may not be tagged. */
const isAboutTagged = ({ code }: AwsFailure): boolean =>
  code === 'TagLimitExceeded' || code === 'UnauthorizedOperation' || code.startsWith('InvalidInstanceID');

const idsOf = (candidates: StartCandidate[]): string[] => candidates.map(({ instance }) => instance.instanceId);
