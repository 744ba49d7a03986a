import type { ChildProcess } from 'node:child_process';
import type { Measurement } from '../coverage/measure.ts';
import type { Task } from '../scenario/scenario.ts';
import { startWorker } from '../trial/pool.ts';
import type { Verdict } from '../trial/verdict.ts';
import { MUTANT, type Mutant } from './mutant.ts';

/** What became of a mutant in the simulations that reach it. */
export type Fate =
  /** No simulation of the corpus runs through it. */
  | { fate: 'unreached' }
  /** A checker complained that does not complain of the code as it is; or the simulation could not go on. */
  | { fate: 'noticed'; by: string; seed: number; text: string }
  /** The history is another one, and no checker minds. */
  | { fate: 'unminded'; seed: number }
  /** Every history is the same to the byte. */
  | { fate: 'unchanged' };

/** A simulation takes a tenth of a second: one that takes so long hangs, and would never have ended. */
const SECONDS_MAX = 30;

const PRELOAD = new URL('preload.ts', import.meta.url).href;

/**
 * Puts a mutant into a process of its own, and tries it.
 * @param simulations those that reach it, in order
 */
export async function tryMutant(mutant: Mutant, simulations: Measurement[]): Promise<Fate> {
  if (simulations.length === 0) return { fate: 'unreached' };
  const worker = startWorker({ execArgv: ['--import', PRELOAD], env: { [MUTANT]: JSON.stringify(mutant) } });
  let fate: Fate = { fate: 'unchanged' };
  try {
    for (const { task, verdict: before } of simulations) {
      const after = await ask(worker, task);
      const { seed } = before;
      if (typeof after === 'string') return { fate: 'noticed', by: 'simulation', seed, text: after };
      const known = new Set(before.complaints.map(({ promise }) => promise));
      const complaint = after.complaints.find(({ promise }) => !known.has(promise));
      if (complaint !== undefined) return { fate: 'noticed', by: complaint.promise, seed, text: complaint.text };
      if (after.digest !== before.digest && fate.fate === 'unchanged') fate = { fate: 'unminded', seed };
    }
    return fate;
  } finally {
    worker.kill('SIGKILL');
  }
}

/** @returns why there is no verdict, where the process died or hangs */
function ask(worker: ChildProcess, task: Task): Promise<Verdict | string> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => end('it hangs'), SECONDS_MAX * 1000);
    const end = (answer: Verdict | string) => {
      clearTimeout(limit);
      worker.removeAllListeners();
      resolve(answer);
    };
    worker.on('message', (verdict) => end(verdict as Verdict));
    worker.on('exit', (code, signal) => end(`its process ended with ${code ?? signal}`));
    worker.send(task, (error) => {
      if (error !== null) end(error.message);
    });
  });
}
