import { drawScenario } from '../../../local/simulation/draw/draw-scenario.ts';
import { drawOverlays, type Overlays, overlays } from '../../../local/simulation/scenario/overlays.ts';
import type { Disturbance, ToolDeed } from '../../../local/simulation/scenario/scenario.ts';
import { aScenario, told } from '../../support/scenarios.ts';

const byTool = (deed: ToolDeed, atSeconds: number): Disturbance => ({ kind: 'tool', deed, atSeconds });

describe('what is laid over a night', () => {
  const seeds = Array.from({ length: 4000 }, (_, index) => index + 1);

  const hasTool = (deed: ToolDeed) => (laid: Overlays) =>
    laid.disturbances.some((one) => one.kind === 'tool' && one.deed === deed);
  const isLaid: Record<string, (laid: Overlays) => boolean> = {
    'unkind AWS': ({ habits }) => habits.launchTimeSeconds !== undefined,
    'wrong belief': ({ habits, disturbances }) =>
      habits.ssmClockSeconds !== undefined ||
      habits.describesGoBack !== undefined ||
      habits.previousStateLagSeconds !== undefined ||
      habits.stopShownSeconds !== undefined ||
      disturbances.some(({ kind }) => kind === 'events'),
    'cold functions': ({ coldSeconds }) => coldSeconds !== undefined,
    'sessions of yesterday': ({ habits }) => habits.hasOldSessions === true,
    'morning scheduler': hasTool('start'),
    'stripped tags': hasTool('remove-lease'),
    'disturbed zone': ({ disturbances }) => disturbances.some(({ kind }) => kind === 'zone'),
    'forgotten ID': ({ disturbances }) => disturbances.some(({ kind }) => kind === 'forgotten'),
  };

  it.each(overlays.map(({ name, share }) => [name, share] as const))('comes as often as it says: %s', (name, share) => {
    const count = seeds.map(drawOverlays).filter((laid) => isLaid[name]?.(laid)).length;
    expect(Math.abs(count / seeds.length - share)).toBeLessThan(0.02);
  });

  it('is never laid over a quiet night, or over one harmless fault', () => {
    const kind = seeds
      .map(drawScenario)
      .filter(({ drawnAs = '' }) => /^(quiet night|one harmless fault)$/.test(drawnAs));
    expect(kind.length).toBeGreaterThan(100);
    for (const { habits, disturbances, coldSeconds } of kind) {
      expect([habits?.launchTimeSeconds, habits?.hasOldSessions, coldSeconds]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      expect(disturbances).toEqual([]);
    }
  });
});

describe('a tool', () => {
  it('starts what sleeps, and shows nothing on what is awake: that is put back all the same', async () => {
    const { complaints, evidence, account } = await told(
      aScenario([{}, { state: 'running' }], { seed: 3, disturbances: [byTool('start', 60), byTool('start', 4000)] }),
    );
    expect(complaints).toEqual([]);
    // By then it was put back: so it is the scheduler's.
    expect(account.world.machines.get('i-00000000000000001')?.state).toBe('running');
    expect(evidence.disturbances.map(({ disturbance }) => disturbance)).toMatchObject([
      { kind: 'person', deed: 'start', atSeconds: 4000, instanceId: 'i-00000000000000001' },
    ]);
  });

  it('takes the lease off all that is awake, and off nothing else: they are left awake, and told', async () => {
    const { complaints, lines } = await told(
      aScenario([{}, { behaviours: ['slow-boot'] }], { seed: 3, disturbances: [byTool('remove-lease', 60)] }),
    );
    expect(complaints).toEqual([]);
    expect(lines.map(({ finalState }) => finalState)).toEqual(['handed-over', 'handed-over']);
  });
});
