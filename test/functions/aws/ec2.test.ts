import 'aws-sdk-client-mock-jest';
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  EC2Client,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { describeInstances, readStopProtection } from '../../../functions/aws/ec2-describe.ts';
import { startInstances, stopInstances, tryStop } from '../../../functions/aws/ec2-start-stop.ts';
import { refusalOf } from '../../../functions/domain/model/aws-errors.ts';
import { instanceFacts } from '../../support/builders.ts';
import { awsError, described, instanceIds, noCapacity, throttled } from '../../support/functions.ts';

const ec2 = mockClient(EC2Client);
const client = new EC2Client({ region: 'eu-central-1' });
const hasTime = () => true;

beforeEach(() => ec2.reset());

describe('describeInstances', () => {
  it('reduces what EC2 says to what the rules look at', async () => {
    const facts = instanceFacts({ isSpot: true, tags: { Name: 'web-1', team: 'blue' } });
    ec2.on(DescribeInstancesCommand).resolves(described(facts));

    const { facts: found } = await describeInstances(client, [facts.instanceId]);

    expect(found.get(facts.instanceId)).toEqual(facts);
  });

  it('asks by filter, so that an unknown ID is absent and fails no other', async () => {
    const [known = '', unknown = ''] = instanceIds(2);
    ec2.on(DescribeInstancesCommand).resolves(described(instanceFacts({ instanceId: known })));

    const { facts: found } = await describeInstances(client, [known, unknown]);

    expect([...found.keys()]).toEqual([known]);
    expect(ec2).toHaveReceivedCommandWith(DescribeInstancesCommand, {
      Filters: [{ Name: 'instance-id', Values: [known, unknown] }],
    });
  });

  it('takes at most 200 IDs at once, and reads all pages', async () => {
    const ids = instanceIds(201);
    ec2.on(DescribeInstancesCommand).callsFake(({ Filters, NextToken }) => {
      const values: string[] = Filters[0].Values;
      const [from, to] = NextToken === undefined ? [0, 150] : [150, 200];
      const page = described(...values.slice(from, to).map((instanceId) => instanceFacts({ instanceId })));
      return NextToken === undefined && values.length > 150 ? { ...page, NextToken: 'more' } : page;
    });

    const { facts: found } = await describeInstances(client, ids);

    expect([...found.keys()]).toEqual(ids);
    const sizes = ec2.commandCalls(DescribeInstancesCommand).map(({ args: [{ input }] }) => input.Filters?.[0]?.Values);
    expect(sizes.map((values) => values?.length)).toEqual([200, 200, 1]);
  });

  it('asks nothing for no instance', async () => {
    expect((await describeInstances(client, [])).facts.size).toBe(0);
    expect(ec2.calls()).toEqual([]);
  });

  it('does not guess what it can not read, which is that one alone', async () => {
    const odd = { InstanceId: 'i-1' };
    const other = described(instanceFacts({ instanceId: 'i-2' })).Reservations ?? [];
    ec2.on(DescribeInstancesCommand).resolves({ Reservations: [{ Instances: [odd] }, ...other] });

    const { facts, unreadable } = await describeInstances(client, ['i-1', 'i-2']);
    expect([...facts.keys()]).toEqual(['i-2']);
    expect([...unreadable]).toEqual([
      ['i-1', expect.objectContaining({ name: 'UnexpectedReply', message: expect.stringContaining('State') })],
    ]);
  });

  it('has nothing to go by where a row names no instance', async () => {
    ec2.on(DescribeInstancesCommand).resolves({ Reservations: [{ Instances: [{ State: { Name: 'running' } }] }] });

    await expect(describeInstances(client, ['i-1'])).rejects.toMatchObject({ name: 'UnexpectedReply' });
  });
});

