import { Logger } from '@aws-lambda-powertools/logger';
import type { ClientOptions } from '../aws/sdk/clients.ts';

/** Everything that a function takes from outside: the one place where time, environment and output come from. */
export interface Runtime {
  now(): Date;
  logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  environment: Record<string, string | undefined>;
  clientOptions: ClientOptions;
}

/** The runtime that Lambda itself offers. */
export const lambdaRuntime = (): Runtime => ({
  now: () => new Date(),
  logger: new Logger(),
  environment: process.env,
  clientOptions: {},
});

/** The part of Lambda's context that functions use. */
export interface InvocationContext {
  awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** Enough for one more AWS call with all its retries: 0.5 + 1 + 2 + 4 + 8 s of pauses, 8 s for an answer, and a little. */
const RESERVE_MILLISECONDS = 25_000;

/** Whether there is time for another AWS call: what is left undone then is for the next look. */
export const timeKeeper = (context: InvocationContext) => (): boolean =>
  context.getRemainingTimeInMillis() > RESERVE_MILLISECONDS;
