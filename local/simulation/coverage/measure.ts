import type { Task } from '../scenario/scenario.ts';
import { tryAll } from '../trial/pool.ts';
import type { Verdict } from '../trial/verdict.ts';
import type { Measured } from './coverage-worker.ts';
import type { Coverage } from './precise-coverage.ts';

/** One simulation of the code as it is, and what it ran through. */
export interface Measurement {
  task: Task;
  verdict: Verdict;
  coverage: Coverage;
}

const COVERAGE_WORKER = new URL('coverage-worker.ts', import.meta.url);

/** Optimised code counts less. */
const COUNT_ALL = ['--no-opt', '--no-maglev'];

/**
 * Plays simulations on the code as it is, and measures what each runs through.
 * @param onMeasured told of each as it comes, with its place among the tasks
 */
export async function measure(
  tasks: Task[],
  workers: number,
  onMeasured: (measurement: Measurement, index: number) => void,
): Promise<void> {
  let given = 0;
  await tryAll<Measured>(
    { workers, worker: COVERAGE_WORKER, execArgv: COUNT_ALL },
    () => tasks[given++] ?? null,
    ({ verdict, coverage }, index) => {
      onMeasured({ task: tasks[index] as Task, verdict, coverage: new Map(coverage) }, index);
      return true;
    },
  );
}
