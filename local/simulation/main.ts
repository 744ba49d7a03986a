import { createHash } from 'node:crypto';
import { BadInput } from '../account/fleet.ts';
import { parseArguments, type SimulateArguments, USAGE } from './arguments.ts';
import { drawScenario } from './draw.ts';
import { exhaust } from './exhaustive.ts';
import { runPlanted } from './planted/run.ts';
import { play } from './play.ts';
import { type Task, tryAll } from './pool.ts';
import { printBroken, printHappened, printPromises } from './print.ts';
import { replay } from './replay.ts';
import type { Verdict } from './verdict.ts';

/** Where the command writes, and when it is. */
export interface Output {
  out(text: string): void;
  /** Progress: shown on a terminal only, and written over by what follows. */
  progress(text: string): void;
  error(text: string): void;
  /** Real time, monotonic, in milliseconds. */
  elapsed(): number;
}

export const EXIT = { ok: 0, promiseBroken: 1, badInput: 2 } as const;

/** A verdict with the place of its task. */
export type Placed = Verdict & { index: number };

/** What all simulations together came to. */
export interface Summary {
  simulations: number;
  seconds: number;
  cpuMillisecondsPerSimulation: number;
  happened: Record<string, number>;
  broken: Placed[];
  /** Of all digests, in order: the same for whatever number of workers. */
  digest: string;
}

/** Tries all tasks, and adds their verdicts up. */
export async function tryAndSum(
  tasks: { count: number; at(index: number): Task },
  workers: number,
  output: Output,
): Promise<Summary> {
  const began = output.elapsed();
  const digests: string[] = [];
  const broken: Placed[] = [];
  const happened: Record<string, number> = {};
  let given = 0;
  let done = 0;
  let cpuMilliseconds = 0;
  await tryAll(
    { workers: Math.min(workers, tasks.count) },
    () => (given < tasks.count ? tasks.at(given++) : null),
    (verdict, index) => {
      digests[index] = verdict.digest;
      cpuMilliseconds += verdict.cpuMilliseconds;
      for (const [what, count] of Object.entries(verdict.happened)) happened[what] = (happened[what] ?? 0) + count;
      if (verdict.complaints.length > 0) broken.push({ ...verdict, index });
      output.progress(`${++done} of ${tasks.count}, ${broken.length} broken`);
      return true;
    },
  );
  return {
    simulations: tasks.count,
    seconds: (output.elapsed() - began) / 1000,
    cpuMillisecondsPerSimulation: cpuMilliseconds / tasks.count,
    happened,
    broken: broken.sort((a, b) => a.index - b.index),
    digest: createHash('sha256').update(digests.join('\n')).digest('hex'),
  };
}

async function runSeeds({ seeds, from, workers, json }: SimulateArguments, output: Output): Promise<number> {
  const summary = await tryAndSum({ count: seeds, at: (index) => from + index }, workers, output);
  const { broken, digest } = summary;
  if (json) output.out(JSON.stringify({ from, ...summary }, null, 2));
  else {
    const { seconds, cpuMillisecondsPerSimulation: cpu } = summary;
    output.out(printHappened(summary.happened));
    output.out(`\nSeeds ${from} to ${from + seeds - 1}: ${seconds.toFixed(0)} s, ${cpu.toFixed(0)} ms of CPU each`);
    const name = ({ seed }: Verdict) => `seed ${seed}`;
    output.out(printPromises(broken, name));
    output.out(`digest ${digest}`);
    if (broken.length > 0) {
      const tasks = { name, scenarioOf: ({ seed }: Verdict) => drawScenario(seed), play };
      output.out(await printBroken(broken, tasks, output));
    }
  }
  return broken.length === 0 ? EXIT.ok : EXIT.promiseBroken;
}

async function run(args: string[], output: Output): Promise<number> {
  const parsed = parseArguments(args);
  if (parsed.help) {
    output.out(USAGE);
    return EXIT.ok;
  }
  if (parsed.replay !== undefined) return replay(parsed.replay, parsed.json, output);
  if (parsed.planted) return runPlanted(parsed, output);
  return parsed.exhaustive ? exhaust(parsed, output) : runSeeds(parsed, output);
}

/** The simulate command. @returns its exit code; never throws for bad input */
export async function simulateCommand(args: string[], output: Output): Promise<number> {
  try {
    return await run(args, output);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    output.error(error.message);
    return EXIT.badInput;
  }
}
