import 'aws-sdk-client-mock-jest';
import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { describeAgents } from '../../../functions/aws/ssm-agents.ts';
import { agentFacts } from '../../support/builders.ts';
import { awsError, instanceIds, reported } from '../../support/functions.ts';

const ssm = mockClient(SSMClient);
const client = new SSMClient({ region: 'eu-central-1' });

beforeEach(() => ssm.reset());

describe('describeAgents', () => {
  it('asks for at most 50 at once, and reads all pages', async () => {
    const ids = instanceIds(51);
    ssm.on(DescribeInstanceInformationCommand).callsFake(({ Filters, NextToken }) => {
      const agents = (Filters[0].Values as string[]).map((instanceId) => agentFacts({ instanceId }));
      if (agents.length === 1) return reported(...agents);
      if (NextToken === 'more') return reported(...agents.slice(30));
      return { ...reported(...agents.slice(0, 30)), NextToken: 'more' };
    });

    const found = await describeAgents(client, ids, 0);

    expect([...found.keys()]).toEqual(ids);
    expect(ssm).toHaveReceivedCommandTimes(DescribeInstanceInformationCommand, 3);
  });

  it('takes those that SSM does not list, or does not know at all, for absent', async () => {
    const [known = '', silent = '', unknown = ''] = instanceIds(3);
    ssm.on(DescribeInstanceInformationCommand).callsFake(({ Filters }) => {
      const values: string[] = Filters[0].Values;
      if (values.includes(unknown)) throw awsError('InvalidInstanceId', '');
      return reported(...values.filter((id) => id === known).map((instanceId) => agentFacts({ instanceId })));
    });

    const found = await describeAgents(client, [known, silent, unknown], 0);

    expect([...found]).toEqual([[known, agentFacts({ instanceId: known })]]);
  });

  it('tells what SSM refused of one, and asks for the others without it', async () => {
    const [first = '', odd = '', last = ''] = instanceIds(3);
    ssm.on(DescribeInstanceInformationCommand).callsFake(({ Filters }) => {
      const values: string[] = Filters[0].Values;
      if (values.includes(odd)) throw awsError('SomethingNew', 'not this one');
      return reported(...values.map((instanceId) => agentFacts({ instanceId })));
    });

    const found = await describeAgents(client, [first, odd, last], 0);

    expect(found.get(odd)).toMatchObject({
      version: null,
      lastPingAt: null,
      refusal: { text: 'DescribeInstanceInformation: SomethingNew: not this one' },
    });
    expect(found.get(first)).toEqual(agentFacts({ instanceId: first }));
    expect(found.get(last)).toEqual(agentFacts({ instanceId: last }));
  });

  it('tells the refusal of all where none is accepted', async () => {
    ssm.on(DescribeInstanceInformationCommand).rejects(awsError('AccessDeniedException', 'no'));

    const found = await describeAgents(client, instanceIds(5), 0);

    expect([...found.values()].map(({ refusal }) => refusal?.text)).toEqual(
      Array(5).fill('DescribeInstanceInformation: AccessDeniedException: no'),
    );
  });

  it('has no version and no ping where SSM tells none', async () => {
    ssm.on(DescribeInstanceInformationCommand).resolves({ InstanceInformationList: [{ InstanceId: 'i-1' }] });

    const found = await describeAgents(client, ['i-1'], 0);

    expect(found.get('i-1')).toEqual({ instanceId: 'i-1', pingStatus: 'Unknown', lastPingAt: null, version: null });
  });

  it('asks nothing for no instances', async () => {
    await describeAgents(client, [], 0);

    expect(ssm.calls()).toEqual([]);
  });
});
