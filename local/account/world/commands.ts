import { type Random, randomUuid } from '../../base/random.ts';
import { occupy } from './activity.ts';
import { updateAgent } from './agent-update.ts';
import { draw, has, type Machine } from './machine.ts';
import type { CommandRequest, InvocationEnd, Resolved, World, WorldCommand, WorldInvocation } from './model.ts';

export const UPDATE_DOCUMENT = 'AWS-UpdateSSMAgent';

const INVOCATION_LAG_SECONDS = [0.5, 3] as const;

/** Targets are looked up some moments after the reply (docs/aws-behaviour.md 58). */
const RESOLUTION_SECONDS = [0.5, 4] as const;

/** What has begun has the time-out of its steps, too (docs/aws-behaviour.md 11). */
export const STEPS_SECONDS = 3600;

/** docs/aws-behaviour.md 11, 61 */
const EXPIRED = { status: 'TimedOut', statusDetails: 'DeliveryTimedOut', responseCode: -1 };
const UNDELIVERABLE = { status: 'TimedOut', statusDetails: 'Undeliverable', responseCode: -1 };
const CANCELLED = { status: 'Cancelled', statusDetails: 'Cancelled', responseCode: -1 };
const TERMINATED = { status: 'Cancelled', statusDetails: 'Terminated', responseCode: -1 };
const ACCESS_DENIED = { status: 'Failed', statusDetails: 'AccessDenied', responseCode: -1 };

/** Takes a command in, and lets it run its course. */
export function send(world: World, request: CommandRequest, random: Random, now: number): WorldCommand {
  const command: WorldCommand = {
    ...request,
    id: randomUuid(random),
    requestedAt: now,
    visibleAt: now + random.between(INVOCATION_LAG_SECONDS) * 1000,
    invocations: new Map(),
    endedWithout: null,
  };
  world.commands.push(command);
  const { targeting } = command;
  if (targeting === null) {
    dispatch(world, command, { instanceIds: command.instanceIds, deniedIds: [] }, now);
    return command;
  }
  const lookedUpAt = now + Math.round(random.between(RESOLUTION_SECONDS) * 1000);
  world.at(lookedUpAt, (at) => takeResolved(world, command, targeting.resolve(at), at));
  return command;
}

/** The targets have been looked up. That they are no instance at all is no error (docs/aws-behaviour.md 58, 60). */
function takeResolved(world: World, command: WorldCommand, resolved: Resolved | null, at: number): void {
  // Cancelled meanwhile.
  if (command.endedWithout !== null) return;
  if (resolved === null) command.endedWithout = { status: 'Failed', statusDetails: 'AccessDenied' };
  else if (resolved.instanceIds.length > 0) dispatch(world, command, resolved, at);
  else command.endedWithout = { status: 'Success', statusDetails: 'NoInstancesInTag' };
}

/** Lets a command run its course on each of these instances. */
function dispatch(world: World, command: WorldCommand, { instanceIds, deniedIds }: Resolved, at: number): void {
  for (const instanceId of instanceIds) {
    const invocation = createInvocation(instanceId, at);
    command.invocations.set(instanceId, invocation);
    const expiresAt = command.requestedAt + command.timeoutSeconds * 1000;
    world.at(expiresAt, (then) => {
      if (invocation.status === 'Pending') finish(world, { command, invocation }, EXPIRED, then);
    });
    world.at(expiresAt + STEPS_SECONDS * 1000, (then) => finish(world, { command, invocation }, EXPIRED, then));
  }
  for (const id of deniedIds) Object.assign(command.invocations.get(id) ?? {}, { ...ACCESS_DENIED, endedAt: at });
  sendMore(world, command, at);
}

const createInvocation = (instanceId: string, requestedAt: number): WorldInvocation => ({
  instanceId,
  status: 'Pending',
  statusDetails: 'Pending',
  requestedAt,
  startedAt: null,
  endedAt: null,
  stdout: '',
  stderr: '',
  responseCode: -1,
  isSent: false,
  isLost: false,
});

/** A number, or a percentage of all instances of the command. */
function limitOf(limit: string, { invocations }: WorldCommand): number {
  const number = Number.parseInt(limit, 10);
  return limit.endsWith('%') ? Math.ceil((number / 100) * invocations.size) : number;
}

/** What MaxErrors counts: neither what was not delivered, nor what was not allowed (docs/aws-behaviour.md 61). */
export const errorsOf = ({ invocations }: WorldCommand): number =>
  [...invocations.values()].filter(({ statusDetails }) => statusDetails === 'Failed').length;

