import type { Task } from '../scenario/scenario.ts';
import type { Verdict } from '../trial/verdict.ts';
import { type Block, startCoverage } from './precise-coverage.ts';

Error.stackTraceLimit = 0;

/** What this worker answers: a verdict, and the blocks that were run through meanwhile, by file. */
export interface Measured {
  verdict: Verdict;
  coverage: [string, Block[]][];
}

// What was loaded before coverage began would be counted by functions, and not by blocks.
const meter = await startCoverage();
const { tryTask } = await import('../trial/verdict.ts');
await meter.take();

/** One process of the pool that also measures. */
process.on('message', (task: Task) => {
  void measure(task).then((measured) => process.send?.(measured));
});

async function measure(task: Task): Promise<Measured> {
  const verdict = await tryTask(task);
  return { verdict, coverage: [...(await meter.take())] };
}
