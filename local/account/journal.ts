/** One thing that happened in the account: a call that somebody made, or a change that the world made by itself. */
export type JournalEntry =
  | {
      kind: 'call';
      at: number;
      principal: string;
      service: string;
      operation: string;
      parameters: unknown;
      /** null: it succeeded */
      error: string | null;
    }
  | { kind: 'change'; at: number; instanceId: string; what: string; detail: string };

export interface Journal {
  entries: JournalEntry[];
  write(entry: JournalEntry): void;
  /** Called with each entry as it is written. */
  onEntry(listener: (entry: JournalEntry) => void): void;
}

export function createJournal(): Journal {
  const entries: JournalEntry[] = [];
  const listeners: ((entry: JournalEntry) => void)[] = [];
  return {
    entries,
    write(entry) {
      entries.push(entry);
      for (const listener of listeners) listener(entry);
    },
    onEntry: (listener) => void listeners.push(listener),
  };
}
