import { reportSchema } from '../../functions/domain/report/report.ts';
import { simulate } from '../../local/run/simulated-run.ts';
import { aFleet, LATEST, OLD, tell } from '../support/stories.ts';

describe('a group whose instances are all stopped', () => {
  const fleet = aFleet({ dev: { 'web-1': {}, 'web-2': {}, 'web-3': {} } });

  it('is woken, updated, verified and put back to sleep', async () => {
    const { report, broken, execution } = await tell(fleet);

    expect(broken).toEqual([]);
    expect(execution.status).toBe('SUCCEEDED');
    expect(report.status).toBe('succeeded');
    expect(report.counts).toEqual({ intended: 3, updated: 3, alreadyCurrent: 0, failed: 0, excluded: 0 });
    for (const instance of report.instances) {
      expect(instance).toMatchObject({
        outcome: 'updated',
        reason: null,
        versionBefore: OLD,
        versionAfter: LATEST,
        originalState: 'stopped',
        finalState: 'stopped',
      });
      expect(instance.awakeSeconds).toBeGreaterThan(60);
    }
  });

  it('is reported in the bucket, in the published form, and to people', async () => {
    const { account, report } = await tell(fleet);

    expect(reportSchema.parse(report)).toEqual(report);
    expect(account.messages).toHaveLength(1);
    const [message] = account.messages;
    expect(message?.subject).toBe('dev: 3 of 3 updated. All back as they were');
    expect(message?.message).toContain('3 intended = 3 updated + 0 already current + 0 failed + 0 excluded');
    expect(message?.message).toContain(`s3://${account.bucket}/runs/demo-1/report.json`);
  });

  it('costs one start, one command and one lease for all of them, or two where the first is not seen at once', async () => {
    const { calls } = await tell(fleet);

    expect(calls('StartInstances')).toHaveLength(1);
    expect(calls('CreateTags').length).toBeLessThanOrEqual(2);
    const commands = calls('SendCommand') as { InstanceIds: string[] }[];
    expect(commands.flatMap(({ InstanceIds }) => InstanceIds)).toHaveLength(3);
  });

  it('holds each instance by record and lease, tries its way back, and then starts it, with a record of that', async () => {
    const { account } = await tell(fleet);

    const written = account.journal.entries.flatMap((entry) =>
      entry.kind === 'call' &&
      (entry.principal === 'StartInstancesFunction' || entry.error === 'DryRunOperation') &&
      !/^(Describe|List|Get)/.test(entry.operation)
        ? [entry.operation]
        : [],
    );
    // One look at the way back for each, since their names differ. A note of what EC2 said to the start comes last.
    expect(written.join(' ')).toBe(
      'PutObject CreateTags StopInstances StopInstances StopInstances PutObject StartInstances PutObject',
    );
  });
});

describe('who is running', () => {
  it('is updated as it runs, and never stopped', async () => {
    const { broken, of, calls } = await tell(aFleet({ prod: { shop: { state: 'running' } } }));

    expect(broken).toEqual([]);
    expect(of('shop')).toMatchObject({ outcome: 'updated', finalState: 'running', wokenAt: null, awakeSeconds: null });
    expect(calls('StopInstances')).toEqual([]);
    expect(calls('CreateTags')).toEqual([]);
  });
});

describe('a straggler', () => {
  it('holds up no other instance', async () => {
    const fleet = aFleet({ dev: { fast: {}, slow: { behaviours: ['slow-boot'] } } });
    const { of, broken } = await tell(fleet);

    expect(broken).toEqual([]);
    const [fast, slow] = [of('fast'), of('slow')];
    expect(slow.outcome).toBe('updated');
    expect(Date.parse(fast.restoredAt ?? '')).toBeLessThan(Date.parse(slow.restoredAt ?? '') - 120_000);
    expect(fast.awakeSeconds).toBeLessThan(600);
  });
});

describe('an instance in two groups', () => {
  it('counts once, in the first', async () => {
    const dev = aFleet({ dev: { shared: {} } });
    const fleet = { ...dev, groups: [...dev.groups, { name: 'all', instances: dev.groups[0]?.instances ?? [] }] };
    const { report } = await tell(fleet);

    expect(report.instances.map(({ group }) => group)).toEqual(['dev']);
  });
});

describe('a target version', () => {
  it('is the region’s latest, unless the input names one', async () => {
    const fleet = aFleet({ dev: { old: { agentVersion: '3.1.1732.0' }, newer: { agentVersion: '3.3.40.0' } } });
    const { report, of } = await tell(fleet, { input: { targetVersion: '3.2.1630.0' } });

    expect(report.targetVersion).toBe('3.2.1630.0');
    expect(of('old')).toMatchObject({ outcome: 'updated', versionAfter: '3.2.1630.0' });
    expect(of('newer')).toMatchObject({ outcome: 'already-current', versionAfter: '3.3.40.0' });
  });

  it('that the region does not have wakes no instance, and fails', async () => {
    const { of, broken, execution } = await tell(aFleet({ dev: { web: {} } }), { input: { targetVersion: '9.9.9.9' } });

    expect(execution.status).toBe('FAILED');
    expect(broken).toEqual([]);
    expect(of('web')).toMatchObject({
      outcome: 'excluded',
      finalState: 'stopped',
      reason: { code: 'target-not-available' },
    });
  });
});

describe('the same seed', () => {
  const fleet = aFleet({
    dev: { a: {}, b: { behaviours: ['slow-boot'] }, c: { platform: 'windows' } },
    prod: { d: { state: 'running' } },
  });
  const bytes = async (seed: number) => {
    const { account } = await simulate({ fleet, seed, runId: 'run' });
    return account.objects.read(account.bucket, 'runs/run/report.json');
  };

  it('gives the same report, byte for byte; another seed gives another one', async () => {
    expect(await bytes(7)).toBe(await bytes(7));
    expect(await bytes(7)).not.toBe(await bytes(8));
  });
});
