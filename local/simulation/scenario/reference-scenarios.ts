import type { BehaviourName } from '../../account/fleet/behaviours.ts';
import type { FleetInstance } from '../../account/fleet/fleet.ts';
import type { Scenario } from './scenario.ts';

const LATEST = '3.3.551.0';

export const SCHEDULED = '2026-12-06T02:00:00Z';

interface Member {
  state?: 'running' | 'stopped';
  behaviours?: BehaviourName[];
}

function reference(batchSize: number, members: Member[]): Scenario {
  const instances = members.map(
    ({ state = 'stopped', behaviours = [] }, index): FleetInstance => ({
      id: `i-${(index + 1).toString(16).padStart(17, '0')}`,
      name: `web-${index + 1}`,
      state,
      platform: 'amazon-linux-2023',
      agentVersion: '3.2.1630.0',
      behaviours,
    }),
  );
  return {
    seed: 1,
    fleet: { region: 'eu-central-1', agentVersion: LATEST, groups: [{ name: 'dev', instances }] },
    parameters: { BatchSize: String(batchSize) },
    executions: [{ atSeconds: 0, name: 'run-1', input: { scheduledTime: SCHEDULED } }],
    faults: [],
    disturbances: [],
  };
}

/** Runs in which every call and every state is tried: small, and with a bit of everything. */
export const references: Record<string, Scenario> = {
  'one stopped instance': reference(50, [{}]),
  'a batch of six': reference(50, [
    {},
    { behaviours: ['update-fails'] },
    { behaviours: ['slow-boot'] },
    { state: 'running' },
    { behaviours: ['hibernated'] },
    { behaviours: ['no-capacity-at-first'] },
  ]),
  'two batches': reference(2, [{}, { state: 'running' }, { behaviours: ['hibernated'] }]),
};
