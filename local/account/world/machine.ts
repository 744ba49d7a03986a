import type { Ec2State } from '../../../functions/domain/model/instance.ts';
import { createRandom, type Random } from '../../base/random.ts';
import { type BehaviourName, behaviours } from '../fleet/behaviours.ts';
import type { FleetInstance } from '../fleet/fleet.ts';
import { type Platform, platforms, type Range, type Timing } from '../fleet/platforms.ts';

export interface StateReason {
  code: string;
  message: string;
}

/** What describes show: the machine as it was a little while ago. */
export interface View {
  /** When it became so. */
  since: number;
  visibleAt: number;
  state: Ec2State;
  stateReason: StateReason | null;
  transitionReason: string;
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
  /** The holder of the update lock: a command, or an update that isn't ours. */
  lock: string | null;
}

/** Something that is at work on a machine, and does not survive its stop. */
export interface Activity {
  interrupt(at: number): void;
}

export interface Machine {
  id: string;
  group: string;
  name: string | null;
  /** Its Availability Zone: one of three. */
  zone: string;
  spec: FleetInstance;
  platform: Platform;
  state: Ec2State;
  stateReason: StateReason | null;
  /** StateTransitionReason: who has stopped it, and when; empty while it is awake (docs/aws-behaviour.md 74). */
  transitionReason: string;
  /** Of this boot, or of the last one; milliseconds since the epoch. It can lie ahead: until then the one before is shown. */
  launchTime: number;
  previousLaunchTime: number;
  /** When it was last told to start; null: it never was. */
  startedAt: number | null;
  tags: Map<string, string>;
  /** Counts starts and stops: what was scheduled for an earlier life doesn't happen any more. */
  life: number;
  hibernating: boolean;
  /** From when on EC2 has room for it; set by the first try. */
  roomAt: number | null;
  /** How often its launch has fallen back to stopped. */
  fallbacks: number;
  /** Until when its updates are hindered by what passes; set by the first of them. */
  hindranceUntil: number | null;
  /** Whether a command has been lost on its way to it (docs/aws-behaviour.md 6). */
  hasLostCommand: boolean;
  agent: Agent;
  activities: Set<Activity>;
  /** What goes on where it was once it has come back with its memory; null: nothing. */
  onMemoryBack: ((at: number) => void) | null;
  views: View[];
  random: Random;
  /** How long after its start each boot's LaunchTime comes. */
  launches: Random;
  /** How far each look lags behind, where none is the same. */
  looks: Random;
}

/** From these no agent registers. */
const UNREGISTERED = ['never-registers', 'no-instance-profile', 'system-hangs', 'host-fails', 'volume-stalls'] as const;

export const isUnregistered = (machine: Machine): boolean => UNREGISTERED.some((name) => has(machine, name));

/** EC2's words for who has stopped an instance, and when. */
export const stoppedAt = (who: string, at: number): string =>
  `${who} (${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} GMT)`;

export const has = (machine: Machine, behaviour: BehaviourName): boolean => machine.spec.behaviours.includes(behaviour);

export function rangeOf(machine: Machine, what: keyof Timing): Range {
  const special = machine.spec.behaviours
    .map((name) => behaviours[name])
    .flatMap((behaviour): Range[] => {
      const range = 'timing' in behaviour ? (behaviour.timing as Partial<Timing>)[what] : undefined;
      return range ? [range] : [];
    });
  return special.at(-1) ?? machine.platform.timing[what];
}

/** Draws how long something takes on this machine. */
export const draw = (machine: Machine, what: keyof Timing): number => machine.random.between(rangeOf(machine, what));

const DAY = 86_400_000;

/** As many tags as an instance can have (docs/aws-behaviour.md 24). */
export const TAGS_MAX = 50;

const LEASE_OF_OTHERS = 'another-state-machine/a-run/a-child/an-attempt';

const GARBLED_LEASE = 'please do not touch';

const COPIED_LEASE = 'reveille-update-agents/no-such-run/no-such-child/no-such-attempt';

