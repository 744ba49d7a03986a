import { ExecutionAbortedError, type StateMachine } from 'aws-local-stepfunctions';
import { type Random, randomUuid } from '../base/random.ts';
import {
  CHILD_TASK,
  type Definition,
  type DistributedMap,
  type MapItem,
  OWN_EXECUTION,
  splitDistributedMaps,
  taskNames,
} from './definition.ts';
import { createExecutionRegistry } from './executions.ts';
import { createInterpreters, eventsInHistory, toResult } from './interpreter.ts';
import { invoke, type LambdaFunction, StatesError, travel } from './lambda.ts';
import type {
  Execution,
  ExecutionRegistry,
  ExecutionResult,
  InterpreterEvent,
  MapRun,
  RecordOptions,
  StatusChange,
  Tally,
} from './model.ts';
import { NotRedrivable, needsNewMapRun, whyNotRedrivable } from './redrivable.ts';
import { type Items, isOver, itemsOf, type Life, type Position, type Try } from './tries.ts';

export interface StateMachineOptions {
  definition: Definition;
  /** By the last part of the ARN that a task's FunctionName gives. */
  functions: Record<string, LambdaFunction>;
  name: string;
  account: string;
  region: string;
  random: Random;
}

export interface LocalStateMachine {
  arn: string;
  name: string;
  roleArn: string;
  /** The whole definition, as it was given. */
  definition: Definition;
  functions: Record<string, LambdaFunction>;
  /** @param text the input as it was given, for DescribeExecution */
  start(name: string, input: unknown, text?: string): Execution;
  tally: Tally;
  /** Remembers each execution from now on. The first call says what of it. */
  record(options?: RecordOptions): ExecutionRegistry;
  /** Goes on with an execution that is remembered, as RedriveExecution does. @throws NotRedrivable */
  redrive(name: string): Execution;
  onStatusChange(listener: (change: StatusChange) => void): void;
}

const NEVER = (): Promise<never> => new Promise(() => undefined);

type TaskHandler = (input: unknown) => Promise<unknown>;

type RunOptions = NonNullable<Parameters<StateMachine['run']>[1]>;

type Identity = Pick<Life, 'arn' | 'name' | 'stateMachineArn' | 'definition'>;

/** Leaves out an error or a cause that was not given. */
const aborted = (error: string | undefined, cause: string | undefined): ExecutionResult => ({
  status: 'ABORTED',
  ...(error === undefined ? {} : { error }),
  ...(cause === undefined ? {} : { cause }),
});

/**
 * A thin wrapper around the interpreter, for where it differs from AWS: nothing is called after an execution has ended;
 * an item of a distributed map is an execution of its own, with its own context, and as many may fail as the map tolerates;
 * payloads are JSON of a limited size; Lambda's errors have Lambda's names; what ended without success can be redriven.
 */
