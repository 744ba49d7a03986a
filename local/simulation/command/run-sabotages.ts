import { styleText } from 'node:util';
import { withinRoles } from '../checkers/within-roles.ts';
import { applyPatch, type PlantedBug } from '../planted/bug.ts';
import { PLANTED, readPatched } from '../planted/plant.ts';
import { sabotages } from '../planted/sabotage.ts';
import { tryAll } from '../trial/pool.ts';
import type { Verdict } from '../trial/verdict.ts';
import type { SimulateArguments } from './simulate-flags.ts';
import { EXIT, type Output } from './summary.ts';

const PRELOAD = new URL('../planted/preload.ts', import.meta.url).href;

/** What became of one build in all seeds. */
interface Sabotaged {
  name: string;
  what: string;
  /** Seeds in which a role let something pass that it must not. */
  passed: number[];
  /** Promises that were broken all the same, with in how many seeds: the roles can't hold these. */
  broken: Record<string, number>;
  text: string | null;
}

/** Plays builds that ignore a lease, a lock or a rule, and says what the roles of template.yaml still hold. */
export async function runSabotages(parsed: SimulateArguments, output: Output): Promise<number> {
  const { workers, json, markdown, seeds, from } = parsed;
  const done: Sabotaged[] = [];
  for (const sabotage of sabotages) {
    output.progress(`${done.length} of ${sabotages.length}: ${sabotage.name}`);
    done.push(await play(sabotage, { workers, seeds, from }));
  }
  if (json) output.out(JSON.stringify(done, null, 2));
  else output.out(markdown ? toMarkdown(done, seeds) : done.map(say).join('\n'));
  return done.every(({ passed }) => passed.length === 0) ? EXIT.ok : EXIT.promiseBroken;
}

async function play(
  sabotage: PlantedBug,
  { workers, seeds, from }: { workers: number; seeds: number; from: number },
): Promise<Sabotaged> {
  for (const patch of sabotage.patches) applyPatch(sabotage.name, patch, readPatched(patch));
  const { name, what } = sabotage;
  const result: Sabotaged = { name, what, passed: [], broken: {}, text: null };
  let given = 0;
  await tryAll<Verdict>(
    { workers, execArgv: ['--import', PRELOAD], env: { [PLANTED]: name } },
    () => (given < seeds ? from + given++ : null),
    ({ seed, complaints }) => {
      const passed = complaints.find(({ promise }) => promise === withinRoles.promise);
      if (passed !== undefined) {
        result.passed.push(seed);
        result.text ??= passed.text;
      }
      for (const promise of new Set(complaints.map((one) => one.promise))) {
        if (promise !== withinRoles.promise) result.broken[promise] = (result.broken[promise] ?? 0) + 1;
      }
      return true;
    },
  );
  return result;
}

const promisesOf = ({ broken }: Sabotaged): string =>
  Object.entries(broken)
    .sort((one, other) => other[1] - one[1])
    .map(([promise, count]) => `${promise} ${count}`)
    .join(', ');

function say(one: Sabotaged): string {
  const held =
    one.passed.length === 0
      ? styleText('green', 'the roles held')
      : styleText('red', `NOT HELD in seed ${one.passed[0]}: ${one.text}`);
  return `${one.name}: ${held}; broken all the same: ${promisesOf(one) || 'nothing'}`;
}

/** The table of docs/reliability.md. */
const toMarkdown = (done: Sabotaged[], seeds: number): string =>
  [
    `| a build that is broken on purpose | roles held in ${seeds} seeds | what they can't hold |`,
    '| --- | --- | --- |',
    ...done.map((one) => `| ${one.what} | ${one.passed.length === 0 ? 'yes' : 'NO'} | ${promisesOf(one)} |`),
  ].join('\n');
