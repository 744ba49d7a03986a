import type { Night, NightInstance } from './night.ts';

/** All instances of a group that slept before, or of those that ran: lines so thin that together they have a shape. */
export interface Silhouette {
  /** Names it on the page. */
  id: string;
  group: string;
  slept: boolean;
  /** The earliest done first. */
  instances: NightInstance[];
  /** Those that have a line of their own. */
  lines: NightInstance[];
}

/** Together they have so many lines at most, whatever the size of the run. */
const LINES_MAX = 480;

/** How high a line is, in pixels. */
export const lineHeight = (count: number): number => (count <= 120 ? 4 : count <= 240 ? 2 : 1);

/** For how many instances a line stands. */
export const instancesPerLine = (count: number): number =>
  Math.max(1, Math.round((count * lineHeight(count)) / LINES_MAX));

export function silhouettesOf({ instances, groups }: Pick<Night, 'instances' | 'groups'>): Silhouette[] {
  const takingPart = instances.filter(({ takesPart }) => takesPart);
  const each = instancesPerLine(takingPart.length);
  return groups.flatMap((group, index) =>
    [true, false].flatMap((slept) => {
      const own = byEnd(takingPart.filter((one) => one.group === group && (one.originalState !== 'running') === slept));
      if (own.length === 0) return [];
      return [{ id: `${index}-${slept ? 'slept' : 'ran'}`, group, slept, instances: own, lines: middles(own, each) }];
    }),
  );
}

/** Of each so many instances the middle one. */
function middles(instances: NightInstance[], each: number): NightInstance[] {
  const count = Math.max(1, Math.round(instances.length / each));
  return Array.from(
    { length: count },
    (_, line) => instances[Math.floor(((line + 0.5) * instances.length) / count)],
  ).flatMap((one) => one ?? []);
}

/** In the order in which they were done; what has no time comes last. */
export const byEnd = (instances: NightInstance[]): NightInstance[] =>
  [...instances].sort(
    (one, other) =>
      (one.doneAt ?? Number.POSITIVE_INFINITY) - (other.doneAt ?? Number.POSITIVE_INFINITY) || one.index - other.index,
  );
