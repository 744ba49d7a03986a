import type { Ec2State } from '../../../functions/domain/model/instance.ts';
import { createRandom } from '../../base/random.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Range } from '../fleet/platforms.ts';
import { createAgenda } from './agenda.ts';
import { bootAgent, haltAgent, resumeAgent } from './agent.ts';
import { deliverPending } from './commands.ts';
import type { Journal } from './journal.ts';
import { beginnings, nextTransition, TERMINATED_LISTED_SECONDS, USER_SHUTDOWN } from './lifecycle.ts';
import { createMachine, draw, has, type Machine, type StateReason, stoppedAt, type View } from './machine.ts';
import type { World } from './model.ts';
import { leaveOldSessions } from './old-sessions.ts';
import type { UnkindHabits } from './unkind-habits.ts';

/** A start and a stop are shown at once in their reply, and by describes only after this. */
const VIEWS_KEPT = 8;

export interface WorldOptions {
  seed: number;
  journal: Journal;
  now: number;
  /** How long describes may lag behind a change (docs/aws-behaviour.md 45). */
  describeLagSeconds: number;
  /** When LaunchTime comes, counted from the start's acceptance (docs/aws-behaviour.md 44). */
  launchTimeSeconds: Range;
  /** On what sleeps, a session of someone is listed that was never ended (docs/aws-behaviour.md 84). */
  hasOldSessions: boolean;
  habits: UnkindHabits;
}

export function createWorld(fleet: Fleet, options: WorldOptions): World {
  const { seed, journal, now, describeLagSeconds, launchTimeSeconds, habits } = options;
  const agenda = createAgenda();
  const machines = new Map<string, Machine>();
  const ghosts = new Set<string>();

  const show = (machine: Machine, at: number) => {
    const { state, stateReason, transitionReason } = machine;
    const launchTime = at < machine.launchTime ? machine.previousLaunchTime : machine.launchTime;
    const usualSeconds = machine.random.between([0, describeLagSeconds]);
    const lagSeconds = state === 'stopping' ? (habits.stopShownSeconds ?? usualSeconds) : usualSeconds;
    // Never before an earlier change.
    const visibleAt = Math.max(at + lagSeconds * 1000, machine.views.at(-1)?.visibleAt ?? 0);
    machine.views.push({
      since: at,
      visibleAt,
      state,
      stateReason,
      transitionReason,
      launchTime,
      tags: new Map(machine.tags),
    });
    if (machine.views.length > VIEWS_KEPT) machine.views.shift();
  };

  const enter = (machine: Machine, state: Ec2State, stateReason: StateReason | null, at: number) => {
    machine.state = state;
    machine.stateReason = stateReason;
    machine.transitionReason = transitionReasonOf(machine, at);
    show(machine, at);
    const stateReasonCode = stateReason?.code ?? null;
    world.change(machine, at, {
      what: 'state',
      detail: stateReasonCode === null ? state : `${state} (${stateReasonCode})`,
      facts: { about: 'state', state, stateReasonCode, launchTime: machine.launchTime },
    });
    if (state === 'running') {
      bootAgent(world, machine, at);
      machine.onMemoryBack?.(at);
      machine.onMemoryBack = null;
    }
    if (state === 'stopping' || state === 'shutting-down') goDown(machine, at);
    if (state === 'terminated') forgetLater(world, machine, at);
    const next = nextTransition(machine);
    if (next === undefined) return;
    world.later(machine, at, draw(machine, next.after), (then) => {
      if (next.from === 'pending' && next.to === 'stopped') machine.fallbacks++;
      const why = next.to === 'running' ? null : (next.stateReason ?? machine.stateReason);
      enter(machine, next.to, why, then);
    });
  };

  const world: World = {
    habits,
    region: fleet.region,
    latestVersion: fleet.agentVersion,
    machines,
    ghosts,
    disturbedZones: new Set(),
    forgotten: new Set(),
    groups: new Map(fleet.groups.map((group) => [group.name, membersOf(group)])),
    commands: [],
    sessions: [],
    associations: [],
    random: createRandom(seed, 'world'),
    onPing: null,
    runUntil: (moment) => agenda.runUntil(moment),
    at: (moment, run) => agenda.schedule(moment, run),
    later(machine, from, seconds, run) {
      const { life } = machine;
      agenda.schedule(from + Math.round(seconds * 1000), (at) => {
        if (machine.life === life) run(at);
      });
    },
    change: (machine, at, change) => journal.write({ kind: 'change', at, instanceId: machine.id, ...change }),
    start(machine, at) {
      machine.life++;
      machine.startedAt = at;
      // What a stop had not shown yet is over.
      for (const view of machine.views) view.visibleAt = Math.min(view.visibleAt, at + describeLagSeconds * 1000);
      machine.previousLaunchTime = machine.launchTime;
      const launchAt = at + machine.launches.between(launchTimeSeconds) * 1000;
      machine.launchTime = Math.floor(launchAt / 1000) * 1000;
      machine.agent.lock = null;
      enter(machine, 'pending', null, at);
      if (machine.launchTime > at) world.later(machine, machine.launchTime, 0, (then) => show(machine, then));
    },
    stop(machine, hibernate, at) {
      machine.life++;
      const falls = has(machine, 'hibernation-falls-back');
      const code = hibernate && !falls ? 'Client.UserInitiatedHibernate' : 'Client.UserInitiatedShutdown';
      const what = hibernate && !falls ? 'User initiated hibernate' : 'User initiated shutdown';
      enter(machine, 'stopping', { code, message: `${code}: ${what}` }, at);
    },
    terminate(machine, at) {
      machine.life++;
      enter(machine, 'shutting-down', USER_SHUTDOWN, at);
    },
    agentStarted: (machine, at) => deliverPending(world, machine, at),
    tag(machine, at, change) {
      const before = new Map(machine.tags);
      change(machine.tags);
      show(machine, at);
      const tags = Object.fromEntries(machine.tags);
      world.change(machine, at, {
        what: 'tags',
        detail: difference(before, machine.tags),
        facts: { about: 'tags', tags },
      });
    },
    view(machine, moment) {
      if (habits.describesGoBack === true) {
        const seen = moment - machine.looks.between([0, describeLagSeconds]) * 1000;
        return (machine.views.findLast(({ since }) => since <= seen) ?? machine.views[0]) as View;
      }
      return (machine.views.findLast(({ visibleAt }) => visibleAt <= moment) ?? machine.views[0]) as View;
    },
  };

  for (const group of fleet.groups) {
    for (const spec of group.instances) {
      if (spec.behaviours.includes('ghost')) ghosts.add(spec.id);
      else if (!machines.has(spec.id))
        machines.set(
          spec.id,
          createMachine(spec, group.name, { seed, now, region: fleet.region, latestVersion: fleet.agentVersion }),
        );
    }
  }
  for (const machine of machines.values()) begin(world, machine, now, enter);
  if (options.hasOldSessions) leaveOldSessions(world, seed);
  return world;
}

