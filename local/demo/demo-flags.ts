import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { executionInputSchema } from '../../functions/domain/listing/execution-input.ts';
import { filePath, flag, wholeNumber } from '../base/command.ts';

const shipped = (name: string) => fileURLToPath(new URL(`../../fleets/${name}.json`, import.meta.url));

const on = () => z.boolean().default(false);

/** Where the page is written if no place is given; git ignores it. */
const PAGE_FILE = 'reveille-report.html';

const { groups, instances, targetVersion, dryRun, allowEmpty } = executionInputSchema.shape;

export const demoFlags = z
  .strictObject({
    fleet: flag(filePath().optional(), 'the instances (schemas/fleet.schema.json); fleets/ has four', 'FILE'),
    'bad-night': flag(on(), 'the fleet of troubles, fleets/dev-and-prod.json'),
    seed: flag(wholeNumber(0, 2 ** 32 - 1).default(1), 'everything random comes from it'),
    quiet: flag(on(), 'prints the last screen only'),
    verbose: flag(on(), 'prints every call that changes something, and every change'),
    all: flag(on(), 'prints every instance, and every cause of a failure'),
    json: flag(on(), 'prints the report (or, in a dry run, the plan) on standard output, nothing else'),
    html: flag(filePath().optional(), 'writes the page of the report there, instead of reveille-report.html', 'FILE'),
    group: flag(groups, 'only this resource group; can be given several times', 'NAME'),
    instance: flag(instances, 'only this member of the groups, by ID or name; can be given several times', 'INSTANCE'),
    'target-version': flag(
      targetVersion,
      '"latest", or a version such as 3.3.551.0, and no window: it would bring the latest',
      'VERSION',
    ),
    'dry-run': flag(dryRun, 'lists and judges only, and says what would be done'),
    'allow-empty': flag(allowEmpty, 'an empty group is no failure'),
  })
  .refine((flags) => flags.fleet === undefined || !flags['bad-night'], {
    path: ['bad-night'],
    error: 'give it without --fleet: it is a fleet of its own',
  })
  .refine((flags) => flags.html === undefined || flags['dry-run'] !== true, {
    path: ['html'],
    error: 'give it without --dry-run: a dry run has no report',
  })
  .refine(({ quiet, verbose }) => !quiet || !verbose, {
    path: ['quiet'],
    error: 'give it without --verbose: they contradict each other',
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
  /** Path at which the page of the report is written; null: nowhere. */
  html: string | null;
  /** Whether the night of a maintenance window is played beside Reveille's. */
  playsWindow: boolean;
  /** The execution's input. */
  input: Record<string, unknown>;
}

/** @param directory what a relative path is relative to */
export function toArguments(given: z.output<typeof demoFlags>, directory: string): DemoArguments {
  const { fleet, seed, json, quiet, verbose, all, group, instance, html, 'target-version': version, ...flags } = given;
  const entries = Object.entries({
    groups: group,
    instances: instance,
    targetVersion: version,
    dryRun: flags['dry-run'],
    allowEmpty: flags['allow-empty'],
  });
  const lines = verbose ? 'everything' : 'changes';
  return {
    fleet:
      fleet === undefined ? shipped(flags['bad-night'] ? 'dev-and-prod' : 'ordinary-night') : resolve(directory, fleet),
    seed,
    lines: json || quiet ? 'none' : lines,
    showsAll: all,
    isFirstNight: fleet === undefined && !flags['bad-night'],
    json,
    html: html === undefined && json ? null : resolve(directory, html ?? PAGE_FILE),
    // A window has no such choice.
    playsWindow: !json && instance === undefined && flags['dry-run'] !== true && (version ?? 'latest') === 'latest',
    input: Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
  };
}
