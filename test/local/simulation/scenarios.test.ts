import { readFileSync } from 'node:fs';
import { canStandTogether } from '../../../local/account/fleet/behaviours.ts';
import { type FleetInstance, fleetSchema } from '../../../local/account/fleet/fleet.ts';
import { countTroubles, drawScenario, kinds } from '../../../local/simulation/draw/draw-scenario.ts';
import { play } from '../../../local/simulation/play/play.ts';
import { references } from '../../../local/simulation/scenario/reference-scenarios.ts';
import {
  callFaultKinds,
  invocationFaultKinds,
  type Scenario,
  type Task,
} from '../../../local/simulation/scenario/scenario.ts';
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
});

describe('a thousand scenarios', () => {
  const all = Array.from({ length: 1000 }, (_, index) => drawScenario(index + 1));

  it('are of each kind as often as it says', () => {
    expect(kinds.reduce((sum, { ofThousand }) => sum + ofThousand, 0)).toBe(1000);
    expect(new Set(kinds.map(({ name }) => name)).size).toBe(kinds.length);
    for (const { name, ofThousand } of kinds) {
      const count = all.filter(({ drawnAs }) => drawnAs === name).length;
      expect(Math.abs(count - ofThousand)).toBeLessThanOrEqual(3);
    }
  });

  it('are described in the docs with the same shares', () => {
    const page = readFileSync(new URL('../../../docs/reliability.md', import.meta.url), 'utf8');
    const shareOf = (row: string): number => Number(new RegExp(`^\\| (\\d+) \\| ${row} \\|`, 'm').exec(page)?.[1]);
    const told = kinds.filter(({ name }) => !name.startsWith('story: '));
    for (const { name, ofThousand } of told) expect([name, shareOf(name)]).toEqual([name, ofThousand]);
    expect(shareOf('stories')).toBe(1000 - told.reduce((sum, { ofThousand }) => sum + ofThousand, 0));
  });

  it('are in half of the cases, or more, of at most three troubles', () => {
    expect(all.filter((scenario) => countTroubles(scenario) <= 3).length).toBeGreaterThanOrEqual(500);
  });

  it('have every kind of fault and of disturbance, each five times at least', () => {
    const kinds = all.map(({ faults, disturbances }) => new Set([...faults, ...disturbances].map(({ kind }) => kind)));
    const every = [
      ...[...callFaultKinds, ...invocationFaultKinds],
      ...(['abort', 'time-out', 'abort-child', 'redrive', 'person', 'tool', 'window', 'events'] as const),
    ];
    for (const kind of every) {
      const count = kinds.filter((some) => some.has(kind)).length;
      expect([kind, count >= 5]).toEqual([kind, true]);
    }
  });

  it('are of several executions in many cases, and of no trouble in some', () => {
    expect(all.filter(({ executions }) => executions.length > 1).length).toBeGreaterThan(50);
    expect(all.filter(({ faults, disturbances }) => faults.length + disturbances.length === 0).length).toBeGreaterThan(
      50,
    );
  });

  it('are quiet, or of one fault on a healthy fleet, where they say so', () => {
    const troublesOf = (kind: string) => all.filter(({ drawnAs }) => drawnAs === kind).map(countTroubles);
    expect(new Set(troublesOf('quiet night'))).toEqual(new Set([0]));
    expect(new Set(troublesOf('one harmless fault'))).toEqual(new Set([1]));
  });

  it('have no instance of two behaviours that contradict each other', () => {
    for (const { fleet } of all) {
      for (const { behaviours } of fleet.groups.flatMap(({ instances }) => instances)) {
        const [one, other] = behaviours;
        if (one !== undefined && other !== undefined)
          expect([one, other, canStandTogether(one, other)]).toContain(true);
      }
    }
  });

  it('have short pages in many accounts', () => {
    expect(all.filter(({ habits }) => habits?.pageSizeMax !== undefined).length).toBeGreaterThan(350);
  });
});

describe('two behaviours on one instance', () => {
  it.each([
    ['no-capacity', 'vcpu-limit'],
    ['ghost', 'terminated'],
    ['update-fails', 'update-hangs'],
    ['hibernated', 'instance-store'],
    ['slow-boot', 'slow-boot'],
  ] as const)('%s and %s contradict each other', (one, other) => {
    expect(canStandTogether(one, other)).toBe(false);
    expect(canStandTogether(other, one)).toBe(false);
  });

  it.each([
    ['update-in-progress', 'ping-hourly'],
    ['command-lost', 'update-in-progress'],
    ['hibernated', 'slow-stop'],
    ['never-registers', 'update-fails'],
  ] as const)('%s and %s can be', (one, other) => {
    expect(canStandTogether(one, other)).toBe(true);
  });
});

describe('playing a scenario', () => {
  it('begins a run so long after another one has ended', async () => {
    const reference = references['one stopped instance'] as Scenario;
    const { evidence } = await play({
      ...reference,
      executions: [...reference.executions, { atSeconds: 40, after: 0, name: 'run-2', input: {} }],
    });
    const [first, second] = evidence.executions;
    expect(second?.startedAt).toBe((first?.endedAt ?? 0) + 40_000);
    expect(second).toMatchObject({ name: 'run-2', status: 'SUCCEEDED' });
  });

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
    habits: { pageSizeMax: 1, describeLagSeconds: 30 },
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
    expect(smallest.habits).toEqual({});
  });

  it('ends after so many tries', async () => {
    let tries = 0;
    await shrink(big(), async () => tries++ > 1000, 7);
    expect(tries).toBe(7);
  });
});
