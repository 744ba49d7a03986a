import { DescribeInstancesCommand, EC2Client, type Instance, StartInstancesCommand } from '@aws-sdk/client-ec2';
import { ResourceGroupsClient } from '@aws-sdk/client-resource-groups';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import {
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  type GetCommandInvocationCommandOutput,
  type InstanceInformation,
  SendCommandCommand,
  type SendCommandCommandInput,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { ClientOptions } from '../../functions/aws/sdk/clients.ts';
import { type Account, createAccount, type ServiceHabits } from '../../local/account/account.ts';
import type { BehaviourName } from '../../local/account/fleet/behaviours.ts';
import type { Fleet, FleetInstance } from '../../local/account/fleet/fleet.ts';
import { connect } from '../../local/account/in-process.ts';
import type { Machine } from '../../local/account/world/machine.ts';
import { runInVirtualTime } from '../../local/clock/virtual-time.ts';
import { at, INSTANCE_ID, OLD, TARGET } from './builders.ts';

/** An instance of a fleet file: stopped, Amazon Linux, with an old agent. */
export const aFleetInstance = (changes: Partial<FleetInstance> = {}): FleetInstance => ({
  id: INSTANCE_ID,
  state: 'stopped',
  platform: 'amazon-linux-2023',
  agentVersion: OLD,
  behaviours: [],
  ...changes,
});

export const running = (...behaviours: BehaviourName[]) => aFleetInstance({ state: 'running', behaviours });
export const stopped = (...behaviours: BehaviourName[]) => aFleetInstance({ state: 'stopped', behaviours });

/** The nth instance's ID. */
export const nthId = (index: number): string => `i-${String(index).padStart(17, '0')}`;

export const manyInstances = (count: number, changes: Partial<FleetInstance> = {}): FleetInstance[] =>
  Array.from({ length: count }, (_, index) => aFleetInstance({ id: nthId(index), ...changes }));

/** A fleet of one group, `dev`. */
export const aFleet = (...instances: FleetInstance[]): Fleet => ({
  region: 'eu-central-1',
  agentVersion: TARGET,
  groups: [{ name: 'dev', instances }],
});

/** Real SDK clients of the account, which ask once and don't try again. */
export interface Clients {
  ec2: EC2Client;
  ssm: SSMClient;
  groups: ResourceGroupsClient;
  s3: S3Client;
  sns: SNSClient;
  sts: STSClient;
}

/** A visitor's clients, and what a test needs beside them. */
export interface Visit extends Clients {
  account: Account;
  /** The configuration of a client that connects to the account, for a test's own ones. */
  connection: ClientOptions;
  /** Lets virtual time pass. */
  pass(seconds: number): Promise<void>;
  /** Lets virtual time pass, in steps, until this holds. @throws after two simulated hours */
  until(condition: () => boolean | Promise<boolean>, stepSeconds?: number): Promise<void>;
  machine(id?: string): Machine;
}

const clients = (connection: ClientOptions): Clients => {
  const once = { ...connection, maxAttempts: 1 };
  return {
    ec2: new EC2Client(once),
    ssm: new SSMClient(once),
    groups: new ResourceGroupsClient(once),
    s3: new S3Client(once),
    sns: new SNSClient(once),
    sts: new STSClient(once),
  };
};

/** Clients of a principal by this name. */
export const clientsOf = (account: Account, principal: string): Clients => clients(connect(account, principal, 1));

let warmedUp: Promise<unknown> | null = null;

/** The first SDK call reads configuration files; virtual time would overtake it. */
const warmUp = (): Promise<unknown> => {
  const account = createAccount({ fleet: aFleet(), seed: 0, now: () => 0 });
  warmedUp ??= new EC2Client(connect(account, 'warm-up', 0)).send(new DescribeInstancesCommand({}));
  return warmedUp;
};

/** Runs a visit to a new account of this fleet in virtual time, from 02:00 on. */
export async function visit<T>(
  fleet: Fleet,
  work: (visit: Visit) => Promise<T>,
  seed = 1,
  habits: ServiceHabits = {},
): Promise<T> {
  await warmUp();
  return runInVirtualTime(at('02:00'), seed, async () => {
    const account = createAccount({ fleet, seed, now: () => Date.now(), ...habits });
    const connection = connect(account, 'visitor', seed);
    const pass = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));
    return work({
      account,
      connection,
      ...clients(connection),
      pass,
      async until(condition, stepSeconds = 1) {
        for (let second = 0; second < 7200; second += stepSeconds) {
          account.settle();
          if (await condition()) return;
          await pass(stepSeconds);
        }
        throw new Error('it did not come true in two hours');
      },
      machine(id = INSTANCE_ID) {
        account.settle();
        const machine = account.world.machines.get(id);
        if (machine === undefined) throw new Error(`there is no ${id}`);
        return machine;
      },
    });
  });
}

