import { stopInstances } from '../aws/ec2-start-stop.ts';
import { untagInstances } from '../aws/ec2-tags.ts';
import type { EC2Client, SSMClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { readOtherActivity } from '../aws/ssm-activity.ts';
import type { BatchInstance } from '../domain/batch/batch-instance.ts';
import type { InstanceFacts } from '../domain/model/instance.ts';
import type { Reason } from '../domain/model/reason.ts';
import type { Run } from '../domain/model/run.ts';
import { formatLease, isLeaseOf, LEASE_TAG } from '../domain/ownership/lease.ts';
import { findOtherActivity, findOwnCommands } from '../domain/steps/other-activity.ts';
import { noteOtherActivity, otherActivityUnknown, type RestoreDecision } from '../domain/steps/restore.ts';
import { withLostCommands } from '../domain/work/sent-commands.ts';
import type { Runtime } from '../runtime/runtime.ts';

export type Decided = [BatchInstance, RestoreDecision];

/** Whose leases they are: a child of a run. */
export interface Holder {
  run: Pick<Run, 'runId' | 'stateMachine'>;
  child: string;
}

/** The value that its lease should have: any of this child's, for an attempt that was lost may have been the last to write it. */
export function leaseOf(
  { run: { stateMachine, runId }, child }: Holder,
  { hold }: BatchInstance,
  facts: InstanceFacts | undefined,
): string | null {
  if (hold === null) return null;
  const carried = facts?.tags[LEASE_TAG] ?? '';
  return isLeaseOf(carried, { stateMachine, runId, child })
    ? carried
    : formatLease({ stateMachine, runId, child, attempt: hold.attempt });
}

interface Tools extends Pick<Runtime, 'now' | 'logger'> {
  ssm: SSMClient;
}

/** Who else is at work on an instance, and which commands of ours still are, whether or not the payload knows them. */
interface Surroundings {
  neighbour: Reason | null;
  ownCommands: ReturnType<typeof findOwnCommands>;
}

/** Asked of nobody but those that would be stopped now: it costs a call for each. */
async function readActivityOnStops(
  { ssm, logger }: Tools,
  decided: Decided[],
  facts: Map<string, InstanceFacts>,
): Promise<Map<string, Surroundings>> {
  const toStop = decided.filter(
    ([{ instanceId }, decision]) => decision.action === 'stop' && facts.get(instanceId)?.state === 'running',
  );
  if (toStop.length === 0) return new Map();
  const launchTimeOf = (instanceId: string) => facts.get(instanceId)?.launchTime ?? null;
  const ids = toStop.map(([{ instanceId }]) => instanceId);
  const [since] = ids.flatMap((id) => launchTimeOf(id) ?? []).sort();
  try {
    const found = await readOtherActivity(ssm, ids, since ?? toStop[0]?.[0].stepSince ?? '');
    return new Map(
      toStop.map(([{ instanceId: id, commands }]) => {
        const known = new Set(commands.map(({ commandId }) => commandId));
        const neighbour = findOtherActivity(id, launchTimeOf(id), found, known);
        return [id, { neighbour, ownCommands: findOwnCommands(id, launchTimeOf(id), found) }];
      }),
    );
  } catch (error) {
    const failure = describeFailure(error);
    logger.warn('who else is at work could not be found out', { failure });
    const neighbour = otherActivityUnknown(`${failure.code}: ${failure.message}`);
    return new Map(ids.map((id) => [id, { neighbour, ownCommands: [] }]));
  }
}

/** Decides once more on those that would be stopped now, with what is at work on them. */
export async function confirmStops(
  tools: Tools,
  decided: Decided[],
  facts: Map<string, InstanceFacts>,
  decide: (instance: BatchInstance, neighbour: Reason | null) => Decided,
): Promise<Decided[]> {
  const surroundings = await readActivityOnStops(tools, decided, facts);
  return decided.map(([instance, decision]) => {
    const around = surroundings.get(instance.instanceId);
    if (around === undefined) return [instance, decision];
    const known = withLostCommands(instance, around.ownCommands);
    return decide(noteOtherActivity(known, around.neighbour, tools.now()), around.neighbour);
  });
}

/** Stops them in one call, hibernates the others in a second. @returns what EC2 refused, by instance */
export async function stopDecided(
  ec2: EC2Client,
  decided: Decided[],
  hasTime: () => boolean,
): Promise<Map<string, string>> {
  const refusals = new Map<string, string>();
  for (const hibernate of [false, true]) {
    const ids = decided
      .filter(([, decision]) => decision.action === 'stop' && decision.hibernate === hibernate)
      .map(([{ instanceId }]) => instanceId);
    const { refused, untried } = await stopInstances(ec2, ids, { hibernate, hasTime });
    for (const { id, failure } of refused) refusals.set(id, `${failure.code}: ${failure.message}`);
    for (const id of untried) refusals.set(id, 'no time was left to stop it');
  }
  return refusals;
}

/** One call for each lease value. @returns what EC2 refused, by instance */
export async function releaseDecided(
  ec2: EC2Client,
  holder: Holder,
  decided: Decided[],
  facts: Map<string, InstanceFacts>,
): Promise<Map<string, string>> {
  const byLease = new Map<string, string[]>();
  for (const [instance, decision] of decided) {
    const lease = leaseOf(holder, instance, facts.get(instance.instanceId));
    if (decision.action !== 'settle' || !decision.releaseLease || lease === null) continue;
    byLease.set(lease, [...(byLease.get(lease) ?? []), instance.instanceId]);
  }
  const refusals = new Map<string, string>();
  for (const [lease, ids] of byLease) {
    try {
      const { refused } = await untagInstances(ec2, ids, LEASE_TAG, lease);
      for (const { id, failure } of refused) refusals.set(id, `${failure.code}: ${failure.message}`);
    } catch (error) {
      const { code, message } = describeFailure(error);
      for (const id of ids) refusals.set(id, `${code}: ${message}`);
    }
  }
  return refusals;
}
