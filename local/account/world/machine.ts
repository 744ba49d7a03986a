import type { Ec2State } from '../../../functions/domain/instances.ts';
import { type BehaviourName, behaviours } from '../behaviours.ts';
import type { FleetInstance } from '../fleet.ts';
import { type Platform, platforms, type Range, type Timing } from '../platforms.ts';
import { createRandom, type Random } from '../random.ts';

export interface StateReason {
  code: string;
  message: string;
}

/** What describes show: the machine as it was a little while ago. */
export interface View {
  visibleAt: number;
  state: Ec2State;
  stateReason: StateReason | null;
  launchTime: number;
  tags: ReadonlyMap<string, string>;
}

/** What SSM has been told by the agent. */
export interface Report {
  pingAt: number;
  version: string;
}

export interface Agent {
  /** Version that is installed on the disk. */
  version: string;
  /** Version that runs; null: no agent is running. */
  running: string | null;
  /** Counts the agent's own starts: each begins a row of pings. */
  session: number;
  lastReport: Report | null;
  /** Until this moment, pings still carry the version of before. */
  stalePingsUntil: number;
  versionBeforeUpdate: string;
  /** Who holds the update lock: a command, or an update that isn't ours. */
  lock: string | null;
}

export interface Machine {
  id: string;
  group: string;
  name: string | null;
  spec: FleetInstance;
  platform: Platform;
  state: Ec2State;
  stateReason: StateReason | null;
  /** Milliseconds since the epoch. */
  launchTime: number;
  tags: Map<string, string>;
  /** Counts starts and stops: what was scheduled for an earlier life doesn't happen any more. */
  life: number;
  hibernating: boolean;
  /** From when on EC2 has room for it; set by the first try. */
  roomAt: number | null;
  agent: Agent;
  views: View[];
  random: Random;
}

export const has = (machine: Machine, behaviour: BehaviourName): boolean => machine.spec.behaviours.includes(behaviour);

/** Draws how long something takes on this machine. */
export function draw(machine: Machine, what: keyof Timing): number {
  const special = machine.spec.behaviours
    .map((name) => behaviours[name])
    .flatMap((behaviour): Range[] => {
      const range = 'timing' in behaviour ? (behaviour.timing as Partial<Timing>)[what] : undefined;
      return range ? [range] : [];
    });
  return machine.random.between(special.at(-1) ?? machine.platform.timing[what]);
}

const DAY = 86_400_000;

/** How a machine stands when the account begins. */
export function createMachine(
  spec: FleetInstance,
  group: string,
  seed: number,
  now: number,
  latestVersion: string,
): Machine {
  const random = createRandom(seed, 'machine', spec.id);
  const version = spec.behaviours.includes('already-current') ? latestVersion : spec.agentVersion;
  const launchTime = Math.floor((now - random.between([1, 20]) * DAY) / 1000) * 1000;
  const tags = new Map<string, string>([['Environment', group]]);
  if (spec.name !== undefined) tags.set('Name', spec.name);
  if (spec.behaviours.includes('opted-out')) tags.set('reveille:opt-out', 'true');
  if (spec.behaviours.includes('auto-scaling')) tags.set('aws:autoscaling:groupName', `${group}-asg`);
  const registers = !spec.behaviours.includes('never-registers') && !spec.behaviours.includes('no-instance-profile');
  return {
    id: spec.id,
    group,
    name: spec.name ?? null,
    spec,
    platform: platforms[spec.platform],
    state: spec.state,
    stateReason: null,
    launchTime,
    tags,
    life: 0,
    hibernating: spec.behaviours.includes('hibernated') || spec.behaviours.includes('hibernation-falls-back'),
    roomAt: null,
    agent: {
      version,
      running: null,
      session: 0,
      // What SSM remembers of the last boot: half an hour of pings.
      lastReport: registers ? { pingAt: launchTime + 1_800_000, version } : null,
      stalePingsUntil: 0,
      versionBeforeUpdate: version,
      lock: null,
    },
    views: [],
    random,
  };
}
