import { stripVTControlCharacters } from 'node:util';
import type { Command } from '../../local/base/command.ts';
import { runProgram } from '../../local/base/program.ts';

export interface Typed {
  code: number;
  /** With its colours. */
  raw: string;
  out: string;
  errors: string;
}

/** Types a line of the program in a folder, on a terminal of 100 columns. @returns its exit code and what it has printed */
export async function typeIn(directory: string, commands: Command[], args: string[]): Promise<Typed> {
  const printed: string[] = [];
  const errors: string[] = [];
  const code = await runProgram(commands, args, {
    out: (text) => void printed.push(text),
    error: (text) => void errors.push(text),
    progress: () => undefined,
    columns: 100,
    directory,
    elapsed: () => 0,
  });
  const raw = printed.join('\n');
  return { code, raw, out: stripVTControlCharacters(raw), errors: errors.join('\n') };
}
