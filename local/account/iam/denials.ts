import { ServiceError } from '../wire/service-error.ts';
import type { AccessRequest, Decision } from './policy.ts';

/** How each service says that IAM has said no (docs/aws-behaviour.md 30, 34, 42). */
const WORDS: Record<string, { code: string; statusCode: number; begins?: string; ends?: string }> = {
  ec2: {
    code: 'UnauthorizedOperation',
    statusCode: 403,
    begins: 'You are not authorized to perform this operation. ',
    // Only STS can decode it (docs/aws-behaviour.md 142).
    ends: `. Encoded authorization failure message: ${'x9Zq'.repeat(100)}`,
  },
  ssm: { code: 'AccessDeniedException', statusCode: 400 },
  'resource-groups': { code: 'ForbiddenException', statusCode: 403 },
  sns: { code: 'AuthorizationError', statusCode: 403 },
  events: { code: 'AccessDeniedException', statusCode: 400 },
  states: { code: 'AccessDeniedException', statusCode: 400 },
  lambda: { code: 'AccessDeniedException', statusCode: 403 },
  scheduler: { code: 'AccessDeniedException', statusCode: 403 },
  s3: { code: 'AccessDenied', statusCode: 403 },
};

export interface Denied {
  service: string;
  account: string;
  principal: string;
  request: AccessRequest;
  decision: Decision & { isAllowed: false };
}

/** The service's own answer to a request that IAM has denied. */
export function denial({ service, account, principal, request, decision }: Denied): ServiceError {
  const words = WORDS[service];
  if (words === undefined) throw new Error(`it is not known how ${service} denies access`);
  const { action, resource } = request;
  // As CloudFormation names them.
  const role = `reveille-${principal}Role-1ABCDEFGHIJKL/reveille-${principal}-mNoPqRsTuVwX`;
  const user = `User: arn:aws:sts::${account}:assumed-role/${role}`;
  const why = decision.isExplicit
    ? `with an explicit deny in ${decision.byOrganization ? 'a service control policy' : 'an identity-based policy'}`
    : `because no identity-based policy allows the ${action} action`;
  const text = `${user} is not authorized to perform: ${action} on resource: ${resource ?? '*'} ${why}`;
  return new ServiceError(words.code, `${words.begins ?? ''}${text}${words.ends ?? ''}`, words.statusCode);
}
