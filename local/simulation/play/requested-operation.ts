import type { Account } from '../../account/account.ts';
import type { WireRequest } from '../../account/wire/http.ts';

/** What a request asks for. */
export interface Asked {
  service: string;
  operation: string;
}

const CREDENTIAL = /Credential=[^/]+\/\d{8}\/[^/]+\/([^/]+)\//;

const GROUP_OPERATIONS: Record<string, string> = {
  '/list-group-resources': 'ListGroupResources',
  '/get-group': 'GetGroup',
};

/** Reads service and operation from the wire, without decoding the rest. */
export function askedOf(account: Account, request: WireRequest): Asked {
  const { headers, path, body } = request;
  const service = CREDENTIAL.exec(headers['authorization'] ?? '')?.[1] ?? '';
  if (service === 's3') return { service, operation: account.objects.route(request).operation };
  const target = headers['x-amz-target'];
  if (target !== undefined) return { service, operation: target.split('.').at(-1) ?? '' };
  if (service === 'resource-groups') return { service, operation: GROUP_OPERATIONS[path] ?? path };
  return { service, operation: /(?:^|&)Action=(\w+)/.exec(body.toString())?.[1] ?? '' };
}
