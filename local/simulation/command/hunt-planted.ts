import { styleText } from 'node:util';
import { BadInput } from '../../base/bad-input.ts';
import { judge } from '../checkers/all-checkers.ts';
import { drawScenario } from '../draw/draw-scenario.ts';
import { applyPatch, type PlantedBug } from '../planted/bug.ts';
import { plantedBugs } from '../planted/bugs.ts';
import { PLANTED, readPatched } from '../planted/plant.ts';
import { play } from '../play/play.ts';
import { tryAll } from '../trial/pool.ts';
import type { Verdict } from '../trial/verdict.ts';
import type { SimulateArguments } from './simulate-flags.ts';
import { EXIT, type Output } from './summary.ts';

/** A bug that no checker has found after so many seeds is not found. */
export const SEEDS_MAX = 1000;

/** How a planted bug was found. */
export interface Found {
  bug: string;
  what: string;
  /** null: no checker complained in any seed. */
  seed: number | null;
  promises: string[];
  text: string | null;
}

/** What a seed breaks with the bug, and keeps without it. */
async function brokenByBug({ seed, complaints }: Verdict): Promise<string[]> {
  const { evidence } = await play(drawScenario(seed));
  const anyway = new Set(judge(evidence).map(({ promise }) => promise));
  return [...new Set(complaints.map(({ promise }) => promise))].filter((promise) => !anyway.has(promise));
}

/** Plants one bug in workers, and tries seeds from 1 on, until a checker complains. */
export async function hunt(bug: PlantedBug, workers: number, seedsMax: number): Promise<Found> {
  for (const patch of bug.patches) applyPatch(bug.name, patch, readPatched(patch));
  const preload = new URL('../planted/preload.ts', import.meta.url).href;
  const nothing: Found = { bug: bug.name, what: bug.what, seed: null, promises: [], text: null };
  const options = { workers, execArgv: ['--import', preload], env: { [PLANTED]: bug.name } };
  for (let next = 1; next <= seedsMax; ) {
    const hits: Verdict[] = [];
    await tryAll(
      options,
      () => (next <= seedsMax && hits.length === 0 ? next++ : null),
      (verdict) => {
        if (verdict.complaints.length > 0) hits.push(verdict);
        return true;
      },
    );
    // A seed that is broken without the bug, too, finds nothing: then the hunt goes on.
    for (const verdict of hits.sort((a, b) => a.seed - b.seed)) {
      const promises = await brokenByBug(verdict);
      if (promises.length === 0) continue;
      const text = verdict.complaints[0]?.text ?? null;
      return { ...nothing, seed: verdict.seed, promises, text };
    }
  }
  return nothing;
}

/** The table of docs/reliability.md. */
export const toMarkdown = (found: Found[]): string =>
  [
    '| planted bug | what it does | found by | at seed |',
    '| --- | --- | --- | --- |',
    ...found.map(
      ({ bug, what, promises, seed }) =>
        `| ${bug} | ${what} | ${promises.join(', ') || 'no checker'} | ${seed ?? `not in ${SEEDS_MAX}`} |`,
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
      one.seed === null
        ? styleText('red', `NOT FOUND in ${SEEDS_MAX} seeds`)
        : `seed ${one.seed}, ${one.promises.join(', ')}: ${one.text}`;
    output.out(`${bug.name}: ${how}`);
  }
  if (json) output.out(JSON.stringify(found, null, 2));
  else if (markdown) output.out(toMarkdown(found));
  else output.out(`${found.filter(({ seed }) => seed !== null).length} of ${found.length} found`);
  return found.every(({ seed }) => seed !== null) ? EXIT.ok : EXIT.promiseBroken;
}
