import type { WireResponse } from './http.ts';
import type { ServiceError } from './service-error.ts';

const respond = (
  statusCode: number,
  contentType: string,
  content: unknown,
  headers: Record<string, string>,
): WireResponse => ({
  statusCode,
  headers: { 'content-type': contentType, ...headers },
  body: Buffer.from(JSON.stringify(content)),
});

const JSON_1_1 = 'application/x-amz-json-1.1';

/** SSM: JSON 1.1. Times are seconds since the epoch. */
export const jsonReply = (content: unknown, requestId: string): WireResponse =>
  respond(200, JSON_1_1, content, { 'x-amzn-requestid': requestId });

/** Some of SSM's errors have no message at all (docs/aws-behaviour.md 42). */
export const jsonError = ({ code, message, statusCode }: ServiceError, requestId: string): WireResponse =>
  respond(
    statusCode,
    JSON_1_1,
    { __type: code, ...(message === '' ? {} : { message }) },
    { 'x-amzn-requestid': requestId },
  );

/** Resource Groups: REST with JSON bodies; the error's name stands in a header. */
export const restJsonReply = (content: unknown, requestId: string): WireResponse =>
  respond(200, 'application/json', content, { 'x-amzn-requestid': requestId });

export const restJsonError = ({ code, message, statusCode }: ServiceError, requestId: string): WireResponse =>
  respond(
    statusCode,
    'application/json',
    { Message: message },
    { 'x-amzn-errortype': code, 'x-amzn-requestid': requestId },
  );
