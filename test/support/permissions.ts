import type { Account } from '../../local/account/account.ts';
import type { JournalEntry } from '../../local/account/world/journal.ts';

/** What the roles of many accounts allow, and what of that was needed in any of them. */
export interface Ledger {
  note(account: Account): void;
  /** Never needed, as `Function Sid: action on resource`. */
  unused(): string[];
}

export function createLedger(): Ledger {
  const allowed = new Set<string>();
  const used = new Set<string>();
  return {
    note({ access }) {
      const text = ({ principal, sid, action, resource }: ReturnType<typeof access.used>[number]) =>
        `${principal} ${sid}: ${action} on ${resource}`;
      for (const permission of access.allowed()) allowed.add(text(permission));
      for (const permission of access.used()) used.add(text(permission));
    },
    unused: () => [...allowed].filter((permission) => !used.has(permission)),
  };
}

export type CallEntry = JournalEntry & { kind: 'call' };

const DENIALS = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'ForbiddenException',
  'UnauthorizedOperation',
]);

/** The calls that IAM has denied, and those that it could not judge. */
export const deniedCalls = ({ journal }: Account): CallEntry[] =>
  journal.entries.filter(
    (entry): entry is CallEntry =>
      entry.kind === 'call' && (DENIALS.has(entry.error ?? '') || entry.error === 'InternalError'),
  );

/** A tag that was just written or removed may not be seen yet: then a start or a stop is denied, and is tried again. */
const isForLaggingTag = ({ operation, error }: CallEntry): boolean =>
  error === 'UnauthorizedOperation' && (operation === 'StartInstances' || operation === 'StopInstances');

/** Denied calls that no lagging tag explains, as `Function calls Operation: Error`. */
export const unexplainedDenials = (account: Account): string[] =>
  deniedCalls(account)
    .filter((entry) => !isForLaggingTag(entry))
    .map(({ principal, operation, error }) => `${principal} calls ${operation}: ${error}`);
