import { codesThatPass } from '../../domain/model/aws-errors.ts';
import { ReveilleError } from '../../domain/model/errors.ts';
import { plainText } from '../../domain/model/plain-text.ts';

/** An AWS error reduced to what rules and people look at. */
export interface AwsFailure {
  /** The operation that failed, where one of several was called. */
  call?: string;
  code: string;
  message: string;
  /** Worth another try: throttling, a 5xx, or no answer at all. */
  passing: boolean;
  /** The service has answered, and it was no: nothing was done. */
  isRefusal: boolean;
  /** The service has answered that it did nothing: it refused, or it throttles. After anything else it may have done it. */
  nothingWasDone: boolean;
}

const THROTTLING = codesThatPass('undone');

/** What AWS asks to be tried again although it answers 4xx, and what says that there was no answer (docs/aws-behaviour.md 24, 34). */
const PASSING = codesThatPass('unknown');

/** The parts of an SDK error that are there whatever the service and its protocol. */
interface SdkError extends Error {
  Code?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

/** An error of AWS, with the operation that it answered: where one of several was called, people are told which. */
export class FailedCall extends Error {
  readonly call: string;

  constructor(call: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    if (cause instanceof Error) this.name = cause.name;
    this.call = call;
  }
}

/**
 * A denial begins with what is known, whose role asked, and ends with what is not, which policy denied it: only so much of it is
 * kept that both fit into a reason (docs/aws-behaviour.md 142).
 */
const withoutPadding = (message: string): string =>
  message
    .replace(/\s*Encoded authorization failure message: \S+/, '')
    .replace(/^You are not authorized to perform this operation\. (?=User: )/, '')
    .replace(/User: \S+ is not authorized to perform: /, 'not authorized to perform: ')
    .replace(/(?<=on resource: )arn:[^:\s]*:[^:\s]*:[^:\s]*:[^:\s]*:/, '');

/** EC2's clients carry the code in `Code` as well as in `name`; network errors carry Node's in `code`. */
export function describeFailure(error: unknown): AwsFailure {
  if (error instanceof FailedCall) return { ...describeFailure(error.cause), call: error.call };
  if (!(error instanceof Error)) {
    const message = plainText(String(error));
    return { code: 'Unknown', message, passing: false, isRefusal: false, nothingWasDone: false };
  }
  const { name, message, Code, code, $metadata } = error as SdkError;
  const effective = Code ?? (name === 'Error' ? (code ?? name) : name);
  const status = $metadata?.httpStatusCode ?? 0;
  const isThrottled = THROTTLING.has(effective);
  const isPassing = PASSING.has(effective) || PASSING.has(code ?? '') || status >= 500;
  const passing = isThrottled || isPassing;
  const isRefusal = status >= 400 && !passing;
  return {
    code: effective,
    message: plainText(withoutPadding(message)),
    passing,
    isRefusal,
    nothingWasDone: isRefusal || isThrottled,
  };
}

/** About the caller, and it passes. */
export const isThrottling = ({ nothingWasDone, isRefusal }: AwsFailure): boolean => nothingWasDone && !isRefusal;

/** Anything else that AWS answers to a question about many, also no answer at all, may be about one of them, or about one zone. */
export const mayBeAboutSome = (failure: AwsFailure): boolean =>
  !isThrottling(failure) && (failure.isRefusal || failure.passing);

/** As a person reads it in a reason, a report or a message. */
export const failureText = ({ code, message }: Pick<AwsFailure, 'code' | 'message'>): string => `${code}: ${message}`;

/**
 * Runs AWS calls and gives their errors a name that the state machine knows: AwsUnavailable (retried) or
 * AwsRefused (not retried). Errors that already have one of our names pass through.
 */
export async function withErrorName<T>(doing: string, calls: () => Promise<T>): Promise<T> {
  try {
    return await calls();
  } catch (error) {
    if (error instanceof ReveilleError) throw error;
    const { call = doing, code, message, passing } = describeFailure(error);
    throw new ReveilleError(passing ? 'AwsUnavailable' : 'AwsRefused', `${call}: ${code}: ${message}`, {
      cause: error,
    });
  }
}
