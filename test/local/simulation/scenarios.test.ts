import { type FleetInstance, fleetSchema } from '../../../local/account/fleet/fleet.ts';
import { drawScenario } from '../../../local/simulation/scenario/draw-scenario.ts';
import { references } from '../../../local/simulation/scenario/reference-scenarios.ts';
import type { Scenario, Task } from '../../../local/simulation/scenario/scenario.ts';
import { shrink } from '../../../local/simulation/scenario/shrink.ts';
import { tryAll } from '../../../local/simulation/trial/pool.ts';
import { tryScenario, type Verdict } from '../../../local/simulation/trial/verdict.ts';

const seeds = Array.from({ length: 300 }, (_, index) => index + 1);

describe('a scenario', () => {
  it('is the same for the same seed, plain data, and a fleet that can be', () => {
    for (const seed of seeds) {
      const scenario = drawScenario(seed);
      expect(drawScenario(seed)).toEqual(scenario);
      expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario);
      expect(fleetSchema.safeParse(scenario.fleet).success).toBe(true);
    }
  });

  it('is of all kinds', () => {
    const all = seeds.map(drawScenario);
    const kinds = new Set(
      all.flatMap(({ faults, disturbances }) => [...faults, ...disturbances].map(({ kind }) => kind)),
    );
    expect(kinds.size).toBeGreaterThanOrEqual(19);
    expect(all.filter(({ faults, disturbances }) => faults.length + disturbances.length === 0).length).toBeGreaterThan(
      15,
    );
    expect(all.some(({ executions }) => executions.length > 1)).toBe(true);
  });
});

describe('playing a scenario', () => {
  it('gives the same bytes each time, and others for another seed', async () => {
    const first = await tryScenario(drawScenario(2));
    const again = await tryScenario(drawScenario(2));
    expect(first.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(again.digest).toBe(first.digest);
    expect((await tryScenario(drawScenario(3))).digest).not.toBe(first.digest);
  });

  it('without any trouble breaks no promise', async () => {
    for (const reference of Object.values(references)) {
      expect((await tryScenario(reference)).complaints).toEqual([]);
    }
  });

  it('in one process or in two gives the same digests', async () => {
    const digestsWith = async (workers: number): Promise<string[]> => {
      const digests: string[] = [];
      const tasks: Task[] = [4, 5, references['one stopped instance'] as Scenario, 6];
      await tryAll(
        { workers },
        () => tasks.shift() ?? null,
        (verdict: Verdict, index) => {
          digests[index] = verdict.digest;
          return true;
        },
      );
      return digests;
    };
    const alone = await digestsWith(1);
    expect(alone).toHaveLength(4);
    expect(await digestsWith(2)).toEqual(alone);
  });
});

describe('shrinking', () => {
  const big = (): Scenario => ({
    ...drawScenario(1),
    fleet: {
      ...drawScenario(1).fleet,
      groups: [
        { name: 'dev', instances: ['1', '2', '3', '4'].map((id) => ({ ...instance, id: `i-${id}` })) },
        { name: 'prod', instances: [{ ...instance, id: 'i-5' }] },
      ],
    },
    faults: ['StartInstances', 'StopInstances', 'CreateTags'].map((operation) => ({
      on: 'call',
      kind: 'crash-after',
      function: null,
      operation,
      nth: 1,
      times: 3,
      seconds: 1,
    })),
    disturbances: [
      { kind: 'abort', execution: 0, atSeconds: 10 },
      { kind: 'person', deed: 'start', instanceId: 'i-2', atSeconds: 20, seconds: 60 },
    ],
  });
  const instance: FleetInstance = {
    id: 'i-1',
    state: 'stopped',
    platform: 'ubuntu',
    agentVersion: '3.2.1630.0',
    behaviours: ['slow-boot', 'slow-stop'],
  };

  it('leaves what it takes, and nothing else', async () => {
    const smallest = await shrink(big(), async ({ fleet, faults }) => {
      const hasIt = fleet.groups.some(({ instances }) => instances.some(({ id }) => id === 'i-3'));
      return (
        hasIt &&
        faults.some(({ on, ...fault }) => on === 'call' && 'operation' in fault && fault.operation === 'StopInstances')
      );
    });
    expect(smallest.fleet.groups).toEqual([{ name: 'dev', instances: [{ ...instance, id: 'i-3', behaviours: [] }] }]);
    expect(smallest.faults).toMatchObject([{ operation: 'StopInstances', times: 1 }]);
    expect(smallest.disturbances).toEqual([]);
    expect(smallest.executions).toMatchObject([{ input: {} }]);
  });

  it('ends after so many tries', async () => {
    let tries = 0;
    await shrink(big(), async () => tries++ > 1000, 7);
    expect(tries).toBe(7);
  });
});
