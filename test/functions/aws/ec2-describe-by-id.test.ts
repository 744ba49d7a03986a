import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { describeByIds } from '../../../functions/aws/ec2-describe-by-id.ts';
import { instanceFacts } from '../../support/builders.ts';
import { awsError, described, instanceIds, throttled } from '../../support/functions.ts';

const ec2 = mockClient(EC2Client);
const client = new EC2Client({ region: 'eu-central-1' });
const [A = '', B = '', C = '', D = ''] = instanceIds(4);

/** EC2, that does not know some, and says nothing of a zone. */
const given = ({
  unknown = [],
  silent = [],
  isNamed = true,
}: {
  unknown?: string[];
  silent?: string[];
  isNamed?: boolean;
}) =>
  ec2.on(DescribeInstancesCommand).callsFake(({ InstanceIds }: { InstanceIds: string[] }) => {
    if (InstanceIds.some((id) => silent.includes(id))) throw awsError('Unavailable', 'try again shortly', 503);
    const missed = InstanceIds.filter((id) => unknown.includes(id));
    if (missed.length > 0)
      throw awsError(
        'InvalidInstanceID.NotFound',
        isNamed ? `The instance IDs '${missed.join(', ')}' do not exist` : 'no',
      );
    return described(...InstanceIds.map((instanceId) => instanceFacts({ instanceId })));
  });

const asked = () => ec2.commandCalls(DescribeInstancesCommand).map(({ args: [{ input }] }) => input.InstanceIds);
const placed = (...ids: string[]) => ids.map((instanceId, index) => ({ instanceId, zone: index < 2 ? 'one' : 'two' }));

beforeEach(() => ec2.reset());

