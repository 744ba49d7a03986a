import type { Scenario } from '../scenario/scenario.ts';
import { drawNight, kinds, spread } from './draw-scenario.ts';

/** Far from the seeds that anyone draws. */
const FIRST_SEED = 3_000_001;

/** They take turns. */
const TURNS = ['quiet night', 'one harmless fault', 'one harmless fault'];

/** Beside a thousand seeds there are so many of them: the seeds themselves have few, since they are for what is rare. */
const OF_THOUSAND = 60;

/** How many healthy nights come before so many seeds. */
export const healthyNightsBefore = (seeds: number): number => Math.ceil((seeds * OF_THOUSAND) / 1000);

/**
 * Nights on healthy fleets in which nothing goes wrong, or one thing that is tried again. What complains in them complains
 * without a reason.
 */
export const drawHealthyNights = (count: number): Scenario[] =>
  Array.from({ length: count }, (_, index) => {
    const kind = kinds.find(({ name }) => name === TURNS[index % TURNS.length]);
    if (kind === undefined) throw new Error('a kind of healthy nights has another name by now');
    return drawNight(kind, spread(index), FIRST_SEED + index);
  });
