import * as z from 'zod';
import { jsonProtocol, type Protocol } from '../../wire/protocols.ts';
import { ServiceError } from '../../wire/service-error.ts';

const JSON_1_0 = 'application/x-amz-json-1.0';

const as10 = <R extends { headers: Record<string, string> }>(response: R): R => ({
  ...response,
  headers: { ...response.headers, 'content-type': JSON_1_0 },
});

/** Step Functions: JSON 1.0. */
export const stepFunctionsProtocol: Protocol = {
  ...jsonProtocol,
  decode(request) {
    const decoded = jsonProtocol.decode(request);
    // In what is not of this content type, AWS finds no operation.
    if (!request.headers['content-type']?.startsWith(JSON_1_0)) throw jsonProtocol.unknownOperation(decoded.operation);
    return decoded;
  },
  reply: (operation, requestId, content) => as10(jsonProtocol.reply(operation, requestId, content)),
  error: (error, requestId) => as10(jsonProtocol.error(error, requestId)),
};

/** Times are seconds since the epoch, with milliseconds behind the point. */
export const seconds = (milliseconds: number): number => milliseconds / 1000;

export const secondsOrNone = (milliseconds: number | null): number | undefined =>
  milliseconds === null ? undefined : seconds(milliseconds);

/** None and 0 mean a hundred; a thousand is the most. */
export const maxResults = z
  .int()
  .min(0)
  .max(1000)
  .optional()
  .transform((count) => (count ? count : 100));

export const nextToken = z.string().min(1).max(3096).optional();

export const invalidToken = () => new ServiceError('InvalidToken', "Invalid Token: 'Invalid token'");

const ARN = /^arn:aws:states:[a-z0-9-]+:\d{12}:(?<type>[A-Za-z]+):.+$/;

/** An ARN of one of Step Functions' things. @throws InvalidArn if it is none, or is one of something else */
export function arnOf(type: 'stateMachine' | 'execution' | 'mapRun', arn: string): string {
  const found = ARN.exec(arn)?.groups?.['type'];
  if (found === undefined || arn.length > 2000)
    throw new ServiceError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);
  if (found !== type) {
    throw new ServiceError('InvalidArn', `Invalid Arn: 'Resource type not valid in this context: ${found}'`);
  }
  return arn;
}
