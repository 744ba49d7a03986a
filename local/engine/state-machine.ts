import { ExecutionAbortedError, ExecutionError, ExecutionTimeoutError, StateMachine } from 'aws-local-stepfunctions';
import { type Random, randomUuid } from '../account/random.ts';
import { CHILD_TASK, type Definition, type DistributedMap, splitDistributedMaps, taskNames } from './definition.ts';
import { createExecutionRegistry, type ExecutionRegistry, type MapRun, type Recorder } from './executions.ts';
import type { InterpreterEvent } from './history.ts';
import { invoke, type LambdaFunction, StatesError, travel } from './lambda.ts';

export interface StateMachineOptions {
  definition: Definition;
  /** By the last part of the ARN that a task's FunctionName gives. */
  functions: Record<string, LambdaFunction>;
  name: string;
  account: string;
  region: string;
  random: Random;
}

export type ExecutionResult =
  | { status: 'SUCCEEDED'; output: unknown }
  | { status: 'FAILED'; error: string; cause: string }
  | { status: 'TIMED_OUT' }
  | { status: 'ABORTED'; error?: string; cause?: string };

export interface Execution {
  arn: string;
  result: Promise<ExecutionResult>;
  /** The error and its cause are what whoever stops it gives as reasons. */
  abort(error?: string, cause?: string): void;
}

/** What has happened since the state machine was made. Each entered state is a transition that AWS bills. */
export interface Tally {
  transitions: number;
  /** Most events that one execution had; AWS allows 25,000 (docs/aws-behaviour.md 26). */
  longestHistory: number;
  invocations: number;
}

export interface LocalStateMachine {
  arn: string;
  name: string;
  roleArn: string;
  /** The whole definition, as it was given. */
  definition: Definition;
  functions: Record<string, LambdaFunction>;
  /** @param text the input as it was given, for whoever asks for it later */
  start(name: string, input: unknown, text?: string): Execution;
  tally: Tally;
  /** Remembers from now on each execution with its history. Costs memory, so nobody does it who doesn't ask for it. */
  record(): ExecutionRegistry;
}

/** One execution, or one child of a distributed map. */
interface Run {
  arn: string;
  name: string;
  hasEnded: boolean;
  /** When the state machine's own time-out strikes; milliseconds since the epoch. */
  deadline: number;
  children: Execution[];
  recorder: Recorder | undefined;
}

/** In AWS nothing is called after the end; the interpreter does call, e.g. for a retry that an abort woke. */
const isOver = ({ hasEnded, deadline }: Run): boolean => hasEnded || Date.now() >= deadline;

type TaskHandler = (input: unknown) => Promise<unknown>;
type RunOptions = NonNullable<Parameters<StateMachine['run']>[1]>;

/**
 * A thin wrapper around the interpreter, for where it differs from AWS: nothing is called after an execution has ended;
 * an item of a distributed map is an execution of its own, with its own context, and as many may fail as the map tolerates;
 * payloads are JSON of a limited size; Lambda's errors have Lambda's names.
 */
