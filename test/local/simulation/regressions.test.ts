import { readFileSync } from 'node:fs';
import type { Disturbance, Fault, Scenario } from '../../../local/simulation/scenario/scenario.ts';
import { aScenario, told } from '../../support/scenarios.ts';

/** What the simulation has found in our own code, shrunk; each broke a promise once, and keeps it now. */

const RESTARTED = 'i-00000000000000003';

it('a run that is redriven after ReconcileLeases has put its instance back blames no one else for the stop', async () => {
  const { complaints, line } = await told(
    aScenario(
      {},
      {
        seed: 31,
        disturbances: [
          { kind: 'time-out', atSeconds: 64, execution: 0 },
          { kind: 'redrive', atSeconds: 364, execution: 0 },
        ],
      },
    ),
  );

  expect(complaints).toEqual([]);
  expect(line).toMatchObject({ outcome: 'failed', reason: { code: 'stopped-in-run' }, finalState: 'stopped' });
});

it('a hibernation that EC2 loses is told, also if the run dies before its report', async () => {
  const { complaints, line } = await told(
    aScenario(
      // The other one keeps the run alive for as long as an agent may take to register.
      [{ behaviours: ['hibernation-falls-back'] }, { behaviours: ['never-registers'] }],
      { seed: 522, disturbances: [{ kind: 'abort', atSeconds: 1067, execution: 0 }] },
    ),
  );

  expect(complaints).toEqual([]);
  expect(line).toMatchObject({ reason: { code: 'hibernation-lost' }, finalState: 'stopped' });
});

it('two copies of StartInstances at once hold an instance together: the lease of either is its own', async () => {
  const twins: Fault = {
    on: 'invocation',
    kind: 'twin',
    function: 'StartInstancesFunction',
    nth: 1,
    times: 4,
    seconds: 5,
  };
  const { complaints, line } = await told(
    aScenario({ platform: 'windows', agentVersion: '3.3.40.0' }, { seed: 1614, faults: [twins] }),
  );

  expect(complaints).toEqual([]);
  expect(line).toMatchObject({ outcome: 'updated', reason: null, finalState: 'stopped' });
});

it('ReconcileLeases stops no instance that an association of AWS itself is updating', async () => {
  const { complaints } = await told(
    aScenario(
      { platform: 'windows', behaviours: ['update-in-progress'] },
      { seed: 1659, disturbances: [{ kind: 'abort', atSeconds: 125, execution: 0 }] },
    ),
  );

  expect(complaints).toEqual([]);
});

it('an instance that someone else stops and starts again seconds after our start is theirs', async () => {
  const { complaints, account } = await told(
    aScenario(
      { id: RESTARTED, agentVersion: '3.3.40.0' },
      {
        seed: 2548,
        disturbances: [{ kind: 'person', deed: 'restart', atSeconds: 8, instanceId: RESTARTED, seconds: 300 }],
      },
    ),
  );

  expect(complaints).toEqual([]);
  expect(account.world.machines.get(RESTARTED)?.state).toBe('running');
});

describe('someone else who starts an instance soon after an attempt of ours', () => {
  const SLEEPER = 'i-00000000000000001';
  const startedByPerson = (atSeconds: number): Disturbance => ({
    kind: 'person',
    deed: 'start',
    atSeconds,
    instanceId: SLEEPER,
    seconds: 300,
  });

  it.each<[string, { seed: number; fault: Fault; startedAtSeconds: number; disturbances: Disturbance[] }]>([
    [
      'whose answer, a refusal, could not be noted',
      {
        seed: 1839,
        fault: {
          on: 'call',
          kind: 'denied',
          function: 'StartInstancesFunction',
          operation: null,
          nth: 7,
          times: 1,
          seconds: 0,
        },
        startedAtSeconds: 10,
        disturbances: [],
      },
    ],
    [
      'that crashed: it has had its time to start',
      {
        seed: 5978,
        fault: {
          on: 'call',
          kind: 'crash-after',
          function: null,
          operation: 'StartInstances',
          nth: 1,
          times: 1,
          seconds: 1,
        },
        startedAtSeconds: 48,
        disturbances: [],
      },
    ],
    [
      'that could not write its lease, and so sent no start',
      {
        seed: 7645,
        fault: {
          on: 'call',
          kind: 'server-error',
          function: null,
          operation: 'CreateTags',
          nth: 1,
          times: 6,
          seconds: 0,
        },
        startedAtSeconds: 58,
        disturbances: [{ kind: 'abort-child', atSeconds: 8, execution: 0, child: 0 }],
      },
    ],
    [
      'that EC2 throttled before it took it: the throttled try has done nothing',
      {
        seed: 12527,
        fault: {
          on: 'call',
          kind: 'throttled',
          function: null,
          operation: 'StartInstances',
          nth: 2,
          times: 1,
          seconds: 0,
        },
        startedAtSeconds: 31,
        disturbances: [],
      },
    ],
  ])('keeps it: %s', async (_what, { seed, fault, startedAtSeconds, disturbances }) => {
    const { complaints, account } = await told(
      aScenario(
        { id: SLEEPER },
        { seed, faults: [fault], disturbances: [...disturbances, startedByPerson(startedAtSeconds)] },
      ),
    );

    expect(complaints).toEqual([]);
    expect(account.world.machines.get(SLEEPER)?.state).toBe('running');
  });
});

