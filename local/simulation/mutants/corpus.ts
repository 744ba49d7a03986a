import { behaviourNames } from '../../account/fleet/behaviours.ts';
import type { Measurement } from '../coverage/measure.ts';
import { countAt } from '../coverage/precise-coverage.ts';
import { references } from '../scenario/reference-scenarios.ts';
import type { Task } from '../scenario/scenario.ts';
import type { Mutant } from './mutant.ts';
import { rareNights } from './rare-nights.ts';
import { specialNights } from './special-nights.ts';

/** What is tried on each mutant: the rare and the special nights, the reference runs, each behaviour alone, and so many seeds. */
export const corpusOf = (seeds: number): Task[] => [
  ...Object.values(rareNights),
  ...Object.values(references),
  ...behaviourNames.map((quietNight) => ({ quietNight })),
  ...specialNights,
  ...Array.from({ length: seeds }, (_, index) => index + 1),
];

/** Whether a simulation ran through the place of a mutant. What stands outside of functions is run when a file is loaded. */
export const reaches = ({ coverage }: Measurement, { file, start, within }: Mutant): boolean =>
  coverage.has(file) && (within === '' || countAt(coverage.get(file) ?? [], start) > 0);

/**
 * The simulations that reach a mutant: the rare nights; then those that run through all of what is changed (a guard that is left
 * out shows only where it would have left), and of these, those that run through what others rarely do.
 * @param rarity how rare what a simulation runs through is, by its place in the measurements; see `raritiesOf`
 */
export function reaching(measurements: Measurement[], rarities: number[], mutant: Mutant): Measurement[] {
  return measurements
    .map((measurement, index) => ({
      measurement,
      isRare: isRareNight(measurement),
      rarity: rarities[index] ?? 0,
    }))
    .filter(({ measurement }) => reaches(measurement, mutant))
    .map((one) => ({ ...one, within: blocksWithin(one.measurement, mutant) }))
    .sort((one, other) => {
      if (one.isRare !== other.isRare) return one.isRare ? -1 : 1;
      return other.within - one.within || other.rarity - one.rarity;
    })
    .map(({ measurement }) => measurement);
}

/** How many of the blocks inside of what a mutant changes a simulation ran through. */
const blocksWithin = ({ coverage }: Measurement, { file, start, end }: Mutant): number =>
  (coverage.get(file) ?? []).filter((block) => block.start >= start && block.end <= end && block.count > 0).length;

/** For each simulation: the sum over its blocks of one divided by how many simulations run through them. */
export function raritiesOf(measurements: Measurement[]): number[] {
  const through = new Map<string, number>();
  const blocksOf = ({ coverage }: Measurement): string[] =>
    [...coverage].flatMap(([file, blocks]) =>
      blocks.filter(({ count }) => count > 0).map(({ start, end }) => `${file} ${start} ${end}`),
    );
  const all = measurements.map((measurement) => [...new Set(blocksOf(measurement))]);
  for (const block of all.flat()) through.set(block, (through.get(block) ?? 0) + 1);
  return all.map((blocks) => blocks.reduce((sum, block) => sum + 1 / (through.get(block) ?? 1), 0));
}

/** They are few, and there for what no other simulation comes to. */
const isRareNight = ({ task }: Measurement): boolean => Object.values<Task>(rareNights).includes(task);
