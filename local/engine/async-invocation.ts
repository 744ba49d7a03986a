import { createRandom, type Random } from '../base/random.ts';
import { type LambdaFunction, runHandler, StatesError } from './lambda.ts';

/** How long Lambda waits before it tries an asynchronous event again, after a function's error (docs/aws-behaviour.md 49). */
const WAITS_SECONDS = [60, 120];

/** How the last try of an event ended. */
export type AsyncOutcome = { tries: number } & ({ output: unknown } | { error: StatesError });

const pause = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));

/**
 * Invokes a function as Lambda does for a caller that doesn't wait for its answer, e.g. a rule of EventBridge. An invocation
 * that fails is tried twice again, as the same request. Resolves when it is done, or given up.
 */
export async function invokeAsync(lambda: LambdaFunction, event: unknown, requestIds: Random): Promise<AsyncOutcome> {
  const text = JSON.stringify(event ?? null);
  const request = requestIds.integer([0, 0x7fffffff]);
  for (let tries = 1; ; tries++) {
    try {
      return { tries, output: await runHandler(lambda, JSON.parse(text), createRandom(request, 'request-id')) };
    } catch (error) {
      if (!(error instanceof StatesError)) throw error;
      const waitSeconds = WAITS_SECONDS[tries - 1];
      if (waitSeconds === undefined) return { tries, error };
      await pause(waitSeconds);
    }
  }
}
