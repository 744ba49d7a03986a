import {
  type Command,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  type SendCommandCommandInput,
  type SSMClient,
  type Target,
} from '@aws-sdk/client-ssm';
import type { FleetInstance } from '../../../local/account/fleet/fleet.ts';
import { aFleetInstance, nthId, type Visit } from '../../support/account.ts';

export const GROUP = 'resource-groups:Name';

export const TYPES = 'resource-groups:ResourceTypeFilters';

export const target = (Key: string, ...Values: string[]): Target => ({ Key, Values });

export const toDev = [target(GROUP, 'dev')];

export const awake = (index: number, ...behaviours: FleetInstance['behaviours']): FleetInstance =>
  aFleetInstance({ id: nthId(index), state: 'running', behaviours });

export const asleep = (index: number): FleetInstance => aFleetInstance({ id: nthId(index) });

/** Sends the update. @returns what the reply says */
export async function send(ssm: SSMClient, input: Partial<SendCommandCommandInput>): Promise<Command> {
  const { Command: reply = {} } = await ssm.send(
    new SendCommandCommand({ DocumentName: 'AWS-UpdateSSMAgent', ...input }),
  );
  return reply;
}

export const listed = async ({ ssm }: Visit, { CommandId }: Command): Promise<Command> =>
  (await ssm.send(new ListCommandsCommand({ CommandId }))).Commands?.[0] ?? {};

/** The command as ListCommands shows it once it is over. */
export async function over(here: Visit, sent: Command): Promise<Command> {
  const isOver = ({ Status = 'Pending' }: Command) => Status !== 'Pending' && Status !== 'InProgress';
  await here.until(async () => isOver(await listed(here, sent)), 5);
  return listed(here, sent);
}

/** The status details of each invocation of a command, by instance. */
export async function invocationsOf({ ssm }: Visit, { CommandId }: Command): Promise<Record<string, string>> {
  const { CommandInvocations = [] } = await ssm.send(new ListCommandInvocationsCommand({ CommandId }));
  return Object.fromEntries(CommandInvocations.map((one) => [`${one.InstanceId}`, `${one.StatusDetails}`]));
}
