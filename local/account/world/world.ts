import type { Ec2State } from '../../../functions/domain/instances.ts';
import type { Fleet } from '../fleet.ts';
import type { Journal } from '../journal.ts';
import { createRandom, type Random } from '../random.ts';
import { createAgenda } from './agenda.ts';
import { bootAgent, haltAgent, resumeAgent } from './agent.ts';
import { deliverPending, type WorldCommand } from './commands.ts';
import { beginnings, nextTransition } from './lifecycle.ts';
import { createMachine, draw, has, type Machine, type StateReason, type View } from './machine.ts';

/** How long describes may lag behind a change (docs/aws-behaviour.md 45). */
const LAG_SECONDS = [0, 3] as const;
/** A start and a stop are shown at once in their reply, and by describes only after this. */
const VIEWS_KEPT = 8;

/** Everything that is in the account and lives: it is moved by time alone. */
export interface World {
  region: string;
  latestVersion: string;
  machines: Map<string, Machine>;
  /** IDs that groups name and EC2 doesn't know. */
  ghosts: Set<string>;
  commands: WorldCommand[];
  random: Random;
  /** Lets everything happen that is due at this moment. */
  runUntil(now: number): void;
  at(moment: number, run: (at: number) => void): void;
  /** Seconds after `from`, unless the machine has been started or stopped meanwhile. */
  later(machine: Machine, from: number, seconds: number, run: (at: number) => void): void;
  change(machine: Machine, at: number, what: string, detail: string): void;
  start(machine: Machine, at: number): void;
  stop(machine: Machine, hibernate: boolean, at: number): void;
  /** The machine's agent has come up. */
  agentStarted(machine: Machine, at: number): void;
  tag(machine: Machine, at: number, change: (tags: Map<string, string>) => void): void;
  /** What a describe shows at this moment. */
  view(machine: Machine, now: number): View;
}

export function createWorld(fleet: Fleet, seed: number, journal: Journal, now: number): World {
  const agenda = createAgenda();
  const machines = new Map<string, Machine>();
  const ghosts = new Set<string>();

  const show = (machine: Machine, at: number) => {
    const { state, stateReason, launchTime } = machine;
    // Never before an earlier change.
    const visibleAt = Math.max(at + machine.random.between(LAG_SECONDS) * 1000, machine.views.at(-1)?.visibleAt ?? 0);
    machine.views.push({ visibleAt, state, stateReason, launchTime, tags: new Map(machine.tags) });
    if (machine.views.length > VIEWS_KEPT) machine.views.shift();
  };

  const enter = (machine: Machine, state: Ec2State, stateReason: StateReason | null, at: number) => {
    machine.state = state;
    machine.stateReason = stateReason;
    show(machine, at);
    world.change(machine, at, 'state', stateReason === null ? state : `${state} (${stateReason.code})`);
    if (state === 'running') bootAgent(world, machine, at);
    if (state === 'stopping') haltAgent(machine);
    const next = nextTransition(machine);
    if (next === undefined) return;
    world.later(machine, at, draw(machine, next.after), (then) => {
      const why = next.to === 'stopped' ? (next.stateReason ?? machine.stateReason) : null;
      enter(machine, next.to, why, then);
    });
  };

  const world: World = {
    region: fleet.region,
    latestVersion: fleet.agentVersion,
    machines,
    ghosts,
    commands: [],
    random: createRandom(seed, 'world'),
    runUntil: (moment) => agenda.runUntil(moment),
    at: (moment, run) => agenda.schedule(moment, run),
    later(machine, from, seconds, run) {
      const { life } = machine;
      agenda.schedule(from + Math.round(seconds * 1000), (at) => {
        if (machine.life === life) run(at);
      });
    },
    change: (machine, at, what, detail) => journal.write({ kind: 'change', at, instanceId: machine.id, what, detail }),
    start(machine, at) {
      machine.life++;
      machine.launchTime = Math.floor(at / 1000) * 1000;
      machine.agent.lock = null;
      enter(machine, 'pending', null, at);
    },
    stop(machine, hibernate, at) {
      machine.life++;
      const falls = has(machine, 'hibernation-falls-back');
      const code = hibernate && !falls ? 'Client.UserInitiatedHibernate' : 'Client.UserInitiatedShutdown';
      const what = hibernate && !falls ? 'User initiated hibernate' : 'User initiated shutdown';
      enter(machine, 'stopping', { code, message: `${code}: ${what}` }, at);
    },
    agentStarted: (machine, at) => deliverPending(world, machine, at),
    tag(machine, at, change) {
      change(machine.tags);
      show(machine, at);
    },
    view(machine, moment) {
      return (machine.views.findLast(({ visibleAt }) => visibleAt <= moment) ?? machine.views[0]) as View;
    },
  };

  for (const group of fleet.groups) {
    for (const spec of group.instances) {
      if (spec.behaviours.includes('ghost')) ghosts.add(spec.id);
      else if (!machines.has(spec.id))
        machines.set(spec.id, createMachine(spec, group.name, seed, now, fleet.agentVersion));
    }
  }
  for (const machine of machines.values()) begin(world, machine, now, enter);
  return world;
}

/** Puts a machine where its fleet file says that it stands; one that is settling is on its way there. */
function begin(
  world: World,
  machine: Machine,
  now: number,
  enter: (machine: Machine, state: Ec2State, why: StateReason | null, at: number) => void,
): void {
  const { spec } = machine;
  const fitting = beginnings.filter(({ when }) => has(machine, when));
  const state = fitting.find((beginning) => beginning.state)?.state?.[spec.state] ?? spec.state;
  const special = fitting.find((beginning) => beginning.stateReason)?.stateReason;
  const usual = {
    code: 'Client.UserInitiatedShutdown',
    message: 'Client.UserInitiatedShutdown: User initiated shutdown',
  };
  const why = spec.state === 'stopped' || state === 'terminated' ? (special ?? usual) : null;
  if (state === 'pending' || state === 'stopping') {
    if (state === 'pending') machine.launchTime = now - 5000;
    enter(machine, state, why, now - 1000);
    return;
  }
  machine.state = state;
  machine.stateReason = why;
  machine.views.push({
    visibleAt: 0,
    state,
    stateReason: why,
    launchTime: machine.launchTime,
    tags: new Map(machine.tags),
  });
  if (state === 'running') resumeAgent(world, machine, now);
}
