import type { Random } from '../../base/random.ts';

export const pick = <T>(random: Random, items: readonly T[]): T => items[random.integer([0, items.length - 1])] as T;

/** So many of these, spread evenly over the list: each as often as the others. */
export function pickSpread<T>(random: Random, items: readonly T[], count: number): T[] {
  const first = random.integer([0, items.length - 1]);
  const placeOf = (nth: number) => (first + Math.floor((items.length * nth) / count)) % items.length;
  return Array.from({ length: count }, (_, nth) => items[placeOf(nth)] as T);
}

export const chance = (random: Random, share: number): boolean => random.next() < share;

/** One of these, each as likely as its weight says. */
export function pickWeighted<T>(random: Random, items: readonly (readonly [T, number])[]): T {
  const total = items.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random.next() * total;
  for (const [item, weight] of items) {
    left -= weight;
    if (left < 0) return item;
  }
  return (items.at(-1) as readonly [T, number])[0];
}
