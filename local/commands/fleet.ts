import { parseArgs } from 'node:util';
import * as z from 'zod';
import { mixedFleet } from '../account/fleet/mixed-fleet.ts';
import { BadInput } from '../base/bad-input.ts';
import { runCommand, wholeNumber } from '../base/command-line.ts';

/** npm run --silent fleet -- --instances 500 --seed 1: prints a fleet file with a bit of everything. */
const schema = z.object({
  instances: wholeNumber(2, 1000).default(24),
  seed: wholeNumber(0, 2 ** 32 - 1).default(1),
});

function readFlags(): unknown {
  try {
    return parseArgs({ options: { instances: { type: 'string' }, seed: { type: 'string' } } }).values;
  } catch (error) {
    // An unknown flag, or one without its value: parseArgs says which.
    throw new BadInput((error as Error).message);
  }
}

await runCommand(async () => {
  const parsed = schema.safeParse(readFlags());
  if (!parsed.success) throw new BadInput(z.prettifyError(parsed.error));
  const fleet = { $schema: '../schemas/fleet.schema.json', ...mixedFleet(parsed.data.instances, parsed.data.seed) };
  process.stdout.write(`${JSON.stringify(fleet, null, 2)}\n`);
  return 0;
});
