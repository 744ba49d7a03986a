import { CreateTagsCommand, DeleteTagsCommand, StartInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { SendCommandCommand } from '@aws-sdk/client-ssm';
import {
  aFleet,
  clientsOf,
  manyInstances,
  nthId,
  refusal,
  running,
  stopped,
  type Visit,
  visit,
} from '../../../support/account.ts';
import { INSTANCE_ID } from '../../../support/builders.ts';
import { awake, invocationsOf, over, send, toDev } from '../targets.ts';
import { deployed, mayOnly } from './restricted.ts';

const LEASE = { Key: 'reveille:lease', Value: 'x' };
const Resources = [INSTANCE_ID];
const InstanceIds = [INSTANCE_ID];

describe('the role that starts', () => {
  it('starts no instance without a lease, and one with a lease as soon as EC2 shows it', () =>
    deployed(aFleet(stopped()), async (visitor) => {
      const { ec2 } = clientsOf(visitor.account, 'StartInstancesFunction');
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
      const { ec2 } = clientsOf(visitor.account, 'StartInstancesFunction');
      await ec2.send(new CreateTagsCommand({ Resources: [nthId(0)], Tags: [LEASE] }));
      await visitor.pass(4);

      const { message } = await refusal(ec2.send(new StartInstancesCommand({ InstanceIds: [nthId(0), nthId(1)] })));
      expect(message).toContain(
        `ec2:StartInstances on resource: arn:aws:ec2:eu-central-1:123456789012:instance/${nthId(1)}`,
      );
      expect(visitor.machine(nthId(0)).state).toBe('stopped');
    }));

  it('writes no tag but the lease, removes none, and stops no instance', () =>
    deployed(aFleet(running()), async (visitor) => {
      const { ec2 } = clientsOf(visitor.account, 'StartInstancesFunction');
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
      const { ec2 } = clientsOf(visitor.account, 'RestoreInstancesFunction');
      const stop = () => ec2.send(new StopInstancesCommand({ InstanceIds }));

      expect((await refusal(stop())).name).toBe('UnauthorizedOperation');
      await visitor.ec2.send(new CreateTagsCommand({ Resources, Tags: [LEASE] }));
      await visitor.pass(4);
      await stop();
      expect(visitor.machine().state).toBe('stopping');
    }));

  it('writes no tag and starts no instance', () =>
    deployed(aFleet(stopped()), async (visitor) => {
      const { ec2 } = clientsOf(visitor.account, 'RestoreInstancesFunction');
      const denied = [
        ec2.send(new CreateTagsCommand({ Resources, Tags: [LEASE] })),
        ec2.send(new StartInstancesCommand({ InstanceIds })),
      ];
      for (const call of denied) expect((await refusal(call)).name).toBe('UnauthorizedOperation');
    }));

  it('removes the lease, no other tag, and not all tags at once', () =>
    deployed(aFleet(stopped()), async (visitor) => {
      await visitor.ec2.send(new CreateTagsCommand({ Resources, Tags: [LEASE] }));
      const { ec2 } = clientsOf(visitor.account, 'RestoreInstancesFunction');
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

describe('SendCommand with a resource group as its target', () => {
  const document = { Action: 'ssm:SendCommand', Resource: 'arn:aws:ssm:eu-central-1::document/AWS-UpdateSSMAgent' };
  const instance = (id: string) => ({
    Action: 'ssm:SendCommand',
    Resource: `arn:aws:ec2:eu-central-1:123456789012:instance/${id}`,
  });
  const group = {
    Action: 'resource-groups:ListGroupResources',
    Resource: 'arn:aws:resource-groups:eu-central-1:123456789012:group/dev',
  };
  const sent = (...statements: object[]) =>
    visit(aFleet(awake(1), awake(2)), async (visitor) => {
      const command = await over(visitor, await send(mayOnly(visitor, ...statements).ssm, { Targets: toDev }));
      return { command, invocations: await invocationsOf(visitor, command) };
    });

  it('is denied to a caller that may not send the document', () =>
    visit(aFleet(running()), async (visitor) => {
      const { ssm } = mayOnly(visitor, group, instance('*'));
      expect(await refusal(send(ssm, { Targets: toDev }))).toMatchObject({
        name: 'AccessDeniedException',
        status: 400,
      });
    }));

  it('is taken from a caller that may not list the group, and then fails', async () => {
    const { command } = await sent(document, instance('*'));
    expect(command).toMatchObject({ Status: 'Failed', StatusDetails: 'AccessDenied', TargetCount: 0 });
  });

  it('goes only to the instances to which the caller may send, and the others end as AccessDenied', async () => {
    const { command, invocations } = await sent(document, group, instance(nthId(2)));
    expect(invocations).toEqual({ [nthId(1)]: 'AccessDenied', [nthId(2)]: 'Success' });
    expect(command).toMatchObject({ Status: 'Success', StatusDetails: 'Incomplete', ErrorCount: 0 });
  });

  it('goes to all with both permissions', async () => {
    const { command } = await sent(document, group, instance('*'));
    expect(command).toMatchObject({ Status: 'Success', StatusDetails: 'Success', TargetCount: 2 });
  });
});

describe('a key that is missing', () => {
  const objects = { Action: 's3:GetObject', Resource: 'arn:aws:s3:::*/runs/*' };
  const list = { Action: 's3:ListBucket', Resource: 'arn:aws:s3:::*' };
  const underPrefix = { ...list, Condition: { StringLike: { 's3:prefix': 'runs/*' } } };
  const file = (visitor: Visit) => ({ Bucket: visitor.account.bucket, Key: 'runs/1/report.json' });

  it('answers 404 to a caller that may list the bucket, and 403 to others', () =>
    visit(aFleet(), async (visitor) => {
      const get = (s3: S3Client) => refusal(s3.send(new GetObjectCommand(file(visitor))));
      expect(await get(mayOnly(visitor, objects, list).s3)).toMatchObject({ name: 'NoSuchKey', status: 404 });
      expect(await get(mayOnly(visitor, objects).s3)).toMatchObject({ name: 'AccessDenied', status: 403 });
    }));

  it('answers 403 to one that may list under a prefix only: a GET has none', () =>
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
      const { status, message } = await refusal(s3.send(new HeadObjectCommand(file(visitor))));
      expect(status).toBe(403);
      expect(message).not.toContain('authorized');
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
