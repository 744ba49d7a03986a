import { styleText } from 'node:util';
import type { Fleet } from '../account/fleet/fleet.ts';
import type { JournalEntry } from '../account/world/journal.ts';

const timeOf = (at: number): string => new Date(at).toISOString().slice(11, 19);

const countOf = (parameters: unknown): number => {
  const { InstanceId, InstanceIds } = parameters as { InstanceId?: unknown; InstanceIds?: unknown };
  const ids = InstanceId ?? InstanceIds;
  return Array.isArray(ids) ? ids.length : 1;
};

/** Calls that a person wants to see while they happen: what changes something. */
const TOLD = new Set(['StartInstances', 'StopInstances', 'SendCommand', 'CancelCommand', 'Publish']);

const COLOURS = { state: 'cyan', agent: 'blue', update: 'magenta' } as const;

/** Turns what happens in the account into lines, as it happens. */
export function createNarrator(fleet: Fleet): (entry: JournalEntry) => string | null {
  const names = new Map(
    fleet.groups.flatMap((group) =>
      group.instances.map(({ id, name }): [string, string] => [id, `${group.name}/${name ?? ''}`.replace(/\/$/, '')]),
    ),
  );
  return (entry) => {
    const time = styleText('dim', timeOf(entry.at));
    if (entry.kind === 'change') {
      // Every lease would be told twice: by the call, and by each instance.
      if (entry.what === 'tags') return null;
      const colour = COLOURS[entry.what as keyof typeof COLOURS] ?? 'white';
      return `${time}  ${entry.instanceId}  ${(names.get(entry.instanceId) ?? '').padEnd(22)} ${styleText(colour, entry.detail)}`;
    }
    if (!TOLD.has(entry.operation)) return null;
    const caller = entry.principal.replace(/Function$/, '');
    const outcome = entry.error === null ? '' : styleText('yellow', ` refused: ${entry.error}`);
    const count = entry.operation === 'Publish' ? '' : ` (${countOf(entry.parameters)})`;
    return `${time}  ${styleText('bold', `${caller} calls ${entry.operation}${count}`)}${outcome}`;
  };
}
