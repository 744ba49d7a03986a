import { lacksCapacity } from '../domain/model/ec2-errors.ts';
import type { AwsFailure } from './sdk/failures.ts';

/**
 * Whether a refusal may be the fault of one instance: any that is not about the caller. UnauthorizedOperation too: start and
 * stop are allowed on leased instances only, and one without its lease is refused for all (docs/aws-behaviour.md 35).
 */
export const isAboutInstances = ({ code, isRefusal }: AwsFailure): boolean =>
  lacksCapacity(code) || (isRefusal && !ABOUT_CALLER.has(code));

/** Refusals of the caller, not of an instance. */
const ABOUT_CALLER = new Set([
  'AuthFailure',
  'Blocked',
  'ExpiredToken',
  'InvalidClientTokenId',
  'OptInRequired',
  'RequestExpired',
]);
