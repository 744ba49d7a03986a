import * as z from 'zod';
import type { WireRequest, WireResponse } from './http.ts';
import { ServiceError } from './service-error.ts';
import { document, element, type XmlValue } from './xml.ts';

type Tree = { [name: string]: string | Tree };

/** Numbered children are lists: `Filter.1.Value.2` is the second value of the first filter. */
function listsFromNumbers(tree: Tree | string): unknown {
  if (typeof tree === 'string') return tree;
  const names = Object.keys(tree);
  if (names.length > 0 && names.every((name) => /^\d+$/.test(name))) {
    return names.sort((a, b) => Number(a) - Number(b)).map((name) => listsFromNumbers(tree[name] as Tree));
  }
  return Object.fromEntries(names.map((name) => [name, listsFromNumbers(tree[name] as Tree)]));
}

const DEPTH_MAX = 10;

const FORM = 'application/x-www-form-urlencoded';

/** The fields stand in the body of a POST, or in the query of a GET. */
function fieldsOf({ method, headers, query, body }: WireRequest): URLSearchParams {
  if (method === 'GET') return new URLSearchParams(query);
  const isForm = (headers['content-type'] ?? FORM).toLowerCase().startsWith(FORM);
  return new URLSearchParams(isForm ? body.toString() : '');
}

/** Reads a query request: its action, and its parameters as a tree. */
export function decodeQuery(request: WireRequest): { action: string; parameters: unknown } {
  const fields = fieldsOf(request);
  // Without a prototype: names come from the caller, and `__proto__` is one like any other.
  const tree = Object.create(null) as Tree;
  for (const [name, value] of fields) {
    if (name === 'Action' || name === 'Version') continue;
    const path = name.split('.').filter((part) => part !== 'member');
    if (path.length > DEPTH_MAX) throw new ServiceError('InvalidParameterValue', 'A parameter is nested too deeply');
    let place = tree;
    for (const part of path.slice(0, -1)) {
      const existing = place[part];
      const next = typeof existing === 'object' ? existing : (Object.create(null) as Tree);
      place[part] = next;
      place = next;
    }
    place[path.at(-1) ?? ''] = value;
  }
  const action = fields.get('Action') ?? '';
  if (action === '') {
    throw new ServiceError('MissingAction', 'The request must contain the parameter Action');
  }
  return { action, parameters: listsFromNumbers(tree) };
}

/** Numbers and booleans are texts on this wire. */
export const wireInteger = z
  .string()
  .regex(/^-?\d+$/)
  .transform(Number);

export const wireBoolean = z
  .enum(['true', 'false', 'True', 'False'])
  .transform((text) => text.toLowerCase() === 'true');

const xml = { 'content-type': 'text/xml;charset=UTF-8' };

export const ec2Reply = (action: string, requestId: string, content: Record<string, XmlValue>): WireResponse => ({
  statusCode: 200,
  headers: { ...xml, 'x-amzn-requestid': requestId },
  body: document(
    element(
      `${action}Response`,
      { requestId, ...content },
      'item',
      ' xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"',
    ),
  ),
});

export const ec2Error = ({ code, message, statusCode }: ServiceError, requestId: string): WireResponse => ({
  statusCode,
  headers: { ...xml, 'x-amzn-requestid': requestId },
  body: document(element('Response', { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId })),
});

/** SNS and STS: the content stands in a result, the request's ID in the metadata. */
export const queryReply = (
  action: string,
  requestId: string,
  namespace: string,
  content: Record<string, XmlValue>,
): WireResponse => ({
  statusCode: 200,
  headers: { ...xml, 'x-amzn-requestid': requestId },
  body: document(
    element(
      `${action}Response`,
      { [`${action}Result`]: content, ResponseMetadata: { RequestId: requestId } },
      'member',
      ` xmlns="${namespace}"`,
    ),
  ),
});

export const queryError = (error: ServiceError, requestId: string, namespace: string): WireResponse => {
  const { code, message, statusCode } = error;
  const type = statusCode >= 500 ? 'Receiver' : 'Sender';
  const content = { Error: { Type: type, Code: code, Message: message }, RequestId: requestId };
  return {
    statusCode,
    headers: { ...xml, 'x-amzn-requestid': requestId },
    body: document(element('ErrorResponse', content, 'member', ` xmlns="${namespace}"`)),
  };
};
