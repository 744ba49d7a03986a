import type { MessageWords } from '../words/message-words.ts';

/** An instance that is named to people. */
export interface Named {
  instanceId: string;
  name: string | null;
}

/** Which names can stand in a sentence without being a part of it: no brackets, no ends, and nothing that a chat takes as a call. A name can have 256 characters, a subject less than 100. */
export const SUBJECT_NAME = /^[A-Za-z0-9][A-Za-z0-9 _/+=-]{0,23}$/;

export const BODY_NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._/+=-]{0,39}$/u;

/**
 * How each of these instances is called: by its name, if that is its own and fits; else by its ID. A name is never cut: the
 * rest could be another one's.
 */
export function callNames(instances: readonly Named[], fitting: RegExp): Map<string, string> {
  const holders = new Map<string, number>();
  for (const { name } of instances) if (name !== null) holders.set(name, (holders.get(name) ?? 0) + 1);
  return new Map(
    instances.map(({ instanceId, name }) => {
      const isClear = name !== null && fitting.test(name) && holders.get(name) === 1;
      return [instanceId, isClear ? name : instanceId];
    }),
  );
}

/** The first of these names, and how many more there are. */
export function listNames(names: readonly string[], max: number, { comma, more }: MessageWords): string {
  const shown = names.slice(0, max).join(comma);
  return names.length > max ? `${shown}${more(names.length - max)}` : shown;
}