describe('describeByIds', () => {
  it('makes one call for all, by ID', async () => {
    given({});
    const { facts, unseen } = await describeByIds(client, placed(A, B, C));
    expect([...facts.keys()]).toEqual([A, B, C]);
    expect(unseen.size).toBe(0);
    expect(asked()).toEqual([[A, B, C]]);
  });

  it('asks alone for what EC2 does not know, and gets the others at once', async () => {
    given({ unknown: [B] });
    const { facts, unseen } = await describeByIds(client, placed(A, B, C));
    expect([...facts.keys()].sort()).toEqual([A, C]);
    expect([...unseen]).toEqual([[B, { kind: 'unknown' }]]);
    expect(asked()).toEqual([[A, B, C], [B], [A, C]]);
  });

  it('takes a row that it can not read for no answer of that one alone', async () => {
    const rows = described(instanceFacts({ instanceId: A }), instanceFacts({ instanceId: B }));
    const Instances = rows.Reservations?.flatMap((one) => one.Instances ?? []) ?? [];
    const odd = Instances.map((one) => (one.InstanceId === B ? { InstanceId: B, State: { Name: 'asleep' } } : one));
    ec2.on(DescribeInstancesCommand).resolves({ Reservations: [{ Instances: odd as typeof Instances }] });

    const { facts, unseen } = await describeByIds(client, placed(A, B));
    expect([...facts.keys()]).toEqual([A]);
    expect(unseen.get(B)).toMatchObject({ kind: 'silent', refusal: { error: { code: 'UnexpectedReply' } } });
  });

  it('finds it by halves where EC2 names none', async () => {
    given({ unknown: [D], isNamed: false });
    const { facts, unseen } = await describeByIds(client, placed(A, B, C, D));
    expect([...facts.keys()].sort()).toEqual([A, B, C]);
    expect([...unseen.keys()]).toEqual([D]);
  });

  it('asks zone by zone where the call for all gets no answer', async () => {
    given({ silent: [C] });
    const { facts, unseen } = await describeByIds(client, placed(A, B, C, D));
    expect([...facts.keys()]).toEqual([A, B]);
    const silent = {
      kind: 'silent',
      passes: true,
      refusal: expect.objectContaining({ text: expect.stringContaining('try again shortly') }),
    };
    expect([...unseen]).toEqual([
      [C, silent],
      [D, silent],
    ]);
    expect(asked()).toEqual([
      [A, B, C, D],
      [A, B],
      [C, D],
    ]);
  });

  describe('where no zone is known', () => {
    const unplaced = (count: number) => instanceIds(count).map((instanceId) => ({ instanceId }));

    it('finds out which are in the one that gives no answer, and gets the others', async () => {
      const all = unplaced(12);
      const ids = all.map(({ instanceId }) => instanceId);
      const silent = ids.filter((_id, index) => index % 3 === 1);
      given({ silent });

      const { facts, unseen } = await describeByIds(client, all);

      expect([...facts.keys()].sort()).toEqual(ids.filter((id) => !silent.includes(id)).sort());
      expect([...unseen.keys()].sort()).toEqual([...silent].sort());
      expect([...unseen.values()]).toEqual(silent.map(() => expect.objectContaining({ kind: 'silent', passes: true })));
      expect(asked()).toHaveLength(13);
    });

    it('finds one that is refused alone among those in the zone that gives no answer', async () => {
      const [odd = '', quiet = '', ...others] = instanceIds(8);
      ec2.on(DescribeInstancesCommand).callsFake(({ InstanceIds }: { InstanceIds: string[] }) => {
        if (InstanceIds.includes(quiet)) throw awsError('Unavailable', 'try again shortly', 503);
        if (InstanceIds.includes(odd)) throw awsError('SomethingNew', 'not this one');
        return described(...InstanceIds.map((instanceId) => instanceFacts({ instanceId })));
      });

      const { facts, unseen } = await describeByIds(client, unplaced(8));

      expect([...facts.keys()].sort()).toEqual(others.sort());
      expect(unseen.get(odd)).toMatchObject({ kind: 'silent', passes: false });
      expect(unseen.get(quiet)).toMatchObject({ kind: 'silent', passes: true });
    });

    it('asks for three alone, and no more, where EC2 answers for none: other three in another turn', async () => {
      const all = unplaced(30);
      given({ silent: all.map(({ instanceId }) => instanceId) });

      const { unseen } = await describeByIds(client, all);
      await describeByIds(client, all, { turn: 1 });

      expect(unseen.size).toBe(30);
      expect(asked().map((ids) => ids?.length)).toEqual([30, 1, 1, 1, 30, 1, 1, 1]);
      expect(new Set(asked().flatMap((ids) => (ids?.length === 1 ? ids : []))).size).toBe(6);
    });
  });

  it('finds both at once: one that is not known, in the zone that answers', async () => {
    given({ silent: [C], unknown: [A] });
    const { facts, unseen } = await describeByIds(client, placed(A, B, C));
    expect([...facts.keys()]).toEqual([B]);
    expect(unseen.get(A)).toEqual({ kind: 'unknown' });
    expect(unseen.get(C)).toMatchObject({ kind: 'silent' });
  });

  it('finds out whom a refusal is about, whatever its code, and gets the others', async () => {
    ec2.on(DescribeInstancesCommand).callsFake(({ InstanceIds }: { InstanceIds: string[] }) => {
      if (InstanceIds.includes(B)) throw awsError('SomethingNew', 'not this one');
      return described(...InstanceIds.map((instanceId) => instanceFacts({ instanceId })));
    });
    const { facts, unseen } = await describeByIds(client, placed(A, B, C, D));
    expect([...facts.keys()].sort()).toEqual([A, C, D]);
    expect([...unseen]).toEqual([
      [
        B,
        {
          kind: 'silent',
          passes: false,
          refusal: expect.objectContaining({ text: expect.stringContaining('SomethingNew') }),
        },
      ],
    ]);
    expect((await describeByIds(client, placed(B))).unseen.get(B)).toMatchObject({ kind: 'silent' });
  });

  it.each([
    ['throttling', throttled()],
    ['a denial for all', awsError('UnauthorizedOperation', 'no', 403)],
  ])('throws %s, which is about the caller', async (_what, error) => {
    ec2.on(DescribeInstancesCommand).rejects(error);
    await expect(describeByIds(client, placed(A, B, C))).rejects.toBe(error);
  });
});
