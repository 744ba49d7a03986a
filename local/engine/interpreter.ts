import { ExecutionError, ExecutionTimeoutError, StateMachine } from 'aws-local-stepfunctions';
import { type Definition, startingAt } from './definition.ts';
import type { ExecutionResult } from './model.ts';

/** The interpreters of definitions that begin at a state: made once, kept for all executions. */
export function createInterpreters() {
  const made = new Map<Definition, Map<string, StateMachine>>();
  return (definition: Definition, state: string): StateMachine => {
    const ofDefinition = made.get(definition) ?? new Map<string, StateMachine>();
    made.set(definition, ofDefinition);
    const known = ofDefinition.get(state);
    if (known) return known;
    // A test validates the definition: here it would be validated anew for each execution.
    const options = { validationOptions: { noValidate: true } };
    const interpreter = new StateMachine(startingAt(definition, state) as never, options);
    ofDefinition.set(state, interpreter);
    return interpreter;
  };
}

/** How many events AWS writes for one of the interpreter's. A task's try adds three: scheduled, started, and its end. */
export function eventsInHistory(type: string, stateType: string | undefined): number {
  const triesTask = stateType === 'Task' && (type === 'StateExited' || type === 'StateFailed');
  if (type === 'StateFailed') return triesTask ? 3 : 1;
  return triesTask ? 4 : 1;
}

/** How an execution ended that the interpreter gave up by itself. */
export function toResult(error: unknown): ExecutionResult {
  if (error instanceof ExecutionTimeoutError) return { status: 'TIMED_OUT' };
  const cause = error instanceof ExecutionError ? (error.cause as Error) : (error as Error);
  return { status: 'FAILED', error: cause.name, cause: cause.message };
}
