import { parseArgs } from 'node:util';
import * as z from 'zod';
import { mixedFleet } from './mixed-fleet.ts';

/** npm run --silent fleet -- --instances 500 --seed 1: prints a fleet file with a bit of everything. */
const { values } = parseArgs({ options: { instances: { type: 'string' }, seed: { type: 'string' } } });
const whole = z.coerce.number('expected a whole number').int('expected a whole number').min(0);
const parsed = z
  .object({ instances: whole.min(2).max(1000).default(24), seed: whole.max(2 ** 32 - 1).default(1) })
  .safeParse(values);
if (parsed.success) {
  const fleet = { $schema: '../schemas/fleet.schema.json', ...mixedFleet(parsed.data.instances, parsed.data.seed) };
  process.stdout.write(`${JSON.stringify(fleet, null, 2)}\n`);
} else {
  process.stderr.write(`${z.prettifyError(parsed.error)}\n`);
  process.exitCode = 2;
}