/** Who has stopped it, and when; what falls back by itself names EC2's own reason. */
function transitionReasonOf({ state, stateReason, transitionReason }: Machine, at: number): string {
  if (state === 'pending' || state === 'running') return '';
  if (transitionReason !== '') return transitionReason;
  const isUsers = stateReason === null || stateReason.code.startsWith('Client.UserInitiated');
  return isUsers ? stoppedAt('User initiated', at) : stateReason.message;
}

/** A broken group answers with an empty list (docs/aws-behaviour.md 30). */
const membersOf = ({ queryError, instances }: Fleet['groups'][number]): string[] =>
  queryError === undefined ? instances.map(({ id }) => id) : [];

/** With the machine, its agent goes down, and whatever is at work on it. */
function goDown(machine: Machine, at: number): void {
  haltAgent(machine);
  for (const activity of machine.activities) activity.interrupt(at);
  machine.activities.clear();
}

function forgetLater(world: World, machine: Machine, at: number): void {
  world.later(machine, at, TERMINATED_LISTED_SECONDS, (then) => {
    world.machines.delete(machine.id);
    world.change(machine, then, { what: 'state', detail: 'not listed any more', facts: { about: 'gone' } });
  });
}

/** In words, what was set and what was removed. */
function difference(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string {
  const set = [...after].filter(([key, value]) => before.get(key) !== value).map(([key, value]) => `${key}=${value}`);
  const removed = [...before.keys()].filter((key) => !after.has(key)).map((key) => `${key} removed`);
  return [...set, ...removed].join(', ') || 'nothing new';
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
    since: 0,
    visibleAt: 0,
    state,
    stateReason: why,
    transitionReason: machine.transitionReason,
    launchTime: machine.launchTime,
    tags: new Map(machine.tags),
  });
  if (state === 'running') resumeAgent(world, machine, now);
}
