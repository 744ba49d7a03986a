import { type Command, ListCommandsCommand, SendCommandCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { createSsmClient } from '../../functions/aws/sdk/clients.ts';
import { type Account, createAccount } from '../account/account.ts';
import type { Fleet } from '../account/fleet/fleet.ts';
import { parsePolicy } from '../account/iam/policy.ts';
import { connect } from '../account/in-process.ts';
import { runInVirtualTime } from '../clock/virtual-time.ts';
import { SIMULATION_START, warmUp } from '../run/simulated-run.ts';

/** What a maintenance window says, of one task or of itself: `SUCCESS`, for example, and a text beside it or ''. */
interface WindowWord {
  says: string;
  saysDetails: string;
}

/** What became of the command to one resource group. */
export interface WindowGroup extends WindowWord {
  group: string;
  /** How many resources the group names. */
  members: number;
  awakeBefore: number;
  /** How many instances the command went to, as Systems Manager counts them. */
  reached: number;
  /** The command's own: `Success` and `NoInstancesInTag`, for example. */
  status: string;
  statusDetails: string;
  /** Members whose agent really has the region's latest version now and had another before, by whichever update. */
  updated: number;
}

/** A night of a maintenance window. An instance in two groups counts once. */
export interface WindowNight extends WindowWord {
  groups: WindowGroup[];
  sends: number;
  members: number;
  updated: number;
  /** Members whose agent has the region's latest version after the night. */
  current: number;
  asleepBefore: number;
  asleepAfter: number;
}

const WINDOW_ROLE = 'MaintenanceWindowRole';

/** Of what the service role of a maintenance window may do, the part for Run Command and resource groups. */
const WINDOW_POLICY = {
  Version: '2012-10-17',
  Statement: {
    Sid: 'RunCommandOnGroups',
    Effect: 'Allow',
    Action: ['ssm:SendCommand', 'ssm:ListCommands', 'resource-groups:ListGroupResources'],
    Resource: '*',
  },
};

const LOOK_EVERY_SECONDS = 15;

/** How a task of a window calls the end of its command (docs/aws-behaviour.md 62). */
const TASK_STATUS: Record<string, string> = {
  Success: 'SUCCESS',
  Failed: 'FAILED',
  TimedOut: 'TIMED_OUT',
  Cancelled: 'CANCELLED',
};

/** The worst first: a window is as its worst task is. */
const WORST_FIRST = ['FAILED', 'TIMED_OUT', 'CANCELLED', 'SUCCESS'];

const NO_INVOCATIONS = 'No invocations to execute';

/**
 * Plays the night as it is without Reveille: on a fresh account of the fleet, a maintenance window sends
 * AWS-UpdateSSMAgent to each resource group, and waits until each command is over. In virtual time; the same seed gives
 * the same night.
 */
export async function playMaintenanceWindow({ fleet, seed }: { fleet: Fleet; seed: number }): Promise<WindowNight> {
  await warmUp(fleet);
  return runInVirtualTime(SIMULATION_START, seed, async () => {
    const account = createAccount({ fleet, seed, now: () => Date.now() });
    account.access.restrict(WINDOW_ROLE, parsePolicy([WINDOW_POLICY], WINDOW_ROLE));
    const ssm = createSsmClient(connect(account, WINDOW_ROLE, seed));
    const before = standingOf(account);
    const names = fleet.groups.map(({ name }) => name);
    const commands = await Promise.all(names.map((name) => updateGroup(ssm, name)));
    account.settle();
    const after = standingOf(account);

    const tell = (ids: Iterable<string>) => countOf([...ids], { before, after, latest: fleet.agentVersion });
    const groups = names.map((group, index): WindowGroup => {
      const { Status = '', StatusDetails = '', TargetCount = 0 } = commands[index] ?? {};
      const { members, awakeBefore, updated } = tell(account.world.groups.get(group) ?? []);
      const isEmpty = StatusDetails === 'NoInstancesInTag';
      const word = { says: TASK_STATUS[Status] ?? Status, saysDetails: isEmpty ? NO_INVOCATIONS : '' };
      const command = { reached: TargetCount, status: Status, statusDetails: StatusDetails };
      return { group, members, awakeBefore, updated, ...command, ...word };
    });
    const { members, updated, current, asleepBefore, asleepAfter } = tell(
      new Set([...account.world.groups.values()].flat()),
    );
    const counts = { members, updated, current, asleepBefore, asleepAfter };
    return { groups, ...wordOf(groups), sends: commands.length, ...counts };
  });
}

/** Sends the update to a group, and waits until Systems Manager says that it is over. */
async function updateGroup(ssm: SSMClient, group: string): Promise<Command> {
  const { Command: sent } = await ssm.send(
    new SendCommandCommand({
      DocumentName: 'AWS-UpdateSSMAgent',
      Targets: [{ Key: 'resource-groups:Name', Values: [group] }],
      // As Reveille sends it: one bad instance keeps no other from its update. With the default, MaxErrors 0, a window
      // would say FAILED of each group in which one failed (docs/aws-behaviour.md 61).
      MaxConcurrency: '100%',
      MaxErrors: '100%',
    }),
  );
  for (;;) {
    await new Promise<void>((resolve) => setTimeout(resolve, LOOK_EVERY_SECONDS * 1000));
    const { Commands = [] } = await ssm.send(new ListCommandsCommand({ CommandId: sent?.CommandId }));
    const [command] = Commands;
    if (command?.Status !== undefined && command.Status in TASK_STATUS) return command;
  }
}

interface Standing {
  isAwake: boolean;
  isAsleep: boolean;
  version: string;
}

/** How every instance really stands, whatever services say of it. */
const standingOf = ({ world }: Account): Map<string, Standing> =>
  new Map(
    [...world.machines.values()].map(({ id, state, agent }) => [
      id,
      {
        isAwake: state === 'running',
        isAsleep: state === 'stopped' || state === 'stopping',
        version: agent.version,
      },
    ]),
  );

interface Night {
  before: Map<string, Standing>;
  after: Map<string, Standing>;
  latest: string;
}

function countOf(ids: string[], { before, after, latest }: Night) {
  const count = (isSuch: (was: Standing | undefined, is: Standing | undefined) => boolean | undefined) =>
    ids.filter((id) => isSuch(before.get(id), after.get(id))).length;
  return {
    members: ids.length,
    awakeBefore: count((was) => was?.isAwake),
    updated: count((was, is) => is?.version === latest && was?.version !== latest),
    current: count((_, is) => is?.version === latest),
    asleepBefore: count((was) => was?.isAsleep),
    asleepAfter: count((_, is) => is?.isAsleep),
  };
}

/** What the window says of the whole night, from what it says of its tasks (docs/aws-behaviour.md 62). */
function wordOf(tasks: WindowWord[]): WindowWord {
  const worst = WORST_FIRST.find((status) => tasks.some(({ says }) => says === status));
  const areAllEmpty = tasks.every(({ saysDetails }) => saysDetails === NO_INVOCATIONS);
  return { says: worst ?? 'SUCCESS', saysDetails: areAllEmpty ? NO_INVOCATIONS : '' };
}
