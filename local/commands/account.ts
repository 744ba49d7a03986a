import { defineCommand } from '../base/command.ts';
import { accountFlags } from '../server/account-flags.ts';

export const account = defineCommand({
  name: 'account',
  says: 'serves an embedded AWS account over HTTP, on 127.0.0.1 only, until Ctrl-C',
  notes:
    'It tells each request, run and message as it comes, in the time of the account. docs/embedded-account.md says what it can do.',
  flags: accountFlags,
  examples: [
    ['npx reveille account --speed 60', 'a simulated minute takes a second'],
    ['npx reveille account --fleet my-fleet.json --at schedule', 'the schedule starts a run five minutes later'],
  ],
  async run(flags, terminal) {
    const { serveAccount } = await import('./serve-account.ts');
    return serveAccount(flags, terminal);
  },
});
