import { Logger } from '@aws-lambda-powertools/logger';
import type * as z from 'zod';
import type { ClientOptions } from './aws/clients.ts';
import { namingFailures } from './aws/failures.ts';
import { ReveilleError } from './domain/errors.ts';
import { explainMisfit } from './domain/misfits.ts';

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

/** Enough for one more AWS call with all its retries: 0.5 + 1 + 2 + 4 + 8 s, and the answers. */
const RESERVE_MILLISECONDS = 25_000;

/** Whether there is time for another AWS call: what is left undone then is for the next look. */
export const timeKeeper = (context: InvocationContext) => (): boolean =>
  context.getRemainingTimeInMillis() > RESERVE_MILLISECONDS;

export type Handler<Output> = (event: unknown, context: InvocationContext) => Promise<Output>;

/** @throws InvalidEnvironment naming each variable that is missing or wrong, when the function is loaded */
export function parseEnvironment<T>(schema: z.ZodType<T>, environment: Runtime['environment']): T {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  throw new ReveilleError('InvalidEnvironment', explainMisfit(parsed.error));
}

/**
 * Makes a Lambda handler: the event is parsed before anything is touched, and what fails has a name that the state
 * machine knows.
 * @param name the state's name, for messages
 */
export function createHandler<Input, Output>(
  { logger }: Pick<Runtime, 'logger'>,
  name: string,
  schema: z.ZodType<Input>,
  act: (input: Input, context: InvocationContext) => Promise<Output>,
): Handler<Output> {
  return async (event, context) => {
    const parsed = schema.safeParse(event);
    if (!parsed.success) {
      throw new ReveilleError('InvalidInput', `${name}: ${explainMisfit(parsed.error)}`);
    }
    try {
      return await namingFailures(name, () => act(parsed.data, context));
    } catch (error) {
      logger.error(`${name} failed`, error as Error);
      throw error;
    }
  };
}
