import { drawScenario } from '../scenario/draw-scenario.ts';
import type { Task } from './pool.ts';
import { tryScenario } from './verdict.ts';

// Errors are thrown by the thousand, and nobody reads where: to note it costs more than to throw.
Error.stackTraceLimit = 0;

/** One process of the pool: a task comes, its verdict goes. */
process.on('message', (task: Task) => {
  const scenario = typeof task === 'number' ? drawScenario(task) : task;
  void tryScenario(scenario).then((verdict) => process.send?.(verdict));
});
