import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { filePath, flag, wholeNumber } from '../base/command.ts';

const SPEED_ALLOWED = 'give a number from 0.1 to 1000';

const TIME_ALLOWED = 'give a time with its zone, such as 2027-01-03T01:55:00Z, or "schedule"';

const speed = z
  .string()
  .regex(/^\d{1,4}(\.\d{1,6})?$/, SPEED_ALLOWED)
  .transform(Number)
  .pipe(z.number().min(0.1, SPEED_ALLOWED).max(1000, SPEED_ALLOWED));

const start = z.union(
  [
    z.literal('schedule').transform(() => 'schedule' as const),
    z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  ],
  TIME_ALLOWED,
);

export const accountFlags = z.strictObject({
  fleet: flag(
    filePath().default(fileURLToPath(new URL('../../fleets/dev-and-prod.json', import.meta.url))),
    'the instances (schemas/fleet.schema.json); dev and prod by default',
    'FILE',
  ),
  port: flag(wholeNumber(0, 65_535).default(4566), 'where it listens; 0 takes any free one'),
  speed: flag(speed.default(1), 'simulated seconds a second'),
  at: flag(
    start.optional(),
    'the account\'s clock at the start, such as 2027-01-03T01:55:00Z; or "schedule": five minutes before the schedule starts the next run by itself',
    'TIME',
  ),
  seed: flag(wholeNumber(0, 2 ** 32 - 1).default(1), 'everything random comes from it'),
  quiet: flag(z.boolean().default(false), 'tells nothing of what happens in the account'),
});

export type AccountFlags = z.output<typeof accountFlags>;
