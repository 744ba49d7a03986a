import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { parseFlags, refuseFlags, wholeNumber } from '../base/command-line.ts';

export const USAGE = `Plays the same night twice on an embedded AWS account: first with a maintenance window, then with Reveille.

  npm run demo                                     an ordinary night: 12 instances, of which 8 are asleep
  npm run demo -- --bad-night                      25 instances, and a bit of everything that goes wrong
  npm run --silent demo -- --json                  just Reveille's report, as JSON

  --fleet FILE            the instances (schemas/fleet.schema.json); fleets/ has four
  --bad-night             the fleet of troubles, fleets/dev-and-prod.json
  --seed N                everything random comes from it; 1 by default
  --quiet                 prints the last screen only
  --verbose               prints every call that changes something, and every change
  --all                   prints every instance, and every cause of a failure
  --json                  prints the report (or, in a dry run, the plan) on standard output, nothing else
  --group NAME            only this resource group; can be given several times
  --target-version V      "latest", or a version such as 3.3.551.0, and no window: it would bring the latest
  --dry-run               lists and judges only, and says what would be done
  --allow-empty           an empty group is no failure
  --help                  prints this

Exit codes: 0 both promises held and the run did all that could be done, 1 a promise was broken,
2 bad input, 3 empty or broken group.`;

const shipped = (name: string) => fileURLToPath(new URL(`../../fleets/${name}.json`, import.meta.url));

const schema = z.strictObject({
  fleet: z.string().optional(),
  'bad-night': z.boolean().default(false),
  seed: wholeNumber(0, 2 ** 32 - 1).default(1),
  quiet: z.boolean().default(false),
  verbose: z.boolean().default(false),
  all: z.boolean().default(false),
  json: z.boolean().default(false),
  group: z.array(z.string()).optional(),
  'target-version': z.string().optional(),
  'dry-run': z.boolean().optional(),
  'allow-empty': z.boolean().optional(),
  help: z.boolean().default(false),
});

export interface DemoArguments {
  /** Path of the fleet file. */
  fleet: string;
  seed: number;
  /** Which lines are told while the run is at work. */
  lines: 'none' | 'changes' | 'everything';
  showsAll: boolean;
  /** Whether it is the ordinary night that is shipped: then a bad one is worth seeing next. */
  isFirstNight: boolean;
  json: boolean;
  help: boolean;
  /** Whether the night of a maintenance window is played beside Reveille's. */
  playsWindow: boolean;
  /** The execution's input. */
  input: Record<string, unknown>;
}

/**
 * @param directory what a relative path is relative to
 * @throws BadInput naming the flag and what is allowed
 */
export function parseArguments(args: string[], directory: string): DemoArguments {
  const { fleet, seed, json, help, quiet, verbose, all, group, ...flags } = parseFlags(schema, args, USAGE);
  if (fleet !== undefined && flags['bad-night'])
    refuseFlags('--bad-night is a fleet of its own: give it, or --fleet', USAGE);
  if (quiet && verbose) refuseFlags('--quiet and --verbose contradict each other: give one of them', USAGE);
  const { 'target-version': targetVersion, 'dry-run': dryRun, 'allow-empty': allowEmpty } = flags;
  const entries = Object.entries({ groups: group, targetVersion, dryRun, allowEmpty });
  const lines = verbose ? 'everything' : 'changes';
  return {
    fleet:
      fleet === undefined ? shipped(flags['bad-night'] ? 'dev-and-prod' : 'ordinary-night') : resolve(directory, fleet),
    seed,
    lines: json || quiet ? 'none' : lines,
    showsAll: all,
    isFirstNight: fleet === undefined && !flags['bad-night'],
    json,
    help,
    playsWindow: !json && dryRun !== true && (targetVersion ?? 'latest') === 'latest',
    input: Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
  };
}
