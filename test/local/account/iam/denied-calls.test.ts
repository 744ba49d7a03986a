import { DescribeInstancesCommand, type EC2Client, StartInstancesCommand } from '@aws-sdk/client-ec2';
import { ListGroupResourcesCommand } from '@aws-sdk/client-resource-groups';
import { PublishCommand } from '@aws-sdk/client-sns';
import { ListCommandsCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { AccessRequest } from '../../../../local/account/iam/policy.ts';
import { aFleet, type Clients, refusal, stopped, visit } from '../../../support/account.ts';
import { INSTANCE_ID } from '../../../support/builders.ts';
import { deployed, mayOnly } from './restricted.ts';

const InstanceIds = [INSTANCE_ID];

describe('a denied call', () => {
  it.each([
    ['ec2', 'UnauthorizedOperation', 403, (who: Clients) => who.ec2.send(new DescribeInstancesCommand({}))],
    ['ssm', 'AccessDeniedException', 400, (who: Clients) => who.ssm.send(new ListCommandsCommand({}))],
    [
      'sns',
      'AuthorizationError',
      403,
      (who: Clients, topic: string) => who.sns.send(new PublishCommand({ TopicArn: topic, Message: 'x' })),
    ],
    [
      'resource-groups',
      'ForbiddenException',
      403,
      (who: Clients) => who.groups.send(new ListGroupResourcesCommand({ Group: 'dev' })),
    ],
  ] as const)('of %s answers %s, and the journal has it', (service, name, status, call) =>
    visit(aFleet(), async (visitor) => {
      const told = await refusal(call(mayOnly(visitor), visitor.account.topicArn));
      expect(told.status).toBe(status);
      // Some clients add a word of their own.
      expect(told.name).toMatch(new RegExp(`^${name}(Exception)?$`));
      expect(told.message).toMatch(
        /assumed-role\/\S*a-caller\S* is not authorized to perform: \S+ on resource: \S+ because no/,
      );
      expect(visitor.account.journal.entries.at(-1)).toMatchObject({ principal: 'a-caller', service, error: name });
    }),
  );

  it('is counted by the throttle like any other', () =>
    visit(aFleet(stopped()), async (visitor) => {
      const { ec2 } = mayOnly(visitor);
      const names = [];
      for (let call = 0; call < 7; call++) {
        names.push((await refusal(ec2.send(new StartInstancesCommand({ InstanceIds })))).name);
      }
      expect(names).toContain('RequestLimitExceeded');
    }));

  it('to ask who one is needs no permission', () =>
    visit(aFleet(), async (visitor) => {
      expect((await mayOnly(visitor).sts.send(new GetCallerIdentityCommand({}))).Arn).toContain('a-caller');
    }));

  it('is a matter of callers that were restricted: a person may do everything', () =>
    deployed(aFleet(stopped()), async ({ ec2, machine }) => {
      await ec2.send(new StartInstancesCommand({ InstanceIds }));
      expect(machine().state).toBe('pending');
    }));
});

describe('permissions that are revoked for a while', () => {
  it('are denied whatever the policy says, to those whom it is about, until it ends', () =>
    visit(aFleet(), async (visitor) => {
      const describe = (ec2: EC2Client) => ec2.send(new DescribeInstancesCommand({}));
      const { ec2 } = mayOnly(visitor, { Action: 'ec2:*', Resource: '*' });
      const allowAgain = visitor.account.access.revoke(
        (principal, action) => principal === 'a-caller' && action.startsWith('ec2:Describe'),
      );

      expect((await refusal(describe(ec2))).message).toContain('with an explicit deny');
      await describe(visitor.ec2);
      allowAgain();
      await describe(ec2);
    }));

  it('can be taken from a person as well', () =>
    visit(aFleet(), async (visitor) => {
      visitor.account.access.revoke((principal) => principal === 'visitor');
      expect((await refusal(visitor.ssm.send(new ListCommandsCommand({})))).name).toBe('AccessDeniedException');
    }));
});

it('what was used is told once for each, and what was denied is not', () =>
  visit(aFleet(stopped()), async (visitor) => {
    const { ec2 } = mayOnly(visitor, { Action: ['ec2:DescribeInstances', 'ec2:StopInstances'], Resource: '*' });
    for (let call = 0; call < 2; call++) await ec2.send(new DescribeInstancesCommand({}));
    await refusal(ec2.send(new StartInstancesCommand({ InstanceIds })));

    const held = { principal: 'a-caller', sid: 'S0', resource: '*' };
    expect(visitor.account.access.used()).toEqual([{ ...held, action: 'ec2:DescribeInstances' }]);
    expect(visitor.account.access.allowed()).toHaveLength(2);
  }));

it('an unrestricted request is decided without any policy', () =>
  visit(aFleet(), async ({ account }) => {
    const request: AccessRequest = { action: 'ec2:StopInstances', resource: null, context: () => undefined };
    expect(account.access.decide('anybody', request).isAllowed).toBe(true);
  }));
