import * as z from 'zod';
import { defineCommand, flag, wholeNumber } from '../base/command.ts';
import { EXIT } from '../base/exit-codes.ts';

export const fleet = defineCommand({
  name: 'fleet',
  says: 'prints a fleet file with a bit of everything, for demo and account',
  flags: z.strictObject({
    instances: flag(wholeNumber(2, 1000).default(24), 'how many'),
    seed: flag(wholeNumber(0, 2 ** 32 - 1).default(1), 'everything random comes from it'),
  }),
  examples: [
    ['npx reveille fleet --instances 40 --seed 3 > my-fleet.json', 'a fleet of your own'],
    ['npx reveille fleet | npx reveille demo --fleet /dev/stdin', 'and a night with another one'],
  ],
  async run({ instances, seed }, { out }) {
    const { mixedFleet } = await import('../account/fleet/mixed-fleet.ts');
    out(JSON.stringify({ $schema: '../schemas/fleet.schema.json', ...mixedFleet(instances, seed) }, null, 2));
    return EXIT.ok;
  },
});
