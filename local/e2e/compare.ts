import { isDeepStrictEqual } from 'node:util';
import type { Plan } from '../../functions/domain/listing/plan.ts';
import type { Report } from '../../functions/domain/report/report.ts';
import type { PromiseCheck } from '../promises/promise-checks.ts';

/** One thing that was looked at, and what is wrong with it: nothing, if it is as it should be. */
export interface Check {
  what: string;
  wrong: string[];
}

/** How an execution ended, in the words of Step Functions. */
export interface Ending {
  status: string;
  error: string;
  cause: string;
}

const show = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The fields in which two things differ, as sentences; a thing that isn't there differs in all of them. */
function differences<T extends object>(here: T | undefined, there: T | undefined): string[] {
  const names = Object.keys({ ...here, ...there }) as (keyof T & string)[];
  return names
    .filter((name) => !isDeepStrictEqual(here?.[name], there?.[name]))
    .map((name) => `${name}: in process ${show(here?.[name])}, second engine ${show(there?.[name])}`);
}

/** Both sides of every instance that either side names. */
function pairs<T extends { instanceId: string }, Essence extends object>(
  here: T[],
  there: T[],
  essence: (instance: T) => Essence,
  name: (essence: Essence) => string,
): Check[] {
  const ids = new Set([...here, ...there].map(({ instanceId }) => instanceId));
  const find = (list: T[], id: string) => {
    const found = list.find(({ instanceId }) => instanceId === id);
    return found === undefined ? undefined : essence(found);
  };
  return [...ids].map((id) => {
    const [one, other] = [find(here, id), find(there, id)];
    const seen = one ?? other;
    return { what: `${id} ${seen === undefined ? '' : name(seen)}`, wrong: differences(one, other) };
  });
}

/** Times are left out: each run has its own. So are the reasons' texts, which have times and command IDs in them. */
export const compareReports = (here: Report, there: Report): Check[] => [
  ...pairs(
    here.instances,
    there.instances,
    ({ outcome, reason, group, versionBefore, versionAfter, originalState, finalState }) => ({
      outcome,
      reason: reason?.code ?? null,
      group,
      versionBefore,
      versionAfter,
      originalState,
      finalState,
    }),
    ({ outcome, reason, versionBefore, versionAfter, originalState, finalState }) =>
      `${outcome}${reason === null ? '' : ` (${reason})`}, ${versionBefore} -> ${versionAfter}, ${originalState} -> ${finalState}`,
  ),
  {
    what: `the report: ${show(here.counts)}`,
    wrong: differences(
      {
        ...here.counts,
        status: here.status,
        targetVersion: here.targetVersion,
        account: here.account,
        region: here.region,
      },
      {
        ...there.counts,
        status: there.status,
        targetVersion: there.targetVersion,
        account: there.account,
        region: there.region,
      },
    ),
  },
];

export const comparePlans = (here: Plan, there: Plan): Check[] =>
  pairs(
    here.instances,
    there.instances,
    ({ action, reason, group, originalState, versionBefore }) => ({
      action,
      reason: reason?.code ?? null,
      group,
      originalState,
      versionBefore,
    }),
    ({ action, reason }) => `planned: ${action}${reason === null ? '' : ` (${reason})`}`,
  );

export const compareEndings = (name: string, here: Ending, there: Ending): Check => ({
  what: `${name} ends ${[here.status, here.error, here.cause].filter((text) => text !== '').join(', ')}`,
  wrong: differences(here, there),
});

/**
 * Where the second engine is known not to be like AWS. Looked at as well: when it changes, this list is to change, too.
 * @param there what the second engine did, and is known to do
 */
export const knownDifference = (what: string, expected: string, there: string): Check => ({
  what: `known difference: ${what}`,
  wrong: expected === there ? [] : [`expected of the second engine ${expected}, but it did ${there}`],
});

export const promisesKept = (checks: PromiseCheck[]): Check[] =>
  checks.map(({ promise, broken }) => ({ what: `in the account, ${promise}`, wrong: broken }));

/** How the fleet stands in the end, on both accounts, whatever the reports say. */
export const compareStates = (here: Record<string, string>, there: Record<string, string>): Check => ({
  what: 'in the account, every instance stands as it does after the run in process',
  wrong: differences(here, there),
});
