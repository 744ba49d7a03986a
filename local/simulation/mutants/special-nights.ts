import type { BehaviourName } from '../../account/fleet/behaviours.ts';
import type { FleetInstance } from '../../account/fleet/fleet.ts';
import { person, startsLate } from '../draw/story.ts';
import type { Night, Scenario } from '../scenario/scenario.ts';

/** A healthy one that sleeps, unless it behaves otherwise. */
const sleeper = (index: number, behaviours: BehaviourName[] = []): FleetInstance => ({
  id: `i-${index.toString(16).padStart(17, '0')}`,
  name: `web-${index}`,
  state: 'stopped',
  platform: 'amazon-linux-2023',
  agentVersion: '3.2.1630.0',
  behaviours,
});

/** @param seed far from the numbers of quiet nights and from seeds that anyone draws; it deals AWS's own delays */
function special(seed: number, name: string, instances: FleetInstance[], more: Partial<Night>): Scenario {
  return {
    seed,
    drawnAs: `special night: ${name}`,
    fleet: { region: 'eu-central-1', agentVersion: '3.3.551.0', groups: [{ name: 'dev', instances }] },
    parameters: {},
    executions: [{ atSeconds: 0, name: 'run-1', input: {} }],
    faults: [],
    disturbances: [],
    ...more,
  };
}

/** Nights that are hardly ever drawn, and in which a mistake would show that shows nowhere else. */
export const specialNights: readonly Scenario[] = [
  // Two copies start at once what was asleep; one of them finds it awake, beside one that has no room.
  special(1_000_003, 'two copies start one of two', [sleeper(1), sleeper(2, ['no-capacity'])], {
    faults: [{ on: 'invocation', kind: 'twin', function: 'StartInstancesFunction', nth: 2, times: 1, seconds: 0 }],
  }),
  // Someone's command on the second began before the first booted: it is older than the younger boot.
  special(1_000_002, 'a command older than the boot beside it', [sleeper(1, ['no-capacity-at-first']), sleeper(2)], {
    disturbances: [{ kind: 'person', deed: 'run-command', atSeconds: 120, seconds: 1000, instanceId: sleeper(2).id }],
  }),
  // What a dead run had leased is started by someone else after the next run has listed it.
  special(1_000_001, 'an orphan that sleeps, and is started by someone else', [sleeper(1)], {
    executions: [
      { atSeconds: 0, name: 'run-1', input: {} },
      { atSeconds: 5, after: 0, name: 'run-2', input: {} },
    ],
    faults: [
      {
        on: 'call',
        kind: 'crash-before',
        function: 'StartInstancesFunction',
        operation: 'StartInstances',
        nth: 1,
        times: 3,
        seconds: 1,
      },
      { ...startsLate, nth: 4, times: 20 },
    ],
    disturbances: [
      { kind: 'events', fate: 'lost', atSeconds: 0, seconds: 3600 },
      { kind: 'abort', atSeconds: 20, execution: 0 },
      // So late that it can't be the boot of the start whose answer was lost.
      person('start', 420),
    ],
  }),
];
