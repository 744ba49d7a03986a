import { randomUUID } from 'node:crypto';
import { s3Error } from '../account/services/s3/s3.ts';
import type { WireRequest, WireResponse } from '../account/wire/http.ts';
import { jsonProtocol, queryProtocol, restJsonProtocol } from '../account/wire/protocols.ts';
import { ServiceError } from '../account/wire/service-error.ts';

const ALGORITHM = 'AWS4-HMAC-SHA256';

const CREDENTIAL = /^[^/]+\/\d{8}\/[^/]+\/[^/]+\/aws4_request$/;

const REQUIRED = ['Credential', 'Signature', 'SignedHeaders'];

/** What is wrong with a signature's header, in AWS's words; null: nothing that shows. */
function faultOf(authorization: string): string | null {
  const [algorithm = '', ...rest] = authorization.split(' ');
  const parameters = new Map(
    rest
      .join(' ')
      .split(',')
      .map((part): [string, string] => {
        const [name = '', ...value] = part.trim().split('=');
        return [name, value.join('=')];
      }),
  );
  if (algorithm !== ALGORITHM) return `Authorization header requires '${ALGORITHM}' algorithm.`;
  const missing = REQUIRED.filter((name) => !parameters.get(name));
  if (missing.length > 0) return missing.map((name) => `Authorization header requires '${name}' parameter.`).join(' ');
  if (CREDENTIAL.test(parameters.get('Credential') ?? '')) return null;
  return 'Credential must have exactly 5 slash-delimited elements, the last of them aws4_request.';
}

/** In a request that names no service, only its shape tells which protocol it speaks. */
function inItsProtocol({ headers, path }: WireRequest, error: { code: string; message: string; status: number }) {
  const { code, message, status } = error;
  const id = randomUUID();
  if (headers['x-amz-target'] !== undefined) {
    return jsonProtocol.error(new ServiceError(`${code}Exception`, message, status), id);
  }
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return queryProtocol('https://iam.amazonaws.com/doc/2010-05-08/').error(
      new ServiceError(code, message, status),
      id,
    );
  }
  if (headers['content-type']?.startsWith('application/json') || /^\/(2015-03-31|schedules)(\/|$)/.test(path)) {
    return restJsonProtocol([]).error(new ServiceError(`${code}Exception`, message, status), id);
  }
  return s3Error(new ServiceError('AccessDenied', 'Access Denied', 403), id);
}

/**
 * Refuses a request that carries no signature, or one that is not well formed; the signature itself is not checked.
 * @returns null if there is nothing to refuse
 */
export function refuseUnsigned(request: WireRequest): WireResponse | null {
  const authorization = request.headers['authorization'];
  if (authorization === undefined || authorization === '') {
    const error = { code: 'MissingAuthenticationToken', message: 'Missing Authentication Token', status: 403 };
    return inItsProtocol(request, error);
  }
  const fault = faultOf(authorization);
  if (fault === null) return null;
  const message = `${fault} Authorization=${authorization.slice(0, 100)}`;
  return inItsProtocol(request, { code: 'IncompleteSignature', message, status: 400 });
}
