import type { Bucket } from '../aws/bucket.ts';
import type { SSMClient } from '../aws/sdk/clients.ts';
import { findCommands, followedOf, listAllInvocations, sendCommand } from '../aws/ssm-commands.ts';
import type { Batch } from '../domain/batch/batch.ts';
import type { InstanceAt } from '../domain/batch/batch-instance.ts';
import { type Look, moves } from '../domain/batch/look.ts';
import { failWithoutLock, optOut } from '../domain/batch/transitions.ts';
import { refusalOf } from '../domain/model/aws-errors.ts';
import type { InstanceFacts } from '../domain/model/instance.ts';
import { COMMAND_TIMEOUT_SECONDS, UPDATE_HARD_DEADLINE_SECONDS } from '../domain/model/limits.ts';
import { addSeconds, isAfter, type Timestamp, toTimestamp } from '../domain/model/time.ts';
import { type OptOutTag, optOutText } from '../domain/ownership/opt-out.ts';

import { afterSend } from '../domain/work/after-send.ts';
import { COMMENT_PREFIX, commandComment, runCommentPrefix } from '../domain/work/command-comment.ts';
import { maySendTo, toTurns } from '../domain/work/send-turn.ts';
import { commandOfDeadRun } from '../domain/work/sent-commands.ts';
import type { Work } from '../domain/work/work.ts';
import { hasLock } from '../operations/take-run-lock.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface SendTools extends Pick<Runtime, 'now'> {
  bucket: Bucket;
  /** What EC2 has just said of the instances, by ID. */
  facts: Map<string, InstanceFacts>;
  optOutTag: OptOutTag;
  /** Whether this Lambda has time for another request. */
  hasTime(): boolean;
  ssm: SSMClient;
  work: Work;
}

type Sent = Map<string, { commandId: string; sentAt: Timestamp }>;

/**
 * A run that has lost the lock sends nothing more: another run may be at work on the same instances. And nothing is sent to an
 * instance that carries the opt-out tag by now.
 */
export async function sendWork(tools: SendTools, batch: Batch, members: InstanceAt<'update'>[]): Promise<Look[]> {
  if (members.length === 0) return [];
  if (!(await hasLock(tools.bucket, batch.run))) {
    return members.map((instance) => moves(failWithoutLock(instance, tools.now())));
  }
  const { facts, optOutTag } = tools;
  const now = tools.now();
  const judged = members.map((instance) => {
    const text = optOutText(facts.get(instance.instanceId) ?? null, optOutTag, now);
    return { instance, optedOut: text === null ? null : moves(optOut(instance, text, now)) };
  });
  const toSend = judged.filter(({ optedOut }) => optedOut === null).map(({ instance }) => instance);
  const sent = toSend.length === 0 ? [] : await sendCommands(tools, batch, toSend);
  return [...judged.flatMap(({ optedOut }) => optedOut ?? []), ...sent];
}

/** One command for each turn of them, but for those that were sent it already: by a Lambda that then crashed, or by a run that died. */
async function sendCommands(tools: SendTools, batch: Batch, members: InstanceAt<'update'>[]): Promise<Look[]> {
  const { ssm, work, now, hasTime } = tools;
  const comment = commandComment(batch, batch.sends + 1);
  const sent = await findEarlierSends(tools, batch, members, comment);
  const unsent = toTurns(members.filter(({ instanceId }) => !sent.has(instanceId)));
  const timeoutSeconds = COMMAND_TIMEOUT_SECONDS;
  const byId = new Map(members.map((instance) => [instance.instanceId, instance]));
  const mayLeave = (ids: string[]) =>
    ids.flatMap((id) => byId.get(id) ?? []).every((instance) => maySendTo(instance, now()));
  const request = {
    work,
    target: batch.run.targetVersion,
    comment,
    timeoutSeconds,
    turn: batch.invocations,
    hasTime,
    mayLeave,
  };
  const { replies, refused, undecided } = await sendCommand(ssm, unsent.map(idsOf), request);
  const moment = now();
  for (const { commandId, instanceIds } of replies) {
    for (const instanceId of instanceIds) sent.set(instanceId, { commandId, sentAt: toTimestamp(moment) });
  }
  const refusals = new Map(
    [...refused, ...undecided].map(({ id, failure }) => [id, refusalOf('SendCommand', failure)]),
  );
  return members.map((instance) => {
    const { instanceId } = instance;
    return afterSend(instance, sent.get(instanceId) ?? null, refusals.get(instanceId) ?? null, moment);
  });
}

export const idsOf = (instances: InstanceAt<'update'>[]): string[] => instances.map(({ instanceId }) => instanceId);

/**
 * Commands that these instances need not be sent again, by instance. Those of this very send whose reply a crash has lost: the
 * payload still has the number that their comment has. (A command with an earlier number is a duplicate of one that the payload
 * knows, and takes the place of none.) And those of a dead run that are still at work.
 */
async function findEarlierSends(
  { ssm, work, now }: SendTools,
  { run }: Batch,
  members: InstanceAt<'update'>[],
  comment: string,
): Promise<Sent> {
  const moment = now();
  const oldest = addSeconds(moment, -UPDATE_HARD_DEADLINE_SECONDS);
  const ours = await findCommands(ssm, work, COMMENT_PREFIX, isAfter(run.startedAt, oldest) ? oldest : run.startedAt);
  const lost = ours.filter((command) => command.comment.startsWith(comment));
  const ids = new Set(idsOf(members));
  const ofOthers = ours.filter(
    (command) =>
      !command.comment.startsWith(runCommentPrefix(run)) &&
      command.instanceIds.some((instanceId) => ids.has(instanceId)),
  );
  const invocations = await listAllInvocations(ssm, followedOf(ofOthers), { work });
  const given = { work, target: run.targetVersion, now: moment };
  const open = members.flatMap((instance): [string, { commandId: string; sentAt: Timestamp }][] => {
    const command = commandOfDeadRun(instance, ofOthers, invocations, given);
    return command === null ? [] : [[instance.instanceId, command]];
  });
  return new Map([
    ...open,
    ...lost.flatMap(({ commandId, sentAt, instanceIds }) =>
      instanceIds.map((instanceId) => [instanceId, { commandId, sentAt }] as const),
    ),
  ]);
}
