import type { Definition, State } from './definition.ts';
import type { Attempt, HistoryEvent, HistoryWriter, InterpreterEvent, MapRunKeeper } from './model.ts';

/** A try that has been made; `ended` says when and with what it succeeded. */
interface Call {
  at: number;
  parameters: string;
  ended: { at: number; output: string } | null;
}

/** A redrive goes on in these without entering them again (remembered). */
const ENTERED_ONCE = ['Task', 'Wait', 'Map'];

const WHOLE = { truncated: false };

const TERMINAL = { SUCCEEDED: 'Succeeded', FAILED: 'Failed', TIMED_OUT: 'TimedOut', ABORTED: 'Aborted' } as const;

/** `arn:aws:states:::lambda:invoke` is the resource `invoke` of the type `lambda`. */
const resourceOf = (arn: unknown) => {
  const [resourceType = '', resource = ''] = String(arn).split(':').slice(5);
  return { resourceType, resource };
};

/**
 * Writes the history of one execution in AWS's event types. The interpreter's log knows states and failures, but no calls
 * of tasks. The caller of each task reports those, and they are joined here in the order in which AWS writes them.
 */
export function createHistory(
  definition: Definition,
  region: string,
  mapRuns: MapRunKeeper,
  started: { input: string; roleArn: string; at: number },
): HistoryWriter {
  const events: HistoryEvent[] = [];
  const calls: { next: Call | null; current: Call | null } = { next: null, current: null };
  let lastText = '';

  /** One text for what is the same: a state's output is the next one's input. */
  const textOf = (value: unknown): string => {
    const text = JSON.stringify(value ?? null);
    if (text !== lastText) lastText = text;
    return lastText;
  };
  const write = (type: string, timestamp: number, name?: string, content: Record<string, unknown> = {}) => {
    // The first state, too, has nothing before it.
    const previousEventId = events.length < 2 ? 0 : events.length;
    const details = name === undefined ? null : { name, content };
    events.push({ id: events.length + 1, previousEventId, type, timestamp, details });
  };

  const beginTask = (name: string) => {
    const call = calls.next;
    Object.assign(calls, { next: null, current: call });
    // Its parameters could not be made: then nothing was called.
    if (call === null) return;
    const { Resource, TimeoutSeconds }: Partial<State> = definition.States[name] ?? {};
    const resource = resourceOf(Resource);
    const timeout = TimeoutSeconds === undefined ? {} : { timeoutInSeconds: TimeoutSeconds };
    const content = { ...resource, region, parameters: call.parameters, ...timeout };
    write('TaskScheduled', call.at, 'taskScheduledEventDetails', content);
    write('TaskStarted', call.at, 'taskStartedEventDetails', resource);
  };
  const endTask = (name: string, failure: { at: number; error: string; cause: string } | null) => {
    const call = calls.current;
    calls.current = null;
    if (call === null) return;
    const resource = resourceOf(definition.States[name]?.['Resource']);
    if (call.ended !== null) {
      const content = { ...resource, output: call.ended.output, outputDetails: WHOLE };
      write('TaskSucceeded', call.ended.at, 'taskSucceededEventDetails', content);
    } else if (failure !== null) {
      const { at, ...why } = failure;
      const type = why.error === 'States.Timeout' ? 'TaskTimedOut' : 'TaskFailed';
      write(type, at, `t${type.slice(1)}EventDetails`, { ...resource, ...why });
    }
  };
  const beginMapRun = (name: string, input: unknown, at: number) => {
    const { arn: mapRunArn, redriveCount } = mapRuns.begin(name, input, at);
    if (redriveCount === 0) write('MapRunStarted', at, 'mapRunStartedEventDetails', { mapRunArn });
    else write('MapRunRedriven', at, 'mapRunRedrivenEventDetails', { mapRunArn, redriveCount });
  };

  write('ExecutionStarted', started.at, 'executionStartedEventDetails', {
    input: started.input,
    inputDetails: WHOLE,
    roleArn: started.roleArn,
  });

  let failedMap: string | null = null;
  let isResuming = false;
  const entered = ({ name, type, input }: NonNullable<InterpreterEvent['state']>, at: number) => {
    const isEntered = isResuming && ENTERED_ONCE.includes(type);
    isResuming = false;
    const content = { name, input: textOf(input), inputDetails: WHOLE };
    if (!isEntered) write(`${type}StateEntered`, at, 'stateEnteredEventDetails', content);
    if (type === 'Task') beginTask(name);
    if (type === 'Map') beginMapRun(name, input, at);
  };
  const exited = ({ name, type, output }: NonNullable<InterpreterEvent['state']>, at: number) => {
    if (type === 'Task') endTask(name, null);
    if (type === 'Map' && failedMap !== name) {
      mapRuns.end(name, 'SUCCEEDED', at);
      write('MapRunSucceeded', at);
    }
    failedMap = null;
    const content = { name, output: textOf(output), outputDetails: WHOLE };
    write(`${type}StateExited`, at, 'stateExitedEventDetails', content);
  };
  const failed = ({ type, name }: NonNullable<InterpreterEvent['state']>, event: InterpreterEvent) => {
    const why = { error: event.Error ?? '', cause: String(event.Cause ?? '') };
    if (type === 'Task') endTask(name, { at: event.timestamp, ...why });
    if (type !== 'Map') return;
    failedMap = name;
    mapRuns.end(name, 'FAILED', event.timestamp);
    write('MapRunFailed', event.timestamp, 'mapRunFailedEventDetails', why);
  };

  return {
    events,
    schedule(parameters) {
      const call: Call = { at: Date.now(), parameters: textOf(parameters), ended: null };
      calls.next = call;
      return {
        succeeded: (output) => {
          call.ended = { at: Date.now(), output: textOf(output) };
        },
      };
    },
    note(event) {
      const { type, state, timestamp } = event;
      if (state === undefined) return;
      if (type === 'StateEntered') entered(state, timestamp);
      if (type === 'StateExited') exited(state, timestamp);
      if (type === 'StateFailed') failed(state, event);
      if (type === 'StateRetried' && state.type === 'Task') beginTask(state.name);
      if (type === 'StateRetried' && state.type === 'Map') {
        failedMap = null;
        beginMapRun(state.name, state.input, timestamp);
      }
    },
    redriven(redriveCount, at) {
      Object.assign(calls, { next: null, current: null });
      failedMap = null;
      isResuming = true;
      write('ExecutionRedriven', at, 'executionRedrivenEventDetails', { redriveCount });
    },
    close(result, at) {
      if (mapRuns.abort(at)) write('MapRunAborted', at);
      const type = `Execution${TERMINAL[result.status]}`;
      const { status: _status, ...rest } = result;
      const content = 'output' in rest ? { output: textOf(rest.output), outputDetails: WHOLE } : rest;
      write(type, at, `e${type.slice(1)}EventDetails`, content);
    },
  };
}

const UNNOTED: Attempt = { succeeded: () => undefined };

/** Follows the map runs, and writes nothing. */
export function withoutHistory(mapRuns: MapRunKeeper): HistoryWriter {
  return {
    events: [],
    schedule: () => UNNOTED,
    note({ type, state, timestamp }) {
      if (state?.type !== 'Map') return;
      const isBegin = type === 'StateEntered' || type === 'StateRetried';
      if (isBegin) mapRuns.begin(state.name, state.input, timestamp);
      if (type === 'StateFailed') mapRuns.end(state.name, 'FAILED', timestamp);
      // One that has failed and was caught has been ended already.
      if (type === 'StateExited') mapRuns.end(state.name, 'SUCCEEDED', timestamp);
    },
    redriven: () => undefined,
    close: (_, at) => {
      mapRuns.abort(at);
    },
  };
}
