import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { createEc2Client } from '../../../functions/aws/sdk/clients.ts';
import { moves, stays } from '../../../functions/domain/batch/look.ts';
import { createStepHandler, type StepHandler } from '../../../functions/operations/handle-step.ts';
import { aBatch, anInstance, stamp } from '../../support/builders.ts';
import { aContext, aRuntime, described, givenState } from '../../support/functions.ts';

const ec2 = mockClient(EC2Client);
const booting = (instanceId: string) => anInstance({ instanceId, step: 'readiness' });
const runtime = () => aRuntime('02:10');
const handle = (act: StepHandler<'readiness'>['act'], used = runtime()) =>
  createStepHandler(used, {
    name: 'CheckReadiness',
    step: 'readiness',
    ec2: createEc2Client(used.clientOptions),
    deadlineSeconds: 900,
    act,
  });

beforeEach(() => {
  ec2.reset();
  givenState(ec2, 'running');
});

describe('the handler of a step', () => {
  const batch = aBatch([
    booting('i-1'),
    booting('i-2'),
    booting('i-3'),
    anInstance({ instanceId: 'i-4', step: 'verify' }),
  ]);
  const until = stamp('02:15');
  const act: StepHandler<'readiness'>['act'] = async ({ members }) => ({
    looks: members.map(({ instance }) =>
      instance.instanceId === 'i-1'
        ? moves(anInstance({ instanceId: 'i-1', step: 'update', stepSince: stamp('02:10') }))
        : stays(instance, 'booting', 'its agent is not ready yet', until),
    ),
    batch: { sends: 7 },
  });

  it('shows the instances of its own step, and no others', async () => {
    const seen: string[] = [];
    const look: StepHandler<'readiness'>['act'] = async ({ members }) => {
      seen.push(...members.map(({ instance }) => instance.instanceId));
      return { looks: members.map(({ instance }) => moves(instance)) };
    };
    await handle(look)(batch, aContext());
    expect(seen).toEqual(['i-1', 'i-2', 'i-3']);
  });

  it('passes the batch on with what has changed, counted anew', async () => {
    const next = await handle(act)(batch, aContext());
    expect(next.instances.map(({ step }) => step)).toEqual(['update', 'readiness', 'readiness', 'verify']);
    expect(next).toMatchObject({ sends: 7, counts: { readiness: 2, update: 1, verify: 1 } });
  });

  it('counts in its log what the others wait for', async () => {
    const used = runtime();
    await handle(act, used)(batch, aContext());
    expect(used.logger.info).toHaveBeenCalledWith(
      'CheckReadiness has looked',
      expect.objectContaining({ runId: batch.run.runId, waiting: { booting: 2 } }),
    );
  });

  it('does nothing where no instance is at its step', async () => {
    const never = jest.fn();
    const next = await handle(never)(aBatch([anInstance({ step: 'verify' })]), aContext());
    expect(never).not.toHaveBeenCalled();
    expect(next.counts).toMatchObject({ verify: 1, readiness: 0 });
  });

  it('lets those wait that EC2 does not show, notes since when, and forgets that once it does', async () => {
    const used = runtime();
    ec2.on(DescribeInstancesCommand).resolves(described());
    const never = jest.fn();
    const missed = await handle(never, used)(batch, aContext());
    expect(never).not.toHaveBeenCalled();
    expect(missed.instances[1]).toMatchObject({ step: 'readiness', unseenSince: stamp('02:10') });
    expect(used.logger.info).toHaveBeenCalledWith(
      'CheckReadiness has looked',
      expect.objectContaining({ waiting: { 'unknown-id': 3 } }),
    );

    givenState(ec2, 'running');
    const shown = await handle(act)(missed, aContext());
    expect(shown.instances[1]).not.toHaveProperty('unseenSince');
  });
});
