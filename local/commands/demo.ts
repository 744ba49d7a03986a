import { writeFileSync } from 'node:fs';
import { defineCommand } from '../base/command.ts';
import { demoFlags, toArguments } from '../demo/demo-flags.ts';

export const demo = defineCommand({
  name: 'demo',
  says: 'plays the same night twice on an embedded AWS account: first with a maintenance window, then with Reveille',
  flags: demoFlags,
  examples: [
    ['npx reveille demo --bad-night', '25 instances, and a bit of everything that goes wrong'],
    ['npx reveille demo --fleet fleets/healthy.json --seed 7 --json', "just Reveille's report, as JSON"],
  ],
  async run(flags, terminal) {
    const { demo: runDemo } = await import('../demo/run-demo.ts');
    return runDemo(toArguments(flags, terminal.directory), { ...terminal, save: writeFileSync });
  },
});
