import type { Report, ReportInstance } from '../../functions/domain/report/report.ts';
import type { Account } from '../../local/account/account.ts';
import { type Night, night } from '../../local/run/night.ts';
import { aFleet } from '../support/stories.ts';

const WEB = 'i-00000000000000001';

/** Aborts it without a word, and lets ReconcileLeases look until it has nothing left to do. */
async function dies({ pass, reconcile }: Night, abort: () => void): Promise<void> {
  abort();
  for (let look = 0; look < 6; look++) {
    await pass(120);
    await reconcile();
  }
}

function lineOf({ objects, bucket }: Account, runId: string): ReportInstance {
  const report = JSON.parse(objects.read(bucket, `runs/${runId}/report.json`) ?? '') as Report;
  const line = report.instances.find(({ instanceId }) => instanceId === WEB);
  if (line === undefined) throw new Error(`${WEB} is not in the report`);
  return line;
}

const sends = ({ journal }: Account): unknown[] =>
  journal.entries.flatMap((entry) =>
    entry.kind === 'call' && entry.operation === 'SendCommand' && entry.error === null ? [entry.parameters] : [],
  );

describe('after a run was aborted', () => {
  it('and the next one has taken its instances over, its report waits until they are back', async () => {
    const account = await night(aFleet({ dev: { web: {} } }), async (story) => {
      const first = story.start('run-1');
      await story.called('CheckReadinessFunction', 'DescribeInstanceInformation');
      first.abort();
      const second = story.start('run-2').result;
      await story.pass(180);
      await story.reconcile();
      expect(story.account.objects.read(story.account.bucket, 'runs/run-1/report.json')).toBeNull();
      await second;
      await story.reconcile();
    });

    expect(lineOf(account, 'run-2')).toMatchObject({ outcome: 'updated', finalState: 'stopped' });
    expect(lineOf(account, 'run-1')).toMatchObject({ finalState: 'stopped' });
    expect(account.messages.filter(({ subject }) => subject.includes('LEFT AWAKE'))).toEqual([]);
  });

  it('its report says how each instance was put back, and when', async () => {
    const account = await night(aFleet({ dev: { web: { behaviours: ['hibernated'] }, db: {} } }), async (story) => {
      const execution = story.start('run-1');
      await story.called('UpdateAgentFunction', 'SendCommand');
      await dies(story, () => execution.abort());
    });

    const line = lineOf(account, 'run-1');
    expect(line).toMatchObject({ outcome: 'failed', reason: { code: 'no-result' }, finalState: 'hibernated' });
    const [woken, restored] = [line.wokenAt, line.restoredAt].map((time) => Date.parse(time ?? ''));
    expect(line.awakeSeconds).toBe(((restored ?? 0) - (woken ?? 0)) / 1000);
    expect(line.awakeSeconds).toBeGreaterThan(120);
  });

  it('its report says that a command had succeeded, although no result of it is left', async () => {
    const account = await night(aFleet({ dev: { web: {} } }), async (story) => {
      const execution = story.start('run-1');
      await story.called('UpdateAgentFunction', 'SendCommand');
      await story.pass(60);
      await dies(story, () => execution.abort());
    });

    expect(lineOf(account, 'run-1').reason?.text).toMatch(/the command that it was sent \(\S+\) is Success at 2026-/);
  });

  it('the next run sends a running instance no second update, while the first one may be at work', async () => {
    let sentEarly = 0;
    const hanging = aFleet({ prod: { web: { state: 'running', behaviours: ['update-hangs'] } } });
    const account = await night(hanging, async (story) => {
      const first = story.start('run-1');
      await story.called('UpdateAgentFunction', 'SendCommand');
      first.abort();
      // By then nothing of the first one can act any more.
      await story.pass(100);
      const second = story.start('run-2').result;
      await story.pass(40 * 60);
      sentEarly = sends(story.account).length;
      await second;
    });

    expect(sentEarly).toBe(1);
    expect(lineOf(account, 'run-2')).toMatchObject({ reason: { code: 'update-hung' }, finalState: 'running' });
  });
});
