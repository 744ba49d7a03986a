import * as z from 'zod';
import { ServiceError } from '../../wire/service-error.ts';
import { send, UPDATE_DOCUMENT } from '../../world/commands.ts';
import type { CommandRequest } from '../../world/model.ts';
import { type Call, type Operation, operation } from '../operation.ts';
import { takesCommands } from './agents.ts';
import { describeCommand } from './command-status.ts';
import { parseTargets, resolveTargets, targetsSchema } from './targets.ts';

/** What the document itself takes. */
const parametersSchema = z.strictObject({
  version: z.array(z.string()).length(1).optional(),
  allowDowngrade: z
    .array(z.enum(['true', 'false']))
    .length(1)
    .optional(),
});

const requestSchema = z.strictObject({
  DocumentName: z.string(),
  InstanceIds: z.array(z.string()).max(50).default([]),
  Targets: targetsSchema.default([]),
  Parameters: z.record(z.string(), z.array(z.string())).default({}),
  Comment: z.string().max(100).optional(),
  TimeoutSeconds: z.int().min(30).max(2_592_000).optional(),
  MaxConcurrency: z
    .string()
    .regex(/^([1-9]\d{0,6}|[1-9]\d?%|100%)$/)
    .default('50'),
  MaxErrors: z
    .string()
    .regex(/^([1-9]\d{0,6}|0|[1-9]\d?%|0%|100%)$/)
    .default('0'),
});

/** AWS-UpdateSSMAgent to instances by their IDs, or to those that targets come to (docs/aws-behaviour.md 57-61). */
export const sendCommand: Operation = operation(requestSchema, (request, call) => {
  const { DocumentName, InstanceIds, Targets, Parameters, MaxConcurrency, MaxErrors } = request;
  const { world, now } = call;
  if (DocumentName !== UPDATE_DOCUMENT) {
    throw new ServiceError('InvalidDocument', `Document with name ${DocumentName} does not exist.`);
  }
  if ((InstanceIds.length === 0) === (Targets.length === 0)) {
    throw new ServiceError('InvalidParameters', 'Give either InstanceIds or Targets.');
  }
  if (new Set(InstanceIds).size < InstanceIds.length) throw new ServiceError('DuplicateInstanceId', '');
  const targets = parseTargets(Targets);
  assertReachable(call, InstanceIds);
  const commandRequest: CommandRequest = {
    documentName: UPDATE_DOCUMENT,
    comment: request.Comment ?? '',
    parameters: parseParameters(Parameters),
    timeoutSeconds: request.TimeoutSeconds ?? 3600,
    instanceIds: InstanceIds,
    targeting: targets.length === 0 ? null : { targets, resolve: (at) => resolveTargets(call, targets, at) },
    maxConcurrency: MaxConcurrency,
    maxErrors: MaxErrors,
    runsSeconds: 0,
  };
  return { Command: describeCommand(send(world, commandRequest, world.random, now), world) };
});

/** @throws InvalidParameters for what the document does not know, or takes otherwise */
function parseParameters(given: Record<string, string[]>): CommandRequest['parameters'] {
  const parsed = parametersSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ServiceError('InvalidParameters', z.prettifyError(parsed.error));
}

/** docs/aws-behaviour.md 14 */
function assertReachable({ world, account }: Call, ids: string[]): void {
  const bad = ids.filter((id) => !takesCommands(world.machines.get(id)));
  if (bad.length === 0) return;
  throw new ServiceError(
    'InvalidInstanceId',
    `Instances [[${bad.join(', ')}]] not in a valid state for account ${account}`,
  );
}
