import { createCheckReadiness } from '../../functions/check-readiness/check-readiness.ts';
import { createListInstances } from '../../functions/list-instances/list-instances.ts';
import { createReconcileLeases } from '../../functions/reconcile-leases/reconcile-leases.ts';
import { createReportRun } from '../../functions/report-run/report-run.ts';
import { createRestoreInstances } from '../../functions/restore-instances/restore-instances.ts';
import type { Handler } from '../../functions/runtime/handler.ts';
import type { MetricsSink } from '../../functions/runtime/metrics.ts';
import type { Runtime } from '../../functions/runtime/runtime.ts';
import { createStartInstances } from '../../functions/start-instances/start-instances.ts';
import { createUpdateAgent } from '../../functions/update-agent/update-agent.ts';
import { createVerifyVersions } from '../../functions/verify-versions/verify-versions.ts';
import type { Account } from '../account/account.ts';
import { ask } from '../account/iam/access-request.ts';
import { connect, type Intercept } from '../account/in-process.ts';
import { stepFunctions } from '../account/services/step-functions/state-machines.ts';
import { stepFunctionsProtocol } from '../account/services/step-functions/wire.ts';
import { createRandom } from '../base/random.ts';
import { functionsCalled, readDefinition, splitDistributedMaps } from '../engine/definition.ts';
import { isKilled, type LambdaFunction } from '../engine/lambda.ts';
import type { RecordOptions } from '../engine/model.ts';
import { createStateMachine, type LocalStateMachine } from '../engine/state-machine.ts';
import { environmentOf } from './environment.ts';
import { createResolver } from './intrinsics.ts';
import { rolesOf } from './roles.ts';
import { assertRules } from './rules.ts';
import { type References, readTemplate, resolveParameters, type Template } from './template.ts';

export const definitionPath = new URL('../../statemachine/update-agents.asl.json', import.meta.url);

/** Its logical ID, and the principal under which it calls. */
const STATE_MACHINE = 'UpdateAgentsStateMachine';

const STACK_NAME = 'reveille';

let ownTemplate: Template | undefined;

/** template.yaml, read once: a process may deploy it thousands of times. */
function deployedTemplate(): Template {
  ownTemplate ??= readTemplate();
  return ownTemplate;
}

/** Metrics go to CloudWatch through standard output; here they would only be noise, unless someone asks for them. */
const noMetrics: MetricsSink = { addMetric: () => undefined, publishStoredMetrics: () => undefined };

/** The functions of template.yaml, by logical ID. */
export const functionFactories: Record<string, (runtime: Runtime) => Handler<unknown>> = {
  ListInstancesFunction: createListInstances,
  StartInstancesFunction: createStartInstances,
  CheckReadinessFunction: createCheckReadiness,
  UpdateAgentFunction: createUpdateAgent,
  VerifyVersionsFunction: createVerifyVersions,
  RestoreInstancesFunction: createRestoreInstances,
  ReportRunFunction: (runtime) => createReportRun(runtime, noMetrics),
  ReconcileLeasesFunction: (runtime) => createReconcileLeases(runtime, noMetrics),
};

/** Those of them that measure something, for a caller that wants to know it. */
const measuring: Record<string, (runtime: Runtime, metrics: MetricsSink) => Handler<unknown>> = {
  ReportRunFunction: createReportRun,
  ReconcileLeasesFunction: createReconcileLeases,
};

export interface DeploymentOptions {
  account: Account;
  seed: number;
  /** Parameters of template.yaml that this deployment gives (see parametersFor). */
  parameters: References;
  logger?: Runtime['logger'];
  /** For tests of a deployment that is not quite this one. */
  template?: Template;
  /** What is remembered of executions; no histories, unless this asks for them. */
  executions?: RecordOptions;
  /** Puts something between a function and the state machine. */
  wrap?: (logicalId: string, handler: Handler<unknown>) => Handler<unknown>;
  /** Takes in what a function measures. */
  metricsOf?: (logicalId: string) => MetricsSink;
  /** Puts something between the functions' clients and the account. */
  intercept?: Intercept;
}

