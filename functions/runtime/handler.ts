import type * as z from 'zod';
import { withErrorName } from '../aws/sdk/failures.ts';
import { ReveilleError } from '../domain/model/errors.ts';
import { parsePlainly } from '../domain/model/plain-words.ts';
import { validationMessage } from '../domain/model/validation-message.ts';
import type { InvocationContext, Runtime } from './runtime.ts';

export type Handler<Output> = (event: unknown, context: InvocationContext) => Promise<Output>;

/** @throws InvalidEnvironment naming each variable that is missing or wrong, when the function is loaded */
export function parseEnvironment<T>(schema: z.ZodType<T>, environment: Runtime['environment']): T {
  const parsed = parsePlainly(schema, environment);
  if (parsed.success) return parsed.data;
  throw new ReveilleError('InvalidEnvironment', validationMessage(parsed.error));
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
    const parsed = parsePlainly(schema, event);
    if (!parsed.success) {
      throw new ReveilleError('InvalidInput', `${name}: ${validationMessage(parsed.error)}`);
    }
    try {
      return await withErrorName(name, () => act(parsed.data, context));
    } catch (error) {
      logger.error(`${name} failed`, error as Error);
      throw error;
    }
  };
}
