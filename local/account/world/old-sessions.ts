import { createRandom, type Random } from '../../base/random.ts';
import { goOn } from './activity.ts';
import type { Machine } from './machine.ts';
import type { World, WorldSession } from './model.ts';

/** After the boot before, whose LaunchTime a sleeping machine still has. */
const BEGUN_AFTER_SECONDS = [300, 3000] as const;

/** What comes back with the memory goes on for some minutes, or for longer than a run waits. */
const GO_ON_SECONDS = [
  [60, 900],
  [1500, 6000],
] as const;

/** Someone who had closed the window without ending the session (docs/aws-behaviour.md 84). */
const OWNER = 'someone-of-yesterday';

/** On what sleeps, a session of the boot before is still listed as active. */
export function leaveOldSessions(world: World, seed: number): void {
  for (const machine of world.machines.values()) {
    if (machine.state !== 'stopped') continue;
    const random = createRandom(seed, 'sessions of yesterday', machine.id);
    const session: WorldSession = {
      id: `${OWNER}-0${machine.id.slice(2)}`,
      instanceId: machine.id,
      owner: OWNER,
      startedAt: machine.launchTime + random.integer(BEGUN_AFTER_SECONDS) * 1000,
      endedAt: null,
      openStatus: random.next() < 0.5 ? 'Connected' : 'Disconnected',
    };
    world.sessions.push(session);
    if (machine.hibernating && session.openStatus === 'Connected') comeBack(world, machine, { session, random });
  }
}

/** It goes on once its machine has come back with its memory: that is its next boot, also if someone else asks for it. */
function comeBack(
  world: World,
  machine: Machine,
  { session, random }: { session: WorldSession; random: Random },
): void {
  const seconds = random.integer(GO_ON_SECONDS[random.next() < 0.5 ? 0 : 1]);
  machine.onMemoryBack = (at) => goOn(world, machine, { session, seconds }, at);
}
