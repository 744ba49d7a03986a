import type { Fleet } from '../../account/fleet/fleet.ts';
import type { JournalEntry } from '../../account/world/journal.ts';
import { createChangeLines } from './change-lines.ts';
import type { RunEvent } from './follow-run.ts';
import { namesIn } from './names.ts';
import { createNarrator } from './narrator.ts';
import { createProgressLines } from './progress-lines.ts';

/** Of more instances than this, a line for each change says less than their counts do. */
const TOLD_ONE_BY_ONE_MAX = 60;

/** Tells one entry of the journal, and what it means for the run. */
export type Teller = (entry: JournalEntry, events: RunEvent[]) => void;

export interface TellerOptions {
  fleet: Fleet;
  /** `changes`: what becomes of the instances. `everything`: every call that changes something, and every change. */
  lines: 'none' | 'changes' | 'everything';
  /** What is told before the first line: a run that is refused has none. */
  opening: string[];
  out: (line: string) => void;
}

/** Tells a run while it is at work, as fully as it was asked for: one by one, or in counts if the fleet is large. */
export function createTeller({ fleet, lines, opening, out }: TellerOptions): Teller {
  if (lines === 'none') return () => undefined;
  const names = namesIn(fleet);
  const narrate = createNarrator(names);
  const count = fleet.groups.reduce((sum, { instances }) => sum + instances.length, 0);
  const linesOf = count > TOLD_ONE_BY_ONE_MAX ? createProgressLines() : createChangeLines(names);
  const unsaid = [...opening];
  return (entry, events) => {
    const told = lines === 'everything' ? [narrate(entry) ?? []].flat() : events.flatMap(linesOf);
    if (told.length === 0) return;
    for (const line of [...unsaid.splice(0), ...told]) out(line);
  };
}
