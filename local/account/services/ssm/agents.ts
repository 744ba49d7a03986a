import * as z from 'zod';
import { ServiceError } from '../../wire/service-error.ts';
import { has, type Machine } from '../../world/machine.ts';
import { type Call, type Operations, operation, paginate } from '../operation.ts';
import { bySsm } from './ssm-clock.ts';

const invalidToken = () => new ServiceError('InvalidNextToken', 'The specified token is not valid.');

/** Whether SSM lists it: its agent has registered, and it is not stopped (docs/aws-behaviour.md 8). */
export const isListed = ({ agent, state }: Machine): boolean => agent.lastReport !== null && state === 'running';

/** Whether a command can be sent to it (docs/aws-behaviour.md 14, 59). */
export const takesCommands = (machine: Machine | undefined): boolean =>
  machine !== undefined && isListed(machine) && !has(machine, 'send-refused');

/** Online while pings of this boot come in; and, through an outage, for as long as SSM does not notice. */
function pingStatus(machine: Machine, now: number): string {
  if (has(machine, 'stale-ping')) return 'Online';
  const pingAt = machine.agent.lastReport?.pingAt ?? 0;
  // An agent that runs has pinged in this boot, also where EC2 shows the boot's LaunchTime only later.
  const isOfThisBoot = machine.agent.running !== null || pingAt > machine.launchTime;
  return isOfThisBoot && now - pingAt < 3_600_000 ? 'Online' : 'ConnectionLost';
}

function describe(machine: Machine, { now, world }: Call) {
  const { platform, agent } = machine;
  return {
    InstanceId: machine.id,
    PingStatus: pingStatus(machine, now),
    LastPingDateTime: bySsm(world, agent.lastReport?.pingAt ?? 0) / 1000,
    AgentVersion: agent.lastReport?.version,
    PlatformType: platform.platformType,
    PlatformName: platform.platformName,
    PlatformVersion: platform.platformVersion,
    ResourceType: 'EC2Instance',
    ComputerName: `ip-${machine.id.slice(2, 10)}.internal`,
    IPAddress: '10.0.0.10',
  };
}

type Described = ReturnType<typeof describe>;

const FILTERS: Record<string, (described: Described) => string | undefined> = {
  InstanceIds: ({ InstanceId }) => InstanceId,
  PingStatus: ({ PingStatus }) => PingStatus,
  PlatformTypes: ({ PlatformType }) => PlatformType,
  AgentVersion: ({ AgentVersion }) => AgentVersion,
  ResourceType: ({ ResourceType }) => ResourceType,
};

const filterSchema = z.strictObject({ Key: z.string(), Values: z.array(z.string()).min(1).max(100) });

export const agents: Operations = {
  DescribeInstanceInformation: operation(
    z.strictObject({
      Filters: z.array(filterSchema).optional(),
      MaxResults: z.int().min(5).max(50).optional(),
      NextToken: z.string().optional(),
    }),
    ({ Filters = [], MaxResults = 10, NextToken }, call) => {
      for (const { Key } of Filters) {
        if (!Object.hasOwn(FILTERS, Key)) {
          throw new ServiceError('InvalidFilterKey', `The filter key ${Key} is not valid.`);
        }
      }
      const described = [...call.world.machines.values()].filter(isListed).map((machine) => describe(machine, call));
      const passing = described.filter((one) =>
        Filters.every(({ Key, Values }) => Values.includes(FILTERS[Key]?.(one) ?? '')),
      );
      const { page, nextToken } = paginate(call, passing, { size: MaxResults, token: NextToken, invalidToken });
      return { InstanceInformationList: page, NextToken: nextToken };
    },
  ),
};
