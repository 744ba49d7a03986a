import type { Bucket } from '../aws/bucket.ts';
import type { EC2Client, SSMClient } from '../aws/sdk/clients.ts';
import { findCommands } from '../aws/ssm-commands.ts';
import type { BatchInstance } from '../domain/batch/batch-instance.ts';
import type { InstanceFacts } from '../domain/model/instance.ts';
import type { Reason } from '../domain/model/reason.ts';
import { LEASE_TAG } from '../domain/ownership/lease.ts';
import type { Orphan } from '../domain/ownership/leased-instance.ts';
import { type ReconcileResult, toReconciled } from '../domain/report/reconcile-report.ts';
import { areWritersDead, toBatchInstance } from '../domain/steps/orphan.ts';
import { decideRestore } from '../domain/steps/restore.ts';
import { commentPrefix } from '../domain/work/command-comment.ts';
import { withLostCommands } from '../domain/work/sent-commands.ts';
import type { Work } from '../domain/work/work.ts';
import { createRecovery } from '../operations/recover-failed-step.ts';
import { confirmStops, type Decided, releaseDecided, stopDecided } from '../operations/stop-and-release.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** Nobody else will: there is no moment after which an orphan is given up. */
const NO_DEADLINE = Number.POSITIVE_INFINITY;

export interface Tools extends Pick<Runtime, 'now' | 'logger'> {
  ec2: EC2Client;
  ssm: SSMClient;
  bucket: Bucket;
  work: Work;
}

/** Orphans of one dead child: the same records, the same commands. */
export function groupByChild(orphans: Orphan[]): Orphan[][] {
  const groups = new Map<string, Orphan[]>();
  for (const orphan of orphans) {
    const key = `${orphan.record.runId}/${orphan.record.child}`;
    groups.set(key, [...(groups.get(key) ?? []), orphan]);
  }
  return [...groups.values()];
}

/** What the dead child has done to its instances, as its leases' records and its commands' comments tell; these may still be at work. */
async function recall({ bucket, ssm, work, now, logger }: Tools, orphans: Orphan[]): Promise<BatchInstance[]> {
  const [first] = orphans;
  if (first === undefined) return [];
  const { runId, batch } = first.record;
  const [since = first.record.recordedAt] = orphans.map(({ record }) => record.recordedAt).sort();
  const prefix = commentPrefix({ run: { runId }, index: batch });
  const sent = await findCommands(ssm, work, prefix, since);
  const instances = orphans.map((orphan) => withLostCommands(toBatchInstance(orphan), sent));
  return createRecovery({ bucket, ssm, work, now, logger }).followCommands(instances);
}

/**
 * One pass over the orphans of one dead child, with the same rules as in a run: stops who may be stopped, and removes the
 * leases of those that are as they were, or somebody else's by now. Can be done again at any time.
 */
export async function putBackOrphans(
  tools: Tools,
  orphans: Orphan[],
  hasTime: () => boolean,
): Promise<ReconcileResult[]> {
  const { ec2, ssm, logger, now } = tools;
  const instances = await recall(tools, orphans);
  const byId = new Map(orphans.map((orphan) => [orphan.facts.instanceId, orphan]));
  const facts = new Map<string, InstanceFacts>(orphans.map(({ facts: one }) => [one.instanceId, one]));

  const decide = (instance: BatchInstance, neighbour: Reason | null): Decided => {
    const orphan = byId.get(instance.instanceId);
    const seen = {
      instance: orphan?.facts ?? null,
      leaseTag: LEASE_TAG,
      leaseValue: orphan?.value ?? null,
      neighbour,
      areWritersDead: orphan !== undefined && areWritersDead(orphan.status.deadSince, now()),
    };
    return [instance, decideRestore(instance, seen, NO_DEADLINE, now())];
  };
  const alone = instances.map((instance) => decide(instance, null));
  const decided = await confirmStops({ ssm, logger, now }, alone, facts, decide);
  const refusals = await stopDecided(ec2, decided, hasTime);
  const kept = await releaseOwnLeases(ec2, orphans, decided, facts);
  return decided.flatMap(([{ instanceId }, decision]) => {
    const orphan = byId.get(instanceId);
    return orphan === undefined
      ? []
      : [toReconciled(orphan, decision, refusals.get(instanceId) ?? kept.get(instanceId))];
  });
}

/** Removes exactly the value that was found: a lease that another run has written meanwhile stays. */
function releaseOwnLeases(
  ec2: EC2Client,
  orphans: Orphan[],
  decided: Decided[],
  facts: Map<string, InstanceFacts>,
): Promise<Map<string, string>> {
  const [first] = orphans;
  if (first === undefined) return Promise.resolve(new Map());
  const { runId, stateMachine, child } = first.record;
  return releaseDecided(ec2, { run: { runId, stateMachine }, child }, decided, facts);
}
