import * as z from 'zod';

/** Where a command writes, and where and when it is. */
export interface Terminal {
  /** A line, or several, on standard output. */
  out(text: string): void;
  /** A line, or several, on standard error. */
  error(text: string): void;
  /** Progress: shown on a terminal only, and written over by what follows. */
  progress(text: string): void;
  /** How wide standard output is; undefined if it is no terminal. */
  columns: number | undefined;
  /** The folder in which the command was typed: a relative path is relative to it. */
  directory: string;
  /** Real time, monotonic, in milliseconds: also while virtual time replaces the clocks. */
  elapsed(): number;
}

/** One of the program's commands. */
export interface Command<Flags extends z.ZodObject = z.ZodObject> {
  name: string;
  /** What it does, in a sentence without its end. */
  says: string;
  /** Each field is a flag of that name, made by `flag`. */
  flags: Flags;
  /** Lines to type, each with what it does. A test types them all. */
  examples: [line: string, says: string][];
  /** What else a person has to know. */
  notes?: string;
  /** @returns its exit code @throws BadInput */
  run(flags: z.output<Flags>, terminal: Terminal): Promise<number>;
}

/** Lets the type of the flags be found. */
export const defineCommand = <Flags extends z.ZodObject>(command: Command<Flags>): Command<Flags> => command;

/**
 * A flag of a command.
 * @param type makes a value of the text that is given; a boolean takes no text, a list can be given several times
 * @param says what it does, for the help
 * @param value what stands for the text in the help; in brackets if it can be left out
 */
export const flag = <Type extends z.ZodType>(type: Type, says: string, value = 'N'): Type =>
  type.meta({ description: says, value });

/** A whole number, in digits. */
export function wholeNumber(min: number, max: number) {
  const allowed = `give a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, allowed)
    .transform(Number)
    .pipe(z.int(allowed).min(min, allowed).max(max, allowed));
}

/** The path of a file; an empty one is refused. */
export const filePath = () => z.string().min(1, 'give the path of a file');
