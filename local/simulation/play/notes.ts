import type { Journal, JournalEntry } from '../../account/world/journal.ts';

/** Something that happened and that the account's own journal doesn't know: faults, people, executions. */
export interface Note {
  at: number;
  /** Where it stands among the journal's entries: before the one of this index. */
  index: number;
  /** What it is about, for counting: `fault crash-after`, `person start`. */
  what: string;
  detail: string;
}

export interface Notes {
  all: Note[];
  write(what: string, detail: string): void;
}

/** @param settle lets the account catch up, so that what is due by now stands in the journal first */
export function createNotes(journal: Journal, settle: () => void): Notes {
  const all: Note[] = [];
  return {
    all,
    write(what, detail) {
      settle();
      all.push({ at: Date.now(), index: journal.entries.length, what, detail });
    },
  };
}

/** Journal and notes in the order in which things happened. */
export function inOrder(entries: JournalEntry[], notes: Note[]): (JournalEntry | Note)[] {
  const all: (JournalEntry | Note)[] = [];
  let next = 0;
  for (const [index, entry] of entries.entries()) {
    for (; next < notes.length && (notes[next] as Note).index <= index; next++) all.push(notes[next] as Note);
    all.push(entry);
  }
  return [...all, ...notes.slice(next)];
}
