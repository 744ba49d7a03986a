import type { Account } from '../account/account.ts';
import type { Fleet } from '../account/fleet/fleet.ts';
import { type DeployedFunction, lambda, lambdaProtocol } from '../account/services/lambda.ts';
import { type DeployedSchedule, scheduler, schedulerProtocol } from '../account/services/scheduler.ts';
import { createRandom, type Random, randomUuid } from '../base/random.ts';
import { deploy, referencesOf } from '../deployment/deploy.ts';
import { environmentOf } from '../deployment/environment.ts';
import { parametersFor } from '../deployment/fleet-parameters.ts';
import { type References, readTemplate, type Template } from '../deployment/template.ts';
import { invokeAsync } from '../engine/async-invocation.ts';
import { type LambdaFunction, runHandler, StatesError } from '../engine/lambda.ts';
import type { LocalStateMachine } from '../engine/state-machine.ts';
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

/** EventBridge's rule of template.yaml: an execution that has ended badly, and is no child of another, is reconciled. */
function followRule(machine: LocalStateMachine, requestIds: Random): void {
  const reconcile = machine.functions['ReconcileLeasesFunction'];
  if (reconcile === undefined) throw new Error('ReconcileLeasesFunction is not deployed');
  machine.onStatusChange(({ executionArn, stateMachineArn, name, status, isChild }) => {
    if (isChild || !['FAILED', 'TIMED_OUT', 'ABORTED'].includes(status)) return;
    const detail = { executionArn, stateMachineArn, name, status };
    const event = { source: 'aws.states', 'detail-type': 'Step Functions Execution Status Change', detail };
    void invokeAsync(reconcile, event, requestIds);
  });
}

/**
 * Deploys the application on an account and gives the account the other services that come with it: Lambda, and
 * EventBridge, whose schedules fire by themselves when their time comes and whose rule sees how executions end.
 */
export function installApplication(account: Account, fleet: Fleet, seed: number): Application {
  const deployedAt = Date.now();
  const template = readTemplate();
  const parameters = parametersFor(fleet);
  const machine = deploy({ account, seed, parameters, template, executions: { histories: true } });

  const references = referencesOf(account, template, parameters);
  const requestIds = createRandom(seed, 'invocations');
  const functions = Object.entries(machine.functions).map(([logicalId, fn]) => ({
    name: logicalId,
    configuration: describeFunction(template, logicalId, references, { account: account.id, deployedAt }),
    run: (event: unknown) => run(fn, event, requestIds),
  }));
  account.install('lambda', { protocol: lambdaProtocol, operations: lambda(functions, account.region) });

  const { arn } = machine;
  const isMachine = (logicalId: string) => template.Resources[logicalId]?.Type === 'AWS::Serverless::StateMachine';
  const schedules = readSchedules(template, references, {
    arnOf: (logicalId) =>
      isMachine(logicalId) ? arn : `arn:aws:lambda:${account.region}:${account.id}:function:${logicalId}`,
    roleArn: `arn:aws:iam::${account.id}:role/reveille-scheduler`,
    createdAt: deployedAt,
  });
  account.install('scheduler', { protocol: schedulerProtocol, operations: scheduler(schedules, account.region) });

  const called = (service: string, operation: string, parameters: unknown) =>
    account.journal.write({
      kind: 'call',
      at: Date.now(),
      principal: 'scheduler',
      service,
      operation,
      parameters,
      error: null,
    });
  const occurrences = createRandom(seed, 'occurrences');
  const startRun = (text: string) => {
    const occurrence = randomUuid(occurrences);
    machine.start(occurrence, JSON.parse(text), text);
    called('states', 'StartExecution', { stateMachineArn: arn, name: occurrence, input: text });
  };
  const startFunction = (functionArn: string, text: string) => {
    const fn = machine.functions[functionArn.split(':').at(-1) ?? ''];
    if (fn === undefined) throw new Error(`the schedule's target is not deployed: ${functionArn}`);
    called('lambda', 'Invoke', { FunctionName: functionArn, Payload: text });
    void invokeAsync(fn, JSON.parse(text), requestIds);
  };
  const stops = schedules.map((schedule) => {
    const target = schedule.Target.Arn;
    return keepSchedule(schedule, (text) => (target === arn ? startRun(text) : startFunction(target, text)));
  });
  followRule(machine, requestIds);
  return { machine, schedules, stop: () => stops.forEach((stop) => stop()) };
}
