import type { NightInstance } from './night.ts';
import { PHASES, type PhaseName } from './phases.ts';

/** How long a phase took. */
export interface PhaseLengths {
  name: PhaseName;
  /** Of how many woken instances it is known. */
  instances: number;
  median: number;
  p90: number;
  longest: number;
  /** Of all of them together, in seconds. */
  together: number;
}

/** Of the woken instances: what ran anyway cost nothing. Only phases that are known of one of them. */
export function phaseLengths(woken: NightInstance[]): PhaseLengths[] {
  return PHASES.flatMap((name) => {
    const lengths = woken
      .map(({ phases }) => phases.reduce((sum, phase) => sum + (phase.name === name ? phase.to - phase.from : 0), 0))
      .filter((length) => length > 0)
      .sort((one, other) => one - other);
    const longest = lengths.at(-1);
    if (longest === undefined) return [];
    const together = lengths.reduce((sum, length) => sum + length, 0);
    return [{ name, instances: lengths.length, median: at(lengths, 0.5), p90: at(lengths, 0.9), longest, together }];
  });
}

/** The value that so large a part of a sorted list does not exceed. */
export const at = (sorted: number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length) - 1))] ?? 0;
