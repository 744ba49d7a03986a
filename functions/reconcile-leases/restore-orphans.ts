import { describeFailure } from '../aws/sdk/failures.ts';
import { findCommands } from '../aws/ssm-commands.ts';
import type { InstanceAt } from '../domain/batch/batch-instance.ts';
import { countWaiting } from '../domain/batch/look.ts';
import type { Orphan } from '../domain/ownership/leased-instance.ts';
import { type ReconcileResult, toReconciled } from '../domain/report/reconcile-report.ts';
import { toBatchInstance } from '../domain/steps/orphan.ts';
import { commentPrefix } from '../domain/work/command-comment.ts';
import { withLostCommands } from '../domain/work/sent-commands.ts';
import { readHolds } from '../operations/holds.ts';
import { followCommands, type RecoveryTools } from '../operations/recover-failed-step.ts';
import { type RestoreTools, type Restoring, restoreAll } from '../operations/restore-all.ts';

export type OrphanTools = RestoreTools & RecoveryTools;

type FindChanged = Restoring['findChanged'];

/** Under the lock no run can come for them. */
const noneChanged: FindChanged = async () => new Set();

/** One pass over all orphans, child by child: an error with one dead run must not keep another's instances awake. */
export async function restoreOrphans(
  tools: OrphanTools,
  orphans: Orphan[],
  hasTime: () => boolean,
  findChanged = noneChanged,
): Promise<ReconcileResult[]> {
  const done: ReconcileResult[] = [];
  for (const group of groupByChild(orphans)) {
    if (!hasTime()) break;
    try {
      done.push(...(await restoreGroup(tools, group, { hasTime, findChanged })));
    } catch (error) {
      tools.logger.error('could not restore the orphans of a run, will be tried again', {
        runId: group[0].record.runId,
        failure: describeFailure(error),
      });
    }
  }
  return done;
}

/** Orphans of one dead child: the same records, the same commands. */
type Group = [Orphan, ...Orphan[]];

function groupByChild(orphans: Orphan[]): Group[] {
  const groups = new Map<string, Group>();
  for (const orphan of orphans) {
    const key = `${orphan.record.runId}/${orphan.record.child}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [orphan]);
    else group.push(orphan);
  }
  return [...groups.values()];
}

/** With the same rules as in a run. No other run will restore an orphan, so none is ever given up. */
async function restoreGroup(
  tools: OrphanTools,
  group: Group,
  asked: Pick<Restoring, 'hasTime' | 'findChanged'>,
): Promise<ReconcileResult[]> {
  const byId = new Map(group.map((orphan) => [orphan.facts.instanceId, orphan]));
  const instances = await recallWork(tools, group);
  const holds = await readHolds(tools, [...byId.keys()]);
  const [
    {
      record: { runId, stateMachine, child },
    },
  ] = group;
  const outcomes = await restoreAll(tools, {
    leaseholder: { stateMachine, runId, child },
    members: instances.flatMap((instance) => {
      const orphan = byId.get(instance.instanceId);
      if (orphan === undefined) return [];
      const { facts, status } = orphan;
      const hold = holds.get(instance.instanceId) ?? null;
      return [{ instance, ec2: facts, deadSince: status.deadSince, hold }];
    }),
    deadlineSeconds: null,
    // A pass comes every few minutes.
    turn: Math.floor(tools.now().getTime() / 60_000),
    ...asked,
  });
  const waiting = countWaiting(
    outcomes.map(({ decision }) => ({ waiting: decision.action === 'wait' ? decision : null })),
  );
  tools.logger.info('ReconcileLeases has looked', { runId, child, waiting });
  return outcomes.flatMap((outcome) => {
    const orphan = byId.get(outcome.instance.instanceId);
    return orphan === undefined ? [] : [toReconciled(orphan, outcome, tools.now())];
  });
}

/** What the dead child did to its instances, as the records and the comments of its commands tell. These may still run. */
async function recallWork(tools: OrphanTools, group: Group): Promise<InstanceAt<'restore'>[]> {
  const [
    {
      record: { runId, batch, recordedAt },
    },
  ] = group;
  const [since = recordedAt] = group.map(({ record }) => record.recordedAt).sort();
  const prefix = commentPrefix({ run: { runId }, index: batch });
  const sent = await findCommands(tools.ssm, tools.work, prefix, since);
  const instances = group.map((orphan) => withLostCommands(toBatchInstance(orphan), sent));
  return followCommands(tools, instances);
}
