import {
  CancelCommandCommand,
  type CommandInvocation,
  GetCommandInvocationCommand,
  paginateDescribeInstanceInformation,
  paginateListCommandInvocations,
  paginateListCommands,
  SendCommandCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { ReveilleError } from '../domain/errors.ts';
import type { AgentFacts } from '../domain/instances.ts';
import { explainMisfit } from '../domain/misfits.ts';
import { plainText } from '../domain/reasons.ts';
import type { Invocation, Work } from '../domain/run-command/work.ts';
import { addSeconds } from '../domain/time.ts';
import { type Bisected, bisect } from './bisect.ts';
import { chunks } from './chunks.ts';
import { type AwsFailure, describeFailure } from './failures.ts';

const PAGE_SIZE = 50;
/** DescribeInstanceInformation takes up to 100 values in a filter (docs/aws-behaviour.md 15); a page has 50. */
const FILTER_VALUES_MAX = 50;

const isInvalidInstanceId = ({ code }: AwsFailure): boolean => code === 'InvalidInstanceId';

/** What SSM knows of these instances' agents, by ID; those that SSM does not list, or refuses to, are absent (15). */
export async function describeAgents(ssm: SSMClient, instanceIds: string[]): Promise<Map<string, AgentFacts>> {
  const found = new Map<string, AgentFacts>();
  for (const ids of chunks(instanceIds, FILTER_VALUES_MAX)) {
    const { replies } = await bisect(ids, (some) => listAgents(ssm, some), { isAboutIds: isInvalidInstanceId });
    for (const agent of replies.flat()) found.set(agent.instanceId, agent);
  }
  return found;
}

async function listAgents(ssm: SSMClient, instanceIds: string[]): Promise<AgentFacts[]> {
  const agents: AgentFacts[] = [];
  const pages = paginateDescribeInstanceInformation(
    { client: ssm, pageSize: PAGE_SIZE },
    { Filters: [{ Key: 'InstanceIds', Values: instanceIds }] },
  );
  for await (const page of pages) {
    for (const { InstanceId, PingStatus, LastPingDateTime, AgentVersion } of page.InstanceInformationList ?? []) {
      if (InstanceId === undefined) continue;
      agents.push({
        instanceId: InstanceId,
        pingStatus: PingStatus ?? 'Unknown',
        lastPingAt: LastPingDateTime?.toISOString() ?? null,
        // As the agent itself says: another text of an instance.
        version: AgentVersion === undefined ? null : plainText(AgentVersion),
      });
    }
  }
  return agents;
}

export interface CommandRequest {
  work: Work;
  target: string;
  /** At most 100 characters; it finds the command again when a crash has lost its ID. */
  comment: string;
  timeoutSeconds: number;
  hasTime(): boolean;
}

/** Sends the work to all of them in one command, or, where SSM refuses some, in several without those (11, 14). */
export function sendCommand(
  ssm: SSMClient,
  instanceIds: string[],
  { work, target, comment, timeoutSeconds, hasTime }: CommandRequest,
): Promise<Bisected<string, { commandId: string; instanceIds: string[] }>> {
  const send = async (InstanceIds: string[]) => {
    const reply = await ssm.send(
      new SendCommandCommand({
        DocumentName: work.documentName,
        Parameters: work.parameters(target),
        InstanceIds,
        Comment: comment,
        TimeoutSeconds: timeoutSeconds,
        // The default of 0 lets the first failure end all the others (docs/aws-behaviour.md 11).
        MaxErrors: '100%',
        MaxConcurrency: '100%',
      }),
    );
    const commandId = reply.Command?.CommandId;
    if (commandId === undefined) throw new ReveilleError('UnexpectedReply', 'SendCommand: no CommandId in the reply');
    return { commandId, instanceIds: InstanceIds };
  };
  return bisect(instanceIds, send, { isAboutIds: isInvalidInstanceId, hasTime });
}

/** Commands of this work whose comments begin so, sent since then (docs/aws-behaviour.md 32). */
export async function findCommands(
  ssm: SSMClient,
  work: Work,
  commentPrefix: string,
  since: string,
): Promise<{ commandId: string; instanceIds: string[]; sentAt: string }[]> {
  const found = [];
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
    for (const { CommandId, Comment, InstanceIds, RequestedDateTime } of page.Commands ?? []) {
      if (CommandId === undefined || !Comment?.startsWith(commentPrefix)) continue;
      const sentAt = RequestedDateTime?.toISOString() ?? since;
      found.push({ commandId: CommandId, instanceIds: InstanceIds ?? [], sentAt });
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
        ResponseFinishDateTime: z.date().optional(),
      }),
    )
    .default([]),
});

function toInvocation(reply: CommandInvocation): Invocation {
  const parsed = invocationSchema.safeParse(reply);
  if (!parsed.success) {
    throw new ReveilleError('UnexpectedReply', `ListCommandInvocations: ${explainMisfit(parsed.error)}`);
  }
  const { CommandId, InstanceId, Status, StatusDetails, CommandPlugins } = parsed.data;
  const ends = CommandPlugins.flatMap(({ ResponseFinishDateTime }) => ResponseFinishDateTime?.toISOString() ?? []);
  return {
    commandId: CommandId,
    instanceId: InstanceId,
    status: Status,
    statusDetails: StatusDetails,
    output: CommandPlugins.map(({ Output }) => Output).join('\n'),
    endedAt: ends.sort().at(-1) ?? null,
  };
}

/** The whole output; the listing cuts it at 2,500 characters (docs/aws-behaviour.md 15). What is not there yet is left as it is. */
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

/** Asks the agents to give a command up. A command that has ended by then is none the worse for it. */
export async function cancelCommand(ssm: SSMClient, commandId: string, instanceIds: string[]): Promise<void> {
  await ssm.send(new CancelCommandCommand({ CommandId: commandId, InstanceIds: instanceIds }));
}
