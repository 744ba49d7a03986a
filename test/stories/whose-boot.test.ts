import type { simulate } from '../../local/run/simulated-run.ts';
import { aFleet, tell } from '../support/stories.ts';

const two = aFleet({ dev: { web: {}, batch: { platform: 'windows' } } });

/** The objects that say which boots are ours, by key. */
const bootsIn = ({ account }: Awaited<ReturnType<typeof simulate>>) =>
  account.journal.entries.flatMap((entry) =>
    entry.kind === 'call' &&
    entry.operation === 'PutObject' &&
    entry.error === null &&
    (entry.parameters as { key: string }).key.includes('/boots/')
      ? [(entry.parameters as { key: string }).key]
      : [],
  );

describe('an instance whose LaunchTime comes', () => {
  it('around EC2’s reply is updated and as it was, and its boot is written down once', async () => {
    const told = await tell(two, { habits: { launchTimeSeconds: [-2, 2] } });

    expect(told.broken).toEqual([]);
    expect(told.report.counts).toMatchObject({ updated: 2 });
    const keys = bootsIn(told);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(2);
  });

  it('half a minute after it is updated and as it was all the same: looks between have shown it starting', async () => {
    const told = await tell(two, { habits: { launchTimeSeconds: [28, 32] } });

    expect(told.broken).toEqual([]);
    expect(told.report).toMatchObject({ status: 'succeeded', counts: { updated: 2 } });
  });

  it('ten seconds after it, before any look has shown it starting, may be someone else’s: it is left awake, and that is told', async () => {
    const { of, report, account, calls } = await tell(two, { habits: { launchTimeSeconds: [9, 11] } });

    for (const name of ['web', 'batch']) {
      expect(of(name)).toMatchObject({
        outcome: 'updated',
        finalState: 'handed-over',
        reason: { code: 'boot-in-doubt', text: expect.stringContaining('so it is left running') },
      });
    }
    expect(report.status).toBe('failed');
    expect(account.messages.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^LEFT AWAKE: 2 \(.+\)\. /)]);
    expect(calls('StopInstances')).toEqual([]);
    const leases = [...account.world.machines.values()].map(({ tags }) => tags.get('reveille:lease'));
    expect(leases).toEqual([undefined, undefined]);
  });

  it('after ten minutes proves nothing any more: it is left awake, and that is told', async () => {
    const { of, report } = await tell(two, { habits: { launchTimeSeconds: [600, 600] } });

    expect(of('web')).toMatchObject({ finalState: 'handed-over', reason: { code: 'boot-in-doubt' } });
    expect(report.status).toBe('failed');
  });
});

describe('an instance whose start got no answer', () => {
  it('is stopped by the window of that start, and its reason says so', async () => {
    const lost = Object.assign(new Error('lost'), { name: 'Lambda.ServiceException' });
    // From the start on, the first attempt can write nothing any more, and its reply is lost, too.
    let isStarted = false;
    let isDead = false;
    const { of, broken, report } = await tell(aFleet({ dev: { web: {} } }), {
      onEntry: (entry) => {
        if (entry.kind === 'call' && entry.operation === 'StartInstances' && entry.error === null) isStarted = true;
      },
      prepare: (account) => {
        account.disturb({
          matches: (_service, operation, principal) =>
            operation === 'PutObject' && principal === 'StartInstancesFunction' && isStarted && !isDead,
          error: 'service-unavailable',
        });
      },
      wrap: (logicalId, handler) => async (event, context) => {
        const reply = await handler(event, context);
        if (logicalId !== 'StartInstancesFunction' || !isStarted || isDead) return reply;
        isDead = true;
        throw lost;
      },
    });

    expect(broken).toEqual([]);
    expect(report.status).toBe('succeeded');
    expect(of('web')).toMatchObject({ outcome: 'updated', finalState: 'stopped', reason: { code: 'boot-assumed' } });
  });
});
