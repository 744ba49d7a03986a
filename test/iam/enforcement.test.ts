import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeInstancesCommand,
  EC2Client,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { ListGroupResourcesCommand, ResourceGroupsClient } from '@aws-sdk/client-resource-groups';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListCommandsCommand, SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type AccessRequest, parsePolicy } from '../../local/account/iam/policy.ts';
import { connect } from '../../local/account/in-process.ts';
import { deploy } from '../../local/deployment.ts';
import { aFleet, manyInstances, nthId, refusal, running, stopped, type Visit, visit } from '../support/account.ts';
import { INSTANCE_ID } from '../support/builders.ts';

const LEASE = { Key: 'reveille:lease', Value: 'x' };
const Resources = [INSTANCE_ID];
const InstanceIds = [INSTANCE_ID];

/** Clients of somebody by this name, which ask once. */
function as({ account }: Visit, principal: string) {
  const once = { ...connect(account, principal, 1), maxAttempts: 1 };
  return {
    ec2: new EC2Client(once),
    ssm: new SSMClient(once),
    groups: new ResourceGroupsClient(once),
    s3: new S3Client(once),
    sns: new SNSClient(once),
    sts: new STSClient(once),
  };
}

/** An account on which the application is deployed. */
const deployed = <T>(fleet: Parameters<typeof visit>[0], work: (visit: Visit) => Promise<T>): Promise<T> =>
  visit(fleet, (visitor) => {
    deploy({ account: visitor.account, seed: 1, parameters: { ResourceGroups: 'dev' } });
    return work(visitor);
  });

/** Somebody who may do only this. */
function mayOnly(visitor: Visit, ...statements: object[]) {
  const Statement = statements.map((statement, index) => ({ Sid: `S${index}`, Effect: 'Allow', ...statement }));
  visitor.account.access.restrict('somebody', parsePolicy([{ Version: '2012-10-17', Statement }], 'somebody'));
  return as(visitor, 'somebody');
}

describe('the role that starts', () => {
  it('starts nobody without a lease, and whoever has one as soon as EC2 shows it', () =>
    deployed(aFleet(stopped()), async (visitor) => {
      const { ec2 } = as(visitor, 'StartInstancesFunction');
      const start = () => ec2.send(new StartInstancesCommand({ InstanceIds }));

      expect(await refusal(start())).toMatchObject({ name: 'UnauthorizedOperation', status: 403 });
      await ec2.send(new CreateTagsCommand({ Resources, Tags: [LEASE] }));
      expect(await refusal(start())).toMatchObject({ name: 'UnauthorizedOperation' });
      await visitor.pass(4);
      await start();
      expect(visitor.machine().state).toBe('pending');
    }));

  it('starts none of several if one of them has no lease', () =>
    deployed(aFleet(...manyInstances(2)), async (visitor) => {
      const { ec2 } = as(visitor, 'StartInstancesFunction');
      await ec2.send(new CreateTagsCommand({ Resources: [nthId(0)], Tags: [LEASE] }));
      await visitor.pass(4);

      const { message } = await refusal(ec2.send(new StartInstancesCommand({ InstanceIds: [nthId(0), nthId(1)] })));
      expect(message).toContain(
        `ec2:StartInstances on resource: arn:aws:ec2:eu-central-1:123456789012:instance/${nthId(1)}`,
      );
      expect(visitor.machine(nthId(0)).state).toBe('stopped');
    }));

  it('writes no tag but the lease, removes none, and stops nobody', () =>
    deployed(aFleet(running()), async (visitor) => {
      const { ec2 } = as(visitor, 'StartInstancesFunction');
      await visitor.ec2.send(new CreateTagsCommand({ Resources, Tags: [LEASE] }));
      await visitor.pass(4);

      for (const Tags of [[{ Key: 'Name', Value: 'mine' }], [LEASE, { Key: 'Name', Value: 'mine' }]]) {
        expect((await refusal(ec2.send(new CreateTagsCommand({ Resources, Tags })))).name).toBe(
          'UnauthorizedOperation',
        );
      }
      const denied = [
        ec2.send(new DeleteTagsCommand({ Resources, Tags: [LEASE] })),
        ec2.send(new StopInstancesCommand({ InstanceIds })),
      ];
      for (const call of denied) expect((await refusal(call)).name).toBe('UnauthorizedOperation');
      expect(visitor.machine().state).toBe('running');
    }));
});