describe('readStopProtection', () => {
  it('asks each for the attribute', async () => {
    const [free = '', protectedOne = '', unsaid = ''] = instanceIds(3);
    ec2.on(DescribeInstanceAttributeCommand).resolves({ DisableApiStop: { Value: false } });
    ec2
      .on(DescribeInstanceAttributeCommand, { InstanceId: protectedOne, Attribute: 'disableApiStop' })
      .resolves({ DisableApiStop: { Value: true } });
    ec2.on(DescribeInstanceAttributeCommand, { InstanceId: unsaid }).resolves({});

    const { replies, refusals } = await readStopProtection(client, [free, protectedOne, unsaid]);

    expect([...replies.values()]).toEqual([false, true, false]);
    expect(refusals.size).toBe(0);
  });

  it('is told of each by itself what EC2 refuses to say, and that one is gone', async () => {
    const [free = '', denied = '', gone = ''] = instanceIds(3);
    ec2.on(DescribeInstanceAttributeCommand).resolves({ DisableApiStop: { Value: false } });
    ec2.on(DescribeInstanceAttributeCommand, { InstanceId: denied }).rejects(awsError('UnauthorizedOperation', 'no'));
    ec2.on(DescribeInstanceAttributeCommand, { InstanceId: gone }).rejects(awsError('InvalidInstanceID.NotFound'));

    const { replies, refusals } = await readStopProtection(client, [free, denied, gone]);

    expect([...replies]).toEqual([
      [free, false],
      [gone, false],
    ]);
    expect([...refusals]).toEqual([
      [denied, refusalOf('DescribeInstanceAttribute', { code: 'UnauthorizedOperation', message: 'no' })],
    ]);
  });

  it('takes throttling for no answer: the step is tried again', async () => {
    ec2.on(DescribeInstanceAttributeCommand).rejects(awsError('RequestLimitExceeded'));

    await expect(readStopProtection(client, instanceIds(2))).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
  });

  it('has at most eight calls under way', async () => {
    let open = 0;
    let most = 0;
    ec2.on(DescribeInstanceAttributeCommand).callsFake(async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return {};
    });

    await readStopProtection(client, instanceIds(30));

    expect(most).toBe(8);
    expect(ec2).toHaveReceivedCommandTimes(DescribeInstanceAttributeCommand, 30);
  });
});

describe('tryStop', () => {
  it.each([
    [false, { InstanceIds: ['i-1'], DryRun: true }],
    [true, { InstanceIds: ['i-1'], Hibernate: true, DryRun: true }],
  ])('asks as the stop would, with hibernation %s, and stops nothing', async (hibernate, input) => {
    ec2.on(StopInstancesCommand).rejects(awsError('DryRunOperation', 'Request would have succeeded', 412));

    expect(await tryStop(client, 'i-1', { hibernate })).toBeNull();

    expect(ec2.commandCalls(StopInstancesCommand).map(({ args }) => args[0].input)).toEqual([input]);
  });

  it.each([
    ['UnauthorizedOperation', 403],
    ['RequestLimitExceeded', 503],
    ['InternalError', 500],
  ])('takes no other code for a yes, whatever its text says: %s', async (code, status) => {
    ec2.on(StopInstancesCommand).rejects(awsError(code, 'DryRunOperation: would have succeeded', status));

    expect(await tryStop(client, 'i-1', { hibernate: false })).toMatchObject({ code });
  });

  it('does not believe a success: nothing answers a dry run so', async () => {
    ec2.on(StopInstancesCommand).resolves({});

    await expect(tryStop(client, 'i-1', { hibernate: false })).rejects.toMatchObject({ name: 'UnexpectedReply' });
  });
});

