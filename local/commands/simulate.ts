import { runCommand } from '../base/command-line.ts';
import { simulateCommand } from '../simulation/command/simulate.ts';

// Captured before virtual time replaces the clocks.
const monotonic = performance.now.bind(performance);

await runCommand(() =>
  simulateCommand(process.argv.slice(2), {
    out: (text) => process.stdout.write(`${text}\n`),
    progress: (text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`),
    error: (text) => process.stderr.write(`${text}\n`),
    elapsed: monotonic,
  }),
);
