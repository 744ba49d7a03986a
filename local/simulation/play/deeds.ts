import type { Account } from '../../account/account.ts';
import { UPDATE_DOCUMENT } from '../../account/world/commands.ts';
import type { World, WorldCommand } from '../../account/world/model.ts';
import { type Deed, FORGED_LEASE } from '../scenario/scenario.ts';

export const LEASE_TAG = 'reveille:lease';

const OPT_OUT_TAG = 'reveille:opt-out';

/** A lease that is on another instance: an image of that one copies it (docs/aws-behaviour.md 37). */
function leaseOfAnother({ machines }: World, instanceId: string): string | null {
  if (!machines.has(instanceId)) return null;
  const others = [...machines.values()].filter(({ id }) => id !== instanceId);
  return others.flatMap(({ tags }) => tags.get(LEASE_TAG) ?? [])[0] ?? null;
}

/** Updates that have been sent to it and have not ended, our own and others'. */
const openUpdates = ({ commands }: World, instanceId: string): WorldCommand[] =>
  commands.filter(
    ({ documentName, invocations }) =>
      documentName === UPDATE_DOCUMENT && invocations.get(instanceId)?.endedAt === null,
  );

/** Whether there is anything to be done: people don't open sessions on what sleeps. */
export function canDo({ world, settle }: Account, deed: Deed, instanceId: string): boolean {
  settle();
  const machine = world.machines.get(instanceId);
  if (machine === undefined) return false;
  const { state, agent, tags, hibernating } = machine;
  switch (deed) {
    case 'start':
      return state === 'stopped';
    case 'stop':
    case 'restart':
      return state === 'running';
    case 'hibernate':
      return state === 'running' && hibernating;
    case 'remove-lease':
      return tags.has(LEASE_TAG);
    case 'open-session':
    case 'run-command':
    case 'run-update':
    case 'run-association':
      return state === 'running' && agent.running !== null;
    case 'cancel-command':
      return openUpdates(world, instanceId).length > 0;
    case 'copy-lease':
      return leaseOfAnother(world, instanceId) !== null;
    case 'forge-lease':
    case 'opt-out':
    case 'opt-out-of-yesterday':
    case 'opt-out-until-spring':
    case 'opt-out-in-silence':
    case 'terminate':
    case 'leave-group':
      return state !== 'terminated';
  }
}

/**
 * Lets a person do something to an instance.
 * @returns whether it was done, and not refused
 */
export function doDeed({ people, journal, world }: Account, deed: Deed, instanceId: string, seconds: number): boolean {
  const deeds: Record<Deed, () => void> = {
    start: () => people.start(instanceId),
    stop: () => people.stop(instanceId),
    hibernate: () => people.stop(instanceId, { hibernate: true }),
    // The second half of it is done later, when it has stopped.
    restart: () => people.stop(instanceId),
    terminate: () => people.terminate(instanceId),
    'remove-lease': () => people.removeTag(instanceId, LEASE_TAG),
    'forge-lease': () => people.setTag(instanceId, LEASE_TAG, FORGED_LEASE),
    'copy-lease': () => people.setTag(instanceId, LEASE_TAG, leaseOfAnother(world, instanceId) ?? FORGED_LEASE),
    'opt-out': () => people.setTag(instanceId, OPT_OUT_TAG, 'mine, until 2031-12-31'),
    // Its day is over: it keeps nothing out.
    'opt-out-of-yesterday': () => people.setTag(instanceId, OPT_OUT_TAG, 'mine, until 2019-12-31'),
    // A day that can't be read, and no word at all, keep it out as well.
    'opt-out-until-spring': () => people.setTag(instanceId, OPT_OUT_TAG, 'mine, until spring'),
    'opt-out-in-silence': () => people.setTag(instanceId, OPT_OUT_TAG, ''),
    'open-session': () => people.openSession(instanceId, seconds),
    'run-command': () => people.runCommand(instanceId, seconds),
    'run-update': () => people.runUpdate(instanceId, seconds),
    'cancel-command': () => {
      for (const { id } of openUpdates(world, instanceId)) people.cancelCommand(id, instanceId);
    },
    'run-association': () => people.runAssociation(instanceId, seconds),
    'leave-group': () => {
      for (const [group, members] of world.groups) {
        if (members.includes(instanceId)) people.leaveGroup(group, instanceId);
      }
    },
  };
  const first = journal.entries.length;
  deeds[deed]();
  return journal.entries
    .slice(first)
    .some((entry) => entry.kind === 'call' && entry.principal === 'person' && entry.error === null);
}
