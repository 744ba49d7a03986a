import { type BehaviourName, behaviourNames } from '../../account/fleet/behaviours.ts';
import type { Fleet, FleetInstance } from '../../account/fleet/fleet.ts';
import type { Scenario } from './scenario.ts';

const LATEST = '3.3.551.0';

export const SPECIAL_ID = 'i-00000000000000001';

export const NEIGHBOUR_ID = 'i-00000000000000002';

const instance = (id: string, name: string, behaviours: BehaviourName[]): FleetInstance => ({
  id,
  name,
  state: 'stopped',
  platform: 'amazon-linux-2023',
  agentVersion: '3.2.1630.0',
  behaviours,
});

/** A night in which nothing goes wrong, but for one behaviour of one instance; beside it sleeps a healthy one. */
export function quietNight(behaviour: BehaviourName): Scenario {
  const instances = [instance(SPECIAL_ID, behaviour, [behaviour]), instance(NEIGHBOUR_ID, 'neighbour', [])];
  const fleet: Fleet = { region: 'eu-central-1', agentVersion: LATEST, groups: [{ name: 'dev', instances }] };
  return {
    seed: behaviourNames.indexOf(behaviour) + 1,
    fleet,
    parameters: {},
    executions: [{ atSeconds: 0, name: 'run-1', input: { scheduledTime: '2026-12-06T02:00:00Z' } }],
    faults: [],
    disturbances: [],
  };
}
