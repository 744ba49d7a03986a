import { AsyncLocalStorage } from 'node:async_hooks';
import type { Handler } from '../../functions/runtime/handler.ts';
import { type Random, randomUuid } from '../base/random.ts';

/** Step Functions' limit of a payload (docs/aws-behaviour.md 26). */
export const PAYLOAD_BYTES_MAX = 262_144;

/** An error as Step Functions names it. Two of them cannot be caught (docs/aws-behaviour.md 27). */
export class StatesError extends Error {
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
    const isFatal = name === 'States.DataLimitExceeded' || name === 'States.Runtime';
    this.isRetryable = !isFatal;
    this.isCatchable = !isFatal;
  }
}

/** The value as it arrives in the next state: as JSON, and of a limited size. `what` names it in the error. */
export function travel(value: unknown, what: string): unknown {
  const text = JSON.stringify(value ?? null);
  const bytes = Buffer.byteLength(text);
  if (bytes > PAYLOAD_BYTES_MAX) {
    throw new StatesError(
      'States.DataLimitExceeded',
      `${what} has ${bytes} bytes; at most ${PAYLOAD_BYTES_MAX} are allowed`,
    );
  }
  return JSON.parse(text);
}

/** One invocation. After its time-out it is dead: Lambda freezes it, and nothing that it does reaches AWS any more. */
interface Invocation {
  isDead: boolean;
  /** Ends it at once: its caller sees this error. */
  die(error: Error): void;
}

const invocations = new AsyncLocalStorage<Invocation>();

/** Whether the calling code runs in an invocation that Lambda has killed. */
export const isKilled = (): boolean => invocations.getStore()?.isDead ?? false;

/** Kills the invocation that the calling code runs in, as a crash of its process would. Outside of any, nothing happens. */
export function killInvocation(error: Error): void {
  const invocation = invocations.getStore();
  if (invocation === undefined) return;
  invocation.isDead = true;
  invocation.die(error);
}

/** A function as Lambda runs it. */
export interface LambdaFunction {
  handler: Handler<unknown>;
  timeoutSeconds: number;
  /**
   * For simulations of what goes wrong between Lambda and its caller. Each call of `run` runs one more copy of the
   * function.
   */
  between?: (event: unknown, run: () => Promise<unknown>) => Promise<unknown>;
}

const causeOf = (errorType: string, errorMessage: string): string =>
  JSON.stringify({ errorType, errorMessage, trace: [] });

/**
 * Invokes a function as Step Functions does through Lambda: JSON in, JSON out, of the size that travels between states.
 * @throws StatesError as runHandler does
 */
export async function invoke(lambda: LambdaFunction, payload: unknown, requestIds: Random): Promise<unknown> {
  const event = travel(payload, 'the input of a task');
  return travel(await runHandler(lambda, event, requestIds), 'the output of a task');
}

/**
 * Runs a function's handler as Lambda does, with its time-out.
 * @throws StatesError with the name of the thrown error, and Lambda's JSON as its cause
 */
export function runHandler(lambda: LambdaFunction, event: unknown, requestIds: Random): Promise<unknown> {
  const run = () => runCopy(lambda, event, requestIds);
  return lambda.between === undefined ? run() : lambda.between(event, run);
}

async function runCopy(lambda: LambdaFunction, event: unknown, requestIds: Random): Promise<unknown> {
  const deadline = Date.now() + lambda.timeoutSeconds * 1000;
  const context = {
    awsRequestId: randomUuid(requestIds),
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  const invocation: Invocation = { isDead: false, die: () => undefined };
  let timer: NodeJS.Timeout | undefined;
  const died = new Promise<never>((_, reject) => {
    invocation.die = reject;
    timer = setTimeout(() => {
      invocation.isDead = true;
      const text = `RequestId: ${context.awsRequestId} Error: Task timed out after ${lambda.timeoutSeconds}.00 seconds`;
      reject(new StatesError('Sandbox.Timedout', causeOf('Sandbox.Timedout', text)));
    }, lambda.timeoutSeconds * 1000);
  });
  try {
    const running = invocations.run(invocation, () => lambda.handler(event, context));
    return await Promise.race([running, died]);
  } catch (error) {
    if (error instanceof StatesError) throw error;
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    throw new StatesError(name, causeOf(name, message));
  } finally {
    clearTimeout(timer);
  }
}
