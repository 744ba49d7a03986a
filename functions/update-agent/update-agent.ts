import * as z from 'zod';
import { createBucket } from '../aws/bucket.ts';
import { mapConcurrently } from '../aws/sdk/batching.ts';
import { createEc2Client, createS3Client, createSsmClient, type SSMClient } from '../aws/sdk/clients.ts';
import { describeFailure } from '../aws/sdk/failures.ts';
import { describeAgents } from '../aws/ssm-agents.ts';
import { cancelCommand, type Followed, findCommands, listAllInvocations } from '../aws/ssm-commands.ts';
import type { Batch } from '../domain/batch/batch.ts';
import type { InstanceAt } from '../domain/batch/batch-instance.ts';
import type { Look } from '../domain/batch/look.ts';
import type { Seen } from '../domain/batch/unseen.ts';
import {
  decideUpdate,
  mayHaveLostCommand,
  needsAgentFacts,
  type UpdateCase,
  type UpdateDecision,
} from '../domain/steps/update.ts';
import { chosenWork } from '../domain/work/chosen-work.ts';
import { commentPrefix } from '../domain/work/command-comment.ts';
import { awaitsSecondTry } from '../domain/work/second-try.ts';
import { currentCommand, currentInvocation, noteStatuses, withLostCommands } from '../domain/work/sent-commands.ts';
import type { Work } from '../domain/work/work.ts';
import { createStepHandler } from '../operations/handle-step.ts';
import { environment, optOutEnvironment, optOutTagOf } from '../runtime/environment.ts';
import { type Handler, parseEnvironment } from '../runtime/handler.ts';
import { type Runtime, timeKeeper } from '../runtime/runtime.ts';
import { idsOf, sendWork } from './send-work.ts';

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
    ec2,
    deadlineSeconds: settings.UPDATE_DEADLINE_SECONDS,
    async act({ members, facts }, batch, context) {
      const cases = await followCommands(tools, batch, members);
      const decided = await decideUpdates(tools, cases, batch.invocations);
      await cancelCommands(tools, decided);
      const toSend = decided.filter(({ decision }) => decision.action === 'send').map(({ instance }) => instance);
      const sent = await sendWork({ ...tools, facts, hasTime: timeKeeper(context) }, batch, toSend);
      return {
        looks: [...decided.flatMap(toLook), ...sent],
        batch: { sends: batch.sends + (sent.length > 0 ? 1 : 0) },
      };
    },
  });
}

interface Tools extends Pick<Runtime, 'now' | 'logger'> {
  ssm: SSMClient;
  work: Work;
  deadlineSeconds: number;
}

/** What is known before the agents are asked. */
type FollowedCase = Omit<UpdateCase, 'agent'>;

interface Decided {
  /** With commands of ours that were found again. */
  instance: InstanceAt<'update'>;
  decision: UpdateDecision;
}

/** Decides by the commands, and asks for the agents' versions where those say too little. */
async function decideUpdates({ ssm, now }: Tools, cases: FollowedCase[], turn: number): Promise<Decided[]> {
  const asked = idsOf(cases.filter(needsAgentFacts).map(({ instance }) => instance));
  const agents = await describeAgents(ssm, asked, turn);
  const moment = now();
  return cases.map((given) => {
    const { instanceId } = given.instance;
    const agent = agents.get(instanceId) ?? null;
    return { instance: given.instance, decision: decideUpdate({ ...given, agent, now: moment }) };
  });
}

/** What SSM says of the command that each instance was sent; a command whose ID was lost is found by its comment. */
async function followCommands(
  tools: Tools,
  batch: Batch,
  shown: Seen<InstanceAt<'update'>>[],
): Promise<FollowedCase[]> {
  const { ssm, work, deadlineSeconds, now } = tools;
  const { startedAt, targetVersion: target } = batch.run;
  const known = await listAllInvocations(ssm, shown.flatMap(toFollow), { work });
  const isUnclear = ({ instance }: Seen<InstanceAt<'update'>>) =>
    mayHaveLostCommand({ instance, invocation: currentInvocation(instance, known), work });
  const unclear = new Set(shown.filter(isUnclear));
  const ours = unclear.size > 0 ? await findCommands(ssm, work, commentPrefix(batch), startedAt) : [];
  const found = shown.map((one) =>
    unclear.has(one) ? { ...one, instance: withLostCommands(one.instance, ours) } : one,
  );
  // One that was lost for minutes is not undelivered by now: SSM has not been asked about it yet.
  const isLost = ({ commandId }: Followed) => !known.some((one) => one.commandId === commandId);
  const lost = found.filter(({ instance }, index) => instance !== shown[index]?.instance);
  const invocations = [...known, ...(await listAllInvocations(ssm, lost.flatMap(toFollow).filter(isLost), { work }))];
  return found.map(({ instance: followed, ec2 }) => {
    const instance = noteStatuses(followed, invocations);
    const invocation = currentInvocation(instance, invocations);
    return { instance, ec2, invocation, work, target, deadlineSeconds, now: now() };
  });
}

/** The command of it that SSM is asked about, if any. One that has failed, and is to be sent again, says why. */
function toFollow({ instance }: Seen<InstanceAt<'update'>>): Followed[] {
  const command = currentCommand(instance);
  const isFollowed = command?.endedAt === null || awaitsSecondTry(instance);
  return command && isFollowed ? [{ commandId: command.commandId, instanceId: instance.instanceId }] : [];
}

/** How an instance goes on that is sent nothing. */
function toLook({ instance, decision }: Decided): Look[] {
  if (decision.action === 'send') return [];
  return decision.action === 'wait' ? [{ instance, waiting: decision.waiting }] : [decision];
}

/** So many at once: one that no agent of a large batch has taken is cancelled for each of them. */
const CANCELLED_AT_ONCE = 8;

/** A cancellation may be refused, since the command has ended meanwhile; RestoreInstances waits for its end anyway. */
async function cancelCommands({ ssm, logger }: Tools, decided: Decided[]): Promise<void> {
  await mapConcurrently(decided, CANCELLED_AT_ONCE, async ({ instance, decision }) => {
    const commandId = 'cancelFirst' in decision ? decision.cancelFirst : null;
    if (commandId === null) return;
    const { instanceId } = instance;
    try {
      await cancelCommand(ssm, commandId, [instanceId]);
    } catch (error) {
      logger.warn('a command could not be cancelled', { commandId, instanceId, failure: describeFailure(error) });
    }
  });
}
