import { parseArgs } from 'node:util';
import * as z from 'zod';
import { BadInput } from './bad-input.ts';

const BAD_INPUT = 2;

/** The field of a schema that takes what is no flag. Without it such an argument is refused. */
const REST = 'rest';

/**
 * Runs a command to its exit code. Bad input is told in its own words, and is 2; anything else is our own fault, and thrown.
 */
export async function runCommand(main: () => Promise<number>): Promise<void> {
  process.exitCode = await exitCodeOf(main, (text) => process.stderr.write(`${text}\n`));
}

/** The exit code of a command; 2 for bad input, after its message was told. @throws what is no bad input */
export async function exitCodeOf(main: () => Promise<number>, tell: (text: string) => void): Promise<number> {
  try {
    return await main();
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    tell(error.message);
    return BAD_INPUT;
  }
}

/**
 * Reads the flags that a schema names: a boolean takes no value, an array can be given several times, all else is text
 * that the schema makes a value of.
 * @param usage is added to what is wrong
 * @throws BadInput naming the flag and what is allowed
 */
export function parseFlags<Schema extends z.ZodObject>(schema: Schema, args: string[], usage: string): z.infer<Schema> {
  const { [REST]: rest, ...flags } = schema.shape;
  const options = Object.fromEntries(Object.entries(flags).map(([name, type]) => [name, optionOf(type)]));
  let given: object;
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: rest !== undefined });
    given = { ...values, ...(rest === undefined ? {} : { [REST]: positionals }) };
  } catch (error) {
    return refuseFlags((error as Error).message, usage);
  }
  const parsed = schema.safeParse(given);
  return parsed.success ? parsed.data : refuseFlags(z.prettifyError(parsed.error), usage);
}

/** @throws BadInput with what is wrong, followed by the usage */
export function refuseFlags(message: string, usage: string): never {
  throw new BadInput(`${message}\n\n${usage}`);
}

/** A flag that is a whole number; anything else is told what is allowed. */
export function wholeNumber(min: number, max: number) {
  const allowed = `expected a whole number from ${min} to ${max}`;
  return z.coerce.number(allowed).int(allowed).min(min, allowed).max(max, allowed);
}

/** How parseArgs has to read a flag. */
function optionOf(type: z.core.$ZodType): { type: 'string' | 'boolean'; multiple?: boolean } {
  if (type instanceof z.ZodDefault || type instanceof z.ZodOptional) return optionOf(type.unwrap());
  if (type instanceof z.ZodArray) return { type: 'string', multiple: true };
  return { type: type instanceof z.ZodBoolean ? 'boolean' : 'string' };
}
