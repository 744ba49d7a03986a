import { StartInstancesCommand } from '@aws-sdk/client-ec2';
import { ListGroupResourcesCommand } from '@aws-sdk/client-resource-groups';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { PublishCommand } from '@aws-sdk/client-sns';
import { DescribeInstanceInformationCommand } from '@aws-sdk/client-ssm';
import { describeTagged } from '../../../../functions/aws/ec2-describe.ts';
import { describeByIds } from '../../../../functions/aws/ec2-describe-by-id.ts';
import { startInstances, stopInstances } from '../../../../functions/aws/ec2-start-stop.ts';
import {
  type ClientOptions,
  createEc2Client,
  createResourceGroupsClient,
  createS3Client,
  createSnsClient,
  createSsmClient,
} from '../../../../functions/aws/sdk/clients.ts';
import { lastAnswer, OutOfTime } from '../../../../functions/aws/sdk/send-in-time.ts';
import { sendCommand } from '../../../../functions/aws/ssm-commands.ts';
import { updateSsmAgent } from '../../../../functions/domain/work/update-ssm-agent.ts';

const now = () => new Date('2026-12-06T02:00:00.000Z');
const answeredAt = now().toISOString();

interface Answer {
  statusCode: number;
  body: string;
}

/** Answers in turn, the last one for ever; counts how often it was asked. No sockets. */
function aService(...answers: Answer[]): { options: ClientOptions; attempts(): number } {
  let attempts = 0;
  const requestHandler = {
    metadata: { handlerProtocol: 'h1' },
    handle: async () => {
      const { statusCode, body } = answers[Math.min(attempts, answers.length - 1)] ?? { statusCode: 500, body: '' };
      attempts += 1;
      return { response: { statusCode, headers: {}, body: Buffer.from(body) } };
    },
  };
  const options = {
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIDTEST', secretAccessKey: 'test' },
    requestHandler: requestHandler as unknown as NonNullable<ClientOptions['requestHandler']>,
  };
  return { options, attempts: () => attempts };
}

const ec2Error = (statusCode: number, code: string): Answer => ({
  statusCode,
  body: `<Response><Errors><Error><Code>${code}</Code><Message>no</Message></Error></Errors><RequestID>r-1</RequestID></Response>`,
});
const ec2Success: Answer = {
  statusCode: 200,
  body: `<StartInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId>
    <instancesSet><item><instanceId>i-1</instanceId><previousState><code>80</code><name>stopped</name></previousState>
    </item></instancesSet></StartInstancesResponse>`,
};

const startWith = (options: ClientOptions) =>
  createEc2Client(options).send(new StartInstancesCommand({ InstanceIds: ['i-1'] }));

/** All waiting is skipped, and the clock moves on by it; the retries themselves are the real ones. */
beforeEach(() => {
  let now = Date.parse('2026-12-06T02:00:00Z');
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  const skip = (done: () => void, milliseconds = 0) => {
    now += Math.max(1, Math.ceil(milliseconds));
    setImmediate(done);
  };
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(skip as unknown as typeof setTimeout);
});
afterEach(() => jest.restoreAllMocks());

describe('a stop', () => {
  it('is not tried again by the SDK once its time is over: it may have been carried out, and is not sent twice', async () => {
    const { options, attempts } = aService(ec2Error(500, 'InternalError'));
    const began = Date.now();
    const hasTime = () => Date.now() === began;

    const { untried, replies } = await stopInstances(createEc2Client(options), ['i-1'], {
      hibernate: false,
      turn: 0,
      hasTime,
    });

    expect({ attempts: attempts(), untried, replies }).toEqual({ attempts: 1, untried: ['i-1'], replies: [] });
  });
});

describe('a listing', () => {
  it('tells what the last try has met, where no other may leave', async () => {
    const { options, attempts } = aService(ec2Error(503, 'Unavailable'));
    const began = Date.now();

    const listing = describeTagged(createEc2Client(options), 'reveille:lease', () => () => Date.now() === began);

    const error = await listing.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OutOfTime);
    expect(lastAnswer(error)).toMatchObject({ name: 'Unavailable' });
    expect(attempts()).toBe(1);
  });
});

