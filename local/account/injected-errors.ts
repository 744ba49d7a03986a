import { ServiceError } from './wire/service-error.ts';

/** What a disturbed call gets instead of an answer, in the words of its service. */
export type Disturbance = 'throttled' | 'internal-error' | 'service-unavailable';

/** A storm, or an outage: which calls it meets, and what becomes of them. */
export interface DisturbanceRule {
  matches(service: string, operation: string, principal: string): boolean;
  error: Disturbance | (() => ServiceError);
}

export interface Disturbances {
  /** Begins it. @returns what ends it */
  begin(rule: DisturbanceRule): () => void;
  /** The error that this call gets; null: it is carried out. */
  errorFor(service: string, operation: string, principal: string, throttled: () => ServiceError): ServiceError | null;
}

type Words = Record<Exclude<Disturbance, 'throttled'>, [code: string, message: string, statusCode: number]>;

/** docs/aws-behaviour.md 53 */
const usual: Words = {
  'internal-error': ['InternalServerError', 'An error occurred on the server side.', 500],
  'service-unavailable': ['ServiceUnavailable', 'The request has failed due to a temporary failure.', 503],
};

const words: Record<string, Words> = {
  ec2: {
    'internal-error': ['InternalError', 'An internal error has occurred', 500],
    'service-unavailable': ['Unavailable', "The server is overloaded and can't handle the request.", 503],
  },
  s3: {
    'internal-error': ['InternalError', 'We encountered an internal error. Please try again.', 500],
    'service-unavailable': ['ServiceUnavailable', 'Service is unable to handle request.', 503],
  },
  'resource-groups': {
    ...usual,
    'internal-error': ['InternalServerErrorException', 'Internal server error', 500],
  },
  sns: { ...usual, 'internal-error': ['InternalError', 'Internal service error', 500] },
};

export function createDisturbances(): Disturbances {
  const rules = new Set<DisturbanceRule>();
  return {
    begin(rule) {
      // Its own object: the same rule can be at work twice.
      const begun = { ...rule };
      rules.add(begun);
      return () => void rules.delete(begun);
    },
    errorFor(service, operation, principal, throttled) {
      for (const { matches, error } of rules) {
        if (!matches(service, operation, principal)) continue;
        if (typeof error === 'function') return error();
        return error === 'throttled' ? throttled() : new ServiceError(...(words[service] ?? usual)[error]);
      }
      return null;
    },
  };
}
