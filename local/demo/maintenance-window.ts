import type { Fleet } from '../account/fleet/fleet.ts';

/** What one command by target made of one resource group. */
export interface WindowGroup {
  group: string;
  members: number;
  awakeBefore: number;
  reached: number;
  /** The command's own, as Systems Manager has them: `Success` and `NoInstancesInTag`, for example. */
  status: string;
  statusDetails: string;
  updated: number;
}

/** The night of a maintenance window that sends AWS-UpdateSSMAgent to each resource group. */
export interface WindowNight {
  groups: WindowGroup[];
  /** What the window says of itself: `SUCCESS`, for example. */
  says: string;
  sends: number;
  members: number;
  updated: number;
  current: number;
  asleepBefore: number;
  asleepAfter: number;
}

/** For now, what the fleet file alone tells; the night is played in the next commits. */
export async function playMaintenanceWindow({ fleet }: { fleet: Fleet; seed: number }): Promise<WindowNight> {
  const groups = fleet.groups.map(({ name, instances }): WindowGroup => {
    const awake = instances.filter(({ state }) => state === 'running').length;
    return {
      group: name,
      members: instances.length,
      awakeBefore: awake,
      reached: awake,
      status: 'Success',
      statusDetails: awake === 0 ? 'NoInstancesInTag' : 'Success',
      updated: awake,
    };
  });
  const sum = (of: (group: WindowGroup) => number) => groups.reduce((total, group) => total + of(group), 0);
  const asleep = sum(({ members, awakeBefore }) => members - awakeBefore);
  return {
    groups,
    says: 'SUCCESS',
    sends: groups.length,
    members: sum(({ members }) => members),
    updated: sum(({ updated }) => updated),
    current: 0,
    asleepBefore: asleep,
    asleepAfter: asleep,
  };
}
