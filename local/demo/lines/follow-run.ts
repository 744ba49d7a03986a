import type { InstanceAt } from '../../../functions/domain/batch/batch-instance.ts';
import type { BatchResult } from '../../../functions/domain/batch/batch-result.ts';
import type { Manifest } from '../../../functions/domain/listing/manifest.ts';
import type { JournalEntry } from '../../account/world/journal.ts';

/** One thing that a person is told of a run. `at`: milliseconds since the epoch. */
export type RunEvent = { at: number } & (
  | { kind: 'listed'; manifest: Manifest }
  /** EC2 has accepted our start (or our stop) of it. */
  | { kind: 'woken' | 'going-back'; instanceId: string }
  | { kind: 'running' | 'update-ended'; instanceId: string }
  | { kind: 'updating'; instanceId: string; version: string; target: string }
  /** Its outcome and its final state are known: as the run itself writes them down. */
  | { kind: 'settled'; instance: InstanceAt<'settled'> }
);

type CallEntry = Extract<JournalEntry, { kind: 'call' }>;
type ChangeEntry = Extract<JournalEntry, { kind: 'change' }>;

/**
 * Makes of each entry of the account's journal what a person is told of the run.
 * @param read an object of the run's bucket by its key
 */
export function createFollower(read: (key: string) => string | null): (entry: JournalEntry) => RunEvent[] {
  /** When an instance last began to start, or to stop: a call of the same moment has done it. */
  const movedAt = new Map<string, number>();
  const settled = new Set<string>();

  const movedBy = ({ at, parameters }: CallEntry, kind: 'woken' | 'going-back'): RunEvent[] =>
    idsIn(parameters)
      .filter((instanceId) => movedAt.get(instanceId) === at)
      .map((instanceId) => ({ at, kind, instanceId }));

  function written({ at, parameters }: CallEntry): RunEvent[] {
    const { key = '' } = parameters as { key?: string };
    if (key.endsWith('/manifest.json')) return [{ at, kind: 'listed', manifest: JSON.parse(read(key) ?? '') }];
    if (!key.includes('/results/')) return [];
    const { instances } = JSON.parse(read(key) ?? '') as BatchResult;
    const fresh = instances.filter((one) => one.step === 'settled').filter((one) => !settled.has(one.instanceId));
    for (const { instanceId } of fresh) settled.add(instanceId);
    return fresh.map((instance) => ({ at, kind: 'settled', instance }));
  }

  function changed({ at, instanceId, facts }: ChangeEntry): RunEvent[] {
    if (facts.about === 'state') {
      if (facts.state === 'pending' || facts.state === 'stopping') movedAt.set(instanceId, at);
      return facts.state === 'running' ? [{ at, kind: 'running', instanceId }] : [];
    }
    // AWS's own updates, which no command is behind, are no doing of the run.
    if (facts.about !== 'update' || facts.commandId === null) return [];
    if (facts.phase !== 'begin') return [{ at, kind: 'update-ended', instanceId }];
    return [{ at, kind: 'updating', instanceId, version: facts.version, target: facts.target }];
  }

  return (entry) => {
    if (entry.kind === 'change') return changed(entry);
    if (entry.error !== null) return [];
    switch (`${entry.principal} ${entry.operation}`) {
      case 'StartInstancesFunction StartInstances':
        return movedBy(entry, 'woken');
      case 'RestoreInstancesFunction StopInstances':
        return movedBy(entry, 'going-back');
      default:
        return entry.operation === 'PutObject' ? written(entry) : [];
    }
  };
}

/** EC2's protocol has its list under the name of one. */
function idsIn(parameters: unknown): string[] {
  const { InstanceId } = parameters as { InstanceId?: string | string[] };
  return [InstanceId ?? []].flat();
}
