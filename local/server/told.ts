import type { JournalEntry } from '../account/world/journal.ts';
import { printable } from '../base/printable.ts';
import type { StatusChange } from '../engine/model.ts';

type CallEntry = Extract<JournalEntry, { kind: 'call' }>;

const ASKED_COLUMNS = 32;

const CALLER_COLUMNS = 18;

/** Of a path, or of a name that a caller has made up. */
const NAME_LENGTH_MAX = 120;

const ANSWER_COLUMNS = 22;

/** What only looks. */
const LOOKS = /^(Describe|List|Get|Head)/;

/** No refusal: a look that has found nothing. */
const NOTHING_THERE = 'NoSuchKey';

const timeOf = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

const short = (text: string): string => printable(text.slice(0, NAME_LENGTH_MAX));

/**
 * What the account tells of an entry of its journal, in lines: of a request what was asked, by whom, and the answer; of a
 * message its subject as well. Nothing of what the world does by itself, nor of what the deployed functions only look at:
 * that would be most of all lines.
 * @param isFunction whether a caller is a deployed function
 */
export function tellEntry(entry: JournalEntry, isFunction: (principal: string) => boolean): string[] {
  if (entry.kind !== 'call') return [];
  const { at, principal, service, operation, parameters, error } = entry;
  const isOnlyLook = LOOKS.test(operation) && (error === null || error === NOTHING_THERE);
  if (isOnlyLook && isFunction(principal)) return [];
  const asked = short(`${service} ${operation}`).padEnd(ASKED_COLUMNS);
  const caller = short(principal.replace(/Function$/, '')).padEnd(CALLER_COLUMNS);
  const answer = short(error ?? 'ok').padEnd(ANSWER_COLUMNS);
  const line = `${timeOf(at)}  ${asked} ${caller} ${answer} ${sayAbout(entry)}`.trimEnd();
  if (operation !== 'Publish' || error !== null) return [line];
  const { Subject } = parameters as { Subject?: string };
  return [line, `${timeOf(at)}  message: ${short(Subject ?? 'without a subject')}`];
}

/** What the account tells of an execution. Children are parts of a run. */
export function tellStatus({ at, name, status, isChild }: StatusChange): string[] {
  if (isChild) return [];
  return [`${timeOf(at)}  run ${short(name)} ${status === 'RUNNING' ? 'is at work' : `has ended: ${status}`}`];
}

/** The key of the object, or how many instances it is about. */
function sayAbout({ parameters }: CallEntry): string {
  const { key, InstanceId, InstanceIds, ResourceId } = (parameters ?? {}) as Record<string, unknown>;
  const ids = InstanceIds ?? InstanceId ?? ResourceId;
  if (Array.isArray(ids)) return `${ids.length} instance${ids.length === 1 ? '' : 's'}`;
  return typeof key === 'string' ? short(key) : '';
}