describe('the role that stops', () => {
  it('stops only what carries a lease', () =>
    deployed(aFleet(running()), async (visitor) => {
      const { ec2 } = as(visitor, 'RestoreInstancesFunction');
      const stop = () => ec2.send(new StopInstancesCommand({ InstanceIds }));

      expect((await refusal(stop())).name).toBe('UnauthorizedOperation');
      await visitor.ec2.send(new CreateTagsCommand({ Resources, Tags: [LEASE] }));
      await visitor.pass(4);
      await stop();
      expect(visitor.machine().state).toBe('stopping');
    }));

  it('writes no tag and starts nobody', () =>
    deployed(aFleet(stopped()), async (visitor) => {
      const { ec2 } = as(visitor, 'RestoreInstancesFunction');
      const denied = [
        ec2.send(new CreateTagsCommand({ Resources, Tags: [LEASE] })),
        ec2.send(new StartInstancesCommand({ InstanceIds })),
      ];
      for (const call of denied) expect((await refusal(call)).name).toBe('UnauthorizedOperation');
    }));

  it('removes the lease, no other tag, and not all tags at once', () =>
    deployed(aFleet(stopped()), async (visitor) => {
      await visitor.ec2.send(new CreateTagsCommand({ Resources, Tags: [LEASE] }));
      const { ec2 } = as(visitor, 'RestoreInstancesFunction');
      const untag = (changes: object) => ec2.send(new DeleteTagsCommand({ Resources, ...changes }));

      expect((await refusal(untag({}))).name).toBe('UnauthorizedOperation');
      expect((await refusal(untag({ Tags: [{ Key: 'Environment' }] }))).name).toBe('UnauthorizedOperation');
      expect([...visitor.machine().tags.keys()]).toEqual(['Environment', 'reveille:lease']);
      await untag({ Tags: [LEASE] });
      expect([...visitor.machine().tags.keys()]).toEqual(['Environment']);
    }));
});

describe('SendCommand', () => {
  const document = 'arn:aws:ssm:eu-central-1::document/AWS-UpdateSSMAgent';
  const instances = 'arn:aws:ec2:eu-central-1:123456789012:instance/*';

  it.each([
    ['for its document alone', document],
    ['for its instances alone', instances],
  ])('that is allowed %s is denied', (_, Resource) =>
    visit(aFleet(running()), async (visitor) => {
      const { ssm } = mayOnly(visitor, { Action: 'ssm:SendCommand', Resource });
      const send = ssm.send(new SendCommandCommand({ DocumentName: 'AWS-UpdateSSMAgent', InstanceIds }));
      expect(await refusal(send)).toMatchObject({ name: 'AccessDeniedException', status: 400 });
    }),
  );

  it('that is allowed for both is sent', () =>
    visit(aFleet(running()), async (visitor) => {
      const { ssm } = mayOnly(visitor, { Action: 'ssm:SendCommand', Resource: [document, instances] });
      const { Command } = await ssm.send(new SendCommandCommand({ DocumentName: 'AWS-UpdateSSMAgent', InstanceIds }));
      expect(Command?.InstanceIds).toEqual(InstanceIds);
    }));
});

