import 'aws-sdk-client-mock-jest';
import { DescribeInstanceStatusCommand, DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { createCheckReadiness } from '../../../functions/check-readiness/check-readiness.ts';
import type { BatchInstance } from '../../../functions/domain/batch/batch-instance.ts';
import { aBatch, agentFacts, aWokenInstance, OLD, stamp, wokenFacts } from '../../support/builders.ts';
import { aContext, aRuntime, awsError, callOrder, described, instanceIds, reported } from '../../support/functions.ts';

const ec2 = mockClient(EC2Client);
const ssm = mockClient(SSMClient);

const lookAt = (time: string, ...instances: BatchInstance[]) =>
  createCheckReadiness(aRuntime(time, { READINESS_DEADLINE_SECONDS: '900' }))(aBatch(instances), aContext());

beforeEach(() => {
  ec2.reset();
  ssm.reset();
  ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts()));
  ssm.on(DescribeInstanceInformationCommand).resolves(reported());
});

describe('CheckReadiness', () => {
  it('lets an instance go on once it runs and its agent has pinged since this boot', async () => {
    ssm.on(DescribeInstanceInformationCommand).resolves(reported(agentFacts({ lastPingAt: stamp('02:01:30') })));

    const { instances, counts, lastProgressAt } = await lookAt('02:02', aWokenInstance());

    expect(instances[0]).toMatchObject({
      step: 'update',
      stepSince: stamp('02:02'),
      launchTime: stamp('02:00:30'),
      versionBefore: OLD,
      heardAt: stamp('02:01:30'),
      sightings: { runningAt: stamp('02:02'), firstPingAt: stamp('02:01:30') },
    });
    expect(counts).toMatchObject({ readiness: 0, update: 1 });
    expect(lastProgressAt).toBe(stamp('02:02'));
  });

  it.each([
    ['a ping from before this boot', agentFacts({ lastPingAt: stamp('01:59') })],
    ['an agent that lost its connection', agentFacts({ pingStatus: 'ConnectionLost' })],
  ])('is not deceived by %s', async (_what, agent) => {
    ssm.on(DescribeInstanceInformationCommand).resolves(reported(agent));

    const { instances } = await lookAt('02:02', aWokenInstance());

    expect(instances).toEqual([aWokenInstance({ sightings: { runningAt: stamp('02:02') } })]);
  });

  it('waits for no straggler: what is ready goes on, what is not stays', async () => {
    const [fast = '', slow = ''] = instanceIds(2);
    ec2
      .on(DescribeInstancesCommand)
      .resolves(described(wokenFacts({ instanceId: fast }), wokenFacts({ instanceId: slow, state: 'pending' })));
    ssm.on(DescribeInstanceInformationCommand).resolves(reported(agentFacts({ instanceId: fast })));

    const { instances } = await lookAt(
      '02:02',
      aWokenInstance({ instanceId: fast }),
      aWokenInstance({ instanceId: slow }),
    );

    expect(instances.map(({ step }) => step)).toEqual(['update', 'readiness']);
  });

  it('reports one that fell back to stopped, in EC2’s own words', async () => {
    const stateReason = { code: 'Client.InternalError', message: 'Client.InternalError: Client error on launch' };
    ec2.on(DescribeInstancesCommand).resolves(described(wokenFacts({ state: 'stopped', stateReason })));

    const { instances } = await lookAt('02:03', aWokenInstance());

    expect(instances[0]).toMatchObject({
      step: 'restore',
      outcome: 'failed',
      reason: { code: 'launch-error', text: expect.stringContaining('Client error on launch') },
    });
  });

  it.each([
    ['not-running', wokenFacts({ state: 'pending' }), reported()],
    ['no-instance-profile', wokenFacts({ instanceProfileArn: null }), reported()],
    ['never-registered', wokenFacts(), reported()],
    ['agent-not-pinging', wokenFacts(), reported(agentFacts({ lastPingAt: '2026-12-01T02:00:00.000Z' }))],
  ])('says at the deadline what is wrong: %s', async (code, facts, agents) => {
    ec2.on(DescribeInstancesCommand).resolves(described(facts));
    ssm.on(DescribeInstanceInformationCommand).resolves(agents);

    const justBefore = await lookAt('02:14:59', aWokenInstance());
    const atTheDeadline = await lookAt('02:15', aWokenInstance());

    expect(justBefore.instances[0]).toMatchObject({ step: 'readiness' });
    expect(atTheDeadline.instances[0]).toMatchObject({ step: 'restore', outcome: 'failed', reason: { code } });
  });

  it('asks for the status checks of those at their deadline only, in one call', async () => {
    const [first = '', second = '', third = ''] = instanceIds(3);
    const facts = [first, second, third].map((instanceId) => wokenFacts({ instanceId }));
    ec2.on(DescribeInstancesCommand).resolves(described(...facts));
    ec2.on(DescribeInstanceStatusCommand).resolves({
      InstanceStatuses: [{ InstanceId: second, InstanceStatus: { Status: 'impaired' } }],
    });

    const { instances } = await lookAt(
      '02:15',
      aWokenInstance({ instanceId: first }),
      aWokenInstance({ instanceId: second }),
      aWokenInstance({ instanceId: third, stepSince: stamp('02:10') }),
    );

    expect(instances).toMatchObject([
      { reason: { code: 'never-registered' } },
      { reason: { code: 'status-check-failed' } },
      { step: 'readiness' },
    ]);
    const calls = ec2.commandCalls(DescribeInstanceStatusCommand);
    expect(calls.map(({ args: [{ input }] }) => input)).toMatchObject([{ InstanceIds: [first, second] }]);
  });

  it('learns of each what EC2 tells, where it refuses to tell of one', async () => {
    const [first = '', second = ''] = instanceIds(2);
    ec2
      .on(DescribeInstancesCommand)
      .resolves(described(...[first, second].map((id) => wokenFacts({ instanceId: id }))));
    ec2.on(DescribeInstanceStatusCommand).callsFake(({ InstanceIds }: { InstanceIds: string[] }) => {
      if (InstanceIds.includes(first)) throw awsError('InvalidInstanceID.NotFound', `${first} does not exist`);
      return {
        InstanceStatuses: InstanceIds.map((id) => ({ InstanceId: id, InstanceStatus: { Status: 'impaired' } })),
      };
    });

    const { instances } = await lookAt('02:15', ...[first, second].map((id) => aWokenInstance({ instanceId: id })));

    expect(instances).toMatchObject([
      { reason: { code: 'never-registered' } },
      { reason: { code: 'status-check-failed' } },
    ]);
  });

  it('fails them all the same where EC2 does not answer that', async () => {
    ec2.on(DescribeInstanceStatusCommand).rejects(awsError('UnauthorizedOperation'));

    const { instances } = await lookAt('02:15', aWokenInstance());

    expect(instances).toMatchObject([{ outcome: 'failed', reason: { code: 'never-registered' } }]);
  });

  it('fails one that EC2 has not known for as long as its step may take', async () => {
    ec2.on(DescribeInstancesCommand).resolves(described());

    const { instances } = await lookAt('02:20', aWokenInstance({ unseenSince: stamp('02:05:01') }));
    expect(instances[0]).toMatchObject({ step: 'readiness', unseenSince: stamp('02:05:01') });

    const later = await lookAt('02:20', aWokenInstance({ unseenSince: stamp('02:05') }));
    expect(later.instances[0]).toMatchObject({ outcome: 'failed', reason: { code: 'disappeared' } });
  });

  it('takes an ID that SSM refuses for an agent that is not registered', async () => {
    const [known = '', unknown = ''] = instanceIds(2);
    ec2
      .on(DescribeInstancesCommand)
      .resolves(described(wokenFacts({ instanceId: known }), wokenFacts({ instanceId: unknown })));
    ssm.on(DescribeInstanceInformationCommand).callsFake((input) => {
      if (JSON.stringify(input).includes(unknown)) throw awsError('InvalidInstanceId', '');
      return reported(agentFacts({ instanceId: known }));
    });

    const { instances } = await lookAt(
      '02:02',
      aWokenInstance({ instanceId: known }),
      aWokenInstance({ instanceId: unknown }),
    );

    expect(instances.map(({ step }) => step)).toEqual(['update', 'readiness']);
  });

  it('asks nothing when no instance boots', async () => {
    await lookAt('02:02', aWokenInstance({ step: 'verify' }));

    expect(callOrder(ec2, ssm)).toEqual([]);
  });

  it('has its deadline from the environment, and names it when it is missing', () => {
    const { READINESS_DEADLINE_SECONDS: _missing, ...environment } = aRuntime('02:00').environment;

    expect(() => createCheckReadiness({ ...aRuntime('02:00'), environment })).toThrow(
      expect.objectContaining({
        name: 'InvalidEnvironment',
        message: expect.stringContaining('READINESS_DEADLINE_SECONDS'),
      }),
    );
  });
});
