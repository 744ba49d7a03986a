import * as z from 'zod';
import { createBucket } from '../aws/bucket.ts';
import { createEc2Client, createS3Client, createSsmClient, type SSMClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { describeAgents } from '../aws/ssm-agents.ts';
import { cancelCommand, findCommands, listAllInvocations } from '../aws/ssm-commands.ts';
import type { Batch } from '../domain/batch/batch.ts';
import type { InstanceAt } from '../domain/batch/batch-instance.ts';
import type { AgentLook } from '../domain/steps/unresponsive-agent.ts';
import {
  decideUpdate,
  mayHaveLostCommand,
  needsAgentFacts,
  type UpdateCase,
  type UpdateDecision,
} from '../domain/steps/update.ts';
import { chosenWork } from '../domain/work/chosen-work.ts';
import { commentPrefix } from '../domain/work/command-comment.ts';
import { currentCommand, currentInvocation, noteStatuses, withLostCommands } from '../domain/work/sent-commands.ts';
import type { Work } from '../domain/work/work.ts';
import { explainUnresponsiveAgents } from '../operations/explain-unresponsive.ts';
import { createStepHandler } from '../operations/handle-step.ts';
import { environment, optOutEnvironment, optOutTagOf } from '../runtime/environment.ts';
import { type Handler, parseEnvironment } from '../runtime/handler.ts';
import { type Runtime, timeKeeper } from '../runtime/runtime.ts';
import { sendWork } from './send-work.ts';

const environmentSchema = z.object({
  BUCKET_NAME: environment.BUCKET_NAME,
  ...optOutEnvironment,
  UPDATE_DEADLINE_SECONDS: environment.UPDATE_DEADLINE_SECONDS,
});

/** UpdateAgent: sends the work's command to the instances that are ready, and follows what becomes of it. */
export function createUpdateAgent(runtime: Runtime, work = chosenWork): Handler<Batch> {
  const { now, logger, clientOptions } = runtime;
  const settings = parseEnvironment(environmentSchema, runtime.environment);
  const bucket = createBucket(createS3Client(clientOptions), settings.BUCKET_NAME);
  const ec2 = createEc2Client(clientOptions);
  const ssm = createSsmClient(clientOptions);
  const optOutTag = optOutTagOf(settings);
  const tools = { bucket, ec2, ssm, work, optOutTag, deadlineSeconds: settings.UPDATE_DEADLINE_SECONDS, now, logger };

  return createStepHandler(runtime, {
    name: 'UpdateAgent',
    step: 'update',
    async act(members, batch, context) {
      const decided = await decideUpdates(tools, batch, members);
      const looks = await explainUnresponsiveAgents(ec2, decided.flatMap(toLook), now());
      await cancelCommands(tools, decided);
      const toSend = decided.filter(({ decision }) => decision.action === 'send').map(({ instance }) => instance);
      const sent = await sendWork(tools, batch, toSend, timeKeeper(context));
      return { looks: [...looks, ...sent], batch: { sends: batch.sends + (sent.length > 0 ? 1 : 0) } };
    },
  });
}

interface Tools extends Pick<Runtime, 'now' | 'logger'> {
  ssm: SSMClient;
  work: Work;
  deadlineSeconds: number;
}

interface Decided {
  /** With commands of ours that were found again. */
  instance: InstanceAt<'update'>;
  decision: UpdateDecision;
}

/** Follows the commands that are open, and asks for the agents' versions where those say too little. */
async function decideUpdates(tools: Tools, batch: Batch, members: InstanceAt<'update'>[]): Promise<Decided[]> {
  const { ssm, now } = tools;
  const cases = await followCommands(tools, batch, members);
  const needAgent = cases.filter(needsAgentFacts).map(({ instance }) => instance.instanceId);
  const agents = await describeAgents(ssm, needAgent);
  const moment = now();
  return cases.map((given) => {
    const agent = agents.get(given.instance.instanceId) ?? null;
    return { instance: given.instance, decision: decideUpdate({ ...given, agent, now: moment }) };
  });
}

/** What SSM says of the command that each instance was sent; a command whose ID was lost is found by its comment. */
async function followCommands(
  tools: Tools,
  batch: Batch,
  members: InstanceAt<'update'>[],
): Promise<Omit<UpdateCase, 'agent'>[]> {
  const { ssm, work, deadlineSeconds, now } = tools;
  const { startedAt, targetVersion: target } = batch.run;
  const current = members.flatMap((instance) => currentCommand(instance) ?? []);
  const open = current.filter(({ endedAt }) => endedAt === null);
  const invocations = await listAllInvocations(ssm, open, { work });
  const isUnclear = (instance: InstanceAt<'update'>) =>
    mayHaveLostCommand({ instance, invocation: currentInvocation(instance, invocations), work });
  const ours = members.some(isUnclear) ? await findCommands(ssm, work, commentPrefix(batch), startedAt) : [];
  return members.map((received) => {
    const instance = noteStatuses(isUnclear(received) ? withLostCommands(received, ours) : received, invocations);
    const invocation = currentInvocation(instance, invocations);
    return { instance, invocation, work, target, deadlineSeconds, now: now() };
  });
}

/** How an instance goes on that is sent nothing. */
function toLook({ instance, decision }: Decided): AgentLook[] {
  if (decision.action === 'send') return [];
  return decision.action === 'wait' ? [{ instance, waiting: decision.waiting }] : [decision];
}

/** A cancellation may be refused, since the command has ended meanwhile; RestoreInstances waits for its end anyway. */
async function cancelCommands({ ssm, logger }: Tools, decided: Decided[]): Promise<void> {
  for (const { instance, decision } of decided) {
    const commandId = 'cancelFirst' in decision ? decision.cancelFirst : null;
    if (commandId === null) continue;
    const { instanceId } = instance;
    try {
      await cancelCommand(ssm, commandId, [instanceId]);
    } catch (error) {
      logger.warn('a command could not be cancelled', { commandId, instanceId, failure: describeFailure(error) });
    }
  }
}
