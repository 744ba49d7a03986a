import type { Account } from '../account/account.ts';
import type { Fleet } from '../account/fleet.ts';
import { createRandom, type Random, randomUuid } from '../account/random.ts';
import { type DeployedFunction, lambda, lambdaProtocol } from '../account/services/lambda.ts';
import { type DeployedSchedule, scheduler, schedulerProtocol } from '../account/services/scheduler.ts';
import { deploy, referencesOf } from '../deployment.ts';
import { type LambdaFunction, runHandler, StatesError } from '../engine/lambda.ts';
import type { LocalStateMachine } from '../engine/state-machine.ts';
import { environmentOf, type References, readTemplate, type Template } from '../template.ts';
import { keepSchedule, readSchedules } from './schedule.ts';

/** The application as it stands on a served account. */
export interface Application {
  machine: LocalStateMachine;
  schedules: DeployedSchedule[];
  /** Ends the schedules' waiting. */
  stop(): void;
}

const lastModified = (at: number): string => new Date(at).toISOString().replace('Z', '+0000');

/** A function as ListFunctions tells of it, with what template.yaml says. */
function describeFunction(
  template: Template,
  logicalId: string,
  references: References,
  { account, deployedAt }: { account: string; deployedAt: number },
): Record<string, unknown> {
  const shared = template.Globals.Function as unknown as Record<string, unknown>;
  const { Description } = template.Resources[logicalId]?.Properties ?? {};
  return {
    Runtime: shared['Runtime'],
    Role: `arn:aws:iam::${account}:role/${logicalId}Role`,
    Handler: shared['Handler'],
    CodeSize: 0,
    Description: Description ?? '',
    Timeout: shared['Timeout'],
    MemorySize: shared['MemorySize'],
    LastModified: lastModified(deployedAt),
    CodeSha256: '',
    Environment: { Variables: environmentOf(template, logicalId, references) },
    TracingConfig: { Mode: shared['Tracing'] ?? 'PassThrough' },
    Architectures: shared['Architectures'],
    PackageType: 'Zip',
  };
}

/** Runs a function once, as Lambda's Invoke does: what it throws is an answer, too. */
async function run(fn: LambdaFunction, event: unknown, requestIds: Random): ReturnType<DeployedFunction['run']> {
  try {
    return { payload: JSON.stringify((await runHandler(fn, event, requestIds)) ?? null), failed: false };
  } catch (error) {
    if (!(error instanceof StatesError)) throw error;
    return { payload: error.message, failed: true };
  }
}

/**
 * Deploys the application on an account and gives the account the other services that come with it: Lambda and
 * EventBridge Scheduler, whose schedule fires by itself when its time comes.
 */
export function installApplication(account: Account, fleet: Fleet, seed: number): Application {
  const deployedAt = Date.now();
  const template = readTemplate();
  const parameters = { ResourceGroups: fleet.groups.map(({ name }) => name).join(',') };
  const machine = deploy({ account, seed, parameters, template, executions: { histories: true } });
  const { arn } = machine;

  const references = referencesOf(account, template, parameters);
  const requestIds = createRandom(seed, 'invocations');
  const functions = Object.entries(machine.functions).map(([logicalId, fn]) => ({
    name: logicalId,
    configuration: describeFunction(template, logicalId, references, { account: account.id, deployedAt }),
    run: (event: unknown) => run(fn, event, requestIds),
  }));
  account.install('lambda', { protocol: lambdaProtocol, operations: lambda(functions, account.region) });

  const schedulerRole = `arn:aws:iam::${account.id}:role/reveille-scheduler`;
  const schedules = readSchedules(template, parameters, { arn, roleArn: schedulerRole, createdAt: deployedAt });
  account.install('scheduler', { protocol: schedulerProtocol, operations: scheduler(schedules, account.region) });

  const occurrences = createRandom(seed, 'occurrences');
  const fire = (text: string) => {
    const occurrence = randomUuid(occurrences);
    machine.start(occurrence, JSON.parse(text), text);
    const called = { service: 'states', operation: 'StartExecution', error: null } as const;
    const asked = { stateMachineArn: arn, name: occurrence, input: text };
    account.journal.write({ kind: 'call', at: Date.now(), principal: 'scheduler', ...called, parameters: asked });
  };
  const stops = schedules.map((schedule) => keepSchedule(schedule, fire));
  return { machine, schedules, stop: () => stops.forEach((stop) => stop()) };
}
