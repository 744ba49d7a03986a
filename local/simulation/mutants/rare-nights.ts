import type { BehaviourName } from '../../account/fleet/behaviours.ts';
import { references } from '../scenario/reference-scenarios.ts';
import type { Fault, Scenario } from '../scenario/scenario.ts';

/** The smallest of the reference runs, with something in it that chance hardly ever brings about. */
function rare(changes: Partial<Scenario>): Scenario {
  return { ...(references['one stopped instance'] as Scenario), ...changes };
}

const struck = (fault: Pick<Fault, 'on' | 'kind' | 'function' | 'times'> & { operation?: string; seconds?: number }) =>
  rare({ faults: [{ nth: 1, operation: null, seconds: 1, ...fault } as Fault] });

/** One group of these. */
function fleetOf(...members: { state: 'running' | 'stopped'; behaviours?: BehaviourName[]; agentVersion?: string }[]) {
  const { fleet } = rare({});
  const [first] = fleet.groups[0]?.instances ?? [];
  if (first === undefined) return fleet;
  const instances = members.map((member, index) => ({
    ...first,
    ...member,
    id: `i-${(index + 1).toString(16).padStart(17, '0')}`,
    name: `web-${index + 1}`,
  }));
  return { ...fleet, groups: [{ name: 'dev', instances }] };
}

/** What the seeds of a short hunt do not come to: for the mutants that only such a night shows. */
export const rareNights: Record<string, Scenario> = {
  'Lambda refuses to run ReportRun, when all is done': struck({
    on: 'invocation',
    kind: 'refused',
    function: 'ReportRunFunction',
    times: 60,
  }),
  'a reported run can not be closed': struck({
    on: 'call',
    kind: 'denied',
    function: 'ReportRunFunction',
    operation: 'DeleteObject',
    times: 1,
  }),
  'the time of a pass is over before it can stop an instance': rare({
    disturbances: [{ kind: 'abort', atSeconds: 200, execution: 0 }],
    // A little less than the SDK waits for.
    faults: ['ListCommands', 'DescribeSessions', 'ListCommandInvocations', 'DescribeInstanceAssociationsStatus'].map(
      (operation) => ({
        on: 'call',
        kind: 'slow',
        function: 'ReconcileLeasesFunction',
        operation,
        nth: 1,
        times: 4,
        seconds: 7.5,
      }),
    ),
  }),
  'the time is over between two tries of a start': struck({
    on: 'call',
    kind: 'throttled',
    function: 'StartInstancesFunction',
    operation: 'StartInstances',
    times: 40,
    seconds: 20,
  }),
  'a Spot Instance runs, and EC2 has interrupted another': rare({
    fleet: fleetOf(
      { state: 'stopped' },
      { state: 'running', behaviours: ['spot'] },
      { state: 'stopped', behaviours: ['spot'] },
    ),
  }),
  'a dry run of every kind of instance': rare({
    fleet: fleetOf(
      { state: 'stopped' },
      { state: 'stopped', behaviours: ['hibernated'] },
      { state: 'running' },
      { state: 'running', agentVersion: '3.3.551.0' },
      { state: 'stopped', behaviours: ['opted-out'] },
    ),
    executions: [{ atSeconds: 0, name: 'run-1', input: { dryRun: true } }],
  }),
};
