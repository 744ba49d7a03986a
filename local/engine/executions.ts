import type { Definition } from './definition.ts';
import { type Attempt, createHistory, type HistoryEvent, type InterpreterEvent, withoutHistory } from './history.ts';
import { keepMapRuns, type MapRun } from './map-runs.ts';
import type { Execution, ExecutionResult } from './state-machine.ts';

/** AWS keeps a Standard execution for 90 days after its end; its name is free again then (docs/aws-behaviour.md 28). */
const KEPT_MILLISECONDS = 90 * 86_400_000;

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

/** What an execution looks like from some time on. */
interface Told {
  from: number;
  looks: Partial<ExecutionRecord>;
}

/** Shows each change of an execution only some time after it was made. */
function createLag(lagSeconds: () => number) {
  const told = new WeakMap<ExecutionRecord, Told[]>();
  return {
    note(record: ExecutionRecord) {
      const now = Date.now();
      const before = told.get(record) ?? [];
      const shown = before.findLastIndex(({ from }) => from <= now);
      const from = Math.max(now + lagSeconds() * 1000, before.at(-1)?.from ?? 0);
      const { status, output, error, cause, stoppedAt, redriveCount, redrivenAt } = record;
      const looks = { status, output, error, cause, stoppedAt, redriveCount, redrivenAt };
      told.set(record, [...before.slice(Math.max(0, shown)), { from, looks }]);
    },
    look(record: ExecutionRecord): ExecutionRecord | undefined {
      const now = Date.now();
      const shown = told.get(record)?.findLast(({ from }) => from <= now);
      return shown && { ...record, ...shown.looks };
    },
  };
}

/** An execution as it stands at its start. Its texts are made only for whoever asks for them. */
function createRecord({ input, ...beginning }: Omit<Beginning, 'definition'>, stateMachineArn: string) {
  let result: ExecutionResult | null = null;
  const record: ExecutionRecord = {
    ...beginning,
    stateMachineArn,
    status: 'RUNNING',
    get input() {
      return input.text ?? JSON.stringify(input.value);
    },
    get output() {
      return result?.status === 'SUCCEEDED' ? JSON.stringify(result.output ?? null) : null;
    },
    error: undefined,
    cause: undefined,
    stoppedAt: null,
    redriveCount: 0,
    redrivenAt: null,
    mapRuns: [],
    events: [],
  };
  const end = (ended: ExecutionResult, stoppedAt: number) => {
    result = ended;
    const { status, error, cause } = { error: undefined, cause: undefined, ...ended };
    Object.assign(record, { status, stoppedAt, error, cause });
  };
  const goOn = () => {
    const { redriveCount } = record;
    const running = { status: 'RUNNING', stoppedAt: null, error: undefined, cause: undefined };
    Object.assign(record, { ...running, redriveCount: redriveCount + 1, redrivenAt: Date.now() });
  };
  return { record, end, goOn };
}

/** @param stateMachineArn whose executions these are */
export function createExecutionRegistry(
  stateMachineArn: string,
  roleArn: string,
  { histories: hasHistories = true, lagSeconds }: RecordOptions = {},
): ExecutionRegistry {
  const own = new Map<string, ExecutionRecord>();
  const children = new Map<string, ExecutionRecord>();
  const mapRunsByArn = new Map<string, MapRun>();
  const region = stateMachineArn.split(':')[3] ?? '';
  const lag = lagSeconds && createLag(lagSeconds);
  const find = (arn: string) => own.get(arn) ?? children.get(arn);

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

  return {
    hasHistories,
    begin({ definition, ...beginning }) {
      forgetOld();
      const { arn, mapRun } = beginning;
      const label = mapRun === null ? '' : `/${arn.split('/').at(-1)?.split(':')[0]}`;
      const { record, end, goOn } = createRecord(beginning, `${stateMachineArn}${label}`);
      const { keeper, mapRunOf, reopen } = keepMapRuns({
        record,
        definition,
        stateMachineArn,
        onMapRun: (made) => mapRunsByArn.set(made.arn, made),
        onChild: (child) => lag?.note(child),
      });
      const history = hasHistories
        ? createHistory(definition, region, keeper, { input: record.input, roleArn, at: record.startedAt })
        : withoutHistory(keeper);
      record.events = history.events;
      (mapRun === null ? own : children).set(arn, record);
      mapRun?.children.push(record);
      lag?.note(record);
      return {
        record,
        schedule: history.schedule,
        note: history.note,
        mapRunOf,
        redriven(state, hasNewMapRun) {
          goOn();
          history.redriven(record.redriveCount, Date.now());
          if (!hasNewMapRun) reopen(state);
          lag?.note(record);
        },
        close(result) {
          const stoppedAt = Date.now();
          end(result, stoppedAt);
          history.close(result, stoppedAt);
          lag?.note(record);
        },
      };
    },
    list: () => [...own.values()].reverse().sort((one, other) => other.startedAt - one.startedAt),
    find,
    findTold(arn) {
      const record = find(arn);
      return record && lag ? lag.look(record) : record;
    },
    findMapRun: (arn) => mapRunsByArn.get(arn),
  };
}