/** Leases with which instances begin: no run of this account wrote them. */
export const LEASES_OF_NO_RUN: ReadonlySet<string> = new Set([LEASE_OF_OTHERS, GARBLED_LEASE, COPIED_LEASE]);

/** What its owners have put on it, and AWS. */
function tagsOf(spec: FleetInstance, group: string): Map<string, string> {
  const tags = new Map<string, string>([['Environment', group]]);
  const is = (behaviour: BehaviourName) => spec.behaviours.includes(behaviour);
  if (spec.name !== undefined) tags.set('Name', spec.name);
  if (is('opted-out')) tags.set('reveille:opt-out', 'true');
  if (is('stop-denied')) tags.set('guardrail', 'keep-running');
  if (is('lease-copied')) tags.set('reveille:lease', COPIED_LEASE);
  if (is('lease-garbled')) tags.set('reveille:lease', GARBLED_LEASE);
  if (is('leased-by-others')) tags.set('reveille:lease', LEASE_OF_OTHERS);
  if (is('tag-limit')) {
    for (let index = tags.size; index < TAGS_MAX; index++) tags.set(`cost-centre-${index}`, String(index));
  }
  // AWS's own tags do not count.
  if (is('auto-scaling')) tags.set('aws:autoscaling:groupName', `${group}-asg`);
  if (is('emr-member')) tags.set('aws:elasticmapreduce:job-flow-id', 'j-2AXXXXXXGAPLF');
  if (is('karpenter-node')) tags.set('karpenter.sh/nodepool', 'default');
  return tags;
}

/** A version that is newer than any region's latest. */
const NEWER_VERSION = '9.9.9.0';

function versionOf({ behaviours: special, agentVersion }: FleetInstance, latestVersion: string): string {
  if (special.includes('newer-agent')) return NEWER_VERSION;
  return special.includes('already-current') ? latestVersion : agentVersion;
}

/** Updates on the way down are what Windows does. */
export const platformOf = ({
  platform,
  behaviours: special,
}: Pick<FleetInstance, 'platform' | 'behaviours'>): Platform =>
  platforms[special.includes('updates-on-its-way-down') ? 'windows' : platform];

const CLOCK_OFF_MILLISECONDS = 2 * 3_600_000;

/** How far its clock is ahead of AWS's; negative: behind. */
export function clockAheadMilliseconds(machine: Machine): number {
  if (has(machine, 'clock-behind')) return -CLOCK_OFF_MILLISECONDS;
  return has(machine, 'clock-ahead') ? CLOCK_OFF_MILLISECONDS : 0;
}

/** How a machine stands when the account begins. */
export function createMachine(
  spec: FleetInstance,
  group: string,
  { seed, now, region, latestVersion }: { seed: number; now: number; region: string; latestVersion: string },
): Machine {
  const random = createRandom(seed, 'machine', spec.id);
  const is = (behaviour: BehaviourName) => spec.behaviours.includes(behaviour);
  const version = versionOf(spec, latestVersion);
  const launchTime = Math.floor((now - random.between([1, 20]) * DAY) / 1000) * 1000;
  const registers = !UNREGISTERED.some(is);
  return {
    id: spec.id,
    group,
    name: spec.name ?? null,
    zone: `${region}${'abc'[createRandom(seed, 'zone', spec.id).integer([0, 2])]}`,
    spec,
    platform: platformOf(spec),
    state: spec.state,
    stateReason: null,
    transitionReason: spec.state === 'stopped' ? stoppedAt('User initiated', launchTime + 3_600_000) : '',
    launchTime,
    previousLaunchTime: launchTime,
    startedAt: null,
    tags: tagsOf(spec, group),
    life: 0,
    hibernating: is('hibernated') || is('hibernation-falls-back'),
    roomAt: null,
    fallbacks: 0,
    hindranceUntil: null,
    hasLostCommand: false,
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
    activities: new Set(),
    onMemoryBack: null,
    views: [],
    random,
    launches: createRandom(seed, 'launches', spec.id),
    looks: createRandom(seed, 'looks', spec.id),
  };
}
