import { defineCommand } from '../base/command.ts';
import { simulateFlags, toArguments } from '../simulation/command/simulate-flags.ts';

export const simulate = defineCommand({
  name: 'simulate',
  says: 'simulates whole runs under faults and disturbances, and judges what became of them',
  notes: 'Without a flag it plays the quiet nights and 1,000 seeds, which takes some minutes.',
  flags: simulateFlags,
  examples: [
    ['npx reveille simulate --seeds 5', 'the quiet nights and five seeds, and which promises held'],
    ['npx reveille simulate --replay 4711', 'what happened in one of them, call by call'],
  ],
  async run(flags, terminal) {
    const { simulateCommand } = await import('../simulation/command/simulate.ts');
    return simulateCommand(toArguments(flags), terminal);
  },
});
