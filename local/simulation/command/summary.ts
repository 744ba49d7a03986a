import { createHash } from 'node:crypto';
import type { NeedlessPlace } from '../needless/needless.ts';
import type { Task } from '../scenario/scenario.ts';
import { tryAll } from '../trial/pool.ts';
import type { Verdict } from '../trial/verdict.ts';

/** Where the command writes, and when it is. */
export interface Output {
  out(text: string): void;
  /** Progress: shown on a terminal only, and written over by what follows. */
  progress(text: string): void;
  error(text: string): void;
  /** Real time, monotonic, in milliseconds. */
  elapsed(): number;
}

export { EXIT } from '../../base/exit-codes.ts';

/** A verdict with the place of its task. */
export type Placed = Verdict & { index: number };

/** Where something was needless, with the place of its task. */
type NeedlessFound = NeedlessPlace & { index: number; seed: number };

/** What all simulations together came to. */
export interface Summary {
  simulations: number;
  seconds: number;
  cpuMillisecondsPerSimulation: number;
  happened: Record<string, number>;
  broken: Placed[];
  needless: { instances: number; failures: NeedlessFound[]; minutes: NeedlessFound[] };
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
  const needless: Summary['needless'] = { instances: 0, failures: [], minutes: [] };
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
      needless.instances += verdict.needless.instances;
      for (const kind of ['failures', 'minutes'] as const) {
        needless[kind].push(...verdict.needless[kind].map((place) => ({ ...place, index, seed: verdict.seed })));
      }
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
    needless: {
      instances: needless.instances,
      failures: needless.failures.sort((a, b) => a.index - b.index),
      minutes: needless.minutes.sort((a, b) => a.index - b.index),
    },
    digest: createHash('sha256').update(digests.join('\n')).digest('hex'),
  };
}