describe('a key that is missing', () => {
  const objects = { Action: 's3:GetObject', Resource: 'arn:aws:s3:::*/runs/*' };
  const list = { Action: 's3:ListBucket', Resource: 'arn:aws:s3:::*' };
  const underPrefix = { ...list, Condition: { StringLike: { 's3:prefix': 'runs/*' } } };
  const file = (visitor: Visit) => ({ Bucket: visitor.account.bucket, Key: 'runs/1/report.json' });

  it('answers 404 to whoever may list the bucket, and 403 to others', () =>
    visit(aFleet(), async (visitor) => {
      const get = (s3: S3Client) => refusal(s3.send(new GetObjectCommand(file(visitor))));
      expect(await get(mayOnly(visitor, objects, list).s3)).toMatchObject({ name: 'NoSuchKey', status: 404 });
      expect(await get(mayOnly(visitor, objects).s3)).toMatchObject({ name: 'AccessDenied', status: 403 });
    }));

  it('answers 403 to whoever may list under a prefix only: a GET has none', () =>
    visit(aFleet(), async (visitor) => {
      const { s3 } = mayOnly(visitor, objects, underPrefix);
      const { Bucket, Key } = file(visitor);
      expect((await refusal(s3.send(new GetObjectCommand({ Bucket, Key })))).status).toBe(403);
      expect((await refusal(s3.send(new ListObjectsV2Command({ Bucket })))).status).toBe(403);
      expect((await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'runs/1/' }))).KeyCount).toBe(0);
    }));

  it('answers a HEAD with 403 and no body', () =>
    visit(aFleet(), async (visitor) => {
      const { s3 } = mayOnly(visitor, objects);
      expect((await refusal(s3.send(new HeadObjectCommand(file(visitor))))).status).toBe(403);
    }));

  it('makes no difference once it is there', () =>
    visit(aFleet(), async (visitor) => {
      await visitor.s3.send(new PutObjectCommand({ ...file(visitor), Body: '{}' }));
      const { s3 } = mayOnly(visitor, objects);
      expect((await s3.send(new GetObjectCommand(file(visitor)))).ContentLength).toBe(2);
    }));
});

it('a write that depends on an ETag needs to be allowed to read', () =>
  visit(aFleet(), async (visitor) => {
    const file = { Bucket: visitor.account.bucket, Key: 'lock' };
    const { ETag: IfMatch } = await visitor.s3.send(new PutObjectCommand({ ...file, Body: '1' }));
    const write = { Action: ['s3:PutObject', 's3:DeleteObject'], Resource: 'arn:aws:s3:::*/lock' };
    const { s3 } = mayOnly(visitor, write);

    expect((await refusal(s3.send(new DeleteObjectCommand({ ...file, IfMatch })))).status).toBe(403);
    expect((await refusal(s3.send(new PutObjectCommand({ ...file, Body: '2', IfMatch })))).status).toBe(403);
    await mayOnly(visitor, write, { ...write, Action: 's3:GetObject' }).s3.send(
      new DeleteObjectCommand({ ...file, IfMatch }),
    );
    expect(visitor.account.objects.keys(file.Bucket)).toEqual([]);
  }));

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
        /assumed-role\/somebody\/somebody is not authorized to perform: \S+ on resource: \S+ because no/,
      );
      expect(visitor.account.journal.entries.at(-1)).toMatchObject({ principal: 'somebody', service, error: name });
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
      expect((await mayOnly(visitor).sts.send(new GetCallerIdentityCommand({}))).Arn).toContain('somebody');
    }));

  it('is a matter of whoever was restricted: a person may do everything', () =>
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
        (principal, action) => principal === 'somebody' && action.startsWith('ec2:Describe'),
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

    const held = { principal: 'somebody', sid: 'S0', resource: '*' };
    expect(visitor.account.access.used()).toEqual([{ ...held, action: 'ec2:DescribeInstances' }]);
    expect(visitor.account.access.allowed()).toHaveLength(2);
  }));

it('an unrestricted request is decided without any policy', () =>
  visit(aFleet(), async ({ account }) => {
    const request: AccessRequest = { action: 'ec2:StopInstances', resource: null, context: () => undefined };
    expect(account.access.decide('anybody', request).isAllowed).toBe(true);
  }));

type Clients = ReturnType<typeof as>;
