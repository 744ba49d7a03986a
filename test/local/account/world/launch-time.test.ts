import {
  DescribeInstancesCommand,
  type EC2Client,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { aFleet, stopped, visit } from '../../../support/account.ts';
import { INSTANCE_ID } from '../../../support/builders.ts';

const InstanceIds = [INSTANCE_ID];

/** What EC2 shows of it now: its state, how long ago it was launched by that, and why it was stopped. */
async function shown(ec2: EC2Client) {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds }));
  const { State, LaunchTime, StateTransitionReason } = Reservations?.[0]?.Instances?.[0] ?? {};
  return { state: State?.Name, launchTime: LaunchTime?.getTime() ?? 0, reason: StateTransitionReason };
}

describe('the LaunchTime of a boot', () => {
  it.each([1, 2, 3, 4])('comes within two seconds of the start, in whole seconds: seed %i', async (seed) => {
    const work = async ({ ec2, pass }: { ec2: EC2Client; pass(seconds: number): Promise<void> }) => {
      const startedAt = Date.now();
      await ec2.send(new StartInstancesCommand({ InstanceIds }));
      await pass(30);
      const { launchTime } = await shown(ec2);
      return { seconds: (launchTime - startedAt) / 1000, rest: launchTime % 1000 };
    };
    const { seconds, rest } = await visit(aFleet(stopped()), work, seed);
    expect(seconds).toBeGreaterThanOrEqual(-3);
    expect(seconds).toBeLessThanOrEqual(2.1);
    expect(rest).toBe(0);
  });

  it('can come late: until then the boot is shown with the LaunchTime of before', async () => {
    const habits = { launchTimeSeconds: [40, 40], describeLagSeconds: 0 } as const;
    await visit(
      aFleet(stopped()),
      async ({ ec2, pass }) => {
        const before = await shown(ec2);
        const startedAt = Date.now();
        await ec2.send(new StartInstancesCommand({ InstanceIds }));
        expect(await shown(ec2)).toEqual({ state: 'pending', launchTime: before.launchTime, reason: '' });
        await pass(35);
        expect(await shown(ec2)).toMatchObject({ state: 'running', launchTime: before.launchTime });
        await pass(10);
        expect((await shown(ec2)).launchTime).toBe(Math.floor((startedAt + 40_000) / 1000) * 1000);
      },
      1,
      habits,
    );
  });

  it('is told with who has stopped it, and when: another moment for each stop', async () => {
    await visit(
      aFleet(stopped()),
      async ({ ec2, pass }) => {
        const { reason: before } = await shown(ec2);
        await ec2.send(new StartInstancesCommand({ InstanceIds }));
        await pass(60);
        await ec2.send(new StopInstancesCommand({ InstanceIds }));
        const { reason } = await shown(ec2);
        expect(reason).toMatch(/^User initiated \(2026-12-06 02:01:\d\d GMT\)$/);
        await pass(300);
        expect(await shown(ec2)).toMatchObject({ state: 'stopped', reason });
        expect(before).toMatch(/^User initiated \(/);
        expect(before).not.toBe(reason);
      },
      1,
      { describeLagSeconds: 0 },
    );
  });
});
