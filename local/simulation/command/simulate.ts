import { drawScenario } from '../draw/draw-scenario.ts';
import { healthyNightsBefore } from '../draw/healthy-nights.ts';
import { play } from '../play/play.ts';
import type { Verdict } from '../trial/verdict.ts';
import { exhaust } from './exhaustive.ts';
import { huntMutants } from './hunt-mutants.ts';
import { runPlanted } from './hunt-planted.ts';
import { measureCoverage } from './measure-coverage.ts';
import { printBroken, printHappened, printNeedless, printPromises } from './print.ts';
import { printQuietNights, runQuietNights } from './quiet-nights.ts';
import { replay } from './replay.ts';
import { runSabotages } from './run-sabotages.ts';
import type { SimulateArguments } from './simulate-flags.ts';
import { EXIT, type Output, tryAndSum } from './summary.ts';

async function runSeeds({ seeds, from, workers, json }: SimulateArguments, output: Output): Promise<number> {
  const healthy = healthyNightsBefore(seeds);
  const unquiet = await runQuietNights(healthy, workers, output);
  if (!json) output.out(printQuietNights(healthy, unquiet));
  const summary = await tryAndSum({ count: seeds, at: (index) => from + index }, workers, output);
  const { broken, digest } = summary;
  if (json) output.out(JSON.stringify({ from, ...summary, unquietNights: unquiet }, null, 2));
  else {
    const { seconds, cpuMillisecondsPerSimulation: cpu } = summary;
    output.out(printHappened(summary.happened));
    output.out(`\nSeeds ${from} to ${from + seeds - 1}: ${seconds.toFixed(0)} s, ${cpu.toFixed(0)} ms of CPU each`);
    const name = ({ seed }: Pick<Verdict, 'seed'>) => `seed ${seed}`;
    output.out(printPromises(broken, name));
    output.out(printNeedless(summary));
    output.out(`digest ${digest}`);
    if (broken.length > 0) {
      const tasks = { name, scenarioOf: ({ seed }: Verdict) => drawScenario(seed), play };
      output.out(await printBroken(broken, tasks, output));
    }
  }
  return broken.length + unquiet.length === 0 ? EXIT.ok : EXIT.promiseBroken;
}

async function onlyQuietNights({ seeds, workers, json }: SimulateArguments, output: Output): Promise<number> {
  const healthy = healthyNightsBefore(seeds);
  const unquiet = await runQuietNights(healthy, workers, output);
  output.out(json ? JSON.stringify({ unquietNights: unquiet }, null, 2) : printQuietNights(healthy, unquiet));
  return unquiet.length === 0 ? EXIT.ok : EXIT.promiseBroken;
}

/** The simulate command. @returns its exit code @throws BadInput if the flags ask for what does not exist */
export async function simulateCommand(parsed: SimulateArguments, output: Output): Promise<number> {
  if (parsed.replay !== undefined) return replay(parsed.replay, parsed.json, output);
  if (parsed.planted) return runPlanted(parsed, output);
  if (parsed.sabotage) return runSabotages(parsed, output);
  if (parsed.coverage) return measureCoverage(parsed, output);
  if (parsed.mutants !== undefined) return huntMutants(parsed, output);
  if (parsed['quiet-nights']) return onlyQuietNights(parsed, output);
  return parsed.exhaustive ? exhaust(parsed, output) : runSeeds(parsed, output);
}