it('an instance that someone else restarts in mid-run is seen going down, and its agent is not called lost', async () => {
  // Its agent takes longer to come back than it has to report the version.
  const scenario = aScenario(
    { behaviours: ['slow-boot'] },
    {
      seed: 3764,
      disturbances: [
        { kind: 'person', deed: 'restart', atSeconds: 762, instanceId: 'i-00000000000000001', seconds: 1200 },
      ],
    },
  );
  const { complaints, line } = await told({
    ...scenario,
    parameters: { VerifyDeadlineSeconds: '360' },
    // Both want the lock; the second gets it.
    executions: ['run-1', 'run-2'].map((name) => ({ atSeconds: 0, name, input: {} })),
  });

  expect(complaints).toEqual([]);
  expect(line).toMatchObject({ reason: { code: 'stopped-in-run' }, finalState: 'handed-over' });
});

it('a run that takes over from a dead one knows whom that one had not started: its notes say so', async () => {
  const { complaints, account } = await told({
    ...aScenario(
      {},
      {
        seed: 16372,
        disturbances: [
          { kind: 'time-out', atSeconds: 16, execution: 1 },
          { kind: 'person', deed: 'start', atSeconds: 0, instanceId: 'i-00000000000000001', seconds: 5400 },
        ],
      },
    ),
    executions: ['run-1', 'run-2'].map((name) => ({ atSeconds: 0, name, input: {} })),
  });

  expect(complaints).toEqual([]);
  expect(account.world.machines.get('i-00000000000000001')?.state).toBe('running');
});

it('a start that got no answer is not taken for refused because the next try of it was', async () => {
  const strike = (kind: 'lost-reply' | 'denied', nth: number): Fault => ({
    on: 'call',
    kind,
    function: null,
    operation: 'StartInstances',
    nth,
    times: 1,
    seconds: 0,
  });
  // The first start comes before its lease is seen.
  const { complaints, line } = await told(
    aScenario({}, { seed: 1, faults: [strike('lost-reply', 2), strike('denied', 3)] }),
  );

  expect(complaints).toEqual([]);
  expect(line).toMatchObject({ outcome: 'updated', reason: null, finalState: 'stopped' });
});

it('a start that comes after its step has failed is ours, also if the instance was tried in vain before', async () => {
  const struck = { on: 'invocation', function: 'StartInstancesFunction', seconds: 1 } as const;
  const { complaints, line } = await told(
    aScenario(
      {},
      {
        // The first start comes before its lease is seen. The second try is refused for minutes, then given up while it goes on.
        seed: 1,
        faults: [
          { ...struck, kind: 'refused', nth: 2, times: 20 },
          { ...struck, kind: 'abandoned', nth: 22, times: 1 },
          { ...struck, kind: 'refused', nth: 23, times: 1 },
          { ...struck, on: 'call', kind: 'slow', operation: null, nth: 9, times: 60, seconds: 3 },
        ],
      },
    ),
  );

  expect(complaints).toEqual([]);
  expect(line).toMatchObject({ outcome: 'failed', reason: { code: 'step-failed' }, finalState: 'stopped' });
});

it('a run that is redriven while ReconcileLeases reads the leases keeps its lock', async () => {
  const { complaints, line } = await told(
    aScenario(
      {},
      {
        seed: 3,
        faults: [
          {
            on: 'call',
            kind: 'slow',
            function: 'ReconcileLeasesFunction',
            operation: 'DescribeInstances',
            nth: 1,
            times: 12,
            seconds: 7,
          },
        ],
        disturbances: [
          { kind: 'abort', atSeconds: 60, execution: 0 },
          { kind: 'redrive', atSeconds: 256, execution: 0 },
        ],
      },
    ),
  );

  expect(complaints).toEqual([]);
  expect(line).toMatchObject({ outcome: 'updated', reason: null, finalState: 'stopped' });
});

it.each([
  [3439, 'a command of our own whose reply was lost is not taken for someone else’s'],
  [4804, 'a stop of our own whose reply was lost is not blamed on others'],
  [22730, 'ReconcileLeases looks again under the lock: the run may have been redriven since'],
])('seed %i, as it was drawn then: %s', async (seed) => {
  const file = new URL(`regressions/seed-${seed}.json`, import.meta.url);
  const scenario = JSON.parse(readFileSync(file, 'utf8')) as Scenario;
  expect((await told(scenario)).complaints).toEqual([]);
});
