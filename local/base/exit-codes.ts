/** How a command ends: the only table of these. `reveille --help` and docs/commands.md show it. */
const TABLE = {
  ok: { code: 0, means: 'done, and every promise held; also where instances failed that are meant to fail' },
  promiseBroken: {
    code: 1,
    means:
      'a promise was broken; of simulate also: a planted bug was not found, a mutant survived that is not judged, or a way of a rule was hardly gone',
  },
  badInput: { code: 2, means: 'bad input: a flag, a fleet file, the input of a run; one line says what to give' },
  badGroup: { code: 3, means: 'an empty or a broken resource group' },
  stale: { code: 4, means: 'files that are made from something else are stale' },
  ownFault: { code: 70, means: 'a fault of reveille itself, with a trace to report' },
} as const;

type Ending = keyof typeof TABLE;

export const EXIT = Object.fromEntries(Object.entries(TABLE).map(([name, { code }]) => [name, code])) as {
  readonly [Name in Ending]: (typeof TABLE)[Name]['code'];
};

/** With what each means, in the order of the codes. */
export const exitCodes: readonly { code: number; means: string }[] = Object.values(TABLE);

/** What stands below the table. */
export const ENDED_BY_SIGNAL =
  'Ctrl-C ends a command with 130, SIGTERM with 143, and a closed pipe (| head) with 0. The account is meant to be ended ' +
  'by a signal: it ends with 0. npm and npx themselves say 130 and 143 all the same.';
