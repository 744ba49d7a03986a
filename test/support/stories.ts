import type { Report, ReportInstance } from '../../functions/domain/report/report.ts';
import type { BehaviourName } from '../../local/account/fleet/behaviours.ts';
import { type Fleet, type FleetInstance, parseFleet } from '../../local/account/fleet/fleet.ts';
import { checkPromises } from '../../local/promises/promise-checks.ts';
import { type Simulated, type SimulationOptions, simulate } from '../../local/run/simulated-run.ts';
import { unexplainedDenials } from './permissions.ts';

export const LATEST = '3.3.551.0';
export const OLD = '3.2.1630.0';

interface Member {
  state?: 'stopped' | 'running';
  platform?: 'amazon-linux-2023' | 'ubuntu' | 'windows';
  agentVersion?: string;
  behaviours?: BehaviourName[];
  answers?: FleetInstance['answers'];
}

/** A fleet by group and name; by default, stopped Amazon Linux with an old agent. IDs are drawn from the names' order. */
export function aFleet(groups: Record<string, Record<string, Member>>): Fleet {
  let count = 0;
  const content = {
    region: 'eu-central-1',
    agentVersion: LATEST,
    groups: Object.entries(groups).map(([name, members]) => ({
      name,
      instances: Object.entries(members).map(([member, given]) => {
        count++;
        const id = `i-${count.toString(16).padStart(17, '0')}`;
        return {
          id,
          name: member,
          state: 'stopped',
          platform: 'amazon-linux-2023',
          agentVersion: OLD,
          behaviours: [],
          ...given,
        };
      }),
    })),
  };
  return parseFleet(content, 'the story');
}

export interface Told extends Simulated {
  report: Report;
  /** The report's line of an instance, by its name. */
  of(name: string): ReportInstance;
  /** Promises that were broken, and calls that the roles of template.yaml do not allow. */
  broken: string[];
  /** Successful calls of an operation, in order. */
  calls(operation: string): unknown[];
}

/** Runs a story to its end. Every run but a refused one has a report, and keeps both promises: say so in the test. */
export async function tell(fleet: Fleet, options: Partial<SimulationOptions> = {}): Promise<Told> {
  const simulated = await simulate({ fleet, seed: 1, ...options });
  const { report } = simulated;
  if (report === null) throw new Error(`no report: ${JSON.stringify(simulated.execution)}`);
  const ids = new Map(fleet.groups.flatMap(({ instances }) => instances.map(({ id, name }) => [name, id])));
  return {
    ...simulated,
    report,
    of: (name) => {
      const found = report.instances.find(({ instanceId }) => instanceId === ids.get(name));
      if (found === undefined) throw new Error(`${name} is not in the report`);
      return found;
    },
    broken: [
      ...checkPromises({ ...simulated, report }).flatMap(({ promise, broken }) =>
        broken.length > 0 ? [`${promise}: ${broken.join('; ')}`] : [],
      ),
      ...unexplainedDenials(simulated.account),
    ],
    calls: (operation) =>
      simulated.account.journal.entries.flatMap((entry) =>
        entry.kind === 'call' && entry.operation === operation && entry.error === null ? [entry.parameters] : [],
      ),
  };
}
