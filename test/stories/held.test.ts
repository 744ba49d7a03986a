import type { Report } from '../../functions/domain/report/report.ts';
import { night } from '../../local/run/night.ts';
import { SIMULATION_START, stateOf } from '../../local/run/simulated-run.ts';
import { aFleet } from '../support/stories.ts';

const WEB = 'i-00000000000000001';
const after = (minutes: number): number => SIMULATION_START.getTime() + minutes * 60_000;

const isDryRun = (parameters: unknown): boolean => 'DryRun' in (parameters as object);

describe('an instance on which someone works for an hour and a half', () => {
  it('is held by its run, which ends without them, and put back when they have left it for 20 minutes', async () => {
    const account = await night(
      aFleet({ dev: { web: {} } }),
      async ({ account: { people }, start, pass, reconcile }) => {
        const { result } = start('run-1');
        people.openSession(WEB, 90 * 60, after(2));
        await result;
        for (let minutes = 0; minutes < 3 * 60; minutes += 15) {
          await reconcile();
          await pass(15 * 60);
        }
      },
    );

    expect(stateOf(account, WEB)).toBe('stopped');
    expect(account.world.machines.get(WEB)?.tags.has('reveille:lease')).toBe(false);
    const report = JSON.parse(account.objects.read(account.bucket, 'runs/run-1/report.json') ?? '') as Report;
    expect(report).toMatchObject({
      status: 'failed',
      instances: [{ outcome: 'updated', finalState: 'running', reason: { code: 'session-active' } }],
    });
    const [stop] = account.journal.entries.filter(
      (entry) => entry.kind === 'call' && entry.operation === 'StopInstances' && !isDryRun(entry.parameters),
    );
    expect(stop?.at).toBeGreaterThan(after(92 + 20));
    expect(account.messages.map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^LEFT AWAKE: 1 \(web\)\. dev: 1 of 1 updated/),
      'After the run: 1 back now (web)',
    ]);
  });
});
