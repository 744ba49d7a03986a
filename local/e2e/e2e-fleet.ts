import type { BehaviourName } from '../account/fleet/behaviours.ts';
import type { Fleet, FleetInstance } from '../account/fleet/fleet.ts';
import { parametersFor } from '../deployment/fleet-parameters.ts';
import type { References } from '../deployment/template.ts';

export const SEED = 1;

/**
 * Simulated seconds a second. What a machine takes for a call counts as so many seconds to the rules, so a busy one can make
 * a difference at the first speed: then the whole is tried once more at the second.
 */
export const SPEEDS = [10, 4];

/** What the run takes at most, in simulated time. */
export const RUN_SIMULATED_SECONDS_MAX = 40 * 60;

const instance = (number: number, state: FleetInstance['state'], ...behaviours: BehaviourName[]): FleetInstance => ({
  id: `i-0e2e${String(number).padStart(12, '0')}`,
  name: behaviours[0] ?? `healthy-${state}`,
  state,
  platform: 'amazon-linux-2023',
  agentVersion: '3.2.1630.0',
  behaviours,
});

/** Small, and yet most of what can become of an instance is in it. What takes an hour (a hung update) is left to the demo. */
export const e2eFleet: Fleet = {
  region: 'eu-central-1',
  agentVersion: '3.3.551.0',
  groups: [
    {
      name: 'dev',
      instances: [
        instance(1, 'stopped'),
        instance(2, 'stopped'),
        instance(3, 'stopped', 'settling'),
        instance(4, 'stopped', 'hibernated'),
        instance(5, 'stopped', 'already-current'),
        instance(6, 'stopped', 'update-fails'),
        instance(7, 'stopped', 'no-instance-profile'),
        instance(8, 'stopped', 'never-registers'),
        instance(9, 'stopped', 'launch-error'),
        instance(10, 'stopped', 'no-capacity-at-first'),
        instance(11, 'stopped', 'version-reported-late'),
        instance(12, 'stopped', 'opted-out'),
      ],
    },
    {
      name: 'prod',
      instances: [
        instance(13, 'running'),
        instance(14, 'running', 'already-current'),
        instance(15, 'running', 'ghost'),
      ],
    },
  ],
};

/** The same in both engines. Ten minutes instead of twenty: two instances wait in vain for an agent. */
export const PARAMETERS: References = {
  ...parametersFor(e2eFleet),
  ReadinessDeadlineSeconds: '600',
  ScheduleState: 'DISABLED',
};
