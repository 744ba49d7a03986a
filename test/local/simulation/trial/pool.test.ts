import { behaviourNames } from '../../../../local/account/fleet/behaviours.ts';
import { references } from '../../../../local/simulation/scenario/reference-scenarios.ts';
import type { Scenario, Task } from '../../../../local/simulation/scenario/scenario.ts';
import { tryAll } from '../../../../local/simulation/trial/pool.ts';

/** Each worker does this as soon as it is given this task. */
const dyingOn = (task: Task, act: string): string[] => [
  '--import',
  `data:text/javascript,${encodeURIComponent(
    `process.on('message', (task) => { if (JSON.stringify(task) === ${JSON.stringify(JSON.stringify(task))}) ${act}; });`,
  )}`,
];

const tryWith = (tasks: Task[], execArgv: string[], workers = 1): Promise<void> =>
  tryAll(
    { workers, execArgv },
    () => tasks.shift() ?? null,
    () => true,
  );

const behaviour = behaviourNames[0];
const scenario: Scenario = { ...(references['one stopped instance'] as Scenario), seed: 12 };

describe('a worker that dies', () => {
  it.each<[string, Task, string]>([
    ['a worker was ended by SIGKILL while it tried seed 5', 5, "process.kill(process.pid, 'SIGKILL')"],
    ['a worker ended with code 3 while it tried seed 6', 6, 'process.exit(3)'],
    ['a worker ended with code 0 while it tried seed 7', 7, 'process.exit(0)'],
    [`while it tried the quiet night of ${behaviour}`, { quietNight: behaviour }, 'process.exit(1)'],
    ['while it tried a scenario given with seed 12', scenario, 'process.exit(1)'],
  ])('fails all, and says where it was: %s', async (said, task, act) => {
    await expect(tryWith([4, task, 8], dyingOn(task, act))).rejects.toThrow(said);
  });

  it('takes the others with it', async () => {
    const left = Array.from({ length: 200 }, (_, index) => index + 1);

    await expect(tryWith(left, dyingOn(2, "process.kill(process.pid, 'SIGTERM')"), 2)).rejects.toThrow('SIGTERM');

    expect(left.length).toBeGreaterThan(100);
  });
});
