import type { Task } from '../scenario/scenario.ts';
import { tryTask } from './verdict.ts';

// Errors are thrown by the thousand, and where is never read. To note it costs more than to throw.
Error.stackTraceLimit = 0;

/** One process of the pool: a task comes, its verdict goes. */
process.on('message', (task: Task) => {
  void tryTask(task).then((verdict) => process.send?.(verdict));
});
