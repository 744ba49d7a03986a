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

/** Fails when a worker dies: a simulation that kills its process is no verdict. */
export function startWorker({ execArgv = [], env = {}, worker = WORKER }: Omit<PoolOptions, 'workers'>): ChildProcess {
  return fork(fileURLToPath(worker), [], { execArgv, env: { ...process.env, ...env }, serialization: 'json' });
}

/**
 * Tries simulations in processes of their own, since virtual time replaces a process's clocks.
 * @param next gives the next task, or null if there are no more
 * @param onVerdict told of each as it comes, with the task's place in the order; returns whether to go on
 */
export async function tryAll<Answer = Verdict>(
  options: PoolOptions,
  next: () => Task | null,
  onVerdict: (verdict: Answer, index: number) => boolean,
): Promise<void> {
  let index = 0;
  let isOver = false;
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = startWorker(options);
      let current = -1;
      const give = () => {
        const task = isOver ? null : next();
        if (task === null) {
          worker.disconnect();
          return resolve();
        }
        current = index++;
        worker.send(task);
      };
      worker.on('message', (verdict) => {
        if (!onVerdict(verdict as Answer, current)) isOver = true;
        give();
      });
      worker.on('error', reject);
      worker.on('exit', (code) => {
        if (code !== 0) reject(new Error(`a worker ended with ${code}, at task ${current}`));
      });
      give();
    });
  await Promise.all(Array.from({ length: options.workers }, work));
}
