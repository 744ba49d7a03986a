import type { Bucket } from '../aws/bucket.ts';
import type { SSMClient } from '../aws/sdk/clients.ts';
import { failureText } from '../aws/sdk/failures.ts';
import { findCommands, sendCommand } from '../aws/ssm-commands.ts';
import type { Batch } from '../domain/batch/batch.ts';
import type { BatchInstance } from '../domain/batch/batch-instance.ts';
import { type Look, moves } from '../domain/batch/look.ts';
import { failWithoutLock } from '../domain/batch/transitions.ts';
import { COMMAND_TIMEOUT_SECONDS } from '../domain/model/limits.ts';
import { type Timestamp, toTimestamp } from '../domain/model/time.ts';
import { afterSend } from '../domain/steps/update.ts';
import { commandComment, commentPrefix } from '../domain/work/command-comment.ts';
import type { Work } from '../domain/work/work.ts';
import { hasLock } from '../operations/take-run-lock.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface SendTools extends Pick<Runtime, 'now'> {
  bucket: Bucket;
  ssm: SSMClient;
  work: Work;
}

type Sent = Map<string, { commandId: string; sentAt: Timestamp }>;

/** A run that has lost the lock sends nothing more: another run may be at work on the same instances. */
export async function sendWork(
  tools: SendTools,
  batch: Batch,
  members: BatchInstance[],
  hasTime: () => boolean,
): Promise<Look[]> {
  if (members.length === 0) return [];
  if (await hasLock(tools.bucket, batch.run)) return sendCommands(tools, batch, members, hasTime);
  return members.map((instance) => moves(failWithoutLock(instance, tools.now())));
}

/** One command for all of them, but for those that an earlier one was sent to whose ID a crash has lost. */
async function sendCommands(
  tools: SendTools,
  batch: Batch,
  members: BatchInstance[],
  hasTime: () => boolean,
): Promise<Look[]> {
  const { ssm, work, now } = tools;
  const sent = await findLostSends(tools, batch);
  const unsent = members.map(({ instanceId }) => instanceId).filter((instanceId) => !sent.has(instanceId));
  const comment = commandComment(batch, batch.sends + 1);
  const timeoutSeconds = COMMAND_TIMEOUT_SECONDS;
  const request = { work, target: batch.run.targetVersion, comment, timeoutSeconds, hasTime };
  const { replies, refused } = await sendCommand(ssm, unsent, request);
  const moment = now();
  for (const { commandId, instanceIds } of replies) {
    for (const instanceId of instanceIds) sent.set(instanceId, { commandId, sentAt: toTimestamp(moment) });
  }
  const refusals = new Map(refused.map(({ id, failure }) => [id, failureText(failure)]));
  return members.map((instance) => {
    const { instanceId } = instance;
    return afterSend(instance, sent.get(instanceId) ?? null, refusals.get(instanceId) ?? null, moment);
  });
}

/** Commands of this batch that the payload does not know, by instance. */
async function findLostSends({ ssm, work }: SendTools, batch: Batch): Promise<Sent> {
  const known = new Set(batch.instances.flatMap(({ commands }) => commands.map(({ commandId }) => commandId)));
  const lost: Sent = new Map();
  for (const { commandId, sentAt, instanceIds } of await findCommands(
    ssm,
    work,
    commentPrefix(batch),
    batch.run.startedAt,
  )) {
    if (known.has(commandId)) continue;
    for (const instanceId of instanceIds) lost.set(instanceId, { commandId, sentAt });
  }
  return lost;
}
