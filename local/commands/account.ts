import { type Account, createAccount } from '../account/account.ts';
import { readFleet } from '../account/fleet/fleet.ts';
import type { DeployedSchedule } from '../account/services/scheduler.ts';
import { BadInput } from '../base/bad-input.ts';
import { runCommand } from '../base/command-line.ts';
import { startPacedClock } from '../clock/paced-clock.ts';
import { readTemplate, resolveParameters } from '../deployment/template.ts';
import { SIMULATION_START, warmUp } from '../run/simulated-run.ts';
import { type AccountArguments, parseAccountArguments, USAGE } from '../server/account-flags.ts';
import { installApplication } from '../server/application.ts';
import { openHttpDoor } from '../server/http-server.ts';
import { nextFiring, readSchedules } from '../server/schedule.ts';

const print = (text: string) => process.stdout.write(`${text}\n`);

/** What a person can type next, with the account's own names. */
const nextSteps = (url: string, { region, bucket }: Account, group: string, machineArn: string): string =>
  [
    'Type in another terminal, for example:',
    '',
    `  export AWS_ENDPOINT_URL=${url} AWS_REGION=${region} AWS_DEFAULT_REGION=${region} AWS_ACCESS_KEY_ID=me AWS_SECRET_ACCESS_KEY=none`,
    `  aws resource-groups list-group-resources --group ${group}`,
    '  aws ec2 describe-instances --query "Reservations[].Instances[].[InstanceId,State.Name]" --output text',
    `  aws stepfunctions start-execution --state-machine-arn ${machineArn} --name first`,
    `  aws stepfunctions list-executions --state-machine-arn ${machineArn}`,
    `  aws stepfunctions describe-execution --execution-arn ${machineArn.replace(':stateMachine:', ':execution:')}:first`,
    `  aws s3 ls s3://${bucket} --recursive`,
    `  aws s3 cp s3://${bucket}/runs/first/report.json -`,
    '',
    'Ctrl-C stops it.',
  ].join('\n');

const tellSchedule = (schedule: DeployedSchedule): string => {
  const next = nextFiring(schedule, Date.now());
  const when = next === null || schedule.State === 'DISABLED' ? 'never' : new Date(next).toISOString();
  return `The clock is at ${new Date().toISOString()}. The schedule ${schedule.ScheduleExpression} starts a run next: ${when}.`;
};

/** Before "schedule" the clock starts a little early, so that a person sees it come. */
const EARLY_MILLISECONDS = 5 * 60_000;

/** When the account's clock starts. */
function startOf(at: AccountArguments['at']): Date {
  if (at !== 'schedule') return at ?? SIMULATION_START;
  const createdAt = SIMULATION_START.getTime();
  const template = readTemplate();
  const isRun = (logicalId: string) => template.Resources[logicalId]?.Type === 'AWS::Serverless::StateMachine';
  const targets = { arnOf: (logicalId: string) => (isRun(logicalId) ? 'run' : ''), roleArn: '', createdAt };
  const schedules = readSchedules(template, resolveParameters(template, {}), targets);
  const firings = schedules
    .filter(({ Target }) => Target.Arn === 'run')
    .map((schedule) => nextFiring(schedule, createdAt))
    .filter((next) => next !== null);
  if (firings.length === 0) throw new BadInput('--at schedule: template.yaml has no schedule that fires again');
  return new Date(Math.min(...firings) - EARLY_MILLISECONDS);
}

async function main(): Promise<number> {
  const args = parseAccountArguments(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd());
  if (args.help) {
    print(USAGE);
    return 0;
  }
  const fleet = readFleet(args.fleet);
  await warmUp(fleet);
  const clock = startPacedClock(startOf(args.at), args.speed, args.seed);
  const account = createAccount({ fleet, seed: args.seed, now: () => Date.now() });
  const application = installApplication(account, fleet, args.seed);
  const door = await openHttpDoor(account, args.port).catch((error: Error) => {
    clock.stop();
    throw new BadInput(`port ${args.port} can not be opened: ${error.message}`);
  });
  print(`The account of ${args.fleet} is at ${door.url}, at ${args.speed} simulated second(s) a second.\n`);
  for (const schedule of application.schedules) print(`${tellSchedule(schedule)}\n`);
  print(nextSteps(door.url, account, fleet.groups[0]?.name ?? '', application.machine.arn));
  const stop = () => {
    application.stop();
    clock.stop();
    void door.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await clock.done;
  return 0;
}

await runCommand(main);
