import { createHistory, withoutHistory } from './history.ts';
import { keepMapRuns } from './map-runs.ts';
import type { Beginning, ExecutionRecord, ExecutionRegistry, ExecutionResult, MapRun, RecordOptions } from './model.ts';

/** AWS keeps a Standard execution for 90 days after its end; its name is free again then (docs/aws-behaviour.md 28). */
const KEPT_MILLISECONDS = 90 * 86_400_000;

/** An execution as it is seen from a moment on. */
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

/** An execution as it is at its start. Its texts are made only when they are read. */
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

/** @param stateMachineArn of the state machine that these are executions of */
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
