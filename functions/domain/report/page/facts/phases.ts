import type { PageInstance } from './page-report.ts';

/** What an instance was at, in the order in which it comes. `turn`: it waited for its turn; `awake`: more is not known. */
export const PHASES = ['boot', 'register', 'turn', 'update', 'prove', 'back', 'awake'] as const;
export type PhaseName = (typeof PHASES)[number];

/** From one second of the run to another. */
export interface Phase {
  name: PhaseName;
  from: number;
  to: number;
}

/**
 * What an instance was at, and when, as far as its report tells: a phase without its end goes on to what is known next, and what is
 * not known at all is no phase.
 * @param toSecond of a moment: the second of the run
 */
export function phasesOf(instance: PageInstance, toSecond: (moment: string | null) => number | null): Phase[] {
  const { times, proof, commands, wokenAt, restoredAt } = instance;
  if (instance.outcome === 'excluded') return [];
  const settled = toSecond(times?.settledAt ?? restoredAt);
  if (times === null) return isWoken(instance) ? phases(['awake', toSecond(wokenAt), settled]) : [];
  const sent = toSecond(commands[0]?.sentAt ?? null);
  const stopped = toSecond(times.stopAcceptedAt) ?? settled;
  const last = commands.at(-1);
  const ended = toSecond(last?.endedAt ?? null) ?? stopped;
  const proved = toSecond(proof?.pingAt ?? null);
  const work = [
    ...phases(['update', sent, ended]),
    ...(proved !== null || last?.status === 'Success' ? phases(['prove', ended, proved ?? stopped]) : []),
  ];
  if (!isWoken(instance)) return work;
  const running = toSecond(times.runningAt);
  const pinged = toSecond(times.firstPingAt);
  const workEnded = work.at(-1)?.to ?? pinged;
  return [
    ...phases(['boot', toSecond(times.startAcceptedAt ?? wokenAt), running ?? stopped]),
    ...phases(['register', running, pinged ?? sent ?? stopped]),
    ...phases(['turn', pinged, sent]),
    ...work,
    ...phases(['turn', workEnded, stopped]),
    ...phases(['back', toSecond(times.stopAcceptedAt), settled]),
  ];
}

export const isWoken = ({ wokenAt }: PageInstance): boolean => wokenAt !== null;

const phases = ([name, from, to]: [PhaseName, number | null, number | null]): Phase[] =>
  from !== null && to !== null && to > from ? [{ name, from, to }] : [];
