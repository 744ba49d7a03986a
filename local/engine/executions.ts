import { createRandom, randomUuid } from '../account/random.ts';
import type { Definition, State } from './definition.ts';
import { type Attempt, createHistory, type HistoryEvent, type InterpreterEvent, type MapRunKeeper } from './history.ts';
import type { ExecutionResult } from './state-machine.ts';

/** AWS keeps a Standard execution for 90 days after its end; its name is free again then (docs/aws-behaviour.md 28). */
const KEPT_MILLISECONDS = 90 * 86_400_000;

/** An execution that is remembered: a state machine's own, or a child of a map run. Times are milliseconds since the epoch. */
export interface ExecutionRecord {
  arn: string;
  name: string;
  stateMachineArn: string;
  status: 'RUNNING' | ExecutionResult['status'];
  input: string;
  output: string | null;
  error: string | undefined;
  cause: string | undefined;
  startedAt: number;
  stoppedAt: number | null;
  /** The map run that a child belongs to. */
  mapRun: MapRun | null;
  mapRuns: MapRun[];
  events: HistoryEvent[];
  /** Ends it as StopExecution does, with its children; resolves when it has ended. */
  stop(error?: string, cause?: string): Promise<void>;
}

export interface MapRun {
  arn: string;
  executionArn: string;
  stateMachineArn: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  startedAt: number;
  stoppedAt: number | null;
  itemCount: number;
  maxConcurrency: number;
  toleratedFailurePercentage: number;
  children: ExecutionRecord[];
}

/** What an execution tells while it runs. */
export interface Recorder {
  schedule(parameters: unknown): Attempt;
  note(event: InterpreterEvent): void;
  /** The map run of a state, which a child of it is about to join. */
  mapRunOf(state: string): MapRun;
  close(result: ExecutionResult): void;
}

export interface Beginning {
  arn: string;
  name: string;
  definition: Definition;
  input: string;
  mapRun: MapRun | null;
  stop: ExecutionRecord['stop'];
}

/** Remembers executions, their map runs and their histories. */
export interface ExecutionRegistry {
  begin(beginning: Beginning): Recorder;
  /** Those that were started by themselves, the newest first. */
  list(): ExecutionRecord[];
  find(arn: string): ExecutionRecord | undefined;
  findMapRun(arn: string): MapRun | undefined;
}

/** How many items a map has: its ItemsPath is a path of names, or the whole input. */
function countItems(itemsPath: unknown, input: unknown): number {
  const names = String(itemsPath ?? '$')
    .split('.')
    .slice(1);
  const items = names.reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], input);
  return Array.isArray(items) ? items.length : 0;
}

/** @param stateMachineArn whose executions these are */
export function createExecutionRegistry(stateMachineArn: string, roleArn: string): ExecutionRegistry {
  const own = new Map<string, ExecutionRecord>();
  const children = new Map<string, ExecutionRecord>();
  const mapRunsByArn = new Map<string, MapRun>();
  const region = stateMachineArn.split(':')[3] ?? '';

  const forgetOld = () => {
    for (const record of own.values()) {
      if (record.stoppedAt === null || Date.now() - record.stoppedAt < KEPT_MILLISECONDS) continue;
      own.delete(record.arn);
      for (const mapRun of record.mapRuns) {
        mapRunsByArn.delete(mapRun.arn);
        for (const child of mapRun.children) children.delete(child.arn);
      }
    }
  };

  /** Looks after the map runs of one execution; of each state there is at most one under way. */
  function keepMapRuns(record: ExecutionRecord, definition: Definition) {
    const underWay = new Map<string, MapRun>();
    const mapRunOf = (state: string): MapRun => {
      const known = underWay.get(state);
      if (known) return known;
      const { MaxConcurrency, ToleratedFailurePercentage }: Partial<State> = definition.States[state] ?? {};
      const id = randomUuid(createRandom(record.mapRuns.length, record.arn, state));
      const mapRun: MapRun = {
        arn: `${stateMachineArn.replace(':stateMachine:', ':mapRun:')}/${state}:${id}`,
        executionArn: record.arn,
        stateMachineArn,
        status: 'RUNNING',
        startedAt: Date.now(),
        stoppedAt: null,
        itemCount: 0,
        maxConcurrency: Number(MaxConcurrency ?? 0),
        toleratedFailurePercentage: Number(ToleratedFailurePercentage ?? 0),
        children: [],
      };
      underWay.set(state, mapRun);
      record.mapRuns.push(mapRun);
      mapRunsByArn.set(mapRun.arn, mapRun);
      return mapRun;
    };
    const end = (state: string, status: MapRun['status'], at: number) => {
      const mapRun = underWay.get(state);
      if (mapRun) Object.assign(mapRun, { status, stoppedAt: at });
      underWay.delete(state);
    };
    const keeper: MapRunKeeper = {
      begin(state, input, at) {
        const mapRun = mapRunOf(state);
        mapRun.startedAt = at;
        mapRun.itemCount = countItems(definition.States[state]?.['ItemsPath'], input);
        return mapRun.arn;
      },
      end,
      abort(at) {
        const states = [...underWay.keys()];
        for (const state of states) end(state, 'ABORTED', at);
        return states.length > 0;
      },
    };
    return { keeper, mapRunOf };
  }

  return {
    begin({ arn, name, definition, input, mapRun, stop }) {
      forgetOld();
      const startedAt = Date.now();
      const label = mapRun === null ? '' : `/${arn.split('/').at(-1)?.split(':')[0]}`;
      const record: ExecutionRecord = {
        arn,
        name,
        stateMachineArn: `${stateMachineArn}${label}`,
        status: 'RUNNING',
        input,
        output: null,
        error: undefined,
        cause: undefined,
        startedAt,
        stoppedAt: null,
        mapRun,
        mapRuns: [],
        events: [],
        stop,
      };
      const { keeper, mapRunOf } = keepMapRuns(record, definition);
      const history = createHistory(definition, region, keeper, { input, roleArn, at: startedAt });
      record.events = history.events;
      (mapRun === null ? own : children).set(arn, record);
      mapRun?.children.push(record);
      return {
        schedule: history.schedule,
        note: history.note,
        mapRunOf,
        close(result) {
          const stoppedAt = Date.now();
          const { error, cause } = { error: undefined, cause: undefined, ...result };
          const output = result.status === 'SUCCEEDED' ? JSON.stringify(result.output ?? null) : null;
          Object.assign(record, { status: result.status, stoppedAt, output, error, cause });
          history.close(result, stoppedAt);
        },
      };
    },
    list: () => [...own.values()].reverse().sort((one, other) => other.startedAt - one.startedAt),
    find: (arn) => own.get(arn) ?? children.get(arn),
    findMapRun: (arn) => mapRunsByArn.get(arn),
  };
}
