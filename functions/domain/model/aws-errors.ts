// Each error code of AWS that is known, and what it is. What people read of each is in functions/domain/words.
import * as z from 'zod';
import { boundedText, plainText } from './plain-text.ts';

/**
 * What AWS means by an error: come again later, no room at EC2, a limit of the account, something of this instance, or something
 * that holds for the whole account until a person puts it right. It only words the error. Whom a refusal is about is decided by what is
 * accepted alone (functions/aws/sdk/take-apart.ts): a code of the whole account may be about one, by a policy that looks at its tags.
 */
export type ErrorKind = 'again-later' | 'capacity' | 'account-limit' | 'this-instance' | 'whole-account';

interface ErrorRow {
  kind: ErrorKind;
  /** Codes, or `Call: Code` where a code means something else from that call. */
  codes: readonly string[];
  /** AWS asks for another try although it answers 4xx, or did not answer; `undone`: and says that it did nothing. */
  passes?: 'undone' | 'unknown';
}

/** Sources: AWS's page of EC2's codes and the API models; the rest is named (docs/aws-behaviour.md 18, 19, 24, 30, 34, 42, 53, 96, 128). */
export const awsErrors = {
  throttled: {
    kind: 'again-later',
    passes: 'undone',
    codes: [
      'RequestLimitExceeded',
      'RequestThrottled',
      'RequestThrottledException',
      'SlowDown',
      'Throttled',
      'ThrottledException',
      'Throttling',
      'ThrottlingException',
      'TooManyRequestsException',
    ],
  },
  'asks-again': {
    kind: 'again-later',
    passes: 'unknown',
    codes: [
      'ConditionalRequestConflict',
      'PriorRequestNotComplete',
      'RequestTimeout',
      'RequestTimeoutException',
      'TooManyUpdates',
    ],
  },
  'no-answer': {
    kind: 'again-later',
    passes: 'unknown',
    codes: [
      'AbortError',
      'EAI_AGAIN',
      'ECONNREFUSED',
      'ECONNRESET',
      'EHOSTUNREACH',
      'ENETUNREACH',
      'ENOTFOUND',
      'EPIPE',
      'ETIMEDOUT',
      'NetworkingError',
      'TimeoutError',
    ],
  },
  'server-error': {
    kind: 'again-later',
    codes: [
      'InternalError',
      'InternalException',
      'InternalFailure',
      'InternalServerError',
      'InternalServerErrorException',
      'ServiceUnavailable',
      'Unavailable',
    ],
  },
  'launch-failed': { kind: 'again-later', codes: ['Server.InternalError'] },
  'tags-busy': { kind: 'again-later', codes: ['ConcurrentTagAccess'] },
  'not-startable': { kind: 'again-later', codes: ['StartInstances: IncorrectInstanceState'] },
  'not-listed-yet': { kind: 'again-later', codes: ['InvocationDoesNotExist'] },
  'no-room': { kind: 'capacity', codes: ['InsufficientInstanceCapacity', 'InsufficientReservedInstanceCapacity'] },
  'host-full': { kind: 'capacity', codes: ['InsufficientCapacityOnHost', 'InsufficientHostCapacity'] },
  'reservation-full': { kind: 'capacity', codes: ['ReservationCapacityExceeded'] },
  'instance-limit': { kind: 'account-limit', codes: ['InstanceLimitExceeded', 'VcpuLimitExceeded'] },
  'spot-limit': { kind: 'account-limit', codes: ['MaxSpotInstanceCountExceeded'] },
  'terms-not-accepted': { kind: 'this-instance', codes: ['OptInRequired'] },
  'not-supported': { kind: 'this-instance', codes: ['UnsupportedOperation'] },
  'start-not-supported': { kind: 'this-instance', codes: ['Unsupported', 'StartInstances: UnsupportedOperation'] },
  'stop-not-supported': { kind: 'this-instance', codes: ['StopInstances: UnsupportedOperation'] },
  'not-hibernatable': { kind: 'this-instance', codes: ['UnsupportedHibernationConfiguration'] },
  'spot-request': { kind: 'this-instance', codes: ['IncorrectSpotRequestState'] },
  'wrong-state': { kind: 'this-instance', codes: ['IncorrectInstanceState'] },
  'stop-protected': { kind: 'this-instance', codes: ['OperationNotPermitted'] },
  'no-such-instance': { kind: 'this-instance', codes: ['InvalidInstanceID.NotFound'] },
  'no-root-volume': { kind: 'this-instance', codes: ['StartInstances: InvalidParameterValue'] },
  'no-host': { kind: 'this-instance', codes: ['IncompatibleHostRequirements'] },
  'tag-limit': { kind: 'this-instance', codes: ['TagLimitExceeded'] },
  'launch-key': { kind: 'this-instance', codes: ['Client.InternalError'] },
  'key-state': { kind: 'this-instance', codes: ['CustomerKeyHasBeenRevoked', 'InvalidKMSKey.InvalidState'] },
  'snapshot-gone': { kind: 'this-instance', codes: ['InvalidSnapshot.NotFound'] },
  'no-managed-node': { kind: 'this-instance', codes: ['InvalidInstanceId'] },
  'wrong-platform': { kind: 'this-instance', codes: ['UnsupportedPlatformType'] },
  denied: {
    kind: 'whole-account',
    codes: [
      'AccessDenied',
      'AccessDeniedException',
      'AuthorizationError',
      'ForbiddenException',
      'UnauthorizedException',
      'UnauthorizedOperation',
    ],
  },
  'start-denied': { kind: 'whole-account', codes: ['StartInstances: UnauthorizedOperation'] },
  'stop-denied': { kind: 'whole-account', codes: ['StopInstances: UnauthorizedOperation'] },
  'tag-denied': {
    kind: 'whole-account',
    codes: ['CreateTags: UnauthorizedOperation', 'DeleteTags: UnauthorizedOperation'],
  },
  'send-denied': { kind: 'whole-account', codes: ['SendCommand: AccessDeniedException'] },
  'tag-policy': { kind: 'whole-account', codes: ['TagPolicyViolation'] },
  'account-held': { kind: 'whole-account', codes: ['Blocked', 'PendingVerification'] },
  'volume-limit': { kind: 'whole-account', codes: ['VolumeLimitExceeded'] },
  credentials: {
    kind: 'whole-account',
    codes: [
      'AuthFailure',
      'CredentialsProviderError',
      'ExpiredToken',
      'ExpiredTokenException',
      'InvalidClientTokenId',
      'MissingAuthenticationToken',
      'RequestExpired',
      'SignatureDoesNotMatch',
      'UnrecognizedClientException',
    ],
  },
  'topic-key': {
    kind: 'whole-account',
    codes: ['KMSAccessDenied', 'KMSDisabled', 'KMSInvalidState', 'KMSNotFound', 'KMSOptInRequired', 'KMSThrottling'],
  },
  'no-document': { kind: 'whole-account', codes: ['InvalidDocument', 'InvalidDocumentVersion'] },
  'not-there': {
    kind: 'whole-account',
    codes: [
      'ExecutionDoesNotExist',
      'NoSuchBucket',
      'NoSuchKey',
      'NotFound',
      'NotFoundException',
      'ResourceNotFoundException',
    ],
  },
  'other-writer': { kind: 'whole-account', codes: ['PreconditionFailed'] },
  endless: { kind: 'whole-account', codes: ['TooMuchToRead'] },
  'bad-request': {
    kind: 'whole-account',
    codes: [
      'BadDigest',
      'BadRequestException',
      'DuplicateInstanceId',
      'EntityTooLarge',
      'FilterLimitExceeded',
      'InvalidAction',
      'InvalidArgument',
      'InvalidArn',
      'InvalidCommandId',
      'InvalidFilterKey',
      'InvalidFilterValue',
      'InvalidInstanceID.Malformed',
      'InvalidInstanceInformationFilterValue',
      'InvalidNextToken',
      'InvalidParameter',
      'InvalidParameterCombination',
      'InvalidParameterValue',
      'InvalidParameters',
      'InvalidPluginName',
      'InvalidURI',
      'KeyTooLongError',
      'MethodNotAllowed',
      'MissingAction',
      'MissingParameter',
      'NotImplemented',
      'ParameterValueInvalid',
      'SerializationException',
      'UnknownOperationException',
      'UnknownParameter',
      'ValidationError',
      'ValidationException',
    ],
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorName = keyof typeof awsErrors;

/** An error of AWS: the call that it answered, and its code; of a start that fell back, the code of its StateReason. */
export const awsErrorSchema = z.object({ call: z.string(), code: z.string() });
export type AwsError = z.infer<typeof awsErrorSchema>;

const rows: [ErrorName, ErrorRow][] = Object.entries(awsErrors) as [ErrorName, ErrorRow][];

const nameByCode = new Map(rows.flatMap(([name, { codes }]) => codes.map((code) => [code, name] as const)));

/** Its row in the table; null: it has none. A StateReason may have the code that a refusal would have (96). */
export function errorNameOf({ call, code }: AwsError): ErrorName | null {
  const { errorCode } = parseStateReason(code);
  const keys = [`${call}: ${code}`, code, `${call}: ${errorCode}`, errorCode];
  return keys.flatMap((key) => nameByCode.get(key) ?? [])[0] ?? null;
}

export function errorKindOf(error: AwsError): ErrorKind | null {
  const name = errorNameOf(error);
  return name === null ? null : awsErrors[name].kind;
}

/** The codes after which AWS asks for another try, and says that it did nothing, or does not. */
export const codesThatPass = (how: NonNullable<ErrorRow['passes']>): ReadonlySet<string> =>
  new Set(rows.flatMap(([, { passes, codes }]) => (passes === how ? codes : [])));

/** EC2, or the account within its own limits, may have room for it later (docs/aws-behaviour.md 18). */
export function lacksCapacity(errorCode: string): boolean {
  const kind = errorKindOf({ call: 'StartInstances', code: errorCode });
  return kind === 'capacity' || kind === 'account-limit';
}

/** A StateReason names whose fault it is, and then the code that a refusal would have (docs/aws-behaviour.md 96). */
export function parseStateReason(code: string): { fault: string | null; errorCode: string } {
  const [, fault = null, errorCode = code] = /^(Server|Client)\.(.+)$/.exec(code) ?? [];
  return { fault, errorCode };
}

/** What AWS said instead of doing what was asked, as people read it. `error` is left out where AWS was not asked. */
export interface Refusal {
  text: string;
  error?: AwsError;
  /** It is none: AWS has failed, and may do it the next time. */
  passes?: true;
}

/** EC2 does not answer for an instance, or for its zone. */
export interface Silent {
  kind: 'silent';
  /** In EC2's words. */
  refusal: Refusal;
  /** It may answer at the next look. */
  passes: boolean;
}

/** @param asked what is said besides the call: that it was a dry run */
export const refusalOf = (call: string, { code, message }: { code: string; message: string }, asked = ''): Refusal => ({
  text: `${call}${asked}: ${code}: ${message}`,
  error: awsErrorOf(call, code),
});

/** What stands for the call where it is not known which one failed. */
export const SSM = 'Systems Manager';

/** Longer than any code of AWS's. */
const CODE_LENGTH_MAX = 60;

/** A code comes from outside, and is carried in payloads: it is bounded. */
export const awsErrorOf = (call: string, code: string): AwsError => ({ call, code: plainCode(code) });

export const plainCode = (code: string): string => boundedText(plainText(code), CODE_LENGTH_MAX);
