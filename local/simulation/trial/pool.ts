import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Task } from '../scenario/scenario.ts';
import type { Verdict } from './verdict.ts';

export interface PoolOptions {
  workers: number;
  /** For node itself, in each worker: a planted bug is loaded there. */
  execArgv?: string[];
  env?: Record<string, string>;
  /** Another worker than the one that only tries; what it answers is the caller's. */
  worker?: URL;
}

const WORKER = new URL('worker.ts', import.meta.url);

export function startWorker({ execArgv = [], env = {}, worker = WORKER }: Omit<PoolOptions, 'workers'>): ChildProcess {
  return fork(fileURLToPath(worker), [], { execArgv, env: { ...process.env, ...env }, serialization: 'json' });
}

/**
 * Tries simulations in processes of their own, since virtual time replaces a process's clocks.
 * @param next gives the next task, or null if there are no more
 * @param onVerdict told of each as it comes, with the task's place in the order; returns whether to go on
 * @throws if a worker dies, whatever ends it: a simulation without a verdict has not held. The message says on which, and
 *   the other workers are ended
 */
export async function tryAll<Answer = Verdict>(
  options: PoolOptions,
  next: () => Task | null,
  onVerdict: (verdict: Answer, index: number) => boolean,
): Promise<void> {
  let index = 0;
  let isOver = false;
  const work = (worker: ChildProcess) =>
    new Promise<void>((resolve, reject) => {
      let place = -1;
      let doing = 'nothing';
      const give = () => {
        const task = isOver ? null : next();
        if (task === null) {
          worker.disconnect();
          return resolve();
        }
        place = index++;
        doing = nameOf(task);
        // If it is dead by now, its exit says more than what failed here.
        worker.send(task, () => undefined);
      };
      worker.on('message', (verdict) => {
        if (!onVerdict(verdict as Answer, place)) isOver = true;
        give();
      });
      worker.on('error', reject);
      worker.on('exit', (code, signal) => {
        const end = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
        reject(new Error(`a worker ${end} while it tried ${doing}`));
      });
      give();
    });
  const workers = Array.from({ length: options.workers }, () => startWorker(options));
  try {
    await Promise.all(workers.map(work));
  } catch (error) {
    for (const worker of workers) worker.kill('SIGKILL');
    throw error;
  }
}

function nameOf(task: Task): string {
  if (typeof task === 'number') return `seed ${task}`;
  return 'quietNight' in task ? `the quiet night of ${task.quietNight}` : `a scenario given with seed ${task.seed}`;
}
