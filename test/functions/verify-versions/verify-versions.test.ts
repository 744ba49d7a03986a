import { EC2Client } from '@aws-sdk/client-ec2';
import 'aws-sdk-client-mock-jest';
import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import type { BatchInstance, InstanceAt } from '../../../functions/domain/batch/batch-instance.ts';
import { createVerifyVersions } from '../../../functions/verify-versions/verify-versions.ts';
import { aBatch, agentFacts, aWokenInstance, OLD, stamp, TARGET } from '../../support/builders.ts';
import { aContext, aRuntime, awsError, callOrder, givenState, instanceIds, reported } from '../../support/functions.ts';
import { heldAt } from '../../support/looks.ts';

const ec2 = mockClient(EC2Client);
const ssm = mockClient(SSMClient);

/** Its command succeeded at 02:05. */
const anUpdated = (changes: Partial<InstanceAt<'verify'>> = {}) =>
  aWokenInstance({
    step: 'verify',
    stepSince: stamp('02:05:10'),
    versionBefore: OLD,
    commands: [{ commandId: 'command-1', sentAt: stamp('02:02'), endedAt: stamp('02:05') }],
    ...changes,
  });

const verifyAt = (time: string, ...instances: BatchInstance[]) =>
  createVerifyVersions(aRuntime(time, { VERIFY_DEADLINE_SECONDS: '900' }))(aBatch(instances), aContext());

const givenReport = (lastPing: string, version: string) =>
  ssm.on(DescribeInstanceInformationCommand).resolves(reported(agentFacts({ lastPingAt: stamp(lastPing), version })));

beforeEach(() => {
  ssm.reset();
  givenState(ec2, 'running');
});

describe('VerifyVersions', () => {
  it.each([
    ['the target', TARGET],
    ['a newer version', '3.10.0.0'],
  ])('believes the agent itself: it reports %s in a ping after the command’s end', async (_what, version) => {
    givenReport('02:06', version);

    const { instances } = await verifyAt('02:07', anUpdated());

    expect(instances[0]).toMatchObject({ step: 'restore', outcome: 'updated', reason: null, versionAfter: version });
  });

  it('calls it already current if it had the target before', async () => {
    givenReport('02:06', TARGET);

    const { instances } = await verifyAt('02:07', anUpdated({ versionBefore: TARGET }));

    expect(instances[0]).toMatchObject({ outcome: 'already-current', versionAfter: TARGET });
  });

  it.each([
    ['the target, in a ping from before the command’s end', '02:04:59', TARGET],
    ['the old version, which may be stale', '02:06', OLD],
    ['a version that is older by number, though not by text', '02:06', '3.3.60.0'],
  ])('waits as long as the agent reports %s', async (_what, lastPing, version) => {
    givenReport(lastPing, version);

    const { instances } = await verifyAt('02:07', anUpdated());

    expect(instances).toEqual([anUpdated()]);
  });

  it('fails at the deadline, and names both versions', async () => {
    givenReport('02:19', OLD);

    const justBefore = await verifyAt('02:19:59', anUpdated());
    const atTheDeadline = await verifyAt('02:20', anUpdated());

    expect(justBefore.instances[0]?.step).toBe('verify');
    const { outcome, versionAfter, reason } = heldAt('restore', atTheDeadline.instances[0]);
    expect([outcome, versionAfter, reason?.code]).toEqual(['failed', OLD, 'version-not-confirmed']);
    expect(reason?.text).toContain(OLD);
    expect(reason?.text).toContain(TARGET);
  });

  it('tells an agent that never came back from one that has the wrong version', async () => {
    ssm.on(DescribeInstanceInformationCommand).resolves(reported());

    const { instances } = await verifyAt('02:20', anUpdated());

    expect(instances[0]).toMatchObject({ outcome: 'failed', reason: { code: 'agent-lost' }, versionAfter: null });
  });

  it('asks EC2 before it calls an agent lost: one whose instance was stopped meanwhile is not', async () => {
    ssm.on(DescribeInstanceInformationCommand).resolves(reported());
    givenState(ec2, 'stopped');

    const { instances } = await verifyAt('02:20', anUpdated());

    expect(instances[0]).toMatchObject({ outcome: 'failed', reason: { code: 'stopped-in-run' }, versionAfter: null });
  });

  it('nor is one whose instance was started again meanwhile', async () => {
    ssm.on(DescribeInstanceInformationCommand).resolves(reported());

    const { instances } = await verifyAt('02:20', anUpdated({ launchTime: stamp('01:00'), heardAt: stamp('01:01') }));

    expect(instances[0]).toMatchObject({ outcome: 'failed', reason: { code: 'restarted-in-run' } });
  });

  it('looks at those alone that are to be verified', async () => {
    const [verified = '', waiting = '', booting = ''] = instanceIds(3);
    ssm
      .on(DescribeInstanceInformationCommand)
      .resolves(reported(agentFacts({ instanceId: verified, lastPingAt: stamp('02:06'), version: TARGET })));

    const { instances } = await verifyAt(
      '02:07',
      anUpdated({ instanceId: verified }),
      anUpdated({ instanceId: waiting }),
      aWokenInstance({ instanceId: booting }),
    );

    expect(instances.map(({ step }) => step)).toEqual(['restore', 'verify', 'readiness']);
    expect(ssm).toHaveReceivedCommandTimes(DescribeInstanceInformationCommand, 1);
    expect(ssm).toHaveReceivedCommandWith(DescribeInstanceInformationCommand, {
      Filters: [{ Key: 'InstanceIds', Values: [verified, waiting] }],
    });
  });

  it('counts in its log how many wait, and for what', async () => {
    givenReport('02:06', OLD);
    const runtime = aRuntime('02:07', { VERIFY_DEADLINE_SECONDS: '900' });

    await createVerifyVersions(runtime)(aBatch([anUpdated()]), aContext());

    expect(runtime.logger.info).toHaveBeenCalledWith(
      'VerifyVersions has looked',
      expect.objectContaining({ waiting: { verifying: 1 } }),
    );
  });

  it('asks nothing when no instance is to be verified', async () => {
    await verifyAt('02:07', aWokenInstance());

    expect(callOrder(ssm)).toEqual([]);
  });

  it('judges nothing while SSM gives no answer', async () => {
    ssm.on(DescribeInstanceInformationCommand).rejects(awsError('ThrottlingException', 'Rate exceeded'));

    await expect(verifyAt('02:30', anUpdated())).rejects.toMatchObject({ name: 'AwsUnavailable' });
  });
});
