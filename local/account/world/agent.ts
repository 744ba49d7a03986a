import { randomUuid } from '../../base/random.ts';
import { beginAssociation, failInterruptedAssociations } from './activity.ts';
import { type Activity, draw, has, isUnregistered, type Machine, type Report, rangeOf } from './machine.ts';
import type { World } from './model.ts';

/** Some minutes, in which AWS's own association updates the agent (docs/aws-behaviour.md 10); a slow one takes longer. */
const FOREIGN_UPDATE_SECONDS = [120, 420] as const;

const SLOW_FOREIGN_UPDATE_SECONDS = [1500, 2400] as const;

const updatesByItself = (machine: Machine): boolean =>
  has(machine, 'update-in-progress') || has(machine, 'slow-update-in-progress');

/** An association that is overdue runs soon after boot (docs/aws-behaviour.md 33). */
const ASSOCIATION_AFTER_SECONDS = [5, 60] as const;

const ASSOCIATION_SECONDS = [480, 720] as const;

/** How long a late agent goes on reporting the version of before. */
const LATE_REPORT_SECONDS = [400, 700] as const;

const isSilent = (machine: Machine): boolean => isUnregistered(machine) || has(machine, 'stale-ping');

/** The agent of a machine that has just come up: first ping, then one every five minutes (docs/aws-behaviour.md 7). */
export function bootAgent(world: World, machine: Machine, at: number): void {
  if (isSilent(machine)) return;
  world.later(machine, at, draw(machine, 'registerSeconds'), (then) => {
    startAgent(world, machine, then);
    const { version } = machine.agent;
    world.change(machine, then, {
      what: 'agent',
      detail: `online, ${version}`,
      facts: { about: 'agent', phase: 'begin', version },
    });
    failInterruptedAssociations(world, machine);
    if (has(machine, 'association-at-boot')) associateSoon(world, machine, then);
    if (updatesByItself(machine)) beginForeignUpdate(world, machine, then);
  });
}

function associateSoon(world: World, machine: Machine, at: number): void {
  const { random } = machine;
  const seconds = random.between(ASSOCIATION_SECONDS);
  world.later(machine, at, random.between(ASSOCIATION_AFTER_SECONDS), (then) => {
    beginAssociation(world, machine, { id: randomUuid(random), seconds }, then);
  });
}

/** An agent that has been running since long before the account begins. */
export function resumeAgent(world: World, machine: Machine, now: number): void {
  const { agent, random } = machine;
  if (has(machine, 'stale-ping')) {
    if (agent.lastReport) agent.lastReport = { ...agent.lastReport, pingAt: now - 2 * 86_400_000 };
    return;
  }
  if (isSilent(machine)) return;
  agent.running = agent.version;
  const sinceLast = [1, rangeOf(machine, 'pingSeconds')[0] - 1] as const;
  agent.lastReport = { pingAt: now - random.between(sinceLast) * 1000, version: agent.version };
  schedulePing(world, machine, now, random.between(sinceLast));
  if (updatesByItself(machine)) beginForeignUpdate(world, machine, now);
}

function startAgent(world: World, machine: Machine, at: number): void {
  const { agent } = machine;
  agent.running = agent.version;
  agent.session++;
  ping(world, machine, at);
  schedulePing(world, machine, at, draw(machine, 'firstPingSeconds'));
  world.agentStarted(machine, at);
}

function schedulePing(world: World, machine: Machine, from: number, seconds: number): void {
  const { session } = machine.agent;
  world.later(machine, from, seconds, (at) => {
    if (machine.agent.running === null || machine.agent.session !== session) return;
    ping(world, machine, at);
    schedulePing(world, machine, at, draw(machine, 'pingSeconds'));
  });
}

function ping(world: World, machine: Machine, at: number): void {
  const { agent } = machine;
  if (agent.running === null) return;
  const version = at < agent.stalePingsUntil ? agent.versionBeforeUpdate : agent.running;
  report(world, machine, { pingAt: at, version });
}

/** SSM hears a ping. */
function report(world: World, machine: Machine, heard: Report): void {
  machine.agent.lastReport = heard;
  world.onPing?.(machine, heard);
}

/** The updater stops the agent; nothing pings until it is started again. */
export function haltAgent(machine: Machine): void {
  machine.agent.running = null;
}

/**
 * The agent comes up again with a version. The command's success comes after its first ping, and that ping is the
 * updater's, with the version of before (docs/aws-behaviour.md 38): the new version comes with the next one.
 */
export function restartAgent(world: World, machine: Machine, version: string, at: number): void {
  const { agent, random } = machine;
  agent.versionBeforeUpdate = agent.version;
  agent.version = version;
  if (has(machine, 'version-reported-late')) agent.stalePingsUntil = at + random.between(LATE_REPORT_SECONDS) * 1000;
  agent.running = version;
  agent.session++;
  report(world, machine, { pingAt: at, version: agent.versionBeforeUpdate });
  schedulePing(world, machine, at, draw(machine, 'firstPingSeconds'));
  world.agentStarted(machine, at);
}

function beginForeignUpdate(world: World, machine: Machine, at: number): void {
  const { agent, random } = machine;
  const about = { about: 'update', commandId: null } as const;
  agent.lock = 'association';
  const activity: Activity = {
    interrupt: (moment) =>
      world.change(machine, moment, {
        what: 'agent',
        detail: 'the update of AWS itself is interrupted',
        facts: { ...about, phase: 'interrupted', version: agent.version },
      }),
  };
  machine.activities.add(activity);
  world.change(machine, at, {
    what: 'agent',
    detail: 'an update of AWS itself is at work',
    facts: { ...about, phase: 'begin', version: agent.version, target: world.latestVersion },
  });
  const isSlow = has(machine, 'slow-update-in-progress');
  const seconds = random.between(isSlow ? SLOW_FOREIGN_UPDATE_SECONDS : FOREIGN_UPDATE_SECONDS);
  // It is an association, and SSM shows it as one.
  beginAssociation(world, machine, { id: randomUuid(random), seconds }, at);
  world.later(machine, at, seconds, (then) => {
    agent.lock = null;
    machine.activities.delete(activity);
    const result = foreignEnding(world, machine);
    if (result === 'updated') restartAgent(world, machine, world.latestVersion, then);
    const { version } = agent;
    world.change(machine, then, {
      what: 'agent',
      detail: `updated by AWS itself to ${version}`,
      facts: { ...about, phase: 'end', version, result },
    });
  });
}

/** What the update fails to do for us, it fails to do for AWS. */
function foreignEnding({ latestVersion }: World, machine: Machine): 'already-installed' | 'install-failed' | 'updated' {
  if (machine.agent.version === latestVersion) return 'already-installed';
  return has(machine, 'update-fails') ? 'install-failed' : 'updated';
}