export const errorsAllowed = (command: WorldCommand): number => limitOf(command.maxErrors, command);

/** Sends a command to as many more instances as there is room for; to none any more after too many errors (61). */
function sendMore(world: World, command: WorldCommand, at: number): void {
  const open = [...command.invocations.values()].filter(({ endedAt }) => endedAt === null);
  const waiting = open.filter(({ isSent }) => !isSent);
  if (errorsOf(command) > errorsAllowed(command)) {
    for (const invocation of waiting) Object.assign(invocation, { ...TERMINATED, endedAt: at });
    return;
  }
  const room = limitOf(command.maxConcurrency, command) - (open.length - waiting.length);
  for (const invocation of waiting.slice(0, Math.max(0, room))) {
    const machine = world.machines.get(invocation.instanceId);
    invocation.isSent = true;
    if (machine !== undefined) sendTo(world, { machine, command, invocation }, at);
  }
}

/** A command on its way to one machine. */
interface Delivery {
  machine: Machine;
  command: WorldCommand;
  invocation: WorldInvocation;
}

function sendTo(world: World, delivery: Delivery, at: number): void {
  const { machine, invocation } = delivery;
  if (has(machine, 'command-lost') && !machine.hasLostCommand) {
    machine.hasLostCommand = true;
    invocation.isLost = true;
    return;
  }
  if (has(machine, 'command-undeliverable')) {
    world.later(machine, at, draw(machine, 'deliverySeconds'), (then) => finish(world, delivery, UNDELIVERABLE, then));
    return;
  }
  if (machine.agent.running !== null) deliver(world, delivery, at);
}

/** An agent that has come up takes what has been waiting for it. */
export function deliverPending(world: World, machine: Machine, at: number): void {
  for (const command of world.commands) {
    const invocation = command.invocations.get(machine.id);
    if (invocation?.status !== 'Pending' || !invocation.isSent || invocation.isLost) continue;
    if (has(machine, 'command-undeliverable')) continue;
    deliver(world, { machine, command, invocation }, at);
  }
}

function deliver(world: World, delivery: Delivery, from: number): void {
  const { machine, command, invocation } = delivery;
  world.later(machine, from, draw(machine, 'deliverySeconds'), (at) => {
    if (invocation.status !== 'Pending' || machine.agent.running === null) return;
    Object.assign(invocation, { status: 'InProgress', statusDetails: 'InProgress', startedAt: at });
    if (command.documentName !== UPDATE_DOCUMENT) runScript(world, delivery, at);
    else {
      const end = (how: InvocationEnd, then: number) => finish(world, delivery, how, then);
      updateAgent(world, { ...delivery, end }, at);
    }
  });
}

/** Another document, which does not touch the agent. */
function runScript(world: World, delivery: Delivery, at: number): void {
  const { machine, command } = delivery;
  const { id, documentName, runsSeconds } = command;
  occupy(world, machine, at, {
    what: 'command',
    name: `${documentName} ${id}`,
    seconds: runsSeconds,
    facts: (phase) => ({ about: 'command', phase, commandId: id }),
    onEnd(phase, then) {
      if (phase !== 'end') return;
      finish(world, delivery, { status: 'Success', statusDetails: 'Success', responseCode: 0 }, then);
    },
  });
}

/** An invocation ends, unless it has ended before; that may make room for others. */
function finish(
  world: World,
  { command, invocation }: Pick<Delivery, 'command' | 'invocation'>,
  how: InvocationEnd,
  at: number,
): void {
  if (invocation.endedAt !== null) return;
  Object.assign(invocation, { ...how, endedAt: at });
  sendMore(world, command, at);
}

/**
 * A cancel reaches only what has not ended; an updater that is at work goes on, and the command does not tell of its end.
 * @param instanceIds undefined: all of the command
 */
export function cancel(world: World, command: WorldCommand, instanceIds: string[] | undefined, at: number): void {
  // Its targets have not been looked up yet, and will not be.
  if (command.invocations.size === 0) command.endedWithout ??= { status: 'Cancelled', statusDetails: 'Cancelled' };
  for (const invocation of command.invocations.values()) {
    const isMeant = instanceIds === undefined || instanceIds.includes(invocation.instanceId);
    if (isMeant && invocation.endedAt === null) Object.assign(invocation, { ...CANCELLED, endedAt: at });
  }
  sendMore(world, command, at);
}
