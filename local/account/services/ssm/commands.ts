import * as z from 'zod';
import { ServiceError } from '../../wire/service-error.ts';
import { cancel, send, UPDATE_DOCUMENT } from '../../world/commands.ts';
import { has } from '../../world/machine.ts';
import type { CommandRequest, WorldCommand, WorldInvocation } from '../../world/model.ts';
import { type Call, type Operations, operation, paginate } from '../operation.ts';
import { isListed } from './agents.ts';
import {
  assertFilters,
  COMMAND_VALUES,
  filterSchema,
  INVOCATION_VALUES,
  isOpen,
  type Listed,
  passes,
} from './command-filters.ts';

/** The plugin of a document's only step. */
const pluginOf = ({ documentName }: WorldCommand): string =>
  documentName === UPDATE_DOCUMENT ? 'aws:updateSsmAgent' : 'aws:runShellScript';

const LISTED_OUTPUT_MAX = 2500;

const STDOUT_MAX = 24_000;

const STDERR_MAX = 8_000;

/** What the document itself takes. */
const parametersSchema = z.strictObject({
  version: z.array(z.string()).length(1).optional(),
  allowDowngrade: z
    .array(z.enum(['true', 'false']))
    .length(1)
    .optional(),
});

/** @throws InvalidParameters for what the document does not know, or takes otherwise */
function parseParameters(given: Record<string, string[]>): CommandRequest['parameters'] {
  const parsed = parametersSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ServiceError('InvalidParameters', z.prettifyError(parsed.error));
}

const invalidToken = () => new ServiceError('InvalidNextToken', 'The specified token is not valid.');

const seconds = (milliseconds: number | null) => (milliseconds === null ? undefined : milliseconds / 1000);

/** docs/aws-behaviour.md 14 */
function assertReachable({ world, account }: Call, ids: string[]): void {
  const bad = ids.filter((id) => {
    const machine = world.machines.get(id);
    return machine === undefined || !isListed(machine) || has(machine, 'send-refused');
  });
  if (bad.length === 0) return;
  throw new ServiceError(
    'InvalidInstanceId',
    `Instances [[${bad.join(', ')}]] not in a valid state for account ${account}`,
  );
}

function commandStatus({ invocations }: WorldCommand): string {
  const statuses = [...invocations.values()].map(({ status }) => status);
  if (statuses.some(isOpen)) return statuses.every((status) => status === 'Pending') ? 'Pending' : 'InProgress';
  return ['Failed', 'TimedOut', 'Cancelled'].find((status) => statuses.includes(status)) ?? 'Success';
}

const describeCommand = (command: WorldCommand) => {
  const status = commandStatus(command);
  const of = (...names: string[]) =>
    [...command.invocations.values()].filter((one) => names.includes(one.status)).length;
  return {
    CommandId: command.id,
    DocumentName: command.documentName,
    Comment: command.comment,
    Parameters: command.parameters,
    InstanceIds: command.instanceIds,
    RequestedDateTime: command.requestedAt / 1000,
    ExpiresAfter: command.requestedAt / 1000 + command.timeoutSeconds,
    Status: status,
    StatusDetails: status,
    TargetCount: command.instanceIds.length,
    CompletedCount: of('Success', 'Failed', 'TimedOut', 'Cancelled'),
    ErrorCount: of('Failed', 'TimedOut'),
    TimeoutSeconds: command.timeoutSeconds,
  };
};

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

const asListed = (command: WorldCommand): Listed => {
  const status = commandStatus(command);
  return { ...command, status, statusDetails: status };
};

const newestFirst = (commands: WorldCommand[]) => [...commands].sort((a, b) => b.requestedAt - a.requestedAt);

export const commands: Operations = {
  SendCommand: operation(
    z.strictObject({
      DocumentName: z.string(),
      InstanceIds: z.array(z.string()).min(1).max(50),
      Parameters: z.record(z.string(), z.array(z.string())).default({}),
      Comment: z.string().max(100).optional(),
      TimeoutSeconds: z.int().min(30).max(2_592_000).optional(),
      MaxConcurrency: z
        .string()
        .regex(/^([1-9]\d{0,6}|[1-9]\d?%|100%)$/)
        .optional(),
      MaxErrors: z
        .string()
        .regex(/^([1-9]\d{0,6}|0|[1-9]\d?%|0%|100%)$/)
        .optional(),
    }),
    (parameters, call) => {
      const { world, now } = call;
      if (parameters.DocumentName !== UPDATE_DOCUMENT) {
        throw new ServiceError('InvalidDocument', `Document with name ${parameters.DocumentName} does not exist.`);
      }
      if (new Set(parameters.InstanceIds).size < parameters.InstanceIds.length)
        throw new ServiceError('DuplicateInstanceId', '');
      assertReachable(call, parameters.InstanceIds);
      const request: CommandRequest = {
        documentName: UPDATE_DOCUMENT,
        comment: parameters.Comment ?? '',
        parameters: parseParameters(parameters.Parameters),
        timeoutSeconds: parameters.TimeoutSeconds ?? 3600,
        instanceIds: parameters.InstanceIds,
        runsSeconds: 0,
      };
      const command = send(world, request, world.random, now);
      return { Command: describeCommand(command) };
    },
  ),

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
          (InstanceId === undefined || command.instanceIds.includes(InstanceId)) &&
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
      for (const invocation of command?.invocations.values() ?? []) {
        if (InstanceIds === undefined || InstanceIds.includes(invocation.instanceId)) cancel(invocation, call.now);
      }
      return {};
    },
  ),
};
