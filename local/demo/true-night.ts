import { isAtLeast } from '../../functions/domain/model/agent-version.ts';
import type { Fleet } from '../account/fleet/fleet.ts';
import { type Simulated, stateOf } from '../run/simulated-run.ts';

/** What a night has made of one resource group. */
export interface TrueGroup {
  group: string;
  members: number;
  /** Before the night; what was stopping, too. */
  asleep: number;
  /** Agents that were older than the target before the night, and are not gone. */
  old: number;
  /** Those of them that are at the target after it. */
  updated: number;
}

/** What Reveille's night has really made of the fleet: counted in the account, whatever the report says. */
export interface TrueNight {
  /** How the execution ended, in AWS's word: `SUCCEEDED`. */
  says: string;
  groups: TrueGroup[];
  old: number;
  updated: number;
  /** Instances that Reveille's starts have woken. */
  woken: number;
  /** Those of them that are stopped or hibernated after the night. */
  asleepAgain: number;
  /** Instances that were running before the night. */
  running: number;
  /** Those of them that are running after it. */
  stillRunning: number;
}

/** What is known of a night from outside of the run. */
export interface NightFacts {
  simulated: Simulated;
  /** The resource groups of this run, as the fleet has them. */
  groups: Fleet['groups'];
  /** The version of each agent before the night, by instance ID. */
  versionsBefore: ReadonlyMap<string, string>;
  /** The instances that the run has started, by ID. */
  woken: ReadonlySet<string>;
  targetVersion: string;
}

/** Counts what a night has really made of the fleet. */
export function trueNight({ simulated, groups, versionsBefore, woken, targetVersion }: NightFacts): TrueNight {
  const { account, before, intended, execution } = simulated;
  const stateAfter = (id: string) => stateOf(account, id);
  const isOld = (id: string) =>
    stateAfter(id) !== 'terminated' &&
    versionsBefore.has(id) &&
    !isAtLeast(versionsBefore.get(id) ?? null, targetVersion);
  const isUpdated = (id: string) =>
    isOld(id) && isAtLeast(account.world.machines.get(id)?.agent.version ?? null, targetVersion);
  const wasRunning = (id: string) => before.get(id) === 'running';
  return {
    says: execution.status,
    groups: groups.map(({ name, instances }) => {
      const ids = instances.map(({ id }) => id);
      return {
        group: name,
        members: ids.length,
        asleep: count(ids, (id) => isAsleep(before.get(id)) || before.get(id) === 'stopping'),
        old: count(ids, isOld),
        updated: count(ids, isUpdated),
      };
    }),
    old: count(intended, isOld),
    updated: count(intended, isUpdated),
    woken: woken.size,
    asleepAgain: count(woken, (id) => isAsleep(stateAfter(id))),
    running: count(intended, wasRunning),
    stillRunning: count(intended, (id) => wasRunning(id) && stateAfter(id) === 'running'),
  };
}

const isAsleep = (state: string | undefined): boolean => state === 'stopped' || state === 'hibernated';

const count = (ids: Iterable<string>, isCounted: (id: string) => boolean): number => [...ids].filter(isCounted).length;
