import { compareVersions } from '../../../functions/domain/versions.ts';
import type { Timing } from '../platforms.ts';
import { haltAgent, restartAgent } from './agent.ts';
import { draw, has, type Machine } from './machine.ts';
import { type Ending, output } from './updater.ts';
import type { World } from './world.ts';

export interface WorldInvocation {
  instanceId: string;
  status: string;
  statusDetails: string;
  requestedAt: number;
  startedAt: number | null;
  endedAt: number | null;
  stdout: string;
  stderr: string;
  responseCode: number;
}

export interface WorldCommand {
  id: string;
  documentName: string;
  comment: string;
  parameters: { version?: string[] | undefined; allowDowngrade?: string[] | undefined };
  requestedAt: number;
  timeoutSeconds: number;
  instanceIds: string[];
  /** Just after the send, listings don't show it yet (docs/aws-behaviour.md 13). */
  visibleAt: number;
  invocations: Map<string, WorldInvocation>;
}

interface Beat {
  after: keyof Timing;
  effect: 'take' | 'halt' | 'install' | 'roll-back' | 'succeed' | 'fail';
}

/** What an update does in time, by how it ends. `take` is the agent's first sign: Pending -> InProgress. */
const scripts: Record<Ending, Beat[]> = {
  updated: [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'installSeconds', effect: 'halt' },
    { after: 'restartSeconds', effect: 'install' },
    { after: 'replySeconds', effect: 'succeed' },
  ],
  'already-installed': [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'replySeconds', effect: 'succeed' },
  ],
  busy: [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'replySeconds', effect: 'fail' },
  ],
  'downgrade-refused': [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'replySeconds', effect: 'fail' },
  ],
  'not-in-manifest': [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'replySeconds', effect: 'fail' },
  ],
  'install-failed': [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'failSeconds', effect: 'fail' },
  ],
  'rolled-back': [
    { after: 'deliverySeconds', effect: 'take' },
    { after: 'installSeconds', effect: 'halt' },
    { after: 'rollbackSeconds', effect: 'roll-back' },
    { after: 'replySeconds', effect: 'fail' },
  ],
  hung: [{ after: 'deliverySeconds', effect: 'take' }],
  // No agent is there to take it.
  undelivered: [],
};

/** How this machine's agent takes this update, decided at the moment when it takes it. */
function endingFor(world: World, machine: Machine, target: string): Ending {
  const { agent } = machine;
  if (agent.lock !== null) return 'busy';
  const order = compareVersions(target, agent.version);
  if (order === 0) return 'already-installed';
  if (order < 0) return 'downgrade-refused';
  if (compareVersions(target, world.latestVersion) > 0) return 'not-in-manifest';
  if (has(machine, 'update-fails')) return 'install-failed';
  if (has(machine, 'update-rolls-back')) return 'rolled-back';
  if (has(machine, 'update-hangs')) return 'hung';
  return 'updated';
}

/** Lets a command run its course on each of its instances. */
export function dispatch(world: World, command: WorldCommand): void {
  for (const invocation of command.invocations.values()) {
    const machine = world.machines.get(invocation.instanceId);
    if (!machine) continue;
    world.at(command.requestedAt + command.timeoutSeconds * 1000, (at) => expire(invocation, at));
    if (machine.agent.running !== null) deliver(world, machine, command, invocation, command.requestedAt);
  }
}

/** An agent that has come up takes what has been waiting for it. */
export function deliverPending(world: World, machine: Machine, at: number): void {
  for (const command of world.commands) {
    const invocation = command.invocations.get(machine.id);
    if (invocation?.status === 'Pending') deliver(world, machine, command, invocation, at);
  }
}

function deliver(
  world: World,
  machine: Machine,
  command: WorldCommand,
  invocation: WorldInvocation,
  from: number,
): void {
  world.later(machine, from, draw(machine, 'deliverySeconds'), (at) => {
    if (invocation.status === 'Pending') perform(world, machine, command, invocation, at);
  });
}

/** The service gives up: whatever has not ended becomes DeliveryTimedOut (docs/aws-behaviour.md 11). */
function expire(invocation: WorldInvocation, at: number): void {
  if (invocation.endedAt !== null) return;
  Object.assign(invocation, { status: 'TimedOut', statusDetails: 'DeliveryTimedOut', endedAt: at, responseCode: -1 });
}

function perform(world: World, machine: Machine, command: WorldCommand, invocation: WorldInvocation, at: number): void {
  if (invocation.endedAt !== null || machine.agent.running === null) return;
  const target = command.parameters.version?.[0] ?? world.latestVersion;
  const ending = endingFor(world, machine, target);
  const source = machine.agent.version;
  const holdsLock = ending === 'updated' || ending === 'rolled-back' || ending === 'install-failed';
  if (holdsLock) machine.agent.lock = command.id;
  const [, ...beats] = scripts[ending];
  Object.assign(invocation, { status: 'InProgress', statusDetails: 'InProgress', startedAt: at });
  world.change(machine, at, 'update', `in progress: ${source} -> ${target}`);

  const end = (moment: number, effect: 'succeed' | 'fail') => {
    if (holdsLock) machine.agent.lock = null;
    if (effect === 'succeed' && ending === 'updated' && has(machine, 'agent-lost')) haltAgent(machine);
    if (invocation.endedAt !== null) return;
    const status = effect === 'succeed' ? 'Success' : 'Failed';
    const { stdout, stderr } = output(ending, {
      source,
      target,
      region: world.region,
      packageFile: machine.platform.packageFile,
    });
    const responseCode = effect === 'succeed' ? 0 : 1;
    Object.assign(invocation, { status, statusDetails: status, endedAt: moment, stdout, stderr, responseCode });
    world.change(machine, moment, 'update', `${status}: ${(stderr || stdout).trim().split('\n').at(-1)}`);
  };
  const play = ([beat, ...rest]: Beat[], from: number): void => {
    if (beat === undefined) return;
    world.later(machine, from, draw(machine, beat.after), (moment) => {
      if (beat.effect === 'halt') haltAgent(machine);
      if (beat.effect === 'install') restartAgent(world, machine, target, moment);
      if (beat.effect === 'roll-back') restartAgent(world, machine, source, moment);
      if (beat.effect === 'succeed' || beat.effect === 'fail') end(moment, beat.effect);
      play(rest, moment);
    });
  };
  play(beats, at);
}

/** A cancel reaches only what has not ended; an updater that is at work goes on, and nobody hears of it. */
export function cancel(invocation: WorldInvocation, at: number): void {
  if (invocation.endedAt !== null) return;
  Object.assign(invocation, { status: 'Cancelled', statusDetails: 'Cancelled', endedAt: at, responseCode: -1 });
}
