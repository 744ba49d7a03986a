import type { Ec2State } from '../../../functions/domain/model/instance.ts';
import type { Ending } from './updater.ts';

/** `interrupted`: the instance was stopped or terminated while it was at work. */
export type Phase = 'begin' | 'end' | 'interrupted';

/**
 * What a change was, for checkers: they need not read `what` and `detail`, which are for people.
 * Times are milliseconds since the epoch; versions are those on the disk at that moment.
 */
export type ChangeFacts =
  /** The instance is in another state. `launchTime`: of this boot, or of the last one. */
  | { about: 'state'; state: Ec2State; stateReasonCode: string | null; launchTime: number }
  /** EC2 does not know the terminated instance any more. */
  | { about: 'gone' }
  /** The agent has come up with its instance: its first ping of this boot. */
  | { about: 'agent'; phase: 'begin'; version: string }
  /**
   * The agent has taken an update. `commandId`: null for AWS's own, which no command is behind.
   * Its end comes when the updater ends, also when the command was cancelled or given up long before; `result` tells which
   * of them change anything at all. An updater that has died (`update-hangs`) has no end, but can be interrupted.
   */
  | { about: 'update'; phase: 'begin'; commandId: string | null; version: string; target: string }
  | { about: 'update'; phase: 'end'; commandId: string | null; version: string; result: Ending }
  | { about: 'update'; phase: 'interrupted'; commandId: string | null; version: string }
  /** A session of a person. */
  | { about: 'session'; phase: Phase; sessionId: string }
  /** A command of someone else, with another document: from when the agent has taken it. */
  | { about: 'command'; phase: Phase; commandId: string }
  /** An association of State Manager, which no command is behind. */
  | { about: 'association'; phase: Phase; associationId: string }
  /** All tags that the instance has from now on, however they were changed. */
  | { about: 'tags'; tags: Readonly<Record<string, string>> };

/** One thing that happened in the account: a call, or a change that the world made by itself. */
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
  | { kind: 'change'; at: number; instanceId: string; what: string; detail: string; facts: ChangeFacts };

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
