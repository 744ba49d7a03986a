// What the bucket and the comments of commands still know of a run that died before its report.
import type { Bucket } from '../aws/bucket.ts';
import type { SSMClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { findCommands, followedOf, listAllInvocations } from '../aws/ssm-commands.ts';
import type { SentCommand } from '../domain/batch/batch-instance.ts';
import { isReconciledKey, reconciledPrefix } from '../domain/model/object-keys.ts';
import type { Run } from '../domain/model/run.ts';
import { isAfter } from '../domain/model/time.ts';
import type { ReportedCommand } from '../domain/report/instance-details.ts';
import { reconciledSchema } from '../domain/report/reconcile-report.ts';
import type { Observation } from '../domain/report/report.ts';
import { runCommentPrefix } from '../domain/work/command-comment.ts';
import { endOf, lastStatus } from '../domain/work/sent-commands.ts';
import type { Invocation, Work } from '../domain/work/work.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface RecallTools extends Pick<Runtime, 'logger' | 'now'> {
  bucket: Bucket;
  ssm: SSMClient;
  work: Work;
}

/**
 * How ReconcileLeases has settled the instances of a dead run, and what became of the last command to each. What can't be
 * found out is left out: it must not cost the run its report.
 */
export async function recallRun(
  tools: RecallTools,
  run: Run,
  instanceIds: string[],
): Promise<Map<string, Partial<Observation>>> {
  const failed = (what: string) => (error: unknown) => {
    tools.logger.warn(`could not recall ${what} of a dead run`, { runId: run.runId, failure: describeFailure(error) });
    return new Map<string, Partial<Observation>>();
  };
  const settled = await recallSettled(tools, run).catch(failed('how the instances were settled'));
  const commands = await recallCommands(tools, run).catch(failed('the commands'));
  return new Map(instanceIds.map((id) => [id, { ...settled.get(id), ...commands.get(id) }]));
}

const BACK = new Set(['restored', 'back-now']);

/** The last pass that settled an instance counts: a redrive may have woken it again. */
async function recallSettled({ bucket }: RecallTools, run: Run): Promise<Map<string, Partial<Observation>>> {
  const keys = (await bucket.list(reconciledPrefix(run))).filter((key) => isReconciledKey(run, key));
  const passes = [];
  for (const key of keys) passes.push((await bucket.get(key, reconciledSchema)) ?? []);
  const inOrder = passes
    .flat()
    // An execution's name can be used again after 90 days, and files are kept for longer (docs/aws-behaviour.md 28).
    .filter(({ at }) => isAfter(at, run.startedAt))
    .sort((one, other) => (isAfter(one.at, other.at) ? 1 : -1));
  return new Map(
    inOrder.flatMap(({ at, instances }) =>
      instances.map(({ instanceId, action, finalState, wokenAt }) => [
        instanceId,
        { ...(finalState === null ? {} : { finalState }), wokenAt, restoredAt: BACK.has(action) ? at : null },
      ]),
    ),
  );
}

async function recallCommands({ ssm, work, now }: RecallTools, run: Run): Promise<Map<string, Partial<Observation>>> {
  const sent = await findCommands(ssm, work, runCommentPrefix(run), run.startedAt);
  const inOrder = sent.sort((one, other) => (isAfter(one.sentAt, other.sentAt) ? 1 : -1));
  const commands = inOrder.map(({ commandId, sentAt }) => ({ commandId, sentAt, endedAt: null }));
  const sentAt = new Map(commands.map((command) => [command.commandId, command]));
  const invocations = (await listAllInvocations(ssm, followedOf(inOrder), { work })).map((one) => {
    const command = sentAt.get(one.commandId);
    return one.endedAt === null || command === undefined ? one : { ...one, endedAt: endOf(one, command, now()) };
  });
  return new Map(
    invocations.map((last) => [last.instanceId, { command: told(last), commands: allOf(last, commands, invocations) }]),
  );
}

/** All commands to the instance of this invocation, as SSM tells them. */
function allOf({ instanceId }: Invocation, sent: SentCommand[], invocations: Invocation[]): ReportedCommand[] {
  const told = invocations.filter((one) => one.instanceId === instanceId);
  return sent.flatMap(({ commandId, sentAt }) => {
    const one = told.find((invocation) => invocation.commandId === commandId);
    return one === undefined ? [] : [{ commandId, sentAt, endedAt: one.endedAt, status: lastStatus(one) }];
  });
}

/** No more than SSM says: a success is no proof of a version (docs/aws-behaviour.md 4). */
function told({ commandId, status, endedAt, hasEnded }: Invocation): string {
  if (hasEnded === true) return `the command that it was sent (${commandId}) has ended, and SSM did not say how`;
  const ended = endedAt === null ? '' : ` at ${endedAt}`;
  const proof = status === 'Success' ? ', and its agent was not heard after it' : '';
  return `the command that it was sent (${commandId}) is ${status}${ended}${proof}`;
}
