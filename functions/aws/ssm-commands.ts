import {
  CancelCommandCommand,
  type CommandInvocation,
  GetCommandInvocationCommand,
  paginateListCommandInvocations,
  paginateListCommands,
  SendCommandCommand,
  type SendCommandCommandOutput,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import * as z from 'zod';
import type { Refusal } from '../domain/model/aws-errors.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { SSM_CLOCK_MARGIN_SECONDS } from '../domain/model/limits.ts';
import { parsePlainly } from '../domain/model/plain-words.ts';
import { addSeconds } from '../domain/model/time.ts';
import { validationMessage } from '../domain/model/validation-message.ts';
import type { Invocation, Work } from '../domain/work/work.ts';
import { askOfEach, askOfOne, askOrFail } from './sdk/ask-of-one.ts';
import { mapConcurrently } from './sdk/batching.ts';
import { describeFailure, FailedCall } from './sdk/failures.ts';
import { EACH_REQUEST, OutOfTime, sendInTime } from './sdk/send-in-time.ts';
import { join, type TakenApart, takeApart } from './sdk/take-apart.ts';
import { PAGE_SIZE } from './ssm-agents.ts';

export interface CommandRequest {
  work: Work;
  target: string;
  /** At most 100 characters; it finds the command again when a crash has lost its ID. */
  comment: string;
  timeoutSeconds: number;
  /** Which look it is. */
  turn: number;
  hasTime(): boolean;
  /** Asked before each request that is sent to them, also by the SDK's own retries. */
  mayLeave(instanceIds: string[]): boolean;
}

/** Sends the work to each group in one command, or, where SSM refuses some, in several without those (11, 14). */
export async function sendCommand(
  ssm: SSMClient,
  groups: string[][],
  { work, target, comment, timeoutSeconds, turn, hasTime, mayLeave }: CommandRequest,
): Promise<TakenApart<{ commandId: string; instanceIds: string[] }>> {
  const send = async (InstanceIds: string[]) => {
    const command = new SendCommandCommand({
      DocumentName: work.documentName,
      Parameters: work.parameters(target),
      InstanceIds,
      Comment: comment,
      TimeoutSeconds: timeoutSeconds,
      // The default of 0 lets the first failure end all the others (docs/aws-behaviour.md 11).
      MaxErrors: '100%',
      MaxConcurrency: '100%',
    });
    command.middlewareStack.add(
      sendInTime('SendCommand', () => mayLeave(InstanceIds)),
      EACH_REQUEST,
    );
    const reply = await sendNamed(ssm, command);
    const commandId = reply.Command?.CommandId;
    if (commandId === undefined) throw new ReveilleError('UnexpectedReply', 'SendCommand: no CommandId in the reply');
    return { commandId, instanceIds: InstanceIds };
  };
  const parts: TakenApart<{ commandId: string; instanceIds: string[] }>[] = [];
  for (const ids of groups) parts.push(await takeApart(ids, send, { turn, hasTime }));
  return join(parts);
}

async function sendNamed(ssm: SSMClient, command: SendCommandCommand): Promise<SendCommandCommandOutput> {
  try {
    return await ssm.send(command);
  } catch (error) {
    throw error instanceof OutOfTime ? error : new FailedCall('SendCommand', error);
  }
}

/** A command that SSM lists. */
export interface FoundCommand {
  commandId: string;
  instanceIds: string[];
  sentAt: string;
  comment: string;
  /** What its document was given. */
  parameters: Record<string, string[]>;
}

/** Commands of this work whose comments begin so, sent since then (docs/aws-behaviour.md 32). */
export async function findCommands(
  ssm: SSMClient,
  work: Work,
  commentPrefix: string,
  since: string,
): Promise<FoundCommand[]> {
  const found: FoundCommand[] = [];
  const pages = paginateListCommands(
    { client: ssm, pageSize: PAGE_SIZE },
    {
      Filters: [
        { key: 'DocumentName', value: work.documentName },
        // By SSM's clock, and in whole seconds: a little earlier loses none.
        { key: 'InvokedAfter', value: addSeconds(since, -SSM_CLOCK_MARGIN_SECONDS).replace(/\.\d+Z$/, 'Z') },
      ],
    },
  );
  for await (const page of pages) {
    for (const { CommandId, Comment = '', InstanceIds = [], RequestedDateTime, Parameters = {} } of page.Commands ??
      []) {
      if (CommandId === undefined || !Comment.startsWith(commentPrefix)) continue;
      const sentAt = RequestedDateTime?.toISOString() ?? since;
      const known = { instanceIds: InstanceIds, sentAt, comment: Comment, parameters: Parameters };
      found.push({ commandId: CommandId, ...known });
    }
  }
  return found;
}

const invocationSchema = z.object({
  CommandId: z.string(),
  InstanceId: z.string(),
  Status: z.string(),
  StatusDetails: z.string().default(''),
  CommandPlugins: z
    .array(
      z.object({
        Name: z.string().optional(),
        Status: z.string().default(''),
        Output: z.string().default(''),
        ResponseStartDateTime: z.date().optional(),
        ResponseFinishDateTime: z.date().optional(),
      }),
    )
    .default([]),
});

type Plugin = z.output<typeof invocationSchema>['CommandPlugins'][number];

/** A step for another platform is skipped, and ends as a success (docs/aws-behaviour.md 123). */
const SKIPPED_STEP = /^Step execution skipped /;

/** The steps whose words count: those that failed; where none did, those that were carried out. */
function tellingPlugins(plugins: Plugin[]): Plugin[] {
  const failed = plugins.filter(({ Status }) => Status === 'Failed' || Status === 'TimedOut');
  return failed.length > 0 ? failed : plugins.filter(({ Output }) => !SKIPPED_STEP.test(Output));
}

/** An invocation as it is listed. `pluginName`: of the step that is to be asked for, where a document has several. */
type ListedInvocation = Invocation & { pluginName: string | null };

function toInvocation(reply: CommandInvocation): ListedInvocation {
  const parsed = parsePlainly(invocationSchema, reply);
  if (!parsed.success) {
    throw new ReveilleError('UnexpectedReply', `ListCommandInvocations: ${validationMessage(parsed.error)}`);
  }
  const { CommandId, InstanceId, Status, StatusDetails, CommandPlugins } = parsed.data;
  const starts = CommandPlugins.flatMap(({ ResponseStartDateTime }) => ResponseStartDateTime?.toISOString() ?? []);
  const ends = CommandPlugins.flatMap(({ ResponseFinishDateTime }) => ResponseFinishDateTime?.toISOString() ?? []);
  return {
    commandId: CommandId,
    instanceId: InstanceId,
    status: Status,
    statusDetails: StatusDetails,
    output: tellingPlugins(CommandPlugins)
      .map(({ Output }) => Output)
      .join('\n'),
    pluginName: CommandPlugins.length > 1 ? (tellingPlugins(CommandPlugins)[0]?.Name ?? null) : null,
    startedAt: starts.sort()[0] ?? null,
    endedAt: ends.sort().at(-1) ?? null,
  };
}

/**
 * With the whole output: the listing cuts it at 2,500 characters (docs/aws-behaviour.md 15). What is not there yet is left as it
 * is; and where SSM refuses to say more, that stands beside it. Where it fails to, the next look asks again.
 */
async function withWholeOutput(ssm: SSMClient, { pluginName, ...invocation }: ListedInvocation): Promise<Invocation> {
  const { commandId: CommandId, instanceId: InstanceId } = invocation;
  const request = { CommandId, InstanceId, ...(pluginName && { PluginName: pluginName }) };
  const answer = await askOrFail('GetCommandInvocation', () => ssm.send(new GetCommandInvocationCommand(request)));
  if ('failed' in answer) return { ...unsaid(invocation, answer.refusal), hasEnded: true };
  if ('refusal' in answer) {
    const { refusal } = answer;
    return refusal.error?.code === 'InvocationDoesNotExist' ? invocation : { ...invocation, refusal };
  }
  const { StandardOutputContent = '', StandardErrorContent = '' } = answer.reply;
  return { ...invocation, output: `${StandardOutputContent}\n${StandardErrorContent}` };
}

/**
 * Where each instance stands in a command, or only one of them. One that is missing is not there yet (docs/aws-behaviour.md 13).
 * The output is completed only for an ended invocation whose listing says too little to judge by.
 */
async function listInvocations(
  ssm: SSMClient,
  work: Work,
  asked: { CommandId: string; InstanceId?: string },
): Promise<Invocation[]> {
  const invocations: Invocation[] = [];
  try {
    const pages = paginateListCommandInvocations({ client: ssm, pageSize: PAGE_SIZE }, { ...asked, Details: true });
    for await (const page of pages) {
      for (const listed of (page.CommandInvocations ?? []).map(toInvocation)) {
        const { pluginName: _step, ...invocation } = listed;
        const ended = invocation.status === 'Success' || invocation.status === 'Failed';
        const enough = !ended || work.isConclusive(invocation);
        const failed = invocations.find(({ hasEnded }) => hasEnded === true);
        if (enough) invocations.push(invocation);
        // Where SSM hangs, each more would take most of the function's time.
        else if (failed !== undefined) invocations.push({ ...failed, instanceId: invocation.instanceId });
        else invocations.push(await withWholeOutput(ssm, listed));
      }
    }
  } catch (error) {
    if (!['InvalidCommandId', 'InvocationDoesNotExist'].includes(describeFailure(error).code)) throw error;
  }
  return invocations;
}

/** A command, as one instance was sent it. */
export type Followed = Pick<Invocation, 'commandId' | 'instanceId'>;

/** Each part of commands that were found. */
export const followedOf = (commands: Pick<FoundCommand, 'commandId' | 'instanceIds'>[]): Followed[] =>
  commands.flatMap(({ commandId, instanceIds }) => instanceIds.map((instanceId) => ({ commandId, instanceId })));

/** SSM does not say how it stands: it may be at work. */
const unsaid = ({ commandId, instanceId }: Followed, refusal: Refusal): Invocation => ({
  commandId,
  instanceId,
  status: 'InProgress',
  statusDetails: '',
  output: '',
  refusal,
  startedAt: null,
  endedAt: null,
});

const LISTING = 'ListCommandInvocations';

/** So many listings at once: of commands, and of the instances of one whose own listing is refused. */
const ASKED_AT_ONCE = 8;

/**
 * The invocations of these commands, with one listing for each command. Where that is refused, each instance is asked for alone,
 * and what is refused then is that instance's alone.
 * @param onFailure told of a command that could not be listed for a cause that passes, which is then left out; without it, that
 * error ends the listing
 */
export async function listAllInvocations(
  ssm: SSMClient,
  followed: Followed[],
  { work, onFailure }: { work: Work; onFailure?(commandId: string, error: unknown): void },
): Promise<Invocation[]> {
  const list = async ([commandId, parts]: [string, Followed[]]): Promise<Invocation[]> => {
    try {
      const answer = await askOfOne(LISTING, () => listInvocations(ssm, work, { CommandId: commandId }));
      if ('reply' in answer) return answer.reply;
      const ids = parts.map(({ instanceId }) => instanceId);
      return await listEach(ssm, work, commandId, ids);
    } catch (error) {
      if (onFailure === undefined) throw error;
      onFailure(commandId, error);
      return [];
    }
  };
  const byCommand = Map.groupBy(followed, ({ commandId }) => commandId);
  return (await mapConcurrently([...byCommand], ASKED_AT_ONCE, list)).flat();
}

async function listEach(ssm: SSMClient, work: Work, commandId: string, ids: string[]): Promise<Invocation[]> {
  const { replies, refusals } = await askOfEach(LISTING, ids, ASKED_AT_ONCE, (InstanceId) =>
    listInvocations(ssm, work, { CommandId: commandId, InstanceId }),
  );
  return ids.flatMap((instanceId) => {
    const refusal = refusals.get(instanceId);
    return refusal === undefined ? (replies.get(instanceId) ?? []) : [unsaid({ commandId, instanceId }, refusal)];
  });
}

/** Asks the agents to give a command up. A command that has ended by then is none the worse for it. */
export async function cancelCommand(ssm: SSMClient, commandId: string, instanceIds: string[]): Promise<void> {
  await ssm.send(new CancelCommandCommand({ CommandId: commandId, InstanceIds: instanceIds }));
}