describe('a command', () => {
  it('is not sent again by the SDK once its time is over', async () => {
    const { options, attempts } = aService({ statusCode: 500, body: '{"__type":"InternalServerError"}' });
    const began = Date.now();
    const mayLeave = () => Date.now() === began;
    const request = {
      work: updateSsmAgent,
      target: '3.3.551.0',
      comment: 'c',
      timeoutSeconds: 3600,
      turn: 0,
      hasTime: () => true,
      now,
    };

    const { untried } = await sendCommand(createSsmClient(options), [['i-1']], { ...request, mayLeave });

    expect({ attempts: attempts(), untried }).toEqual({ attempts: 1, untried: ['i-1'] });
  });
});

describe('the EC2 client', () => {
  it.each(['InsufficientInstanceCapacity', 'InsufficientHostCapacity', 'InsufficientReservedInstanceCapacity'])(
    'does not try again at once for %s, though that is a server error: the state machine waits for capacity',
    async (code) => {
      const { options, attempts } = aService(ec2Error(500, code), ec2Success);

      await expect(startWith(options)).rejects.toMatchObject({ name: code });

      expect(attempts()).toBe(1);
    },
  );

  it.each([
    ['throttling', ec2Error(503, 'RequestLimitExceeded')],
    ['a passing server error', ec2Error(500, 'InternalError')],
  ])('tries again after %s', async (_what, trouble) => {
    const { options, attempts } = aService(trouble, trouble, ec2Success);

    const { StartingInstances } = await startWith(options);

    expect(attempts()).toBe(3);
    expect(StartingInstances?.[0]).toMatchObject({ InstanceId: 'i-1', PreviousState: { Name: 'stopped' } });
  });

  it('gives up after six attempts, with EC2’s own error', async () => {
    const { options, attempts } = aService(ec2Error(503, 'RequestLimitExceeded'));

    await expect(startWith(options)).rejects.toMatchObject({ name: 'RequestLimitExceeded' });

    expect(attempts()).toBe(6);
  });

  it('is kept from sending a start again once its time is over: throttled so far, it is left untried', async () => {
    const { options, attempts } = aService(ec2Error(503, 'RequestLimitExceeded'));
    const hasTime = () => attempts() < 2;

    const answer = await startInstances(createEc2Client(options), ['i-1'], { turn: 0, hasTime, now });

    expect(answer).toEqual({ replies: [], refused: [], undecided: [], untried: ['i-1'] });
    expect(attempts()).toBe(2);
  });

  it.each([
    ['its time is over', 1, ec2Success],
    ['the next try is refused: that is no answer to the first', 6, ec2Error(403, 'UnauthorizedOperation')],
  ])('does not know whether a start took effect that got no answer before %s', async (_what, tries, next) => {
    const { options, attempts } = aService(ec2Error(500, 'InternalError'), next);
    const hasTime = () => attempts() < tries;

    const starting = startInstances(createEc2Client(options), ['i-1', 'i-2'], { turn: 0, hasTime, now });

    await expect(starting).rejects.toMatchObject({
      name: 'AwsUnavailable',
      message: expect.stringContaining('it may have taken effect'),
    });
  });

  it('says so of the very instances whose start got no answer, and of no others', async () => {
    // The two are refused, then the first alone gets no answer at first, then both are started alone.
    const { options } = aService(ec2Error(400, 'IncorrectInstanceState'), ec2Error(500, 'InternalError'), ec2Success, {
      ...ec2Success,
      body: ec2Success.body.replace('i-1', 'i-2'),
    });

    const { replies } = await startInstances(createEc2Client(options), ['i-1', 'i-2'], {
      turn: 0,
      hasTime: () => true,
      now,
    });

    expect(replies.flat()).toEqual([
      { instanceId: 'i-1', previousState: 'stopped', mayHaveTakenEffect: true, answeredAt },
      { instanceId: 'i-2', previousState: 'stopped', mayHaveTakenEffect: false, answeredAt },
    ]);
  });

  it.each([
    ['a passing server error may have taken effect', ec2Error(500, 'InternalError'), true],
    ['throttling has done nothing', ec2Error(503, 'RequestLimitExceeded'), false],
  ])(
    'says of a start that was tried again whether an earlier try may count: %s',
    async (_what, trouble, mayHaveTakenEffect) => {
      const { options } = aService(trouble, ec2Success);
      const hasTime = () => true;

      const { replies } = await startInstances(createEc2Client(options), ['i-1'], { turn: 0, hasTime, now });

      expect(replies.flat()).toEqual([{ instanceId: 'i-1', previousState: 'stopped', mayHaveTakenEffect, answeredAt }]);
    },
  );

  it('does not repeat what EC2 refuses', async () => {
    const { options, attempts } = aService(ec2Error(400, 'IncorrectInstanceState'), ec2Success);

    await expect(startWith(options)).rejects.toMatchObject({ name: 'IncorrectInstanceState' });

    expect(attempts()).toBe(1);
  });
});

