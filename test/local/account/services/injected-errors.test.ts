import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetGroupCommand } from '@aws-sdk/client-resource-groups';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { PublishCommand } from '@aws-sdk/client-sns';
import { ListCommandsCommand } from '@aws-sdk/client-ssm';
import { connect } from '../../../../local/account/in-process.ts';
import type { Disturbance } from '../../../../local/account/injected-errors.ts';
import { ServiceError } from '../../../../local/account/wire/service-error.ts';
import { aFleet, refusal, running, type Visit, visit } from '../../../support/account.ts';
import { INSTANCE_ID } from '../../../support/builders.ts';

const calls: Record<string, (here: Visit) => Promise<unknown>> = {
  ec2: ({ ec2 }) => ec2.send(new DescribeInstancesCommand({})),
  ssm: ({ ssm }) => ssm.send(new ListCommandsCommand({})),
  s3: ({ s3, account }) => s3.send(new PutObjectCommand({ Bucket: account.bucket, Key: 'k', Body: 'x' })),
  'resource-groups': ({ groups }) => groups.send(new GetGroupCommand({ Group: 'dev' })),
  sns: ({ sns, account }) => sns.send(new PublishCommand({ TopicArn: account.topicArn, Message: 'm' })),
};
const ask = (here: Visit, service: string) => calls[service]?.(here) ?? Promise.reject(new Error(service));

describe('a disturbed call', () => {
  it.each<[string, Disturbance, string, number]>([
    ['ec2', 'throttled', 'RequestLimitExceeded', 503],
    ['ec2', 'internal-error', 'InternalError', 500],
    ['ec2', 'service-unavailable', 'Unavailable', 503],
    ['ssm', 'throttled', 'ThrottlingException', 400],
    ['ssm', 'internal-error', 'InternalServerError', 500],
    ['ssm', 'service-unavailable', 'ServiceUnavailable', 503],
    ['s3', 'throttled', 'SlowDown', 503],
    ['s3', 'internal-error', 'InternalError', 500],
    ['s3', 'service-unavailable', 'ServiceUnavailable', 503],
    ['resource-groups', 'throttled', 'TooManyRequestsException', 429],
    ['resource-groups', 'internal-error', 'InternalServerErrorException', 500],
    ['sns', 'throttled', 'ThrottledException', 429],
    ['sns', 'internal-error', 'InternalErrorException', 500],
  ])('of %s, %s: is answered %s (%i), until it ends', (service, error, name, status) =>
    visit(aFleet(running()), async (here) => {
      const end = here.account.disturb({ matches: (of) => of === service, error });
      expect(await refusal(ask(here, service))).toMatchObject({ name, status });
      const other = service === 'ec2' ? 'ssm' : 'ec2';
      await expect(ask(here, other)).resolves.toBeDefined();
      end();
      await expect(ask(here, service)).resolves.toBeDefined();
    }),
  );

  it('is not carried out, and stands in the journal with its error', () =>
    visit(aFleet(running()), async (here) => {
      here.account.disturb({ matches: (_, operation) => operation === 'PutObject', error: 'internal-error' });
      await refusal(ask(here, 's3'));
      expect(here.account.objects.keys(here.account.bucket)).toEqual([]);
      expect(here.account.journal.entries).toMatchObject([{ operation: 'PutObject', error: 'InternalError' }]);
    }));

  it('can have an error of its own, and be that of one caller only', () =>
    visit(aFleet(running()), async (here) => {
      const error = () => new ServiceError('Blocked', 'This account is currently blocked.', 403);
      here.account.disturb({ matches: (_service, _operation, principal) => principal === 'intruder', error });
      const intruder = new EC2Client({ ...connect(here.account, 'intruder', 1), maxAttempts: 1 });
      expect(await refusal(intruder.send(new DescribeInstancesCommand({})))).toMatchObject({ name: 'Blocked' });
      await expect(ask(here, 'ec2')).resolves.toBeDefined();
    }));

  it('ends with its own end only: two storms of the same rule are two', () =>
    visit(aFleet(running()), async (here) => {
      const rule = { matches: (service: string) => service === 'ec2', error: 'throttled' } as const;
      const end = here.account.disturb(rule);
      here.account.disturb(rule);
      end();
      expect((await refusal(ask(here, 'ec2'))).name).toBe('RequestLimitExceeded');
    }));

  it('is never that of people', () =>
    visit(aFleet(running()), async (here) => {
      here.account.disturb({ matches: () => true, error: 'throttled' });
      here.account.people.stop(INSTANCE_ID);
      expect(here.machine().state).toBe('stopping');
    }));
});
