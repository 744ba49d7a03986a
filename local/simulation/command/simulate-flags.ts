import { availableParallelism } from 'node:os';
import * as z from 'zod';
import { flag, wholeNumber } from '../../base/command.ts';

const SEED_MAX = 2 ** 31;

const on = () => z.boolean().default(false);

/** Each of these is another kind of work. */
const WAYS = ['replay', 'exhaustive', 'quiet-nights', 'planted', 'sabotage', 'coverage', 'mutants'] as const;

const WITH_TABLES = ['planted', 'sabotage', 'coverage', 'mutants'] as const;

const isGiven = (value: unknown): boolean => value !== undefined && value !== false;

export const simulateFlags = z
  .strictObject({
    seeds: flag(wholeNumber(1, 10_000_000).default(1000), 'how many simulations'),
    from: flag(wholeNumber(0, SEED_MAX).default(1), 'the first seed'),
    workers: flag(
      wholeNumber(1, 64).default(availableParallelism()),
      'processes that work at the same time; by default as many as there are processors',
    ),
    replay: flag(wholeNumber(0, SEED_MAX).optional(), 'tells the story of one seed, call by call', 'SEED'),
    exhaustive: flag(on(), 'a fault at each call, and an abort, a time-out and a second run at each state'),
    every: flag(
      wholeNumber(1, 1000).default(1),
      'with --exhaustive: only every so many-th point; 5 has all kinds of faults evenly',
    ),
    'quiet-nights': flag(
      on(),
      'only each behaviour alone, and some healthy fleets; without it they come before the seeds',
    ),
    planted: flag(
      z.union([z.boolean(), z.string()]).default(false),
      'plants bugs, all or one, and shows which checker finds them',
      '[NAME]',
    ),
    sabotage: flag(on(), 'our own functions, broken on purpose: what do the roles of template.yaml still hold?'),
    coverage: flag(on(), "counts the ways that the rules' decisions go, and the reasons that are given"),
    mutants: flag(
      wholeNumber(1, 10_000).optional(),
      'so many small changes of the code, drawn at random; --seeds says on how many seeds they are tried',
    ),
    draw: flag(wholeNumber(0, SEED_MAX).default(1), 'with --mutants: which ones', 'SEED'),
    file: flag(
      z.string().min(1, 'give the beginning of a path').nullable().default(null),
      'with --mutants and --coverage: only of files whose path begins like this',
      'PATH',
    ),
    markdown: flag(on(), 'with --planted, --sabotage, --mutants and --coverage: the tables of the docs'),
    json: flag(on(), 'prints one JSON object on standard output, nothing else'),
  })
  .superRefine((flags, context) => {
    const refuse = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message });
    const ways = WAYS.filter((way) => isGiven(flags[way]));
    const [first, ...others] = ways;
    if (first !== undefined && others.length > 0) {
      refuse(first, `give it without ${others.map((way) => `--${way}`).join(' and ')}: each is another kind of work`);
    }
    if (flags.every > 1 && !flags.exhaustive) refuse('every', 'give it together with --exhaustive');
    if (flags.markdown && !WITH_TABLES.some((way) => isGiven(flags[way]))) {
      refuse('markdown', `give it together with ${WITH_TABLES.map((way) => `--${way}`).join(' or ')}`);
    }
  });

export type SimulateArguments = Omit<z.output<typeof simulateFlags>, 'planted'> & {
  planted: boolean;
  /** The one planted bug that is asked for; null: all. */
  bug: string | null;
};

export const toArguments = ({ planted, ...flags }: z.output<typeof simulateFlags>): SimulateArguments => ({
  ...flags,
  planted: planted !== false,
  bug: typeof planted === 'string' ? planted : null,
});
