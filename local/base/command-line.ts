import * as z from 'zod';
import { BadInput } from './bad-input.ts';

/** A flag that is a whole number; anything else is told what is allowed. */
export function wholeNumber(min: number, max: number) {
  const allowed = `expected a whole number from ${min} to ${max}`;
  return z.coerce.number(allowed).int(allowed).min(min, allowed).max(max, allowed);
}

/** Runs a command to its exit code. Bad input is told in its own words, and is 2; anything else is our own fault, and thrown. */
export async function runCommand(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}
