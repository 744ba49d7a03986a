import * as z from 'zod';
import { createBucket } from '../aws/bucket.ts';
import { describeInstances } from '../aws/ec2-describe.ts';
import { createEc2Client, createS3Client, createSsmClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { describeAgents } from '../aws/ssm-agents.ts';
import { cancelCommand, findCommands, listInvocations, sendCommand } from '../aws/ssm-commands.ts';
import { applyChanges } from '../domain/batch/apply-changes.ts';
import { type Batch, batchSchema } from '../domain/batch/batch.ts';
import type { BatchInstance } from '../domain/batch/batch-instance.ts';
import { failWithoutLock, finishWork, toStep } from '../domain/batch/transitions.ts';
import { COMMAND_TIMEOUT_SECONDS, UNDELIVERED_RETRY_SECONDS } from '../domain/model/limits.ts';
import { addSeconds, toTimestamp } from '../domain/model/time.ts';
import { explainUnresponsive, isUnresponsive } from '../domain/steps/unresponsive-agent.ts';
import { decideUpdate, needsAgentFacts, type UpdateDecision } from '../domain/steps/update.ts';
import { commandComment, commentPrefix } from '../domain/work/command-comment.ts';
import { currentCommand, endCommands, withLostCommands } from '../domain/work/sent-commands.ts';
import { updateSsmAgent } from '../domain/work/update-ssm-agent.ts';
import type { Invocation } from '../domain/work/work.ts';
import { hasLock } from '../operations/take-run-lock.ts';
import { environment } from '../runtime/environment.ts';
import { createHandler, type Handler, parseEnvironment } from '../runtime/handler.ts';
import { type InvocationContext, type Runtime, timeKeeper } from '../runtime/runtime.ts';

const environmentSchema = z.object({
  BUCKET_NAME: environment.BUCKET_NAME,
  UPDATE_DEADLINE_SECONDS: environment.UPDATE_DEADLINE_SECONDS,
});

const work = updateSsmAgent;

/** UpdateAgent: sends AWS-UpdateSSMAgent to those that are ready, and follows what has become of it. */
export function createUpdateAgent(runtime: Runtime): Handler<Batch> {
  const { now, logger } = runtime;
  const settings = parseEnvironment(environmentSchema, runtime.environment);
  const deadlineSeconds = settings.UPDATE_DEADLINE_SECONDS;
  const bucket = createBucket(createS3Client(runtime.clientOptions), settings.BUCKET_NAME);
  const ec2 = createEc2Client(runtime.clientOptions);
  const ssm = createSsmClient(runtime.clientOptions);

  /** The current command's invocation of each instance, with one listing for each command that is still open. */
  async function follow(instances: BatchInstance[]): Promise<Map<string, Invocation>> {
    const open = instances
      .flatMap((instance) => currentCommand(instance) ?? [])
      .filter(({ endedAt }) => endedAt === null);
    const invocations = new Map<string, Invocation>();
    for (const commandId of new Set(open.map((command) => command.commandId))) {
      for (const invocation of await listInvocations(ssm, commandId, work)) {
        invocations.set(`${invocation.commandId}/${invocation.instanceId}`, invocation);
      }
    }
    return invocations;
  }

  /** All commands that this batch has sent. */
  const findOurs = (batch: Batch) => findCommands(ssm, work, commentPrefix(batch), batch.run.startedAt);

  async function cancel(decisions: [BatchInstance, UpdateDecision][]): Promise<void> {
    for (const [{ instanceId }, decision] of decisions) {
      const commandId = 'cancelFirst' in decision ? decision.cancelFirst : null;
      if (commandId === null) continue;
      try {
        await cancelCommand(ssm, commandId, [instanceId]);
      } catch (error) {
        // It may have ended meanwhile. Whoever stops the instance waits for the hard deadline anyway.
        logger.warn('a command could not be cancelled', { commandId, instanceId, failure: describeFailure(error) });
      }
    }
  }

  /** A run that has lost the lock sends nothing more: another run may be at work on the same instances. */
  async function sendIfAllowed(batch: Batch, members: BatchInstance[], context: InvocationContext) {
    if (members.length === 0) return [];
    if (await hasLock(bucket, batch.run)) return send(batch, members, timeKeeper(context));
    return members.map((instance) => failWithoutLock(instance, now()));
  }

  /** One command for all of them, unless a crash has lost the ID of one that was sent already. */
  async function send(batch: Batch, members: BatchInstance[], hasTime: () => boolean): Promise<BatchInstance[]> {
    const { run } = batch;
    const comment = commandComment(batch, batch.sends + 1);
    const sent = new Map<string, { commandId: string; sentAt: string }>();
    const known = new Set(batch.instances.flatMap(({ commands }) => commands.map(({ commandId }) => commandId)));
    for (const { commandId, sentAt, instanceIds } of await findOurs(batch)) {
      if (known.has(commandId)) continue;
      for (const instanceId of instanceIds) sent.set(instanceId, { commandId, sentAt });
    }
    const unsent = members.map(({ instanceId }) => instanceId).filter((instanceId) => !sent.has(instanceId));
    const request = { work, target: run.targetVersion, comment, timeoutSeconds: COMMAND_TIMEOUT_SECONDS, hasTime };
    const { replies, refused } = await sendCommand(ssm, unsent, request);
    const moment = now();
    for (const { commandId, instanceIds } of replies) {
      for (const instanceId of instanceIds) sent.set(instanceId, { commandId, sentAt: toTimestamp(moment) });
    }
    const refusals = new Map(refused.map(({ id, failure }) => [id, `${failure.code}: ${failure.message}`]));
    return members.map((instance): BatchInstance => {
      const command = sent.get(instance.instanceId);
      if (command === undefined) {
        const lastRefusal = refusals.get(instance.instanceId) ?? null;
        return { ...instance, retryAt: addSeconds(moment, UNDELIVERED_RETRY_SECONDS), lastRefusal };
      }
      return { ...instance, retryAt: null, commands: [...instance.commands, { ...command, endedAt: null }] };
    });
  }

  return createHandler(runtime, 'UpdateAgent', batchSchema, async (batch, context) => {
    const waiting = batch.instances.filter(({ step }) => step === 'update');
    if (waiting.length === 0) return applyChanges(batch, [], now());
    const target = batch.run.targetVersion;
    const invocations = await follow(waiting);
    const invocationOf = (instance: BatchInstance) =>
      invocations.get(`${currentCommand(instance)?.commandId}/${instance.instanceId}`) ?? null;
    const isBusy = (instance: BatchInstance) => {
      const invocation = invocationOf(instance);
      return invocation !== null && work.judge(invocation).verdict === 'busy';
    };
    // The update that keeps it busy may be our own, and a send that was tried again may have been lost: a crash can lose a
    // command's ID before ListCommands shows it.
    const isUnsure = (instance: BatchInstance) => isBusy(instance) || instance.lastRefusal !== null;
    const ours = waiting.some(isUnsure) ? await findOurs(batch) : [];
    const members = waiting.map((instance) => (isUnsure(instance) ? withLostCommands(instance, ours) : instance));
    const unsure = members.filter((instance) =>
      needsAgentFacts(instance, invocationOf(instance), work, deadlineSeconds, now()),
    );
    const agents = await describeAgents(
      ssm,
      unsure.map(({ instanceId }) => instanceId),
    );

    const moment = now();
    const decisions = members.map((instance): [BatchInstance, UpdateDecision] => {
      const facts = { invocation: invocationOf(instance), agent: agents.get(instance.instanceId) ?? null };
      return [instance, decideUpdate(instance, facts, work, target, deadlineSeconds, moment)];
    });
    const silent = decisions.filter(([, decision]) => decision.action === 'fail' && isUnresponsive(decision.reason));
    const states = await describeInstances(
      ec2,
      silent.map(([{ instanceId }]) => instanceId),
    );
    await cancel(decisions);
    const toSend = decisions.filter(([, { action }]) => action === 'send').map(([instance]) => instance);
    const sent = await sendIfAllowed(batch, toSend, context);
    const changed = decisions.flatMap(([instance, decision]) => {
      const facts = states.get(instance.instanceId) ?? null;
      const told =
        decision.action === 'fail'
          ? { ...decision, reason: explainUnresponsive(decision.reason, facts, instance.launchTime) }
          : decision;
      return applyDecision(instance, told, moment);
    });
    const next = applyChanges(batch, [...changed, ...sent], now(), batch.sends + (toSend.length > 0 ? 1 : 0));
    logger.info('updates looked at', { runId: batch.run.runId, batch: batch.index, counts: next.counts });
    return next;
  });
}

/** The instance after a decision; those that are sent a command are changed by the sending. */
function applyDecision(instance: BatchInstance, decision: UpdateDecision, now: Date): BatchInstance[] {
  switch (decision.action) {
    case 'send':
    case 'wait':
      return [];
    case 'follow-earlier':
      return [endCommands(instance, 'current', toTimestamp(now))];
    case 'back-off':
      return [
        {
          ...endCommands(instance, 'current', toTimestamp(now)),
          retryAt: decision.retryAt,
          foreignUpdateSince: instance.foreignUpdateSince ?? toTimestamp(now),
        },
      ];
    case 'verify':
      // One updater lives at a time, behind a lock: that ours got through means that no other is at work.
      return [toStep({ ...endCommands(instance, 'all', decision.endedAt), foreignUpdateSince: null }, 'verify', now)];
    case 'satisfied': {
      const outcome = work.isSatisfiedBy(instance.versionBefore, decision.version) ? 'already-current' : 'updated';
      return [finishWork({ ...instance, versionAfter: decision.version }, outcome, decision.reason, now)];
    }
    case 'fail': {
      const ended = decision.endedAt === null ? instance : endCommands(instance, 'current', decision.endedAt);
      return [finishWork(ended, 'failed', decision.reason, now)];
    }
  }
}
