import { styleText } from 'node:util';
import { behaviourNames } from '../../account/fleet/behaviours.ts';
import { BadInput } from '../../base/bad-input.ts';
import { rareNights } from '../mutants/rare-nights.ts';
import { specialNights } from '../mutants/special-nights.ts';
import { applyPatch, type PlantedBug } from '../planted/bug.ts';
import { plantedBugs } from '../planted/bugs.ts';
import { PLANTED, readPatched } from '../planted/plant.ts';
import { references } from '../scenario/reference-scenarios.ts';
import type { Task } from '../scenario/scenario.ts';
import { tryAll } from '../trial/pool.ts';
import { tryTask, type Verdict } from '../trial/verdict.ts';
import type { SimulateArguments } from './simulate-flags.ts';
import { EXIT, type Output } from './summary.ts';

/** A bug that no checker has found after so many seeds, and in no special night, is not found. */
export const SEEDS_MAX = 1000;

/** How a planted bug was found. */
export interface Found {
  bug: string;
  what: string;
  /** `seed 12`, or which of the nights that no seed draws; null: no checker complained in any. */
  night: string | null;
  promises: string[];
  text: string | null;
}

interface Tried {
  name: string;
  task: Task;
}

/** So many seeds come before the nights that no seed draws: those are few, and most bugs show in one or the other. */
const SEEDS_FIRST = 200;

/** What is tried on each bug, in this order. */
function nightsOf(seedsMax: number): Tried[] {
  const seeds = Array.from({ length: seedsMax }, (_, index) => ({ name: `seed ${index + 1}`, task: index + 1 }));
  return [
    ...seeds.slice(0, SEEDS_FIRST),
    ...specialNights.map((task) => ({ name: task.drawnAs ?? `seed ${task.seed}`, task })),
    ...behaviourNames.map((quietNight) => ({ name: `quiet night: ${quietNight}`, task: { quietNight } })),
    ...Object.entries(references).map(([name, task]) => ({ name: `reference: ${name}`, task })),
    ...Object.entries(rareNights).map(([name, task]) => ({ name: `rare night: ${name}`, task })),
    ...seeds.slice(SEEDS_FIRST),
  ];
}

/** What a night breaks with the bug, and keeps without it. */
async function brokenByBug(task: Task, { complaints }: Verdict): Promise<string[]> {
  const anyway = new Set((await tryTask(task)).complaints.map(({ promise }) => promise));
  return [...new Set(complaints.map(({ promise }) => promise))].filter((promise) => !anyway.has(promise));
}

/** Plants one bug in workers, and tries night after night, until a checker complains. */
export async function hunt(bug: PlantedBug, workers: number, seedsMax: number): Promise<Found> {
  for (const patch of bug.patches) applyPatch(bug.name, patch, readPatched(patch));
  const preload = new URL('../planted/preload.ts', import.meta.url).href;
  const options = { workers, execArgv: ['--import', preload], env: { [PLANTED]: bug.name } };
  const nights = nightsOf(seedsMax);
  for (let next = 0; next < nights.length; ) {
    const first = next;
    const hits: { verdict: Verdict; place: number }[] = [];
    await tryAll(
      options,
      () => (hits.length === 0 ? (nights[next++]?.task ?? null) : null),
      (verdict, index) => {
        if (verdict.complaints.length > 0) hits.push({ verdict, place: first + index });
        return true;
      },
    );
    // A night that is broken without the bug, too, finds nothing: then the hunt goes on.
    for (const { verdict, place } of hits.sort((a, b) => a.place - b.place)) {
      const { name, task } = nights[place] as Tried;
      const promises = await brokenByBug(task, verdict);
      if (promises.length === 0) continue;
      return { bug: bug.name, what: bug.what, night: name, promises, text: verdict.complaints[0]?.text ?? null };
    }
  }
  return { bug: bug.name, what: bug.what, night: null, promises: [], text: null };
}

/** The table of docs/reliability.md. */
export const toMarkdown = (found: Found[]): string =>
  [
    '| planted bug | what it does | found by | in |',
    '| --- | --- | --- | --- |',
    ...found.map(
      ({ bug, what, promises, night }) =>
        `| ${bug} | ${what} | ${promises.join(', ') || 'no checker'} | ${night ?? `not in ${SEEDS_MAX} seeds`} |`,
    ),
  ].join('\n');

/** Plants bugs, one after another, and shows which checker finds each, at which seed. */
export async function runPlanted(parsed: SimulateArguments, output: Output): Promise<number> {
  const { bug: only, workers, json, markdown } = parsed;
  const chosen = plantedBugs.filter(({ name }) => only === null || name === only);
  if (chosen.length === 0) {
    throw new BadInput(
      `there is no planted bug "${only}"; there are ${plantedBugs.map(({ name }) => name).join(', ')}`,
    );
  }
  const found: Found[] = [];
  for (const bug of chosen) {
    output.progress(`${found.length} of ${chosen.length}: ${bug.name}`);
    const one = await hunt(bug, workers, SEEDS_MAX);
    found.push(one);
    if (json || markdown) continue;
    const how =
      one.night === null
        ? styleText('red', `NOT FOUND in ${SEEDS_MAX} seeds`)
        : `${one.night}, ${one.promises.join(', ')}: ${one.text}`;
    output.out(`${bug.name}: ${how}`);
  }
  if (json) output.out(JSON.stringify(found, null, 2));
  else if (markdown) output.out(toMarkdown(found));
  else output.out(`${found.filter(({ night }) => night !== null).length} of ${found.length} found`);
  return found.every(({ night }) => night !== null) ? EXIT.ok : EXIT.promiseBroken;
}