describe('startInstances and stopInstances', () => {
  const now = () => new Date('2026-12-06T02:00:00.000Z');
  const ids = instanceIds(4);
  const [, bad = ''] = ids;

  it('says in which state EC2 found them', async () => {
    ec2.on(StartInstancesCommand).resolves({
      StartingInstances: [{ InstanceId: 'i-1', PreviousState: { Name: 'pending' } }, { InstanceId: 'i-2' }],
    });

    const { replies } = await startInstances(client, ['i-1', 'i-2'], { turn: 0, hasTime, now });

    const answeredAt = now().toISOString();
    expect(replies.flat()).toEqual([
      { instanceId: 'i-1', previousState: 'pending', mayHaveTakenEffect: false, answeredAt },
      { instanceId: 'i-2', previousState: 'unknown', mayHaveTakenEffect: false, answeredAt },
    ]);
  });

  it.each([
    ['an error of one instance', () => awsError('IncorrectInstanceState')],
    ['a lack of capacity, though that is a server error', noCapacity],
  ])('finds out whose fault it is: %s', async (_what, error) => {
    ec2.on(StartInstancesCommand).callsFake(({ InstanceIds }: { InstanceIds: string[] }) => {
      if (InstanceIds.includes(bad)) throw error();
      return { StartingInstances: InstanceIds.map((InstanceId) => ({ InstanceId })) };
    });

    const { replies, refused } = await startInstances(client, ids, { turn: 0, hasTime, now });

    expect(refused.map(({ id }) => id)).toEqual([bad]);
    expect(replies.flat().map(({ instanceId }) => instanceId)).toEqual(ids.filter((id) => id !== bad));
  });

  it('stops the others where EC2 fails to stop one', async () => {
    ec2.on(StopInstancesCommand).callsFake(({ InstanceIds }: { InstanceIds: string[] }) => {
      if (InstanceIds.includes(bad)) throw awsError('InternalError', 'An internal error has occurred', 500);
      return { StoppingInstances: InstanceIds.map((InstanceId) => ({ InstanceId })) };
    });

    const { replies, refused } = await stopInstances(client, ids, { hibernate: false, turn: 0, hasTime });

    expect(refused.map(({ id }) => id)).toEqual([bad]);
    expect(replies.flat().map(({ instanceId }) => instanceId)).toEqual(ids.filter((id) => id !== bad));
  });

  it('starts none of them apart where EC2 fails: it may have started them', async () => {
    const error = awsError('InternalError', 'An internal error has occurred', 500);
    ec2.on(StartInstancesCommand).rejects(error);

    await expect(startInstances(client, ids, { turn: 0, hasTime, now })).rejects.toBe(error);

    expect(ec2).toHaveReceivedCommandTimes(StartInstancesCommand, 1);
  });

  it('does not take a stop apart for throttling', async () => {
    const error = throttled();
    ec2.on(StopInstancesCommand).rejects(error);

    await expect(stopInstances(client, ids, { hibernate: false, turn: 0, hasTime })).rejects.toBe(error);

    expect(ec2).toHaveReceivedCommandTimes(StopInstancesCommand, 1);
  });

  it('fails no one by a refusal that is about the caller: after three tries alone, all wait', async () => {
    ec2.on(StopInstancesCommand).rejects(awsError('AuthFailure', 'not able to validate the credentials', 401));

    const { replies, undecided } = await stopInstances(client, ids, { hibernate: false, turn: 0, hasTime });

    expect([replies, undecided.map(({ id }) => id).sort()]).toEqual([[], [...ids].sort()]);
    expect(ec2).toHaveReceivedCommandTimes(StopInstancesCommand, 4);
  });

  it('stops plainly unless it is told to hibernate', async () => {
    ec2.on(StopInstancesCommand).resolves({});

    await stopInstances(client, ['i-1'], { hibernate: false, turn: 0, hasTime });
    await stopInstances(client, ['i-2'], { hibernate: true, turn: 0, hasTime });

    const inputs = ec2.commandCalls(StopInstancesCommand).map(({ args: [{ input }] }) => input);
    expect(inputs).toEqual([{ InstanceIds: ['i-1'] }, { InstanceIds: ['i-2'], Hibernate: true }]);
  });

  it('calls nothing for no instance', async () => {
    await stopInstances(client, [], { hibernate: true, turn: 0, hasTime });

    expect(ec2.calls()).toEqual([]);
  });
});
