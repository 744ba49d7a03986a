import { drawScenario } from './draw.ts';
import type { Task } from './pool.ts';
import { tryScenario } from './verdict.ts';

/** One process of the pool: a task comes, its verdict goes. */
process.on('message', (task: Task) => {
  const scenario = typeof task === 'number' ? drawScenario(task) : task;
  void tryScenario(scenario).then((verdict) => process.send?.(verdict));
});
