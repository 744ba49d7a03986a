// Which errors of a task are tried again, how often, and why (docs/aws-behaviour.md 43, 55, 94).
import type { ErrorName } from '../functions/domain/model/errors.ts';
import { never, retry } from './states.ts';

/**
 * The function did not run, and will: it was not called for weeks, as in each month's run, and Lambda gets it ready again, which
 * takes a minute or two; or Lambda has too much to do.
 */
const FUNCTION_NOT_READY = [
  'Lambda.CodeArtifactUserPendingException',
  'Lambda.CodeArtifactUserDeletedException',
  'Lambda.ResourceNotReadyException',
  'Lambda.ResourceConflictException',
  'Lambda.SnapStartNotReadyException',
  'Lambda.TooManyRequestsException',
  'Lambda.ENINotReadyException',
  'Lambda.ENILimitReachedException',
  'Lambda.EC2ThrottledException',
  'Lambda.SubnetIPAddressLimitReachedException',
  'Lambda.EFSMountConnectivityException',
  'Lambda.EFSMountFailureException',
  'Lambda.EFSMountTimeoutException',
];

/** The function did not run, and won't before a person has mended something. */
const FUNCTION_BROKEN = [
  'Lambda.CodeArtifactUserFailedException',
  'Lambda.EC2AccessDeniedException',
  'Lambda.InvalidParameterValueException',
  'Lambda.InvalidRequestContentException',
  'Lambda.InvalidRuntimeException',
  'Lambda.InvalidSecurityGroupIDException',
  'Lambda.InvalidSubnetIDException',
  'Lambda.InvalidZipFileException',
  'Lambda.KMSAccessDeniedException',
  'Lambda.KMSDisabledException',
  'Lambda.KMSInvalidStateException',
  'Lambda.KMSNotFoundException',
  'Lambda.RequestTooLargeException',
  'Lambda.ResourceNotFoundException',
  'Runtime.ImportModuleError',
  'Runtime.UserCodeSyntaxError',
  'Runtime.HandlerNotFound',
  'Runtime.MalformedHandlerName',
  'Runtime.InvalidEntrypoint',
  'Runtime.InvalidWorkingDir',
];

/** Lambda's answer was lost, or it failed in itself. The function may have run: each one may be invoked again. */
const LAMBDA_FAILED = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
];

/**
 * The function's process died: out of memory or time, killed, or by an error that nothing caught (docs/aws-behaviour.md 55).
 * What it did before that, the next invocation finds by its records.
 */
const FUNCTION_DIED = [
  'Lambda.Unknown',
  'Runtime.ExitError',
  'Runtime.UnhandledPromiseRejection',
  'Sandbox.Timedout',
  'States.Timeout',
];

/** The function ran, and a service that it needs throttles or does not answer. */
const AWS_UNAVAILABLE = ['AwsUnavailable'] satisfies ErrorName[];

/** The lock is held by the reconciler, or by a run that has just died: it is free in a minute or two. */
const LOCKED_FOR_NOW = ['LockedForNow'] satisfies ErrorName[];

/** Never retried: the same input and groups would be refused again. (A lock that is still held had its retries before.) */
export const RUN_REFUSED = [
  'InvalidInput',
  'EmptyGroup',
  'BrokenGroup',
  'TooManyInstances',
  'UnknownAgentVersion',
  'AlreadyRunning',
  ...LOCKED_FOR_NOW,
] satisfies ErrorName[];

/** What our functions themselves say for good: the same event would be refused again. */
const FUNCTION_REFUSED = [
  ...RUN_REFUSED,
  'InvalidEnvironment',
  'LeasesOpen',
  'AwsRefused',
  'UnexpectedReply',
] satisfies Exclude<ErrorName, 'AwsUnavailable'>[];

/** All other names, but for States.Timeout: such as Lambda's own of tomorrow. The function may have run. */
const UNKNOWN_ERROR = ['States.TaskFailed'];

/**
 * Every task but RestoreInstances retries so. Lambda's own failures pass within seconds. To get a function ready, and the
 * troubles of a service, take minutes, and nothing is wrong with the instances meanwhile: 20 tries after at most 5, 10, 20, 40
 * and then 60 s are 17 minutes at most, and 9 on average, because of the jitter. No deadline of a step passes by that alone:
 * each rule first looks for the good end. A try is one transition and three events of the history.
 */
export const PATIENT = [
  retry(FUNCTION_NOT_READY, { maxAttempts: 20 }),
  retry([...LAMBDA_FAILED, ...FUNCTION_DIED]),
  retry(AWS_UNAVAILABLE, { maxAttempts: 20 }),
  never([...FUNCTION_BROKEN, ...FUNCTION_REFUSED]),
  retry(UNKNOWN_ERROR),
];

/** Also what would come again, such as a refusal by IAM: only RestoreInstances retries that. */
export const ANY_ERROR = ['States.ALL'];

export const UNTIL_LOCK_IS_FREE = { ErrorEquals: LOCKED_FOR_NOW, IntervalSeconds: 20, BackoffRate: 1, MaxAttempts: 12 };

export const TRY_FOR_AN_HOUR = [retry(ANY_ERROR, { maxAttempts: 60, maxDelaySeconds: 120 })];
