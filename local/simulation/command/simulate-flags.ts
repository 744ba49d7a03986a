import { availableParallelism } from 'node:os';
import * as z from 'zod';
import { parseFlags, refuseFlags, wholeNumber } from '../../base/command-line.ts';

export const USAGE = `Simulates whole runs of Reveille under faults and disturbances, and judges what became of them.

  npm run simulate                                 1,000 simulations
  npm run simulate -- --seeds 10000 --workers 2    as many as you like
  npm run simulate -- --replay 4711                tells what happened in that one, call by call
  npm run simulate -- --exhaustive                 every call and every state of the reference runs
  npm run simulate -- --quiet-nights               each behaviour alone, beside a healthy neighbour
  npm run simulate -- --planted                    plants bugs, and shows which checker finds them
  npm run simulate -- --sabotage --seeds 100       builds that ignore a rule, against the roles of template.yaml
  npm run simulate -- --coverage --seeds 1000      how often each way of each rule is gone, and each reason is given
  npm run simulate -- --mutants 80 --seeds 120     changes the code in 80 places, and shows which changes are noticed

  --seeds N          how many, 1000 by default
  --from N           the first seed, 1 by default
  --workers N        processes that work at the same time; by default as many as there are processors
  --replay SEED      tells the story of one seed
  --exhaustive       a fault at each call, and an abort, a time-out and a second run at each state
  --quiet-nights     only those; without it they come before the seeds
  --planted [NAME]   all planted bugs, or one
  --sabotage         our own functions, broken on purpose: what do the roles still hold?
  --coverage         counts the ways that the rules' decisions go
  --mutants N        so many small changes of the code, drawn at random; --seeds says on how many seeds they are tried
  --draw SEED        with --mutants: which ones, 1 by default
  --file PATH        with --mutants and --coverage: only of files whose path begins like this
  --markdown         with --planted, --sabotage, --mutants and --coverage: the tables of the docs
  --json             prints one JSON object on standard output, nothing else
  --help             prints this

Exit codes: 0 every promise held, 1 one was broken (with --planted: a bug was not found; with --mutants: a
survivor is not judged in local/simulation/mutants/judged.json), 2 bad input.`;

const SEED_MAX = 2 ** 31;

const schema = z.strictObject({
  seeds: wholeNumber(1, 10_000_000).default(1000),
  from: wholeNumber(0, SEED_MAX).default(1),
  workers: wholeNumber(1, 64).default(availableParallelism()),
  replay: wholeNumber(0, SEED_MAX).optional(),
  exhaustive: z.boolean().default(false),
  'quiet-nights': z.boolean().default(false),
  planted: z.boolean().default(false),
  sabotage: z.boolean().default(false),
  coverage: z.boolean().default(false),
  mutants: wholeNumber(1, 10_000).optional(),
  draw: wholeNumber(0, SEED_MAX).default(1),
  file: z.string().min(1).nullable().default(null),
  markdown: z.boolean().default(false),
  json: z.boolean().default(false),
  help: z.boolean().default(false),
  rest: z.array(z.string()),
});
export type SimulateArguments = Omit<z.infer<typeof schema>, 'rest'> & {
  /** The one planted bug that is asked for; null: all. */
  bug: string | null;
};

/** @throws BadInput naming the flag and what is allowed */
export function parseArguments(args: string[]): SimulateArguments {
  const { rest, ...flags } = parseFlags(schema, args, USAGE);
  const [bug = null, ...more] = rest;
  if (more.length > 0 || (bug !== null && !flags.planted)) {
    refuseFlags(`unexpected argument "${more[0] ?? bug}"`, USAGE);
  }
  const hasTables = flags.planted || flags.sabotage || flags.coverage || flags.mutants !== undefined;
  const ways = [
    flags.replay !== undefined,
    flags.exhaustive,
    flags['quiet-nights'],
    flags.planted,
    flags.sabotage,
    flags.coverage,
    flags.mutants !== undefined,
  ].filter(Boolean).length;
  if (ways > 1)
    refuseFlags(
      "--replay, --exhaustive, --quiet-nights, --planted, --sabotage, --coverage and --mutants don't go together",
      USAGE,
    );
  if (flags.markdown && !hasTables)
    refuseFlags('--markdown goes with --planted, --sabotage, --mutants or --coverage', USAGE);
  return { ...flags, bug };
}
