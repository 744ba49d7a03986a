import { BadInput } from './bad-input.ts';
import { EXIT } from './exit-codes.ts';
import { printable } from './printable.ts';

/** Runs what is no command of the program to its exit code. Anything but bad input is our own fault, and thrown. */
export async function runCommand(main: () => Promise<number>): Promise<void> {
  process.exitCode = await exitCodeOf(main, (text) => process.stderr.write(`${text}\n`));
}

/**
 * The exit code of a command; that of bad input after its message was told, without anything in it that a terminal would
 * take for an order. @throws what is no bad input
 */
export async function exitCodeOf(main: () => Promise<number>, tell: (text: string) => void): Promise<number> {
  try {
    return await main();
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    tell(error.message.split('\n').map(printable).join('\n'));
    return EXIT.badInput;
  }
}
