import { createAccount } from './account/account.ts';
import { BadInput, readFleet } from './account/fleet.ts';
import { parseAccountArguments, USAGE } from './server/arguments.ts';
import { openHttpDoor } from './server/http-door.ts';
import { startPacedClock } from './server/real-time.ts';
import { SIMULATION_START, warmUp } from './simulation.ts';

const print = (text: string) => process.stdout.write(`${text}\n`);

/** What a person can type next, with the account's own names. */
const nextSteps = (url: string, region: string, group: string, bucket: string): string =>
  [
    'Type in another terminal, for example:',
    '',
    `  export AWS_ENDPOINT_URL=${url} AWS_REGION=${region} AWS_ACCESS_KEY_ID=me AWS_SECRET_ACCESS_KEY=none`,
    `  aws resource-groups list-group-resources --group ${group}`,
    '  aws ec2 describe-instances --query "Reservations[].Instances[].[InstanceId,State.Name]" --output text',
    `  aws s3 ls s3://${bucket} --recursive`,
    '',
    'Ctrl-C stops it.',
  ].join('\n');

async function main(): Promise<number> {
  const args = parseAccountArguments(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd());
  if (args.help) {
    print(USAGE);
    return 0;
  }
  const fleet = readFleet(args.fleet);
  await warmUp(fleet);
  const clock = startPacedClock(SIMULATION_START, args.speed, args.seed);
  const account = createAccount({ fleet, seed: args.seed, now: () => Date.now() });
  const door = await openHttpDoor(account, args.port).catch((error: Error) => {
    clock.stop();
    throw new BadInput(`port ${args.port} can not be opened: ${error.message}`);
  });
  print(`The account of ${args.fleet} is at ${door.url}, at ${args.speed} simulated second(s) a second.\n`);
  print(nextSteps(door.url, account.region, fleet.groups[0]?.name ?? '', account.bucket));
  const stop = () => {
    clock.stop();
    void door.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await clock.done;
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof BadInput)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