export function createStateMachine(options: StateMachineOptions): LocalStateMachine {
  const { functions, name: machineName, account, region, random } = options;
  const { parent, maps } = splitDistributedMaps(options.definition);
  const stateMachineArn = `arn:aws:states:${region}:${account}:stateMachine:${machineName}`;
  const roleArn = `arn:aws:iam::${account}:role/${machineName}`;
  const executionArn = (path: string) => `arn:aws:states:${region}:${account}:execution:${machineName}${path}`;
  let registry: ExecutionRegistry | undefined;
  const tally: Tally = { transitions: 0, longestHistory: 0, invocations: 0 };
  const listeners: ((change: StatusChange) => void)[] = [];
  const interpreterOf = createInterpreters();

  const tell = (life: Life, status: StatusChange['status']) => {
    const isChild = life.definition !== parent;
    const { arn, name, stateMachineArn: ofMachine } = life;
    const change = { executionArn: arn, stateMachineArn: ofMachine, name, status, at: Date.now(), isChild };
    for (const listener of listeners) listener(change);
  };

  const functionTask =
    (one: Try): TaskHandler =>
    async (input) => {
      // The interpreter goes on retrying after an abort. In AWS nothing is called any more.
      if (isOver(one)) return NEVER();
      const { FunctionName, Payload } = input as { FunctionName: string; Payload: unknown };
      const lambda = functions[FunctionName.split(':').at(-1) ?? ''];
      if (lambda === undefined)
        throw new StatesError('Lambda.ResourceNotFoundException', `Function not found: ${FunctionName}`);
      tally.invocations++;
      const attempt = one.life.recorder?.schedule(input);
      const output = { ExecutedVersion: '$LATEST', StatusCode: 200, Payload: await invoke(lambda, Payload, random) };
      attempt?.succeeded(output);
      return output;
    };

  /** The child of an item: a new one, or the one that it had, redriven. */
  const childOf = (one: Try, map: DistributedMap, items: Items, { index, input }: MapItem): Execution => {
    const known = items.lives.get(index);
    if (known) return goOn(known);
    const name = randomUuid(random);
    const arn = executionArn(`/${map.label}:${name}`);
    const identity = { arn, name, stateMachineArn: `${stateMachineArn}/${map.label}`, definition: map.child };
    const { life, execution } = begin(identity, input, { mapRun: one.life.recorder?.mapRunOf(map.name) });
    items.lives.set(index, life);
    return execution;
  };

  /** Runs an item of a distributed map. Its failure is counted, and fails the map only beyond what it tolerates. */
  const childTask =
    (one: Try, map: DistributedMap): TaskHandler =>
    async (input) => {
      const item = input as MapItem;
      if (isOver(one)) return NEVER();
      const items = itemsOf(one, map.name, item.index);
      if (items.hasFailed) return NEVER();
      const known = items.lives.get(item.index);
      if (known?.result?.status === 'SUCCEEDED') return known.result.output;
      // A child that can't be redriven any more keeps its result.
      if (known === undefined || whyNot(known) === null) {
        const child = childOf(one, map, items, item);
        one.children.push(child);
        items.executions.push(child);
        const result = await child.result;
        if (items.hasFailed) return NEVER();
        if (result.status === 'SUCCEEDED') return result.output;
      }
      items.failures++;
      if (map.toleratedFailurePercentage === 100) return null;
      items.hasFailed = true;
      for (const sibling of items.executions) sibling.abort();
      const count = `${items.failures} item(s) of ${map.name} failed`;
      throw new StatesError('States.ExceedToleratedFailureThreshold', count);
    };

  /** One try: runs the interpreter from a state to an end. */
  function run(life: Life, { state, input }: Position, resumedMap: string | null): Execution {
    const { arn, name, definition, recorder } = life;
    const deadline = Date.now() + (definition.TimeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000;
    const one: Try = { life, hasEnded: false, deadline, children: [], resumedMap };
    const handlers = new Map<string, TaskHandler>(taskNames(definition).map((task) => [task, functionTask(one)]));
    for (const map of maps) handlers.set(`${map.name}.${CHILD_TASK}`, childTask(one, map));
    const own = { Id: arn, Name: name, Input: life.input, StartTime: new Date(life.startedAt).toISOString() };
    tell(life, 'RUNNING');
    const interpreted = interpreterOf(definition, state).run(
      input as never,
      {
        overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers) as never },
        context: { [OWN_EXECUTION]: own, StateMachine: { Id: stateMachineArn, Name: machineName } },
      } as RunOptions,
    );

    let byHand: ExecutionResult = { status: 'ABORTED' };
    const stop = (result: ExecutionResult) => {
      if (one.hasEnded) return;
      one.hasEnded = true;
      byHand = result;
      interpreted.abort();
    };
    const end = (result: ExecutionResult): ExecutionResult => {
      one.hasEnded = true;
      for (const child of one.children) child.abort();
      return result;
    };
    const followed = follow(interpreted.eventLogs, life);
    const ended = interpreted.result.then(
      (output) => end({ status: 'SUCCEEDED', output }),
      (error: unknown) => end(error instanceof ExecutionAbortedError ? byHand : toResult(error)),
    );
    const result = ended.then(async (outcome) => {
      await followed;
      // Its children's ends are reported before its own.
      await Promise.all(one.children.map((child) => child.result));
      life.result = outcome;
      recorder?.close(outcome);
      tell(life, outcome.status);
      return outcome;
    });
    const abort = (error?: string, cause?: string) => stop(aborted(error, cause));
    life.execution = { arn, result, abort, timeOut: () => stop({ status: 'TIMED_OUT' }) };
    return life.execution;
  }

  function begin(
    identity: Identity,
    given: unknown,
    { mapRun, text }: { mapRun?: MapRun | undefined; text?: string | undefined },
  ): { life: Life; execution: Execution } {
    const input = travel(given, 'the input of an execution');
    const { arn, name, definition } = identity;
    const position: Position = { state: definition.StartAt, input };
    const startedAt = Date.now();
    const nothingYet = { execution: null, result: null, itemsOf: new Map(), recorder: undefined, historyLength: 0 };
    const life: Life = { ...identity, input, startedAt, position, ...nothingYet };
    life.recorder = registry?.begin({
      arn,
      name,
      startedAt,
      definition: definition === parent ? options.definition : definition,
      input: { value: input, text },
      mapRun: mapRun ?? null,
      async stop(error, cause) {
        life.execution?.abort(error, cause);
        await life.execution?.result;
      },
      redrive: () => goOn(life),
    });
    return { life, execution: run(life, position, null) };
  }

  const whyNot = ({ recorder }: Life): string | null =>
    recorder ? whyNotRedrivable(recorder.record) : 'Execution is not remembered';

  /** A redrive: another try from where the last one ended (docs/aws-behaviour.md 47, 48). */
  function goOn(life: Life): Execution {
    const why = whyNot(life);
    if (why !== null) throw new NotRedrivable(why);
    const { position, result } = life;
    const hasNewMapRun = result?.status === 'FAILED' && needsNewMapRun(result.error);
    life.result = null;
    life.recorder?.redriven(position.state, hasNewMapRun);
    return run(life, position, hasNewMapRun ? null : position.state);
  }

  /** Drains the log: kept, it would hold every payload of the run. */
  async function follow(events: AsyncIterable<InterpreterEvent>, life: Life): Promise<void> {
    for await (const event of events) {
      const { type, state } = event;
      // The task that stands in for a child execution is no state of the definition.
      if (state?.name.endsWith(CHILD_TASK)) continue;
      life.recorder?.note(event);
      life.historyLength += eventsInHistory(type, state?.type);
      if (type === 'StateEntered' || type === 'StateRetried') tally.transitions++;
      if (type === 'StateEntered' && state) life.position = { state: state.name, input: state.input };
    }
    tally.longestHistory = Math.max(tally.longestHistory, life.historyLength);
  }

  return {
    arn: stateMachineArn,
    name: machineName,
    roleArn,
    definition: options.definition,
    functions,
    tally,
    record(recorded) {
      registry ??= createExecutionRegistry(stateMachineArn, roleArn, recorded);
      return registry;
    },
    redrive(name) {
      const record = registry?.find(executionArn(`:${name}`));
      if (record === undefined) throw new NotRedrivable(`Execution is not remembered: ${name}`);
      return record.redrive();
    },
    onStatusChange(listener) {
      listeners.push(listener);
    },
    start: (name, input, text) =>
      begin({ arn: executionArn(`:${name}`), name, stateMachineArn, definition: parent }, input, { text }).execution,
  };
}
