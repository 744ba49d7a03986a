import type { Report } from '../../functions/domain/report/report.ts';
import type { Account } from '../../local/account/account.ts';
import { night } from '../../local/run/night.ts';
import { SIMULATION_START, stateOf } from '../../local/run/simulated-run.ts';
import { aFleet, tell } from '../support/stories.ts';

const WEB = 'i-00000000000000001';
const after = (hours: number, minutes = 0): number => SIMULATION_START.getTime() + (hours * 60 + minutes) * 60_000;

/** Moments of the calls of ours that stop an instance, whether they were refused or not. */
const stopsOf = (account: Account): number[] =>
  account.journal.entries.flatMap((entry) =>
    entry.kind === 'call' && entry.operation === 'StopInstances' && entry.principal !== 'person' ? [entry.at] : [],
  );

describe('an instance that can be put back only in the working day', () => {
  it('stays awake: a scheduler starts it at 08:30, which EC2 does not show, and someone works on it by SSH', async () => {
    const account = await night(
      aFleet({ dev: { web: {} } }),
      async ({ account: { people }, start, pass, reconcile }) => {
        const { result } = start('run-1');
        // Until 09:10.
        people.runAssociation(WEB, (7 * 60 + 7) * 60, after(0, 3));
        people.start(WEB, after(6, 30));
        await result;
        for (let minutes = 0; minutes < 8 * 60; minutes += 15) {
          await reconcile();
          await pass(15 * 60);
        }
      },
    );

    expect(stateOf(account, WEB)).toBe('running');
    expect(stopsOf(account).filter((at) => at > after(4))).toEqual([]);
    expect(account.world.machines.get(WEB)?.tags.has('reveille:lease')).toBe(false);
    const told = account.messages.find(({ subject }) => subject.startsWith('LEFT AWAKE: 1 (web). After the run: '));
    expect(told?.message).toContain(`aws ec2 stop-instances --region eu-central-1 --instance-ids ${WEB}`);
    const report = JSON.parse(account.objects.read(account.bucket, 'runs/run-1/report.json') ?? '') as Report;
    expect(report.status).toBe('failed');
  });
});

describe('a window of two hours', () => {
  const names = Array.from({ length: 12 }, (_, index) => `web-${index + 1}`);
  const twelve = aFleet({ dev: Object.fromEntries(names.map((name) => [name, {}])) });
  const parameters = { WindowSeconds: '7200' };

  it('is enough for all of twelve', async () => {
    const { report, broken, account } = await tell(twelve, { parameters });

    expect(report.counts).toMatchObject({ intended: 12, updated: 12 });
    expect(report.status).toBe('succeeded');
    expect(broken).toEqual([]);
    expect(Math.max(...stopsOf(account))).toBeLessThan(after(2));
  });

  it('has a plan that says the same', async () => {
    const { plan } = await simulatePlan();
    expect(plan?.counts).toMatchObject({ intended: 12, wake: 12, excluded: 0 });
  });

  const simulatePlan = async () => {
    const { simulate } = await import('../../local/run/simulated-run.ts');
    return simulate({ fleet: twelve, seed: 1, parameters, input: { dryRun: true } });
  };

  it('leaves out what gets no turn, and then the run fails', async () => {
    const { of, report } = await tell(aFleet({ dev: { late: { behaviours: ['no-capacity-at-first'] }, web: {} } }), {
      // 61 minutes: one more than a boot, an update and ten minutes to restore need, less than capacity takes to come.
      input: { finishBy: '2026-12-06T03:06:00Z' },
      parameters: { RestoreDeadlineSeconds: '600' },
    });

    expect(of('web')).toMatchObject({ outcome: 'updated', finalState: 'stopped' });
    expect(of('late')).toMatchObject({ outcome: 'failed', reason: { code: 'out-of-time' }, finalState: 'stopped' });
    expect(report.status).toBe('failed');
  });
});
