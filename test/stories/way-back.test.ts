import { SIMULATION_START } from '../../local/run/simulated-run.ts';
import { aFleet, type Told, tell } from '../support/stories.ts';

const WEB = 'i-00000000000000001';
const seconds = (at: number): number => (at - SIMULATION_START.getTime()) / 1000;
const callsOf = ({ account }: Told, operation: string) =>
  account.journal.entries.flatMap((entry) => (entry.kind === 'call' && entry.operation === operation ? [entry] : []));
const named = (told: Told, operation: string): string[] =>
  callsOf(told, operation).flatMap(({ parameters }) => (parameters as { InstanceId: string[] }).InstanceId);

describe('the way back is tried before the way out', () => {
  it('does not wake what a service control policy would not let it stop: nothing is left awake', async () => {
    const told = await tell(aFleet({ dev: { web: { behaviours: ['stop-denied'] }, db: {}, cache: {} } }));

    expect(told.of('web')).toMatchObject({
      outcome: 'failed',
      reason: {
        code: 'way-back-denied',
        text: expect.stringMatching(
          /was not started: StopInstances \(dry run\): UnauthorizedOperation: not authorized .* with an explicit deny in a service control policy/,
        ),
        awsError: { call: 'StopInstances', code: 'UnauthorizedOperation' },
      },
      said: null,
      finalState: 'stopped',
      wokenAt: null,
    });
    expect(named(told, 'StartInstances')).not.toContain(WEB);
    expect(told.account.world.machines.get(WEB)?.tags.has('reveille:lease')).toBe(false);
    expect(told.report).toMatchObject({ status: 'failed', counts: { updated: 2, failed: 1 } });
    expect(told.account.messages.map(({ subject }) => subject)).toEqual([
      'dev: 2 of 3 updated, 1 failed (web: not known to be stoppable again). All back as they were',
    ]);
    expect(told.broken).toEqual([]);
  });

  it('asks for five minutes before it believes that, and no longer', async () => {
    const told = await tell(aFleet({ dev: { web: { behaviours: ['stop-denied'] } } }));

    const asked = callsOf(told, 'StopInstances').map(({ at }) => seconds(at));
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.at(-1)).toBeGreaterThanOrEqual(300);
    expect(told.durationSeconds).toBeLessThan(480);
  });

  it('refuses no start any more: what sees the lease for the stop sees it for the start', async () => {
    const told = await tell(aFleet({ dev: { web: {}, db: {}, cache: { behaviours: ['hibernated'] } } }));

    expect(callsOf(told, 'StartInstances').map(({ error, at }) => [error, seconds(at) < 20])).toEqual([[null, true]]);
    const dry = callsOf(told, 'StopInstances').filter(({ error }) => error !== null);
    expect(dry.map(({ error, parameters }) => [error, parameters])).toMatchObject([
      ['DryRunOperation', { InstanceId: [WEB], DryRun: 'true' }],
      ['DryRunOperation', {}],
      ['DryRunOperation', { Hibernate: 'true', DryRun: 'true' }],
    ]);
    expect(told.report.status).toBe('succeeded');
  });

  it('wakes what EC2 throttled for two minutes: that is no answer', async () => {
    const told = await tell(aFleet({ dev: { web: {} } }), {
      prepare(account) {
        const end = account.disturb({ matches: (_, operation) => operation === 'StopInstances', error: 'throttled' });
        setTimeout(end, 120_000);
      },
    });

    expect(told.of('web')).toMatchObject({ outcome: 'updated', finalState: 'stopped' });
  });
});