const silent: Runtime['logger'] = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * What `!Ref` means in a stack of this name on this account.
 * @throws BadInput if the parameters break a rule of the template
 */
export function referencesOf(account: Account, template: Template, parameters: References): References {
  const known = resolveParameters(template, {
    ...parameters,
    'AWS::Partition': 'aws',
    'AWS::Region': account.region,
    'AWS::AccountId': account.id,
    'AWS::StackName': STACK_NAME,
  });
  assertRules(template, known);
  const { isTrue } = createResolver(template, known);
  const resources = Object.entries({ Bucket: account.bucket, Topic: account.topicArn });
  const made = resources.filter(([id]) => {
    const condition = template.Resources[id]?.Condition;
    return condition === undefined || isTrue(condition, id);
  });
  return { ...known, ...Object.fromEntries(made) };
}

/**
 * Asks, once, whether the state machine's own role allows what its definition needs.
 * @throws if it does not: in AWS the first execution would fail
 */
function assertMayRun({ access }: Account, { arn, definition }: LocalStateMachine): void {
  const { parent, maps } = splitDistributedMaps(definition);
  const requests = [parent, ...maps.map(({ child }) => child)]
    .flatMap(functionsCalled)
    .map((functionArn) => ask('lambda:InvokeFunction', functionArn));
  // A distributed map starts its children in the name of its own state machine (docs/aws-behaviour.md 35).
  if (maps.length > 0) requests.push(ask('states:StartExecution', arn));
  for (const request of requests) {
    if (access.decide(STATE_MACHINE, request).isAllowed) continue;
    throw new Error(`template.yaml: ${STATE_MACHINE} may not ${request.action} on ${request.resource}`);
  }
}

/**
 * Puts the SAM application on the embedded account: the functions with the environment that template.yaml gives them,
 * each calling AWS under its own name and with its own role, and the state machine from its own file. The account then has
 * Step Functions, too.
 */
export function deploy(options: DeploymentOptions): LocalStateMachine {
  const { account, seed, parameters, logger = silent, template = deployedTemplate(), wrap, intercept } = options;
  const references = referencesOf(account, template, parameters);
  const roles = rolesOf(template, references);
  for (const [logicalId, policy] of roles) account.access.restrict(logicalId, policy);
  const functions: Record<string, LambdaFunction> = {};
  const substitutions: Record<string, string> = {};
  for (const [logicalId, create] of Object.entries(functionFactories)) {
    if (!roles.has(logicalId)) throw new Error(`template.yaml: ${logicalId} is not there, so it has no role`);
    const runtime = {
      now: () => new Date(),
      logger,
      environment: environmentOf(template, logicalId, references),
      clientOptions: connect(account, logicalId, seed, { isKilled, intercept }),
    };
    const metrics = options.metricsOf?.(logicalId);
    const handler = (metrics && measuring[logicalId]?.(runtime, metrics)) ?? create(runtime);
    functions[logicalId] = {
      handler: wrap?.(logicalId, handler) ?? handler,
      timeoutSeconds: template.Globals.Function.Timeout,
    };
    substitutions[`${logicalId}Arn`] = `arn:aws:lambda:${account.region}:${account.id}:function:${logicalId}`;
  }
  const machine = createStateMachine({
    definition: readDefinition(definitionPath, substitutions),
    functions,
    name: `${STACK_NAME}-update-agents`,
    account: account.id,
    region: account.region,
    random: createRandom(seed, 'executions'),
  });
  assertMayRun(account, machine);
  installStepFunctions(account, machine, { histories: false, ...options.executions });
  return machine;
}

/** Gives the account Step Functions with this state machine on it. */
function installStepFunctions(account: Account, machine: LocalStateMachine, recorded: RecordOptions): void {
  const { arn, name, roleArn } = machine;
  const definition = JSON.stringify(machine.definition, null, 2);
  const executions = machine.record(recorded);
  const start = (execution: string, input: unknown, text: string) => {
    machine.start(execution, input, text);
  };
  account.install('states', {
    protocol: stepFunctionsProtocol,
    operations: stepFunctions({ arn, name, roleArn, definition, createdAt: Date.now(), executions, start }),
  });
}
