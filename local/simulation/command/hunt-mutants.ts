import { styleText } from 'node:util';
import { BadInput } from '../../base/bad-input.ts';
import { createRandom } from '../../base/random.ts';
import { readDeployed } from '../coverage/deployed.ts';
import { type Measurement, measure } from '../coverage/measure.ts';
import { corpusOf, raritiesOf, reaching } from '../mutants/corpus.ts';
import { findMutants } from '../mutants/find-mutants.ts';
import { type Judged, readJudged } from '../mutants/judged.ts';
import { keyOf, type Mutant, sayMutant } from '../mutants/mutant.ts';
import { type Fate, tryMutant } from '../mutants/try-mutant.ts';
import { createTypeChecker } from '../mutants/type-check.ts';
import { printMutants, type Tried, toMutantsMarkdown } from './print-mutants.ts';
import type { SimulateArguments } from './simulate-flags.ts';
import { EXIT, type Output } from './summary.ts';

/** A mutant is tried on so many of the simulations that reach it. */
const SIMULATIONS_MAX = 40;

/** Mutants of the rules, the Lambdas and the wrappers, drawn at random: which does the simulation notice? */
export async function huntMutants(
  { mutants: wanted, draw, file: prefix, seeds, workers, json, markdown }: SimulateArguments,
  output: Output,
): Promise<number> {
  const chosen = await draws(wanted ?? 0, draw, prefix, (count) => output.progress(`${count} of ${wanted} compile`));
  const corpus = corpusOf(seeds);
  const measurements: Measurement[] = [];
  await measure(corpus, workers, (measurement, index) => {
    measurements[index] = measurement;
    output.progress(`the code as it is: ${Object.keys(measurements).length} of ${corpus.length}`);
  });
  const rarities = raritiesOf(measurements);
  const judged = readJudged();
  const tried: Tried[] = [];
  await inParallel(chosen, workers, async (mutant, index) => {
    const fate = await tryMutant(mutant, reaching(measurements, rarities, mutant).slice(0, SIMULATIONS_MAX));
    tried[index] = { mutant, fate, judged: judged.get(keyOf(mutant)) ?? null };
    output.progress(`mutants: ${Object.keys(tried).length} of ${chosen.length}`);
  });
  if (json) output.out(JSON.stringify(tried.map(plain), null, 2));
  else output.out(markdown ? toMutantsMarkdown(tried) : printMutants(tried));
  const isNew = ({ fate, judged: known }: Tried) =>
    (fate.fate === 'unminded' || fate.fate === 'unchanged') && known === null;
  const added = tried.filter(isNew);
  if (added.length > 0 && !json && !markdown) {
    output.out(styleText('red', `${added.length} survivors that are not judged yet`));
  }
  return added.length === 0 ? EXIT.ok : EXIT.promiseBroken;
}

const plain = ({
  mutant,
  fate,
  judged,
}: Tried): { key: string; mutant: string; fate: Fate; judged: Judged | null } => ({
  key: keyOf(mutant),
  mutant: sayMutant(mutant),
  fate,
  judged,
});

/** Words for people: their tables are held by tests, and decide nothing. */
const isTableOfWords = (file: string): boolean => file.endsWith('-codes.ts');

/**
 * Draws mutants that the compiler accepts. Each has its place in the draw by what it changes, so a change of the code deals
 * only its own functions anew: the others keep their mutants, and what was found out about these.
 * @throws BadInput if there are none
 */
async function draws(
  wanted: number,
  seed: number,
  prefix: string | null,
  progress: (count: number) => void,
): Promise<Mutant[]> {
  const all = readDeployed()
    .filter(({ file }) => !isTableOfWords(file) && (prefix === null || file.startsWith(prefix)))
    .flatMap(({ file, text }) => findMutants(file, text));
  if (all.length === 0) throw new BadInput(`--file: no mutants in "${prefix}"; expected a path below functions/`);
  const inOrder = all
    .map((mutant) => ({ mutant, place: createRandom(seed, 'mutants', keyOf(mutant)).next() }))
    .sort((one, other) => one.place - other.place);
  const checker = createTypeChecker();
  try {
    const chosen: Mutant[] = [];
    for (let next = 0; next < inOrder.length && chosen.length < wanted; ) {
      // Half of them compile, or a little more.
      const tried = inOrder.slice(next, next + 2 * (wanted - chosen.length));
      next += tried.length;
      chosen.push(...(await checker.accepted(tried.map(({ mutant }) => mutant))));
      progress(Math.min(chosen.length, wanted));
    }
    return chosen.slice(0, wanted);
  } finally {
    checker.close();
  }
}

async function inParallel<T>(
  items: T[],
  workers: number,
  act: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async () => {
    for (let index = next++; index < items.length; index = next++) await act(items[index] as T, index);
  };
  await Promise.all(Array.from({ length: workers }, work));
}
