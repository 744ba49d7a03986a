import * as z from 'zod';

/** An SSM Agent version: four numbers, such as `3.3.551.0`. */
export const agentVersionSchema = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,9}){3}$/, 'give four numbers with dots between them, such as "3.3.551.0"');

/** What a run may aim at: a version, or the newest one that the region has. */
export const targetVersionSchema = z
  .string()
  .regex(
    /^(latest|\d{1,9}(\.\d{1,9}){3})$/,
    'give "latest" or four numbers with dots between them, such as "3.3.551.0"',
  );

const parts = (version: string): number[] => version.split('.').map(Number);

/**
 * Compares numerically, part by part: 3.10.0.0 is newer than 3.9.0.0 (docs/aws-behaviour.md 9).
 * @returns a negative number, zero or a positive number, as `Array.sort` wants it; NaN if a part isn't a number.
 */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [parts(left), parts(right)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** True only if both are proper versions and `version` is the target or newer. An unreadable version proves nothing. */
export function isAtLeast(version: string | null, target: string): boolean {
  if (version === null || !agentVersionSchema.safeParse(version).success) return false;
  return compareVersions(version, target) >= 0;
}
