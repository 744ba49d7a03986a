import type { Account } from '../../local/account/account.ts';
import { SIMULATION_START, stateOf } from '../../local/run/simulated-run.ts';
import { aFleet, tell } from '../support/stories.ts';

const WEB = 'i-00000000000000001';
const after = (seconds: number): number => SIMULATION_START.getTime() + seconds * 1000;
const meanwhile = (prepare: (account: Account) => void) => ({ prepare });

describe('in the middle of a run, a person', () => {
  it('stops an instance that it has woken: that is told, and the neighbour is updated', async () => {
    const { of } = await tell(
      aFleet({ dev: { web: {}, neighbour: {} } }),
      meanwhile(({ people }) => people.stop(WEB, {}, after(45))),
    );

    expect(of('web')).toMatchObject({
      outcome: 'failed',
      reason: { code: 'stopped-in-run' },
      finalState: 'stopped',
    });
    expect(of('neighbour')).toMatchObject({ outcome: 'updated', finalState: 'stopped' });
  });

  it('goes on working on one for hours: it stays awake, and the run says so instead of that it succeeded', async () => {
    const { of, report, account } = await tell(
      aFleet({ dev: { web: {}, neighbour: {} } }),
      meanwhile(({ people }) => {
        people.openSession(WEB, 3 * 3600, after(90));
      }),
    );

    expect(stateOf(account, WEB)).toBe('running');
    expect(of('web')).toMatchObject({ finalState: 'running', reason: { code: 'session-active' } });
    expect(account.world.machines.get(WEB)?.tags.has('reveille:lease')).toBe(true);
    expect(report.status).toBe('failed');
    expect(account.messages.map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^LEFT AWAKE: 1 \(web\)\. /),
    ]);
  });

  it('puts the opt-out tag on one that boots: it is sent nothing and left awake, and the run succeeds all the same', async () => {
    const { of, report, account, broken } = await tell(
      aFleet({ dev: { 'db-1': {}, neighbour: {} } }),
      meanwhile(({ people }) => people.setTag(WEB, 'reveille:opt-out', 'mine tonight', after(30))),
    );

    expect(of('db-1')).toMatchObject({
      outcome: 'excluded',
      reason: { code: 'opted-out-in-run', text: expect.stringContaining('mine tonight') },
      finalState: 'opted-out',
    });
    expect(stateOf(account, WEB)).toBe('running');
    expect(account.world.machines.get(WEB)?.tags.has('reveille:lease')).toBe(false);
    expect(report.status).toBe('succeeded');
    expect(account.messages.map(({ subject }) => subject)).toEqual([
      'LEFT AWAKE: 1 (db-1, by its tag). dev: 1 of 2 updated, 1 excluded',
    ]);
    expect(broken).toEqual([]);
  });

  it('puts it on one whose update is at work: that is proved as ever, and the instance is left awake', async () => {
    const { of, report, account } = await tell(
      aFleet({ dev: { web: {}, neighbour: {} } }),
      meanwhile(({ people }) => people.setTag(WEB, 'reveille:opt-out', 'mine, until 2027-01-31', after(130))),
    );

    expect(of('web')).toMatchObject({
      outcome: 'updated',
      reason: { code: 'opted-out-in-run' },
      finalState: 'opted-out',
    });
    expect(stateOf(account, WEB)).toBe('running');
    expect(report.status).toBe('succeeded');
  });

  it('terminates one: that is told, and the neighbour is updated', async () => {
    const { of } = await tell(
      aFleet({ dev: { web: {}, neighbour: {} } }),
      meanwhile(({ people }) => people.terminate(WEB, after(45))),
    );

    expect(of('web').outcome).toBe('failed');
    expect(of('neighbour')).toMatchObject({ outcome: 'updated', finalState: 'stopped' });
  });

  it('tags one that is left out: that was not the run', async () => {
    const { of, broken } = await tell(
      aFleet({ dev: { web: { behaviours: ['opted-out'] }, neighbour: {} } }),
      meanwhile(({ people }) => people.setTag(WEB, 'Owner', 'a-person', after(45))),
    );

    expect(of('web').outcome).toBe('excluded');
    expect(broken).toEqual([]);
  });

  it('has SSM throttle every caller for two minutes: the run takes longer, and nothing else', async () => {
    const { of, broken } = await tell(
      aFleet({ dev: { web: {} } }),
      meanwhile(({ disturb, world }) => {
        const end = disturb({ matches: (service) => service === 'ssm', error: 'throttled' });
        world.at(after(120), end);
      }),
    );

    expect(of('web')).toMatchObject({ outcome: 'updated', finalState: 'stopped' });
    expect(broken).toEqual([]);
  });
});
