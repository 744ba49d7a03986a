import { runCommand } from '../base/command-line.ts';
import { demo } from '../demo/run-demo.ts';

// Captured before virtual time replaces the clocks.
const monotonic = performance.now.bind(performance);

await runCommand(() =>
  demo(process.argv.slice(2), {
    out: (text) => process.stdout.write(`${text}\n`),
    error: (text) => process.stderr.write(`${text}\n`),
    columns: process.stdout.columns,
    // npm changes to the project's folder, and says where it was called.
    directory: process.env['INIT_CWD'] ?? process.cwd(),
    elapsed: monotonic,
  }),
);
