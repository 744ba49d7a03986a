import { resolve } from 'node:path';
import { type Account, createAccount } from '../account/account.ts';
import { readFleet } from '../account/fleet/fleet.ts';
import type { DeployedSchedule } from '../account/services/scheduler.ts';
import { BadInput } from '../base/bad-input.ts';
import type { Terminal } from '../base/command.ts';
import { EXIT } from '../base/exit-codes.ts';
import { printable } from '../base/printable.ts';
import { startPacedClock } from '../clock/paced-clock.ts';
import { readTemplate, resolveParameters } from '../deployment/template.ts';
import { SIMULATION_START, warmUp } from '../run/simulated-run.ts';
import type { AccountFlags } from '../server/account-flags.ts';
import { type Application, installApplication } from '../server/application.ts';
import { type HttpDoor, openHttpDoor } from '../server/http-server.ts';
import { MAIL_PATH } from '../server/mail.ts';
import { nextFiring, readSchedules } from '../server/schedule.ts';
import { tellEntry, tellStatus } from '../server/told.ts';

/** Before "schedule" the clock starts a little early, so that a person sees it come. */
const EARLY_MILLISECONDS = 5 * 60_000;

/**
 * Serves an account until a signal ends it.
 * @throws BadInput if the fleet is wrong, the port can't be opened, or no schedule fires
 */
export async function serveAccount(flags: AccountFlags, terminal: Terminal): Promise<number> {
  const { out } = terminal;
  const path = resolve(terminal.directory, flags.fleet);
  const fleet = readFleet(path);
  await warmUp(fleet);
  const clock = startPacedClock(startOf(flags.at), flags.speed, flags.seed);
  const account = createAccount({ fleet, seed: flags.seed, now: () => Date.now() });
  const application = installApplication(account, fleet, flags.seed);
  const door = await openHttpDoor(account, flags.port).catch((error: Error) => {
    application.stop();
    clock.stop();
    throw new BadInput(`--port: ${flags.port} can not be opened (${error.message}); give another one, or 0 for any`);
  });
  let isOver = false;
  const stop = () => {
    // npm passes a signal on that has reached this process already.
    if (isOver) return;
    isOver = true;
    out(`\n${farewell(application)}`);
    application.stop();
    clock.stop();
    void door.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  if (!flags.quiet) tellAll(account, application, (line) => isOver || out(line));
  const pace = flags.speed === 1 ? 'one simulated second' : `${flags.speed} simulated seconds`;
  out(`The account of ${printable(path)} is at ${door.url}, at ${pace} a second.\n`);
  out(`Its clock is at ${new Date().toISOString()}. By itself it starts:`);
  for (const schedule of application.schedules) out(tellSchedule(schedule, application));
  out(nextSteps(account, door, fleet.groups[0]?.name ?? '', application.machine.arn));
  await clock.done;
  return EXIT.ok;
}

/** From now on: requests, runs and messages, as they come. */
function tellAll({ journal }: Account, { machine }: Application, tell: (line: string) => void): void {
  const isFunction = (principal: string) => Object.hasOwn(machine.functions, principal);
  journal.onEntry((entry) => tellEntry(entry, isFunction).forEach(tell));
  machine.onStatusChange((change) => tellStatus(change).forEach(tell));
}

/** When the account's clock starts. */
function startOf(at: AccountFlags['at']): Date {
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

function tellSchedule(schedule: DeployedSchedule, { machine }: Application): string {
  const { Target, ScheduleExpression, State } = schedule;
  const what = Target.Arn === machine.arn ? 'a run' : (Target.Arn.split(':').at(-1) ?? '').replace(/Function$/, '');
  const next = nextFiring(schedule, Date.now());
  const when = next === null || State === 'DISABLED' ? 'never' : `next at ${new Date(next).toISOString()}`;
  return `  ${what.padEnd(16)} ${when}, by ${ScheduleExpression}`;
}

/** What a person can type next, with the account's own names. */
function nextSteps({ region, bucket }: Account, { url }: HttpDoor, group: string, machineArn: string): string {
  return [
    '',
    'Type in another terminal, for example:',
    '',
    `  export AWS_ENDPOINT_URL=${url} AWS_REGION=${region} AWS_DEFAULT_REGION=${region} AWS_ACCESS_KEY_ID=me AWS_SECRET_ACCESS_KEY=none`,
    `  aws resource-groups list-group-resources --group ${forShell(group)}`,
    '  aws ec2 describe-instances --query "Reservations[].Instances[].[InstanceId,State.Name]" --output text',
    `  aws stepfunctions start-execution --state-machine-arn ${machineArn} --name first`,
    `  aws stepfunctions list-executions --state-machine-arn ${machineArn}`,
    `  aws stepfunctions describe-execution --execution-arn ${machineArn.replace(':stateMachine:', ':execution:')}:first`,
    `  aws s3 ls s3://${bucket} --recursive`,
    `  aws s3 cp s3://${bucket}/runs/first/report.json -`,
    `  aws s3 cp s3://${bucket}/runs/first/report.html .    # the same as a page`,
    `  curl ${url}${MAIL_PATH}    # the messages that were published`,
    '',
    'Ctrl-C ends it.',
    '',
  ].join('\n');
}

const forShell = (name: string): string =>
  /^[\w.-]+$/.test(name) ? name : `'${printable(name).replaceAll("'", String.raw`'\''`)}'`;

function farewell({ machine }: Application): string {
  const runs = machine
    .record()
    .list()
    .filter(({ status }) => status === 'RUNNING')
    .map(({ name }) => printable(name));
  if (runs.length === 0) return 'The account ends. No run was at work.';
  return `The account ends, and with it ${runs.length === 1 ? 'the run' : `${runs.length} runs`} ${runs.join(', ')}.`;
}
