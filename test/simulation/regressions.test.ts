import type { FleetInstance } from '../../local/account/fleet.ts';
import { judge } from '../../local/simulation/checkers/index.ts';
import { play } from '../../local/simulation/play.ts';
import type { Disturbance, Fault, Scenario } from '../../local/simulation/scenario.ts';

/** What the simulation has found in our own code, shrunk; each broke a promise once, and keeps it now. */

const RESTARTED = 'i-00000000000000003';

function aScenario(
  instance: Partial<FleetInstance> | Partial<FleetInstance>[],
  { seed, faults = [], disturbances = [] }: { seed: number; faults?: Fault[]; disturbances?: Disturbance[] },
): Scenario {
  const instances = [instance].flat().map(
    (one, index): FleetInstance => ({
      id: `i-${(index + 1).toString(16).padStart(17, '0')}`,
      name: `web-${index + 1}`,
      state: 'stopped',
      platform: 'amazon-linux-2023',
      agentVersion: '3.3.131.0',
      behaviours: [],
      ...one,
    }),
  );
  return {
    seed,
    fleet: { region: 'eu-central-1', agentVersion: '3.3.551.0', groups: [{ name: 'dev', instances }] },
    parameters: {},
    executions: [{ atSeconds: 0, name: 'run-1', input: {} }],
    faults,
    disturbances,
  };
}

async function told(scenario: Scenario) {
  const { evidence, account } = await play(scenario);
  const [{ report = null } = {}] = evidence.executions;
  return { complaints: judge(evidence), line: report?.instances[0], account };
}

it('a run that is redriven after ReconcileLeases has put its instance back blames nobody for the stop', async () => {
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

it('ReconcileLeases stops nobody whom an association of AWS itself is updating', async () => {
  const { complaints } = await told(
    aScenario(
      { platform: 'windows', behaviours: ['update-in-progress'] },
      { seed: 1659, disturbances: [{ kind: 'abort', atSeconds: 125, execution: 0 }] },
    ),
  );

  expect(complaints).toEqual([]);
});

it('an instance that somebody stops and starts again seconds after our start is theirs', async () => {
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
