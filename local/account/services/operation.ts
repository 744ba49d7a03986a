import * as z from 'zod';
import type { ServiceError } from '../wire/service-error.ts';
import type { World } from '../world/model.ts';

/** What IAM lets the caller reach by the targets of a command, at a later moment (docs/aws-behaviour.md 60). */
export interface Reach {
  group(name: string, at: number): boolean;
  instance(instanceId: string, at: number): boolean;
}

/** What an operation knows besides its parameters. */
export interface Call {
  world: World;
  /** Milliseconds since the epoch. */
  now: number;
  account: string;
  principal: string;
  /** No page has more than this, however many are asked for: a service may give fewer. */
  pageSizeMax: number;
  /** In the region, and on none of the fleet's instances. */
  openCommandsOfOthers: number;
  reach: Reach;
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

/** Which page of a list is asked for. */
export interface PageRequest {
  /** How many it may have. */
  size: number;
  token: string | undefined;
  invalidToken: () => ServiceError;
}

/** A list, or what makes the rows of a page when they are asked for. */
export interface Rows<T> {
  length: number;
  slice(first: number, next: number): T[];
}

/** A page of a list, with a token for the next one. */
export function paginate<T>(
  { pageSizeMax }: Pick<Call, 'pageSizeMax'>,
  items: Rows<T>,
  { size, token, invalidToken }: PageRequest,
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
  const next = first + Math.min(size, pageSizeMax);
  return {
    page: items.slice(first, next),
    nextToken: next < items.length ? Buffer.from(`page:${next}`).toString('base64url') : undefined,
  };
}
