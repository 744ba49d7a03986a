import {
  CancelCommandCommand,
  type CommandInvocation,
  GetCommandInvocationCommand,
  paginateListCommandInvocations,
  paginateListCommands,
  SendCommandCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import * as z from 'zod';
import type { SentCommand } from '../domain/batch/batch-instance.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { parsePlainly } from '../domain/model/plain-words.ts';
import { addSeconds } from '../domain/model/time.ts';
import { validationMessage } from '../domain/model/validation-message.ts';
import type { Invocation, Work } from '../domain/work/work.ts';
import { describeFailure } from './sdk/failures.ts';
import { EACH_REQUEST, sendInTime } from './sdk/send-in-time.ts';
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
    const reply = await ssm.send(command);
    const commandId = reply.Command?.CommandId;
    if (commandId === undefined) throw new ReveilleError('UnexpectedReply', 'SendCommand: no CommandId in the reply');
    return { commandId, instanceIds: InstanceIds };
  };
  const parts: TakenApart<{ commandId: string; instanceIds: string[] }>[] = [];
  for (const ids of groups) parts.push(await takeApart(ids, send, { turn, hasTime }));
  return join(parts);
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
        // The filter takes whole seconds; one second earlier loses none.
        { key: 'InvokedAfter', value: addSeconds(since, -1).replace(/\.\d+Z$/, 'Z') },
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
        Output: z.string().default(''),
        ResponseStartDateTime: z.date().optional(),
        ResponseFinishDateTime: z.date().optional(),
      }),
    )
    .default([]),
});

function toInvocation(reply: CommandInvocation): Invocation {
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
    output: CommandPlugins.map(({ Output }) => Output).join('\n'),
    startedAt: starts.sort()[0] ?? null,
    endedAt: ends.sort().at(-1) ?? null,
  };
}

/** With the whole output: the listing cuts it at 2,500 characters (docs/aws-behaviour.md 15). What is not there yet is left as it is. */
async function withWholeOutput(ssm: SSMClient, invocation: Invocation): Promise<Invocation> {
  const { commandId: CommandId, instanceId: InstanceId } = invocation;
  try {
    const reply = await ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId }));
    return { ...invocation, output: `${reply.StandardOutputContent ?? ''}\n${reply.StandardErrorContent ?? ''}` };
  } catch (error) {
    if (describeFailure(error).code !== 'InvocationDoesNotExist') throw error;
    return invocation;
  }
}

/**
 * Where each instance stands in a command. One that is missing is not there yet (docs/aws-behaviour.md 13). The
 * output is completed only for an ended invocation whose listing says too little to judge by.
 */
export async function listInvocations(ssm: SSMClient, commandId: string, work: Work): Promise<Invocation[]> {
  const invocations: Invocation[] = [];
  try {
    const pages = paginateListCommandInvocations(
      { client: ssm, pageSize: PAGE_SIZE },
      { CommandId: commandId, Details: true },
    );
    for await (const page of pages) {
      for (const reply of page.CommandInvocations ?? []) {
        const invocation = toInvocation(reply);
        const ended = invocation.status === 'Success' || invocation.status === 'Failed';
        const enough = !ended || work.isConclusive(invocation);
        invocations.push(enough ? invocation : await withWholeOutput(ssm, invocation));
      }
    }
  } catch (error) {
    if (!['InvalidCommandId', 'InvocationDoesNotExist'].includes(describeFailure(error).code)) throw error;
  }
  return invocations;
}

export interface FollowOptions {
  work: Work;
  /** Told of a command that can't be listed, which is then left out. Without it, that error ends the listing. */
  onFailure?(commandId: string, error: unknown): void;
}

/** The invocations of these commands, with one listing for each command. */
export async function listAllInvocations(
  ssm: SSMClient,
  commands: SentCommand[],
  { work, onFailure }: FollowOptions,
): Promise<Invocation[]> {
  const invocations: Invocation[] = [];
  for (const commandId of new Set(commands.map((command) => command.commandId))) {
    try {
      invocations.push(...(await listInvocations(ssm, commandId, work)));
    } catch (error) {
      if (onFailure === undefined) throw error;
      onFailure(commandId, error);
    }
  }
  return invocations;
}

/** Asks the agents to give a command up. A command that has ended by then is none the worse for it. */
export async function cancelCommand(ssm: SSMClient, commandId: string, instanceIds: string[]): Promise<void> {
  await ssm.send(new CancelCommandCommand({ CommandId: commandId, InstanceIds: instanceIds }));
}
