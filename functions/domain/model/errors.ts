/**
 * Errors are an interface: the state machine catches and retries them by name, so each name is a string literal
 * that a minifier can't change (docs/aws-behaviour.md 43).
 */
export type ErrorName =
  | 'InvalidInput'
  | 'InvalidEnvironment'
  | 'EmptyGroup'
  | 'BrokenGroup'
  | 'TooManyInstances'
  | 'UnknownAgentVersion'
  | 'AlreadyRunning'
  | 'LockedForNow'
  | 'LeasesOpen'
  | 'AwsUnavailable'
  | 'AwsRefused'
  | 'UnexpectedReply';

/** An error with one of the names that the state machine knows. `message` is meant for a person. */
export class ReveilleError extends Error {
  constructor(name: ErrorName, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = name;
  }
}
