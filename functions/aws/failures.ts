import { ReveilleError } from '../domain/errors.ts';
import { plainText } from '../domain/reasons.ts';

/** An AWS error reduced to what rules and people look at. */
export interface AwsFailure {
  code: string;
  message: string;
  /** Worth another try: throttling, a 5xx, or no answer at all. */
  passing: boolean;
}

const THROTTLING = new Set([
  'RequestLimitExceeded',
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'TooManyUpdates',
  'SlowDown',
]);
const NETWORK = new Set([
  'TimeoutError',
  'ECONNRESET',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EPIPE',
  'NetworkingError',
  'AbortError',
]);

/** The parts of an SDK error that are there whatever the service and its protocol. */
interface SdkError extends Error {
  Code?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

/** EC2's clients carry the code in `Code` as well as in `name`; network errors carry Node's in `code`. */
export function describeFailure(error: unknown): AwsFailure {
  if (!(error instanceof Error)) return { code: 'Unknown', message: plainText(String(error)), passing: false };
  const { name, message, Code, code, $metadata } = error as SdkError;
  const effective = Code ?? (name === 'Error' ? (code ?? name) : name);
  const status = $metadata?.httpStatusCode ?? 0;
  const passing = THROTTLING.has(effective) || NETWORK.has(effective) || NETWORK.has(code ?? '') || status >= 500;
  return { code: effective, message: plainText(message), passing };
}

/**
 * Runs AWS calls and gives their errors a name that the state machine knows: AwsUnavailable (retried) or
 * AwsRefused (not retried). Errors that already have one of our names pass through.
 */
export async function namingFailures<T>(doing: string, calls: () => Promise<T>): Promise<T> {
  try {
    return await calls();
  } catch (error) {
    if (error instanceof ReveilleError) throw error;
    const { code, message, passing } = describeFailure(error);
    throw new ReveilleError(passing ? 'AwsUnavailable' : 'AwsRefused', `${doing}: ${code}: ${message}`, {
      cause: error,
    });
  }
}
