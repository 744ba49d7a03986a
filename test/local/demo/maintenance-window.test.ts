import { playMaintenanceWindow } from '../../../local/demo/maintenance-window.ts';
import { aFleet, LATEST } from '../../support/stories.ts';

const awake = { state: 'running' as const };
const play = (groups: Parameters<typeof aFleet>[0], seed = 1) => playMaintenanceWindow({ fleet: aFleet(groups), seed });

describe('a maintenance window', () => {
  it('says success of a group that sleeps, and updates no agent', async () => {
    const night = await play({ dev: { web: {}, mail: {}, shop: {} } });
    expect(night.groups).toEqual([
      {
        group: 'dev',
        members: 3,
        awakeBefore: 0,
        reached: 0,
        status: 'Success',
        statusDetails: 'NoInstancesInTag',
        updated: 0,
        says: 'SUCCESS',
        saysDetails: 'No invocations to execute',
      },
    ]);
    expect(night).toMatchObject({
      says: 'SUCCESS',
      saysDetails: 'No invocations to execute',
      sends: 1,
      members: 3,
      updated: 0,
      current: 0,
      asleepBefore: 3,
      asleepAfter: 3,
    });
  });

  it('updates what is awake, and says the same of the rest', async () => {
    const night = await play({
      dev: { web: awake, mail: {} },
      prod: { shop: awake, ledger: { ...awake, agentVersion: LATEST } },
    });
    expect(night.groups.map(({ group, reached, updated, says }) => [group, reached, updated, says])).toEqual([
      ['dev', 1, 1, 'SUCCESS'],
      ['prod', 2, 1, 'SUCCESS'],
    ]);
    expect(night).toMatchObject({ says: 'SUCCESS', saysDetails: '', sends: 2, members: 4, updated: 2, current: 3 });
    expect(night).toMatchObject({ asleepBefore: 1, asleepAfter: 1 });
  });

  it('says success where fewer have failed than it allows, and counts only agents that have the version', async () => {
    const night = await play({ prod: { shop: awake, queue: { ...awake, behaviours: ['update-fails'] } } });
    expect(night.groups[0]).toMatchObject({ reached: 2, updated: 1, status: 'Success', statusDetails: 'Incomplete' });
    expect(night.says).toBe('SUCCESS');
  });

  it('says failed if all that it reached have failed, whatever it says of the other groups', async () => {
    const queue = { ...awake, behaviours: ['update-fails' as const] };
    const night = await play({ dev: { web: {} }, prod: { queue, sleeper: {} } });
    expect(night.groups.map(({ says }) => says)).toEqual(['SUCCESS', 'FAILED']);
    expect(night).toMatchObject({ says: 'FAILED', updated: 0, asleepAfter: 2 });
  });

  it('waits for a command that no agent ends, until Systems Manager gives it up', async () => {
    const night = await play({ prod: { hangs: { ...awake, behaviours: ['update-hangs'] } } });
    expect(night.groups[0]).toMatchObject({ status: 'TimedOut', statusDetails: 'DeliveryTimedOut', says: 'TIMED_OUT' });
  });

  it('counts an instance of two groups once', async () => {
    const fleet = aFleet({ dev: { web: awake } });
    const both = { ...fleet, groups: [...fleet.groups, ...fleet.groups.map((group) => ({ ...group, name: 'web' }))] };
    expect(await playMaintenanceWindow({ fleet: both, seed: 1 })).toMatchObject({ sends: 2, members: 1, updated: 1 });
  });

  it('is the same night with the same seed', async () => {
    const groups = { dev: { web: awake, mail: {} } };
    expect(await play(groups, 5)).toEqual(await play(groups, 5));
  });
});
