import type { Random } from '../../base/random.ts';

export const pick = <T>(random: Random, items: readonly T[]): T => items[random.integer([0, items.length - 1])] as T;

/** Two of these: one, and the one that stands half of the list further. */
export function pickTwo<T>(random: Random, items: readonly T[]): [T, T] {
  const first = random.integer([0, items.length - 1]);
  const second = (first + Math.floor(items.length / 2)) % items.length;
  return [items[first] as T, items[second] as T];
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
