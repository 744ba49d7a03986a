import type { Scene } from './access-request.ts';
import { denial } from './denials.ts';
import { organization } from './organization.ts';
import type { AccessRequest, Decision, Permission, Policy } from './policy.ts';
import { REQUESTS } from './request-table.ts';

/** Whether a principal's action is among those that were revoked. */
export type RevokedMatcher = (principal: string, action: string) => boolean;

/** A permission, and the principal that has it. */
export interface HeldPermission extends Permission {
  principal: string;
}

/** What each principal may do. One that was not restricted may do everything: a person, a test's own client. */
export interface Access {
  /** From now on this principal may do what the policy allows, and nothing else. */
  restrict(principal: string, policy: Policy): void;
  /** Denies these actions for a while, whatever the policies say. @returns what ends it */
  revoke(matches: RevokedMatcher): () => void;
  /** What IAM says to one request. An allowed one has used its permission. */
  decide(principal: string, request: AccessRequest): Decision;
  /** @throws ServiceError, in the service's own words, if the call may not be made */
  check(principal: string, asked: { service: string; operation: string; parameters: unknown }, scene: Scene): void;
  /** Everything that the restricted principals may do. */
  allowed(): HeldPermission[];
  /** What of that they have needed so far, each once. Of two that allow the same, the first counts. */
  used(): HeldPermission[];
}

const UNRESTRICTED: Decision = {
  isAllowed: true,
  permission: { sid: 'Unrestricted', action: '*', resource: '*' },
};

const held = (principal: string, permissions: Iterable<Permission>): HeldPermission[] =>
  [...permissions].map((permission) => ({ principal, ...permission }));

export function createAccess(): Access {
  const roles = new Map<string, { policy: Policy; used: Set<Permission> }>();
  const revoked = new Set<RevokedMatcher>();

  function decide(principal: string, request: AccessRequest): Decision {
    for (const matches of revoked) {
      if (matches(principal, request.action)) return { isAllowed: false, isExplicit: true };
    }
    const above = organization.evaluate(request);
    if (!above.isAllowed && above.isExplicit) return { ...above, byOrganization: true };
    const role = roles.get(principal);
    if (role === undefined) return UNRESTRICTED;
    const decision = role.policy.evaluate(request);
    if (decision.isAllowed) role.used.add(decision.permission);
    return decision;
  }

  return {
    restrict: (principal, policy) => void roles.set(principal, { policy, used: new Set() }),
    revoke(matches) {
      revoked.add(matches);
      return () => void revoked.delete(matches);
    },
    decide,
    check(principal, { service, operation, parameters }, scene) {
      const asks = REQUESTS[service]?.[operation];
      if (asks === undefined && revoked.size === 0 && !roles.has(principal)) return;
      if (asks === undefined) throw new Error(`it is not known which permissions ${service} ${operation} needs`);
      for (const request of asks(parameters, scene)) {
        const decision = decide(principal, request);
        if (decision.isAllowed) continue;
        throw denial({ service, account: scene.account, principal, request, decision });
      }
    },
    allowed: () => [...roles].flatMap(([principal, { policy }]) => held(principal, policy.permissions)),
    used: () => [...roles].flatMap(([principal, { used }]) => held(principal, used)),
  };
}
