import { parsePolicy } from '../../../../local/account/iam/policy.ts';
import { deploy } from '../../../../local/deployment/deploy.ts';
import { parametersFor } from '../../../../local/deployment/fleet-parameters.ts';
import { type Clients, clientsOf, type Visit, visit } from '../../../support/account.ts';

/** A visit to an account on which the application is deployed. */
export const deployed = <T>(fleet: Parameters<typeof visit>[0], work: (visit: Visit) => Promise<T>): Promise<T> =>
  visit(fleet, (visitor) => {
    deploy({ account: visitor.account, seed: 1, parameters: parametersFor(fleet) });
    return work(visitor);
  });

/** The clients of a caller that may do only this. */
export function mayOnly({ account }: Visit, ...statements: object[]): Clients {
  const Statement = statements.map((statement, index) => ({ Sid: `S${index}`, Effect: 'Allow', ...statement }));
  account.access.restrict('a-caller', parsePolicy([{ Version: '2012-10-17', Statement }], 'a-caller'));
  return clientsOf(account, 'a-caller');
}