/** What a client sees of a refusal. */
export interface Refusal {
  name: string;
  status: number | undefined;
  message: string;
}

/** @throws if the call was not refused */
export const refusal = (call: Promise<unknown>): Promise<Refusal> =>
  call.then(
    () => Promise.reject(new Error('the call was not refused')),
    (error: Error & { $metadata?: { httpStatusCode?: number } }) => ({
      name: error.name,
      status: error.$metadata?.httpStatusCode,
      message: error.message,
    }),
  );

/** What the world did to a machine by itself, in order. */
export const changesOf = ({ journal }: Account, id = INSTANCE_ID): string[] =>
  journal.entries.flatMap((entry) =>
    entry.kind === 'change' && entry.instanceId === id ? [`${entry.what}: ${entry.detail}`] : [],
  );

/** Everything from an SDK's paginator, page by page. */
export async function pagesOf<Page, Item>(
  paginator: AsyncIterable<Page>,
  items: (page: Page) => Item[] | undefined,
): Promise<Item[][]> {
  const pages: Item[][] = [];
  for await (const page of paginator) pages.push(items(page) ?? []);
  return pages;
}

/** What EC2 says of an instance. */
export async function describedBy({ ec2 }: Pick<Visit, 'ec2'>, id = INSTANCE_ID): Promise<Instance> {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  const [instance] = Reservations?.[0]?.Instances ?? [];
  if (instance === undefined) throw new Error(`EC2 does not describe ${id}`);
  return instance;
}

/** What SSM says of an agent; undefined: it does not list it. */
export async function agentOf({ ssm }: Pick<Visit, 'ssm'>, id = INSTANCE_ID): Promise<InstanceInformation | undefined> {
  const Filters = [{ Key: 'InstanceIds', Values: [id] }];
  return (await ssm.send(new DescribeInstanceInformationCommand({ Filters }))).InstanceInformationList?.[0];
}

/** Sends AWS-UpdateSSMAgent with the target version. @returns the command's ID */
export async function sendUpdate(
  { ssm }: Pick<Visit, 'ssm'>,
  changes: Partial<SendCommandCommandInput> = {},
): Promise<string> {
  const input = { DocumentName: 'AWS-UpdateSSMAgent', InstanceIds: [INSTANCE_ID], Parameters: { version: [TARGET] } };
  const { Command } = await ssm.send(new SendCommandCommand({ ...input, ...changes }));
  return Command?.CommandId ?? '';
}

/** An invocation once it has ended. */
export async function endOf(visit: Visit, CommandId: string): Promise<GetCommandInvocationCommandOutput> {
  const look = () => visit.ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId: INSTANCE_ID }));
  // Not before it can be seen.
  await visit.pass(5);
  await visit.until(async () => !['Pending', 'InProgress'].includes((await look()).Status ?? ''), 5);
  return look();
}

export const start = ({ ec2 }: Pick<Visit, 'ec2'>) =>
  ec2.send(new StartInstancesCommand({ InstanceIds: [INSTANCE_ID] }));

/** Sends the update, and tells how it ended. */
export const update = async (visit: Visit): Promise<GetCommandInvocationCommandOutput> =>
  endOf(visit, await sendUpdate(visit));
