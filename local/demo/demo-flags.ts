import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { parseFlags, wholeNumber } from '../base/command-line.ts';

export const USAGE = `Runs Reveille's state machine and functions on an embedded AWS account.

  npm run demo                                     the shipped fleet: dev and prod
  npm run --silent demo -- --json                  just the report, as JSON

  --fleet FILE            the instances (schemas/fleet.schema.json); fleets/ has three
  --seed N                everything random comes from it; 1 by default
  --json                  prints the report (or, in a dry run, the plan) on standard output, nothing else
  --group NAME            only this resource group; can be given several times
  --target-version V      "latest", or a version such as 3.3.551.0
  --dry-run               lists and judges only, and says what would be done
  --allow-empty           an empty group is no failure
  --help                  prints this

Exit codes: 0 both promises held and the run did all that could be done, 1 a promise was broken,
2 bad input, 3 empty or broken group.`;

const schema = z.strictObject({
  fleet: z.string().default(fileURLToPath(new URL('../../fleets/dev-and-prod.json', import.meta.url))),
  seed: wholeNumber(0, 2 ** 32 - 1).default(1),
  json: z.boolean().default(false),
  group: z.array(z.string()).optional(),
  'target-version': z.string().optional(),
  'dry-run': z.boolean().optional(),
  'allow-empty': z.boolean().optional(),
  help: z.boolean().default(false),
});

export interface DemoArguments {
  fleet: string;
  seed: number;
  json: boolean;
  help: boolean;
  /** The execution's input. */
  input: Record<string, unknown>;
}

/**
 * @param directory what a relative path is relative to
 * @throws BadInput naming the flag and what is allowed
 */
export function parseArguments(args: string[], directory: string): DemoArguments {
  const { fleet, seed, json, help, group, ...flags } = parseFlags(schema, args, USAGE);
  const entries = Object.entries({
    groups: group,
    targetVersion: flags['target-version'],
    dryRun: flags['dry-run'],
    allowEmpty: flags['allow-empty'],
  });
  return {
    fleet: resolve(directory, fleet),
    seed,
    json,
    help,
    input: Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
  };
}
