import type { Account } from '../account/account.ts';
import type { Deed } from './scenario.ts';

const LEASE_TAG = 'reveille:lease';
const FORGED = 'somebody-else/a-run/a-child/an-attempt';

/**
 * Lets somebody do something to an instance.
 * @returns whether it was done, and not refused
 */
export function doDeed({ people, journal, world }: Account, deed: Deed, instanceId: string, seconds: number): boolean {
  const deeds: Record<Deed, () => void> = {
    start: () => people.start(instanceId),
    stop: () => people.stop(instanceId),
    hibernate: () => people.stop(instanceId, { hibernate: true }),
    terminate: () => people.terminate(instanceId),
    'remove-lease': () => people.removeTag(instanceId, LEASE_TAG),
    'forge-lease': () => people.setTag(instanceId, LEASE_TAG, FORGED),
    'open-session': () => people.openSession(instanceId, seconds),
    'run-command': () => people.runCommand(instanceId, seconds),
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
