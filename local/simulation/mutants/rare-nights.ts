import type { FleetInstance } from '../../account/fleet/fleet.ts';
import { slowCalls, window } from '../draw/story.ts';
import { references } from '../scenario/reference-scenarios.ts';
import type { Fault, Scenario } from '../scenario/scenario.ts';

/** The smallest of the reference runs, with something in it that chance hardly ever brings about. */
function rare(changes: Partial<Scenario>): Scenario {
  return { ...(references['one stopped instance'] as Scenario), ...changes };
}

const struck = (fault: Pick<Fault, 'on' | 'kind' | 'function' | 'times'> & { operation?: string; seconds?: number }) =>
  rare({ faults: [{ nth: 1, operation: null, seconds: 1, ...fault } as Fault] });

/** One group of these. */
function fleetOf(...members: (Partial<FleetInstance> & { state: 'running' | 'stopped' })[]) {
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

const FIRST_ID = fleetOf({ state: 'stopped' }).groups[0]?.instances[0]?.id ?? '';

/** Five that sleep. AWS fails such calls, again and again, as soon as they name the first, but for the one before its start. */
const fiveWith = (call: string): Scenario['fleet'] =>
  fleetOf(
    {
      state: 'stopped',
      answers: [{ call, code: 'ServiceUnavailable', message: '', status: 503, after: 1, times: 60 }],
    },
    ...Array.from({ length: 4 }, () => ({ state: 'stopped' as const })),
  );

/** One that sleeps, and in a group of its own one whose agent never comes: its run waits for it. */
const twoGroups: Scenario['fleet'] = {
  ...fleetOf(),
  groups: fleetOf({ state: 'stopped' }, { state: 'stopped', behaviours: ['never-registers'] }).groups.flatMap(
    ({ instances }) =>
      instances.map((instance, index) => ({ name: ['dev', 'test'][index] ?? '', instances: [instance] })),
  ),
};

/** What the seeds of a short hunt do not come to: for the mutants and planted bugs that only such a night shows. */
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
  'terminated between its stop and the look that would show it': rare({
    disturbances: [{ kind: 'person', deed: 'terminate', atSeconds: 278, seconds: 60, instanceId: FIRST_ID }],
  }),
  'SSM does not say who is at work before a start': struck({
    on: 'call',
    kind: 'denied',
    function: 'RestoreInstancesFunction',
    operation: 'DescribeSessions',
    times: 2,
  }),
  'SSM does not say for two hours who is at work, before a stop': rare({
    disturbances: [
      {
        kind: 'window',
        trouble: 'denied',
        atSeconds: 200,
        seconds: 7200,
        function: 'RestoreInstancesFunction',
        service: 'ssm',
        operation: 'DescribeSessions',
      },
    ],
  }),
  'SSM refuses to send to each of a batch': rare({
    fleet: fleetOf(
      { state: 'stopped', behaviours: ['send-refused'] },
      { state: 'stopped', behaviours: ['send-refused'] },
    ),
  }),
  'others use it for an hour, and leave it before its end': rare({
    disturbances: [{ kind: 'person', deed: 'open-session', atSeconds: 200, seconds: 3600, instanceId: FIRST_ID }],
  }),
  'a dry run too late to wake what sleeps': rare({
    fleet: fleetOf({ state: 'stopped' }, { state: 'running' }, { state: 'running', agentVersion: '3.3.551.0' }),
    // Two seconds for the listing, beside a boot, an update and the restoring; and it takes longer.
    executions: [{ atSeconds: 0, name: 'run-1', input: { dryRun: true, finishBy: '2026-12-06T03:25:02Z' } }],
    faults: [
      {
        on: 'call',
        kind: 'slow',
        function: 'ListInstancesFunction',
        operation: 'DescribeInstances',
        nth: 1,
        times: 1,
        seconds: 5,
      },
    ],
  }),
  'a run of another group goes on for long beside what a dead one has left': rare({
    fleet: twoGroups,
    executions: [
      { atSeconds: 0, name: 'run-1', input: { groups: ['dev'] } },
      { atSeconds: 245, name: 'run-2', input: { groups: ['test'] } },
    ],
    disturbances: [
      { kind: 'events', fate: 'lost', atSeconds: 0, seconds: 7200 },
      { kind: 'abort', atSeconds: 150, execution: 0 },
    ],
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
  'a dead run is redriven while ReconcileLeases reads what it has leased': rare({
    disturbances: [
      { kind: 'abort', atSeconds: 60, execution: 0 },
      // Three minutes after its end nothing of it can act any more; and each look takes twelve seconds here.
      { kind: 'redrive', atSeconds: 256, execution: 0 },
    ],
    faults: [{ ...slowCalls('ReconcileLeasesFunction', 'DescribeInstances', 1, 400), seconds: 12 }],
  }),
  'a run begins while ReconcileLeases, with the lock, asks who is at work on an instance': rare({
    executions: [
      { atSeconds: 0, name: 'run-1', input: {} },
      { atSeconds: 250, name: 'run-2', input: {} },
    ],
    disturbances: [{ kind: 'abort', atSeconds: 60, execution: 0 }],
    faults: ['DescribeSessions', 'ListCommandInvocations', 'DescribeInstanceAssociationsStatus'].map((operation) => ({
      ...slowCalls('ReconcileLeasesFunction', operation, 1, 400),
      seconds: 6,
    })),
  }),
  'a command is lost, and found again when it could be called undelivered': rare({
    fleet: fleetOf({ state: 'stopped', behaviours: ['update-hangs'] }),
    disturbances: [
      // After it was sent, and for longer than an agent has to take it.
      window('throttling', 106, 400, { function: 'UpdateAgentFunction', service: 'ssm', operation: 'ListCommands' }),
    ],
    faults: [
      {
        on: 'call',
        kind: 'lost-reply',
        function: 'UpdateAgentFunction',
        operation: 'SendCommand',
        nth: 1,
        times: 1,
        seconds: 1,
      },
      {
        on: 'call',
        kind: 'throttled',
        function: 'UpdateAgentFunction',
        operation: 'SendCommand',
        nth: 2,
        times: 8,
        seconds: 1,
      },
    ],
  }),
  'sessions of yesterday come back with the memory of what is hibernated': rare({
    fleet: fleetOf(
      { state: 'stopped', behaviours: ['hibernated'] },
      { state: 'stopped', behaviours: ['hibernated'] },
      { state: 'stopped', behaviours: ['hibernated'] },
      { state: 'stopped', behaviours: ['hibernated'] },
    ),
    habits: { hasOldSessions: true },
  }),
  'the process of ListInstances exits, once': struck({
    on: 'call',
    kind: 'crash-before',
    function: 'ListInstancesFunction',
    operation: 'DescribeInstances',
    times: 1,
  }),
  'the function dies that wanted to take over, before its lease was written': rare({
    executions: [
      { atSeconds: 0, name: 'run-1', input: {} },
      { atSeconds: 70, name: 'run-2', input: {} },
    ],
    disturbances: [{ kind: 'abort', atSeconds: 60, execution: 0 }],
    faults: [
      {
        on: 'call',
        kind: 'crash-before',
        function: 'StartInstancesFunction',
        operation: 'CreateTags',
        nth: 2,
        times: 1,
        seconds: 1,
      },
    ],
  }),
  'a run is at work for long on what a dead one has left': rare({
    fleet: fleetOf({ state: 'stopped', behaviours: ['update-hangs'] }),
    executions: [
      { atSeconds: 0, name: 'run-1', input: {} },
      { atSeconds: 70, name: 'run-2', input: {} },
    ],
    disturbances: [{ kind: 'abort', atSeconds: 60, execution: 0 }],
  }),
  'someone starts it, and stops it again, between two looks at its way back': rare({
    disturbances: [
      { kind: 'person', deed: 'start', atSeconds: 188, seconds: 60, instanceId: FIRST_ID },
      { kind: 'person', deed: 'stop', atSeconds: 215, seconds: 60, instanceId: FIRST_ID },
    ],
    faults: [
      {
        on: 'call',
        kind: 'denied',
        function: 'RestoreInstancesFunction',
        operation: 'StopInstances',
        nth: 1,
        times: 9,
        seconds: 1,
      },
    ],
  }),
  'EC2 fails each stop of one of five': rare({ fleet: fiveWith('StopInstances') }),
  'SSM fails to say of one of five who is at work on it': rare({
    fleet: fiveWith('DescribeInstanceAssociationsStatus'),
  }),
  'a run dies, and nothing else happens': rare({ disturbances: [{ kind: 'abort', atSeconds: 60, execution: 0 }] }),
};
