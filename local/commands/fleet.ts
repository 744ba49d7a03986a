import * as z from 'zod';
import { mixedFleet } from '../account/fleet/mixed-fleet.ts';
import { parseFlags, runCommand, wholeNumber } from '../base/command-line.ts';

const USAGE = `Prints a fleet file with a bit of everything.

  npm run --silent fleet -- --instances 500 --seed 1

  --instances N    24 by default
  --seed N         everything random comes from it; 1 by default
  --help           prints this`;

const schema = z.strictObject({
  instances: wholeNumber(2, 1000).default(24),
  seed: wholeNumber(0, 2 ** 32 - 1).default(1),
  help: z.boolean().default(false),
});

await runCommand(async () => {
  const { instances, seed, help } = parseFlags(schema, process.argv.slice(2), USAGE);
  const fleet = { $schema: '../schemas/fleet.schema.json', ...mixedFleet(instances, seed) };
  process.stdout.write(`${help ? USAGE : JSON.stringify(fleet, null, 2)}\n`);
  return 0;
});
