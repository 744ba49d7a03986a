import type { Definition } from './definition.ts';

/** An execution that is remembered: a state machine's own, or a child of a map run. Times are milliseconds since the epoch. */
export interface ExecutionRecord {
  arn: string;
  name: string;
  stateMachineArn: string;
  status: 'RUNNING' | 'PENDING_REDRIVE' | ExecutionResult['status'];
  readonly input: string;
  readonly output: string | null;
  error: string | undefined;
  cause: string | undefined;
  startedAt: number;
  stoppedAt: number | null;
  redriveCount: number;
  redrivenAt: number | null;
  /** The map run that a child belongs to. */
  mapRun: MapRun | null;
  mapRuns: MapRun[];
  /** None, where no histories are kept. */
  events: HistoryEvent[];
  /** Ends it as StopExecution does, with its children; resolves when it has ended. */
  stop(error?: string, cause?: string): Promise<void>;
  /** Goes on from the state that did not succeed. @throws NotRedrivable */
  redrive(): Execution;
}

export interface RecordOptions {
  /** Each execution's history, as GetExecutionHistory tells it. Costs memory and time. */
  histories?: boolean;
  /** How many seconds later a change is told; drawn anew for each change. None: at once. */
  lagSeconds?: () => number;
}

/** What an execution tells while it runs. */
export interface Recorder {
  record: ExecutionRecord;
  schedule(parameters: unknown): Attempt;
  note(event: InterpreterEvent): void;
  /** The map run of a state, which a child of it is about to join. */
  mapRunOf(state: string): MapRun;
  /** It goes on from a state; if that is a map, with the map run that it had, or with a new one. */
  redriven(state: string, hasNewMapRun: boolean): void;
  close(result: ExecutionResult): void;
}

export interface Beginning extends Pick<ExecutionRecord, 'arn' | 'name' | 'startedAt' | 'stop' | 'redrive'> {
  definition: Definition;
  /** The text as it was given, if it was given as a text. */
  input: { value: unknown; text: string | undefined };
  mapRun: MapRun | null;
}

/** Remembers executions, their map runs and, if it is to, their histories. */
export interface ExecutionRegistry {
  hasHistories: boolean;
  begin(beginning: Beginning): Recorder;
  /** Those that were started by themselves, the newest first. */
  list(): ExecutionRecord[];
  find(arn: string): ExecutionRecord | undefined;
  /** As DescribeExecution tells it, which may lag behind (docs/aws-behaviour.md 31). */
  findTold(arn: string): ExecutionRecord | undefined;
  findMapRun(arn: string): MapRun | undefined;
}

/** An event of an execution's history, as GetExecutionHistory tells it. */
export interface HistoryEvent {
  id: number;
  previousEventId: number;
  type: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
  /** What the event's details are called on the wire, and what they are; null: the type says it all. */
  details: { name: string; content: Record<string, unknown> } | null;
}

/** An entry of the interpreter's log, as far as a history is made of it. */
export interface InterpreterEvent {
  type: string;
  timestamp: number;
  state?: { name: string; type: string; input: unknown; output?: unknown };
  Error?: string;
  Cause?: unknown;
}

/** One try of a task. The code that runs it reports how it ended. */
export interface Attempt {
  succeeded(output: unknown): void;
}

/** The map runs of an execution, as far as its history needs them. */
export interface MapRunKeeper {
  begin(state: string, input: unknown, at: number): { arn: string; redriveCount: number };
  end(state: string, status: 'SUCCEEDED' | 'FAILED', at: number): void;
  /** @returns whether there was one under way */
  abort(at: number): boolean;
}

export interface HistoryWriter {
  events: HistoryEvent[];
  /** A task is about to be called. */
  schedule(parameters: unknown): Attempt;
  note(event: InterpreterEvent): void;
  redriven(redriveCount: number, at: number): void;
  close(result: ExecutionResult, at: number): void;
}

export interface MapRun {
  arn: string;
  executionArn: string;
  stateMachineArn: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  startedAt: number;
  stoppedAt: number | null;
  redriveCount: number;
  redrivenAt: number | null;
  itemCount: number;
  maxConcurrency: number;
  toleratedFailurePercentage: number;
  children: ExecutionRecord[];
}

export type ExecutionResult =
  | { status: 'SUCCEEDED'; output: unknown }
  | { status: 'FAILED'; error: string; cause: string }
  | { status: 'TIMED_OUT' }
  | { status: 'ABORTED'; error?: string; cause?: string };

export interface Execution {
  arn: string;
  result: Promise<ExecutionResult>;
  /** Error and cause are the reasons that the caller gives for the stop. */
  abort(error?: string, cause?: string): void;
  /** Ends it at once as if its TimeoutSeconds were over. */
  timeOut(): void;
}

/** What EventBridge would get: an execution, or a child of a map run, has another status (docs/aws-behaviour.md 49). */
export interface StatusChange {
  executionArn: string;
  /** Of a child: with the label of its map behind it. */
  stateMachineArn: string;
  name: string;
  status: 'RUNNING' | ExecutionResult['status'];
  /** Milliseconds since the epoch. */
  at: number;
  isChild: boolean;
}

/** What has happened since the state machine was made. Each entered state is a transition that AWS bills. */
export interface Tally {
  transitions: number;
  /** Most events that one execution had; AWS allows 25,000 (docs/aws-behaviour.md 26). */
  longestHistory: number;
  invocations: number;
}
