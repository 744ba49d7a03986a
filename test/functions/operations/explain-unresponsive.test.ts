import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import 'aws-sdk-client-mock-jest';
import { mockClient } from 'aws-sdk-client-mock';
import { stays } from '../../../functions/domain/batch/look.ts';
import type { AgentLook } from '../../../functions/domain/steps/unresponsive-agent.ts';
import { explainUnresponsiveAgents } from '../../../functions/operations/explain-unresponsive.ts';
import { at, aWokenInstance, stamp } from '../../support/builders.ts';
import { callOrder, givenState } from '../../support/functions.ts';
import { heldAt } from '../../support/looks.ts';

const ec2 = mockClient(EC2Client);
const explain = (...looks: AgentLook[]) => explainUnresponsiveAgents(new EC2Client({}), looks, at('02:30'));

const lost = { code: 'agent-lost', text: 'no ping in 30 minutes' };
const told = { code: 'update-failed', text: 'no disk' };
const failed = (instanceId: string, reason: { code: string; text: string }) =>
  aWokenInstance({ instanceId, step: 'restore', outcome: 'failed', reason });

beforeEach(() => {
  ec2.reset();
  givenState(ec2, 'stopped');
});

describe('agents of which nothing was heard', () => {
  it('are explained by what EC2 says of their instances', async () => {
    const instance = failed('i-1', lost);

    const looks = await explain({ instance, waiting: null, isUnresponsive: true });

    const reason = { code: 'stopped-in-run', text: expect.stringContaining('no ping in 30 minutes') };
    const owner = expect.objectContaining({ kind: 'reveille' });
    expect(looks).toEqual([{ instance: { ...instance, owner, reason }, waiting: null }]);
  });

  it('tell that our boot is over where EC2 shows it going down: who starts the instance now is someone else', async () => {
    const [look] = await explain({ instance: failed('i-1', lost), waiting: null, isUnresponsive: true });

    expect(look?.instance.owner).toMatchObject({ attempts: [{ boot: { endedAt: stamp('02:30') } }] });
  });

  it('are asked about alone: what an agent has told itself stays, and so does an instance that waits', async () => {
    const waiting = stays(
      aWokenInstance({ instanceId: 'i-3', step: 'verify' }),
      'verifying',
      'not yet',
      stamp('02:30'),
    );

    const looks = await explain(
      { instance: failed('i-1', lost), waiting: null, isUnresponsive: true },
      { instance: failed('i-2', told), waiting: null, isUnresponsive: false },
      waiting,
    );

    const over = looks.slice(0, 2).map(({ instance }) => heldAt('restore', instance));
    expect(over.map(({ reason }) => reason?.code)).toEqual(['stopped-in-run', 'update-failed']);
    expect(over.map(({ isUnresponsive }) => isUnresponsive)).toEqual([false, false]);
    expect(looks[2]).toEqual(waiting);
    expect(ec2).toHaveReceivedCommandWith(DescribeInstancesCommand, {
      Filters: [{ Name: 'instance-id', Values: ['i-1'] }],
    });
  });

  it('leave their instances unresponsive where EC2 says nothing that would explain it', async () => {
    givenState(ec2, 'running');
    const [look] = await explain({ instance: failed('i-1', lost), waiting: null, isUnresponsive: true });
    expect(look?.instance).toMatchObject({ reason: lost, isUnresponsive: true });
  });

  it('cost no call where there are none', async () => {
    await explain({ instance: failed('i-2', told), waiting: null });

    expect(callOrder(ec2)).toEqual([]);
  });
});
