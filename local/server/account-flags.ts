import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { parseFlags, wholeNumber } from '../base/command-line.ts';

export const USAGE = `Serves an embedded AWS account over HTTP, on 127.0.0.1 only.

  npm run account -- --fleet fleets/dev-and-prod.json --port 4566 --speed 60

  --fleet FILE     the instances (schemas/fleet.schema.json); dev and prod by default
  --port N         4566 by default; 0 takes any free one
  --speed X        simulated seconds a second; 1 by default, 1000 at most
  --at TIME        the account's clock at the start, such as 2027-01-03T01:55:00Z; or "schedule":
                   five minutes before the schedule starts the next run by itself
  --seed N         everything random comes from it; 1 by default
  --help           prints this

Ctrl-C stops it.`;

const SPEED_ALLOWED = 'expected a number from 0.1 to 1000';

const schema = z.strictObject({
  fleet: z.string().default(fileURLToPath(new URL('../../fleets/dev-and-prod.json', import.meta.url))),
  port: wholeNumber(0, 65_535).default(4566),
  speed: z.coerce.number(SPEED_ALLOWED).min(0.1, SPEED_ALLOWED).max(1000, SPEED_ALLOWED).default(1),
  seed: wholeNumber(0, 2 ** 32 - 1).default(1),
  at: z
    .union(
      [
        z.literal('schedule').transform(() => 'schedule' as const),
        z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
      ],
      'expected a time with its zone, such as 2027-01-03T01:55:00Z, or "schedule"',
    )
    .optional(),
  help: z.boolean().default(false),
});
export type AccountArguments = z.infer<typeof schema>;

/**
 * @param directory what a relative path is relative to
 * @throws BadInput naming the flag and what is allowed
 */
export function parseAccountArguments(args: string[], directory: string): AccountArguments {
  const flags = parseFlags(schema, args, USAGE);
  return { ...flags, fleet: resolve(directory, flags.fleet) };
}
