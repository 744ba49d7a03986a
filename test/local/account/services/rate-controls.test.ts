import { CancelCommandCommand, type SendCommandCommandInput } from '@aws-sdk/client-ssm';
import type { BehaviourName } from '../../../../local/account/fleet/behaviours.ts';
import { aFleet, manyInstances, nthId, type Visit, visit } from '../../../support/account.ts';
import { awake, invocationsOf, listed, over, send, toDev } from '../targets.ts';

/** How many invocations stand so. */
const countOf = (invocations: Record<string, string>, details: string): number =>
  Object.values(invocations).filter((one) => one === details).length;

/** The instances, awake; each with these behaviours. */
const group = (...behaviours: BehaviourName[][]) => aFleet(...behaviours.map((some, index) => awake(index, ...some)));

const ended = (fleet: ReturnType<typeof group>, limits: Partial<SendCommandCommandInput>) =>
  visit(fleet, async (here) => {
    const command = await over(here, await send(here.ssm, { Targets: toDev, TimeoutSeconds: 600, ...limits }));
    return { command, invocations: Object.values(await invocationsOf(here, command)) };
  });

describe('MaxConcurrency', () => {
  const atWorkAtMost = async (here: Visit, limits: Partial<SendCommandCommandInput>) => {
    const sent = await send(here.ssm, { Targets: toDev, ...limits });
    let most = 0;
    await here.until(async () => {
      const invocations = [...(here.account.world.commands[0]?.invocations.values() ?? [])];
      most = Math.max(most, invocations.filter(isAtWork).length);
      return (await listed(here, sent)).Status === 'Success';
    });
    return most;
  };
  const isAtWork = ({ isSent, endedAt }: { isSent: boolean; endedAt: number | null }) => isSent && endedAt === null;

  it.each([
    ['50 at a time, if it is not given', 60, {}, 50],
    ['as many at a time as it says', 8, { MaxConcurrency: '3' }, 3],
    ['a share of all, rounded up', 8, { MaxConcurrency: '30%' }, 3],
    ['one, where a share is less than that', 8, { MaxConcurrency: '1%' }, 1],
  ])('lets the command be at work on %s; all are updated in the end', (_, count, limits, most) =>
    visit(aFleet(...manyInstances(count, { state: 'running' })), async (here) => {
      expect(await atWorkAtMost(here, limits)).toBe(most);
      expect([...here.account.world.machines.values()].every(({ agent }) => agent.version === '3.3.551.0')).toBe(true);
    }),
  );

  it('keeps a cancelled command from going on to the next ones', () =>
    visit(aFleet(...manyInstances(4, { state: 'running' })), async (here) => {
      const { CommandId } = await send(here.ssm, { Targets: toDev, MaxConcurrency: '2' });
      await here.pass(5);
      await here.ssm.send(new CancelCommandCommand({ CommandId }));
      await here.pass(600);
      expect(countOf(await invocationsOf(here, { CommandId }), 'Cancelled')).toBe(4);
      const untouched = [2, 3].map((index) => here.machine(nthId(index)).agent.version);
      expect(untouched).toEqual(['3.2.1630.0', '3.2.1630.0']);
    }));
});

describe('MaxErrors', () => {
  it('ends the command for all that are not at work when one more has failed', async () => {
    const { command, invocations } = await ended(group(['disk-full'], [], []), { MaxConcurrency: '1' });
    expect(command).toMatchObject({ Status: 'Failed', StatusDetails: 'Failed', ErrorCount: 1, CompletedCount: 3 });
    expect(invocations).toEqual(['Failed', 'Terminated', 'Terminated']);
  });

  it('lets as many fail as it says, and then one more', async () => {
    const fleet = group(['disk-full'], ['disk-full'], []);
    const limits = { MaxConcurrency: '1', MaxErrors: '1' };
    expect((await ended(fleet, limits)).invocations).toEqual(['Failed', 'Failed', 'Terminated']);
    expect((await ended(fleet, { ...limits, MaxErrors: '2' })).invocations).toEqual(['Failed', 'Failed', 'Success']);
  });

  it('does not count what was not delivered', async () => {
    const { command, invocations } = await ended(group(['command-lost'], []), { MaxConcurrency: '1' });
    expect(invocations).toEqual(['DeliveryTimedOut', 'DeliveryTimedOut']);
    expect(command).toMatchObject({ Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut' });
    expect(command).toMatchObject({ ErrorCount: 0, DeliveryTimedOutCount: 2 });
  });
});

describe('a command as a whole', () => {
  it.each<[string, BehaviourName[][], string, [string, string]]>([
    ['has failed after one failure, if none is allowed', [['disk-full'], []], '0', ['Failed', 'Failed']],
    ['has failed when as many have failed as are allowed', [['disk-full'], []], '1', ['Failed', 'Failed']],
    ['has succeeded when fewer have failed, but not on all', [['disk-full'], []], '100%', ['Success', 'Incomplete']],
    ['has failed when all have failed, however many are allowed', [['disk-full']], '100%', ['Failed', 'Failed']],
    ['has failed when it reached none', [['command-undeliverable']], '100%', ['Failed', 'Incomplete']],
  ])('%s', async (_, behaviours, MaxErrors, [Status, StatusDetails]) => {
    const { command } = await ended(group(...behaviours), { MaxErrors });
    expect(command).toMatchObject({ Status, StatusDetails });
  });
});
