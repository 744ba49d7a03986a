import * as z from 'zod';
import { ServiceError } from '../../wire/service-error.ts';
import { cancel, UPDATE_DOCUMENT } from '../../world/commands.ts';
import { clockAheadMilliseconds, has } from '../../world/machine.ts';
import type { World, WorldCommand, WorldInvocation } from '../../world/model.ts';
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
import { afterOthers } from './open-commands-of-others.ts';
import { sendCommand } from './send-command.ts';
import { bySsm } from './ssm-clock.ts';

/** The plugin of a document's last step, which does the work. */
const pluginOf = ({ documentName }: WorldCommand): string =>
  documentName === UPDATE_DOCUMENT ? 'aws:updateSsmAgent' : 'aws:runShellScript';

/** A step for another platform ends as a success, and says that it was skipped (docs/aws-behaviour.md 123). */
const SKIPPED_STEP = {
  Name: 'prepareWindows',
  Status: 'Success',
  StatusDetails: 'Success',
  ResponseCode: 0,
  Output:
    'Step execution skipped due to unsatisfied preconditions: \'"StringEquals": [platformType, Windows]\'. Step name: prepareWindows',
};

const hasSkippedStep = ({ world }: Call, instanceId: string): boolean => {
  const machine = world.machines.get(instanceId);
  return machine !== undefined && has(machine, 'skipped-step');
};

/** A moment by the instance's own clock, by which it says when a step has begun and ended (docs/aws-behaviour.md 124). */
function byItsClock({ world }: Call, instanceId: string, moment: number | null): number | null {
  const machine = world.machines.get(instanceId);
  return moment === null || machine === undefined ? moment : moment + clockAheadMilliseconds(machine);
}

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

const pluginsOf = (command: WorldCommand, invocation: WorldInvocation, call: Call) => {
  const { instanceId } = invocation;
  const times = {
    ResponseStartDateTime: seconds(byItsClock(call, instanceId, invocation.startedAt)),
    ResponseFinishDateTime: seconds(byItsClock(call, instanceId, invocation.endedAt)),
  };
  const last = {
    Name: pluginOf(command),
    Status: invocation.status,
    StatusDetails: invocation.statusDetails,
    ResponseCode: invocation.responseCode,
    ...times,
    Output: invocation.endedAt === null ? '' : listedOutput(invocation),
  };
  return hasSkippedStep(call, instanceId) ? [{ ...SKIPPED_STEP, ...times }, last] : [last];
};

const describeInvocation = (command: WorldCommand, invocation: WorldInvocation, { call, details }: Shown) => ({
  CommandId: command.id,
  InstanceId: invocation.instanceId,
  Comment: command.comment,
  DocumentName: command.documentName,
  RequestedDateTime: bySsm(call.world, invocation.requestedAt) / 1000,
  Status: invocation.status,
  StatusDetails: invocation.statusDetails,
  CommandPlugins: details ? pluginsOf(command, invocation, call) : [],
});

interface Shown {
  call: Call;
  details: boolean;
}

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

const asListed = (command: WorldCommand, world: World): Listed => ({
  ...command,
  ...statusOf(command),
  requestedAt: bySsm(world, command.requestedAt),
});

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
          passes(asListed(command, world), Filters),
      );
      const { page, nextToken } = paginate(
        call,
        found.map((command) => describeCommand(command, world)),
        {
          size: MaxResults,
          token: NextToken,
          invalidToken,
        },
      );
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
            .filter((invocation) =>
              passes(
                {
                  ...invocation,
                  documentName: command.documentName,
                  requestedAt: bySsm(call.world, invocation.requestedAt),
                },
                Filters,
              ),
            )
            .map((invocation) => describeInvocation(command, invocation, { call, details: Details })),
        );
      const isOfRegion = CommandId === undefined && InstanceId === undefined;
      const shown = isOfRegion ? afterOthers(call, found, Filters) : found;
      const { page, nextToken } = paginate(call, shown, { size: MaxResults, token: NextToken, invalidToken });
      return { CommandInvocations: page, NextToken: nextToken };
    },
  ),

  GetCommandInvocation: operation(
    z.strictObject({ CommandId: z.string().length(36), InstanceId: z.string(), PluginName: z.string().optional() }),
    ({ CommandId, InstanceId, PluginName }, call) => {
      const command = call.world.commands.find(({ id, visibleAt }) => id === CommandId && visibleAt <= call.now);
      const invocation = command?.invocations.get(InstanceId);
      if (command === undefined || invocation === undefined) throw new ServiceError('InvocationDoesNotExist', '');
      const plugin = pluginOf(command);
      // A document of several steps has no output of its own (docs/aws-behaviour.md 123).
      if (PluginName === undefined ? hasSkippedStep(call, InstanceId) : PluginName !== plugin) {
        throw new ServiceError('InvalidPluginName', '');
      }
      const iso = (time: number | null) => (time === null ? '' : new Date(time).toISOString());
      return {
        CommandId,
        InstanceId,
        Comment: command.comment,
        DocumentName: command.documentName,
        PluginName: plugin,
        ResponseCode: invocation.responseCode,
        ExecutionStartDateTime: iso(byItsClock(call, InstanceId, invocation.startedAt)),
        ExecutionEndDateTime: iso(byItsClock(call, InstanceId, invocation.endedAt)),
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