describe('a look at instances of several zones', () => {
  const noInstances: Answer = {
    statusCode: 200,
    body: '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet/></DescribeInstancesResponse>',
  };
  const look = (options: ClientOptions) =>
    describeByIds(createEc2Client(options), [
      { instanceId: 'i-1', zone: 'a' },
      { instanceId: 'i-2', zone: 'b' },
    ]);

  it('is as patient as any where EC2 throttles, which is no zone’s fault', async () => {
    const { options, attempts } = aService(ec2Error(503, 'RequestLimitExceeded'), noInstances);

    expect((await look(options)).unseen.get('i-1')).toEqual({ kind: 'unknown' });

    expect(attempts()).toBe(2);
  });

  it('asks each zone by itself where EC2 fails, without a second try', async () => {
    const { options, attempts } = aService(ec2Error(500, 'InternalError'));

    expect((await look(options)).unseen.get('i-2')).toMatchObject({ kind: 'silent' });

    expect(attempts()).toBe(3);
  });

  it('takes those for silent for which there is no time, where no zone is known', async () => {
    const { options, attempts } = aService(ec2Error(500, 'InternalError'), noInstances);
    const unplaced = Array.from({ length: 20 }, (_, index) => ({ instanceId: `i-${index}` }));

    const { unseen } = await describeByIds(createEc2Client(options), unplaced, { mayLeave: () => attempts() < 4 });

    expect(attempts()).toBe(4);
    const kinds = [...unseen.values()].map(({ kind }) => kind);
    expect([kinds.filter((kind) => kind === 'unknown').length, kinds.length]).toEqual([3, 20]);
  });
});

describe('every other client', () => {
  it.each<[string, string, (options: ClientOptions) => Promise<unknown>]>([
    ['SSM', '{}', (options) => createSsmClient(options).send(new DescribeInstanceInformationCommand({}))],
    [
      'Resource Groups',
      '{}',
      (options) => createResourceGroupsClient(options).send(new ListGroupResourcesCommand({ Group: 'dev' })),
    ],
    [
      'S3',
      '<Error><Code>SlowDown</Code></Error>',
      (options) => createS3Client(options).send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' })),
    ],
    [
      'SNS',
      '<ErrorResponse><Error><Code>ServiceUnavailable</Code></Error></ErrorResponse>',
      (options) => createSnsClient(options).send(new PublishCommand({ TopicArn: 'arn:topic', Message: 'hello' })),
    ],
  ])('is as patient: %s is asked six times', async (_service, body, call) => {
    const { options, attempts } = aService({ statusCode: 503, body });

    await expect(call(options)).rejects.toThrow();

    expect(attempts()).toBe(6);
  });
});
