import type { Disturbance } from '../../../local/simulation/scenario/scenario.ts';
import { aScenario, told } from '../../support/scenarios.ts';

/** What the simulation has found of whose an instance is, and until when; each broke a promise once, and keeps it now. */

const SLEEPER = 'i-00000000000000001';

const byPerson = (deed: 'restart' | 'opt-out', atSeconds: number): Disturbance => ({
  kind: 'person',
  deed,
  atSeconds,
  instanceId: SLEEPER,
  seconds: 60,
});

it.each([
  ['while its agent boots', 82, 55],
  ['while it is updated', 84, 120],
])(
  'an instance that someone else has restarted %s is theirs, however late EC2 shows its LaunchTime',
  async (_when, seed, atSeconds) => {
    const { complaints, account } = await told({
      ...aScenario({ platform: 'ubuntu' }, { seed, disturbances: [byPerson('restart', atSeconds)] }),
      habits: { launchTimeSeconds: [10, 45] },
    });

    expect(complaints).toEqual([]);
    expect(account.world.machines.get(SLEEPER)?.state).toBe('running');
  },
);

it('an instance that its owner takes out while it boots is excluded, although the run had started it', async () => {
  const { complaints, line } = await told(aScenario({}, { seed: 103, disturbances: [byPerson('opt-out', 41)] }));

  expect(complaints).toEqual([]);
  expect(line).toMatchObject({ outcome: 'excluded', reason: { code: 'opted-out-in-run' } });
});

it('an instance that a dead run has left awake beyond its end is updated by a later one, within the later one’s end', async () => {
  const { complaints, account } = await told({
    ...aScenario(
      {},
      {
        seed: 40,
        disturbances: [
          {
            kind: 'window',
            atSeconds: 10,
            trouble: 'denied',
            seconds: 100_000,
            function: null,
            service: null,
            operation: 'DescribeExecution',
          },
          { kind: 'abort', atSeconds: 55, execution: 0 },
        ],
      },
    ),
    executions: [
      { atSeconds: 0, name: 'run-1', input: {} },
      { after: 0, atSeconds: 90_000, name: 'run-2', input: {} },
    ],
  });

  expect(complaints).toEqual([]);
  expect(account.world.machines.get(SLEEPER)?.agent.version).toBe('3.3.551.0');
});

it.each([1, 2, 3, 4])(
  'what someone stops and starts again is not stopped, though EC2 still shows it stopped for a while (seed %i)',
  async (seed) => {
    const { complaints, account } = await told({
      ...aScenario({ behaviours: ['slow-boot'] }, { seed, disturbances: [byPerson('restart', 73)] }),
      habits: { describeLagSeconds: 40 },
    });

    expect(complaints).toEqual([]);
    expect(account.world.machines.get(SLEEPER)?.state).toBe('running');
  },
);

it('a run that takes over what an earlier one has left to others puts it back only after 20 quiet minutes', async () => {
  const { complaints, evidence } = await told({
    ...aScenario(
      {},
      {
        seed: 7,
        disturbances: [{ kind: 'person', deed: 'open-session', atSeconds: 100, instanceId: SLEEPER, seconds: 1800 }],
      },
    ),
    executions: [
      { atSeconds: 0, name: 'run-1', input: {} },
      { after: 0, atSeconds: 60, name: 'run-2', input: {} },
    ],
  });

  expect(complaints).toEqual([]);
  const [, second] = evidence.executions;
  expect(second?.report?.instances[0]).toMatchObject({ finalState: 'stopped', outcome: 'already-current' });
  // The session ended after 1900 seconds.
  expect((second?.endedAt ?? 0) - evidence.startedAt).toBeGreaterThan((1900 + 1200) * 1000);
});
