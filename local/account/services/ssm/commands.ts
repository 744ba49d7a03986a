import * as z from 'zod';
import { ServiceError } from '../../wire/service-error.ts';
import { cancel, UPDATE_DOCUMENT } from '../../world/commands.ts';
import type { WorldCommand, WorldInvocation } from '../../world/model.ts';
import { type Call, type Operations, operation, paginate } from '../operation.ts';
import {
  assertFilters,
  COMMAND_VALUES,
  filterSchema,
  INVOCATION_VALUES,
  type Listed,
  passes,
} from './command-filters.ts';
import { describeCommand, statusOf } from './command-status.ts';
import { sendCommand } from './send-command.ts';

/** The plugin of a document's only step. */
const pluginOf = ({ documentName }: WorldCommand): string =>
  documentName === UPDATE_DOCUMENT ? 'aws:updateSsmAgent' : 'aws:runShellScript';

const LISTED_OUTPUT_MAX = 2500;

const STDOUT_MAX = 24_000;

const STDERR_MAX = 8_000;

const invalidToken = () => new ServiceError('InvalidNextToken', 'The specified token is not valid.');

const seconds = (milliseconds: number | null) => (milliseconds === null ? undefined : milliseconds / 1000);

/** Both streams in one, cut (docs/aws-behaviour.md 15). */
function listedOutput({ stdout, stderr }: WorldInvocation): string {
  const both = stderr === '' ? stdout : `${stdout}\n----------ERROR-------\n${stderr}`;
  return both.length > LISTED_OUTPUT_MAX ? `${both.slice(0, LISTED_OUTPUT_MAX - 26)}\n---Output truncated---\n` : both;
}

const describeInvocation = (command: WorldCommand, invocation: WorldInvocation, details: boolean) => ({
  CommandId: command.id,
  InstanceId: invocation.instanceId,
  Comment: command.comment,
  DocumentName: command.documentName,
  RequestedDateTime: invocation.requestedAt / 1000,
  Status: invocation.status,
  StatusDetails: invocation.statusDetails,
  CommandPlugins: details
    ? [
        {
          Name: pluginOf(command),
          Status: invocation.status,
          StatusDetails: invocation.statusDetails,
          ResponseCode: invocation.responseCode,
          ResponseStartDateTime: seconds(invocation.startedAt),
          ResponseFinishDateTime: seconds(invocation.endedAt),
          Output: invocation.endedAt === null ? '' : listedOutput(invocation),
        },
      ]
    : [],
});

const listing = {
  CommandId: z.string().length(36).optional(),
  InstanceId: z.string().optional(),
  Filters: z.array(filterSchema).min(1).max(5).optional(),
  MaxResults: z.int().min(1).max(50).optional(),
  NextToken: z.string().optional(),
};

function findCommand({ world, now }: Call, id: string): WorldCommand | undefined {
  const command = world.commands.find((one) => one.id === id);
  if (command === undefined) throw new ServiceError('InvalidCommandId', '');
  return command.visibleAt <= now ? command : undefined;
}

const asListed = (command: WorldCommand): Listed => ({ ...command, ...statusOf(command) });

const newestFirst = (commands: WorldCommand[]) => [...commands].sort((a, b) => b.requestedAt - a.requestedAt);

export const commands: Operations = {
  SendCommand: sendCommand,

  ListCommands: operation(
    z.strictObject(listing),
    ({ CommandId, InstanceId, Filters = [], MaxResults = 50, NextToken }, call) => {
      const { world, now } = call;
      assertFilters(Filters, COMMAND_VALUES, InstanceId);
      if (CommandId !== undefined) findCommand(call, CommandId);
      const found = newestFirst(world.commands).filter(
        (command) =>
          command.visibleAt <= now &&
          (CommandId === undefined || command.id === CommandId) &&
          (InstanceId === undefined || command.invocations.has(InstanceId)) &&
          passes(asListed(command), Filters),
      );
      const { page, nextToken } = paginate(call, found.map(describeCommand), {
        size: MaxResults,
        token: NextToken,
        invalidToken,
      });
      return { Commands: page, NextToken: nextToken };
    },
  ),

  ListCommandInvocations: operation(
    z.strictObject({ ...listing, Details: z.boolean().optional() }),
    ({ CommandId, InstanceId, Filters = [], MaxResults = 50, NextToken, Details = false }, call) => {
      assertFilters(Filters, INVOCATION_VALUES, InstanceId);
      const all = CommandId === undefined ? newestFirst(call.world.commands) : [findCommand(call, CommandId)];
      const found = all
        .flatMap((command) => (command !== undefined && command.visibleAt <= call.now ? [command] : []))
        .flatMap((command) =>
          [...command.invocations.values()]
            .filter((invocation) => InstanceId === undefined || invocation.instanceId === InstanceId)
            .filter((invocation) => passes({ ...invocation, documentName: command.documentName }, Filters))
            .map((invocation) => describeInvocation(command, invocation, Details)),
        );
      const { page, nextToken } = paginate(call, found, { size: MaxResults, token: NextToken, invalidToken });
      return { CommandInvocations: page, NextToken: nextToken };
    },
  ),

  GetCommandInvocation: operation(
    z.strictObject({ CommandId: z.string().length(36), InstanceId: z.string(), PluginName: z.string().optional() }),
    ({ CommandId, InstanceId }, call) => {
      const command = call.world.commands.find(({ id, visibleAt }) => id === CommandId && visibleAt <= call.now);
      const invocation = command?.invocations.get(InstanceId);
      if (command === undefined || invocation === undefined) throw new ServiceError('InvocationDoesNotExist', '');
      const iso = (time: number | null) => (time === null ? '' : new Date(time).toISOString());
      return {
        CommandId,
        InstanceId,
        Comment: command.comment,
        DocumentName: command.documentName,
        PluginName: pluginOf(command),
        ResponseCode: invocation.responseCode,
        ExecutionStartDateTime: iso(invocation.startedAt),
        ExecutionEndDateTime: iso(invocation.endedAt),
        Status: invocation.status,
        StatusDetails: invocation.statusDetails,
        // Empty until the command has ended (docs/aws-behaviour.md 15).
        StandardOutputContent: invocation.endedAt === null ? '' : invocation.stdout.slice(0, STDOUT_MAX),
        StandardErrorContent: invocation.endedAt === null ? '' : invocation.stderr.slice(0, STDERR_MAX),
      };
    },
  ),

  CancelCommand: operation(
    z.strictObject({ CommandId: z.string().length(36), InstanceIds: z.array(z.string()).max(50).optional() }),
    ({ CommandId, InstanceIds }, call) => {
      findCommand(call, CommandId);
      const command = call.world.commands.find(({ id }) => id === CommandId);
      if (command !== undefined) cancel(call.world, command, InstanceIds, call.now);
      return {};
    },
  ),
};
