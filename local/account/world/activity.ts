import type { ChangeFacts, Phase } from './journal.ts';
import type { Activity, Machine } from './machine.ts';
import type { World, WorldAssociation, WorldSession } from './model.ts';

/** Runs something for so long, unless the machine goes down before. */
export function occupy(
  world: World,
  machine: Machine,
  { what, name, seconds }: { what: 'session' | 'command' | 'association'; name: string; seconds: number },
  facts: (phase: Phase) => ChangeFacts,
  at: number,
  onEnd: (phase: 'end' | 'interrupted', at: number) => void,
): void {
  const finish = (phase: 'end' | 'interrupted', moment: number) => {
    machine.activities.delete(activity);
    world.change(machine, moment, what, `${name}: ${phase === 'end' ? 'ended' : 'interrupted'}`, facts(phase));
    onEnd(phase, moment);
  };
  const activity: Activity = { interrupt: (moment) => finish('interrupted', moment) };
  machine.activities.add(activity);
  world.change(machine, at, what, `${name}: begun`, facts('begin'));
  world.later(machine, at, seconds, (then) => finish('end', then));
}

/** A person has a session on the machine, for so long or until it is stopped. */
export function beginSession(
  world: World,
  machine: Machine,
  { id, owner, seconds }: { id: string; owner: string; seconds: number },
  at: number,
): void {
  const session: WorldSession = { id, instanceId: machine.id, owner, startedAt: at, endedAt: null };
  world.sessions.push(session);
  const facts = (phase: Phase) => ({ about: 'session', phase, sessionId: id }) as const;
  occupy(world, machine, { what: 'session', name: `session ${id}`, seconds }, facts, at, (_, then) => {
    session.endedAt = then;
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
  const facts = (phase: Phase) => ({ about: 'association', phase, associationId: id }) as const;
  // One that is interrupted goes on being InProgress: its agent is down and can not say otherwise.
  occupy(world, machine, { what: 'association', name: `association ${id}`, seconds }, facts, at, (phase) => {
    if (phase === 'end') association.status = 'Success';
  });
}

/** The agent, up again, tells of what was interrupted when its machine went down. */
export function failInterruptedAssociations(world: World, machine: Machine): void {
  for (const association of world.associations) {
    if (association.instanceId === machine.id && association.status === 'InProgress') association.status = 'Failed';
  }
}