export function createStateMachine(options: StateMachineOptions): LocalStateMachine {
  const { functions, name: machineName, account, region, random } = options;
  const { parent, maps } = splitDistributedMaps(options.definition);
  const stateMachineArn = `arn:aws:states:${region}:${account}:stateMachine:${machineName}`;
  const roleArn = `arn:aws:iam::${account}:role/${machineName}`;
  let registry: ExecutionRegistry | undefined;
  const tally: Tally = { transitions: 0, longestHistory: 0, invocations: 0 };
  const interpreters = new Map<Definition, StateMachine>();

  const interpreterOf = (definition: Definition): StateMachine => {
    const known = interpreters.get(definition);
    if (known) return known;
    // Validated by a test: here it would be done anew for each execution.
    const made = new StateMachine(definition as never, { validationOptions: { noValidate: true } });
    interpreters.set(definition, made);
    return made;
  };

  const functionTask =
    (run: Run): TaskHandler =>
    async (input) => {
      // The interpreter goes on retrying after an abort. In AWS nothing is called any more.
      if (isOver(run)) return new Promise(() => undefined);
      const { FunctionName, Payload } = input as { FunctionName: string; Payload: unknown };
      const lambda = functions[FunctionName.split(':').at(-1) ?? ''];
      if (lambda === undefined)
        throw new StatesError('Lambda.ResourceNotFoundException', `Function not found: ${FunctionName}`);
      tally.invocations++;
      const attempt = run.recorder?.schedule(input);
      const output = { ExecutedVersion: '$LATEST', StatusCode: 200, Payload: await invoke(lambda, Payload, random) };
      attempt?.succeeded(output);
      return output;
    };

  /** Runs an item of a distributed map. Its failure is counted, and fails the map only beyond what it tolerates. */
  const childTask = (run: Run, map: DistributedMap): TaskHandler => {
    let failures = 0;
    let hasFailed = false;
    const siblings: Execution[] = [];
    return async (input) => {
      if (isOver(run) || hasFailed) return new Promise(() => undefined);
      const childName = randomUuid(random);
      const arn = `arn:aws:states:${region}:${account}:execution:${machineName}/${map.name}:${childName}`;
      const child = execute(map.child, arn, childName, input, { mapRun: run.recorder?.mapRunOf(map.name) });
      run.children.push(child);
      siblings.push(child);
      const result = await child.result;
      if (hasFailed) return new Promise(() => undefined);
      if (result.status === 'SUCCEEDED') return result.output;
      failures++;
      if (map.toleratedFailurePercentage === 100) return null;
      hasFailed = true;
      for (const sibling of siblings) sibling.abort();
      throw new StatesError('States.ExceedToleratedFailureThreshold', `${failures} item(s) of ${map.name} failed`);
    };
  };

  function execute(
    definition: Definition,
    arn: string,
    name: string,
    input: unknown,
    { mapRun, text }: { mapRun?: MapRun | undefined; text?: string | undefined } = {},
  ): Execution {
    const deadline = Date.now() + (definition.TimeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000;
    const run: Run = { arn, name, hasEnded: false, deadline, children: [], recorder: undefined };
    const handlers = new Map<string, TaskHandler>(taskNames(definition).map((task) => [task, functionTask(run)]));
    for (const map of maps) handlers.set(`${map.name}.${CHILD_TASK}`, childTask(run, map));
    const travelled = travel(input, 'the input of an execution');
    let reason: { error?: string; cause?: string } = {};
    const stop = async (error?: string, cause?: string) => {
      abort(error, cause);
      await result;
    };
    run.recorder = registry?.begin({
      arn,
      name,
      definition: definition === parent ? options.definition : definition,
      input: text ?? JSON.stringify(travelled),
      mapRun: mapRun ?? null,
      stop,
    });
    const interpreted = interpreterOf(definition).run(
      travelled as never,
      {
        overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers) as never },
        context: { Execution: { Id: arn, Name: name }, StateMachine: { Id: stateMachineArn, Name: machineName } },
      } as RunOptions,
    );

    const end = (result: ExecutionResult): ExecutionResult => {
      run.hasEnded = true;
      for (const child of run.children) child.abort();
      return result;
    };
    const counted = countEvents(interpreted.eventLogs, run.recorder);
    const ended = interpreted.result.then(
      (output) => end({ status: 'SUCCEEDED', output }),
      (error: unknown) => {
        const one = toResult(error);
        return end(one.status === 'ABORTED' ? { ...one, ...reason } : one);
      },
    );
    const result = ended.then(async (one) => {
      await counted;
      if (run.recorder === undefined) return one;
      // What is told of an execution that has ended is told of its children, too.
      await Promise.all(run.children.map((child) => child.result));
      run.recorder.close(one);
      return one;
    });
    const abort = (error?: string, cause?: string) => {
      run.hasEnded = true;
      reason = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
      interpreted.abort();
    };
    return { arn, result, abort };
  }

  /** Drains the log: kept, it would hold every payload of the run. */
  async function countEvents(events: AsyncIterable<InterpreterEvent>, recorder: Recorder | undefined): Promise<void> {
    let history = 0;
    for await (const event of events) {
      const { type, state } = event;
      // The task that stands in for a child execution is no state of the definition.
      if (state?.name.endsWith(CHILD_TASK)) continue;
      recorder?.note(event);
      history += eventsInHistory(type, state?.type);
      if (type === 'StateEntered' || type === 'StateRetried') tally.transitions++;
    }
    tally.longestHistory = Math.max(tally.longestHistory, history);
  }

  return {
    arn: stateMachineArn,
    name: machineName,
    roleArn,
    definition: options.definition,
    functions,
    tally,
    record() {
      registry ??= createExecutionRegistry(stateMachineArn, roleArn);
      return registry;
    },
    start: (name, input, text) =>
      execute(parent, `arn:aws:states:${region}:${account}:execution:${machineName}:${name}`, name, input, { text }),
  };
}

/** How many events AWS writes for one of the interpreter's. A task's try adds three: scheduled, started, and its end. */
function eventsInHistory(type: string, stateType: string | undefined): number {
  const triesTask = stateType === 'Task' && (type === 'StateExited' || type === 'StateFailed');
  if (type === 'StateFailed') return triesTask ? 3 : 1;
  return triesTask ? 4 : 1;
}

function toResult(error: unknown): ExecutionResult {
  if (error instanceof ExecutionAbortedError) return { status: 'ABORTED' };
  if (error instanceof ExecutionTimeoutError) return { status: 'TIMED_OUT' };
  const cause = error instanceof ExecutionError ? (error.cause as Error) : (error as Error);
  return { status: 'FAILED', error: cause.name, cause: cause.message };
}
