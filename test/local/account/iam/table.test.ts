import { createAccount } from '../../../../local/account/account.ts';
import { createAccess } from '../../../../local/account/iam/access.ts';
import type { Scene } from '../../../../local/account/iam/access-request.ts';
import { denial } from '../../../../local/account/iam/denials.ts';
import { parsePolicy } from '../../../../local/account/iam/policy.ts';
import { REQUESTS } from '../../../../local/account/iam/request-table.ts';
import { installApplication } from '../../../../local/server/application.ts';
import { aFleet, stopped } from '../../../support/account.ts';

const fleet = aFleet(stopped());
const account = createAccount({ fleet, seed: 1, now: () => 0 });
installApplication(account, fleet, 1).stop();
const { world, objects } = account;
const scene: Scene = { account: account.id, region: account.region, now: 0, world, objects };
const operations = Object.entries(account.operations()).flatMap(([service, known]) =>
  Object.keys(known).map((operation): [string, string] => [service, operation]),
);
const request = { action: 'x:Y', resource: null, context: () => undefined };
const decision = { isAllowed: false, isExplicit: false } as const;

describe('the table of permissions', () => {
  it.each(operations)('knows what %s %s needs', (service, operation) => {
    expect(REQUESTS[service]?.[operation]).toBeInstanceOf(Function);
  });

  it.each([...new Set(operations.map(([service]) => service))].filter((service) => service !== 'sts'))(
    'knows how %s denies a call',
    (service) => {
      const denied = denial({ service, account: account.id, principal: 'a-caller', request, decision });
      expect(denied.statusCode).toBeGreaterThanOrEqual(400);
      expect(denied.message).toContain('x:Y');
    },
  );

  it('makes a call that it does not know an error of the account itself, and not of a caller that is not restricted', () => {
    const access = createAccess();
    access.restrict('a-caller', parsePolicy([], 'a-caller'));
    const asked = { service: 'ec2', operation: 'RebootInstances', parameters: {} };
    expect(() => access.check('a-caller', asked, scene)).toThrow('permissions ec2 RebootInstances needs');
    expect(() => access.check('anybody', asked, scene)).not.toThrow();
  });

  it.each([
    ['lambda', 'Invoke', { FunctionName: 'ReportRun' }, 'arn:aws:lambda:eu-central-1:123456789012:function:ReportRun'],
    [
      'lambda',
      'Invoke',
      { FunctionName: '123456789012:function:F' },
      'arn:aws:lambda:eu-central-1:123456789012:function:F',
    ],
    [
      'states',
      'DescribeExecution',
      { executionArn: 'arn:aws:states:r:1:execution:m:n' },
      'arn:aws:states:r:1:execution:m:n',
    ],
    ['states', 'ListExecutions', { mapRunArn: 'arn:aws:states:r:1:mapRun:m/M:n' }, 'arn:aws:states:r:1:mapRun:m/M:n'],
    [
      'scheduler',
      'GetSchedule',
      { Name: 'n', groupName: 'g' },
      'arn:aws:scheduler:eu-central-1:123456789012:schedule/g/n',
    ],
    ['resource-groups', 'GetGroup', { Group: 'dev' }, 'arn:aws:resource-groups:eu-central-1:123456789012:group/dev'],
    [
      'resource-groups',
      'GetGroup',
      { GroupName: 'arn:aws:resource-groups:r:1:group/a' },
      'arn:aws:resource-groups:r:1:group/a',
    ],
    ['ssm', 'ListCommandInvocations', {}, null],
    ['ssm', 'DescribeSessions', {}, null],
    ['ssm', 'DescribeInstanceAssociationsStatus', {}, null],
  ])('asks for the resource of %s %s', (service, operation, parameters, resource) => {
    expect(REQUESTS[service]?.[operation]?.(parameters, scene).map((one) => one.resource)).toEqual([resource]);
  });
});
