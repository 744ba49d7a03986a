import * as z from 'zod';
import type { ServiceError } from '../wire/service-error.ts';
import type { World } from '../world/model.ts';

/** What an operation knows besides its parameters. */
export interface Call {
  world: World;
  /** Milliseconds since the epoch. */
  now: number;
  account: string;
  principal: string;
}

/** One operation: strict parameters, as they are on the wire, and what it does. */
export interface Operation {
  /** What it knows, as named on the wire; anything else is refused. */
  parameters: string[];
  parse(parameters: unknown): z.ZodSafeParseResult<unknown>;
  act(parameters: unknown, call: Call): unknown;
}

export type Operations = Record<string, Operation>;

export function operation<P>(schema: z.ZodType<P>, act: (parameters: P, call: Call) => unknown): Operation {
  return {
    parameters: schema instanceof z.ZodObject ? Object.keys(schema.shape) : [],
    parse: (parameters) => schema.safeParse(parameters),
    act: (parameters, call) => act(parameters as P, call),
  };
}

/** A page of a list, with a token for the next one. */
export function paginate<T>(
  items: T[],
  pageSize: number,
  token: string | undefined,
  invalidToken: () => ServiceError,
): { page: T[]; nextToken: string | undefined } {
  const first =
    token === undefined
      ? 0
      : Number(
          Buffer.from(token, 'base64url')
            .toString()
            .replace(/^page:/, ''),
        );
  if (!Number.isInteger(first) || first < 0 || first > items.length) throw invalidToken();
  const next = first + pageSize;
  return {
    page: items.slice(first, next),
    nextToken: next < items.length ? Buffer.from(`page:${next}`).toString('base64url') : undefined,
  };
}
