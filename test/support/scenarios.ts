import type { FleetInstance } from '../../local/account/fleet/fleet.ts';
import { judge } from '../../local/simulation/checkers/all-checkers.ts';
import { play } from '../../local/simulation/play/play.ts';
import type { Disturbance, Fault, Scenario } from '../../local/simulation/scenario/scenario.ts';

/** One group of stopped instances with an old agent, one run, and what goes wrong in it. */
export function aScenario(
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

/** Plays a scenario: what the checkers complain of, and the lines of its report. */
export async function told(scenario: Scenario) {
  const { evidence, account } = await play(scenario);
  const report = evidence.executions.find((execution) => execution.report !== null)?.report;
  const lines = report?.instances ?? [];
  return { complaints: judge(evidence), line: lines[0], lines, account, evidence };
}
