import type { ChangeFacts, Phase } from './journal.ts';
import type { Activity, Machine } from './machine.ts';
import type { World, WorldAssociation, WorldSession } from './model.ts';

/** Something that goes on on a machine for so long, unless the machine goes down before. */
interface Occupation {
  what: 'session' | 'command' | 'association';
  name: string;
  seconds: number;
  facts(phase: Phase): ChangeFacts;
  onEnd(phase: 'end' | 'interrupted', at: number): void;
}

export function occupy(world: World, machine: Machine, at: number, occupation: Occupation): void {
  const { what, name, seconds, facts, onEnd } = occupation;
  const finish = (phase: 'end' | 'interrupted', moment: number) => {
    machine.activities.delete(activity);
    const detail = `${name}: ${phase === 'end' ? 'ended' : 'interrupted'}`;
    world.change(machine, moment, { what, detail, facts: facts(phase) });
    onEnd(phase, moment);
  };
  const activity: Activity = { interrupt: (moment) => finish('interrupted', moment) };
  machine.activities.add(activity);
  world.change(machine, at, { what, detail: `${name}: begun`, facts: facts('begin') });
  world.later(machine, at, seconds, (then) => finish('end', then));
}

/** A person has a session on the machine, for so long or until it is stopped. */
export function beginSession(
  world: World,
  machine: Machine,
  { id, owner, seconds }: { id: string; owner: string; seconds: number },
  at: number,
): void {
  const session: WorldSession = {
    id,
    instanceId: machine.id,
    owner,
    startedAt: at,
    endedAt: null,
    openStatus: 'Connected',
  };
  world.sessions.push(session);
  goOn(world, machine, { session, seconds }, at);
}

/** Someone is at work in a session for so long, or until the machine is stopped. */
export function goOn(
  world: World,
  machine: Machine,
  { session, seconds }: { session: WorldSession; seconds: number },
  at: number,
): void {
  const { id } = session;
  occupy(world, machine, at, {
    what: 'session',
    name: `session ${id}`,
    seconds,
    facts: (phase) => ({ about: 'session', phase, sessionId: id }),
    onEnd(_, then) {
      session.endedAt = then;
    },
  });
}

/** State Manager runs an association. No command shows it. */
export function beginAssociation(
  world: World,
  machine: Machine,
  { id, seconds }: { id: string; seconds: number },
  at: number,
): void {
  const association: WorldAssociation = { id, instanceId: machine.id, executedAt: at, status: 'InProgress' };
  world.associations.push(association);
  occupy(world, machine, at, {
    what: 'association',
    name: `association ${id}`,
    seconds,
    facts: (phase) => ({ about: 'association', phase, associationId: id }),
    onEnd(phase) {
      // One that is interrupted goes on being InProgress: its agent is down and can not say otherwise.
      if (phase === 'end') association.status = 'Success';
    },
  });
}

/** The agent, up again, tells of what was interrupted when its machine went down. */
export function failInterruptedAssociations(world: World, machine: Machine): void {
  for (const association of world.associations) {
    if (association.instanceId === machine.id && association.status === 'InProgress') association.status = 'Failed';
  }
}
