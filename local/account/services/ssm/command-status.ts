import { errorsAllowed, errorsOf, STEPS_SECONDS } from '../../world/commands.ts';
import type { CommandStatus, World, WorldCommand, WorldInvocation } from '../../world/model.ts';
import { isOpen } from './command-filters.ts';
import { bySsm } from './ssm-clock.ts';

/** How a command stands, by its invocations; and how it ended if it had none (docs/aws-behaviour.md 58, 61). */
export function statusOf(command: WorldCommand): CommandStatus {
  const all = [...command.invocations.values()];
  if (all.length === 0) return command.endedWithout ?? both('Pending');
  if (all.some(({ status }) => isOpen(status))) {
    return both(all.every(({ status }) => status === 'Pending') ? 'Pending' : 'InProgress');
  }
  const errors = errorsOf(command);
  if (errors > 0 && errors >= errorsAllowed(command)) return both('Failed');
  const areAll = (wanted: string) => all.every(({ status, statusDetails }) => [status, statusDetails].includes(wanted));
  if (areAll('Success')) return both('Success');
  if (areAll('Cancelled')) return both('Cancelled');
  if (areAll('DeliveryTimedOut')) return { status: 'TimedOut', statusDetails: 'DeliveryTimedOut' };
  const hasSuccess = all.some(({ status }) => status === 'Success');
  return { status: hasSuccess ? 'Success' : 'Failed', statusDetails: 'Incomplete' };
}

const both = (status: string): CommandStatus => ({ status, statusDetails: status });

/** A command as SendCommand and ListCommands tell of it. */
export function describeCommand(command: WorldCommand, world: World) {
  const requestedAt = bySsm(world, command.requestedAt);
  const { status, statusDetails } = statusOf(command);
  const all = [...command.invocations.values()];
  const countOf = (isSuch: (invocation: WorldInvocation) => boolean) => all.filter(isSuch).length;
  return {
    CommandId: command.id,
    DocumentName: command.documentName,
    Comment: command.comment,
    Parameters: command.parameters,
    InstanceIds: command.instanceIds,
    Targets: (command.targeting?.targets ?? []).map(({ key, values }) => ({ Key: key, Values: values })),
    RequestedDateTime: requestedAt / 1000,
    ExpiresAfter: requestedAt / 1000 + command.timeoutSeconds + STEPS_SECONDS,
    Status: status,
    StatusDetails: statusDetails,
    MaxConcurrency: command.maxConcurrency,
    MaxErrors: command.maxErrors,
    TargetCount: all.length,
    CompletedCount: countOf(({ endedAt }) => endedAt !== null),
    ErrorCount: errorsOf(command),
    DeliveryTimedOutCount: countOf((invocation) => invocation.statusDetails === 'DeliveryTimedOut'),
    TimeoutSeconds: command.timeoutSeconds,
  };
}
