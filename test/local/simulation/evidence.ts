import type { Check } from '../../../functions/domain/report/checks.ts';
import { countCauses } from '../../../functions/domain/report/counted-causes.ts';
import { drawPage } from '../../../functions/domain/report/page/drawing/draw-page.ts';
import { pageReportSchema } from '../../../functions/domain/report/page/facts/page-report.ts';
import type { Report, ReportInstance } from '../../../functions/domain/report/report.ts';
import type { BehaviourName } from '../../../local/account/fleet/behaviours.ts';
import type { ChangeFacts } from '../../../local/account/world/journal.ts';
import type {
  CallEvidence,
  ChangeEvidence,
  Evidence,
  ExecutionEvidence,
  InstanceEvidence,
} from '../../../local/simulation/evidence/evidence.ts';
import type { Overheard } from '../../../local/simulation/evidence/overheard.ts';
import { at, BARE_REPORT, INSTANCE_ID, NO_DETAILS, OLD, TARGET } from '../../support/builders.ts';
import { aMail } from './told-mail.ts';

/** Evidence that was written by hand: times are of the night of the run, as in `at('02:05')`. */

const moment = (time: string): number => at(time).getTime();
export const RUN = 'run-1';
export const LEASE = `reveille-update-agents/${RUN}/child-1/attempt-1`;
const OTHER_LEASE = 'reveille-update-agents/run-2/child-2/attempt-2';

export const anInstance = (changes: Partial<InstanceEvidence> = {}): InstanceEvidence => ({
  instanceId: INSTANCE_ID,
  name: null,
  groups: ['dev'],
  behaviours: [],
  platform: 'Linux/UNIX',
  before: { state: 'stopped', version: OLD, lease: null },
  settled: 'stopped',
  after: { state: 'stopped', version: TARGET, lease: null },
  ...changes,
});

export const aRunningInstance = (behaviours: BehaviourName[] = []): InstanceEvidence =>
  anInstance({
    behaviours,
    before: { state: 'running', version: OLD, lease: null },
    settled: 'running',
    after: { state: 'running', version: TARGET, lease: null },
  });

export const anExecution = (changes: Partial<ExecutionEvidence> = {}): ExecutionEvidence => ({
  name: RUN,
  input: {},
  startedAt: moment('02:00'),
  endedAt: moment('02:20'),
  lives: [{ from: moment('02:00'), to: moment('02:20') }],
  status: 'SUCCEEDED',
  error: null,
  report: null,
  ...changes,
});

const measured = ({ status, endedAt, counts, instances }: Report) => ({
  at: Date.parse(endedAt),
  principal: 'ReportRunFunction',
  values: {
    InstancesIntended: counts.intended,
    InstancesUpdated: counts.updated,
    InstancesAlreadyCurrent: counts.alreadyCurrent,
    InstancesFailed: counts.failed,
    InstancesExcluded: counts.excluded,
    InstanceAwakeTime: instances.reduce((sum, { awakeSeconds }) => sum + (awakeSeconds ?? 0), 0),
    RunsFailed: status === 'failed' ? 1 : 0,
  },
});

export const ping = (time: string, version: string) => ({ at: moment(time), instanceId: INSTANCE_ID, version });

/** The pings of a night in which all goes well; what is told and measured is just what the reports say. */
export function whatIsHeardOf(executions: ExecutionEvidence[]): Overheard {
  const reports = executions.flatMap(({ report }) => report ?? []);
  return {
    pings: [ping('02:03:20', OLD), ping('02:05', OLD), ping('02:09:30', TARGET)],
    metrics: reports.map(measured),
    mails: reports.map(aMail),
    plans: {},
    manifests: {},
    pages: Object.fromEntries(
      reports.map((report) => [
        report.runId,
        drawPage(pageReportSchema.parse(report), [], { language: null, hash: () => '' }),
      ]),
    ),
    boots: {},
  };
}

export const evidence = (changes: Partial<Evidence> = {}): Evidence => ({
  startedAt: moment('02:00'),
  endedAt: moment('04:00'),
  latestVersion: TARGET,
  parameters: {},
  describeLagSeconds: 3,
  groups: [],
  instances: [anInstance()],
  timeline: [],
  executions: [anExecution()],
  disturbances: [],
  faults: [],
  messages: [],
  lock: null,
  longestHistory: 100,
  overheard: whatIsHeardOf(changes.executions ?? []),
  ...changes,
});

/** A call of one of our functions (or of a person), on the one instance. */
export const call = (
  time: string,
  operation: string,
  changes: Partial<CallEvidence> & { by?: string } = {},
): CallEvidence => {
  const { by = 'RestoreInstancesFunction', ...rest } = changes;
  return {
    kind: 'call',
    at: moment(time),
    principal: by,
    runId: by === 'person' ? '' : RUN,
    service: 'ec2',
    operation,
    parameters: { InstanceId: [INSTANCE_ID] },
    instanceIds: [INSTANCE_ID],
    error: null,
    ...rest,
  };
};

/** What became of the one instance, and by whose call. */
export const change = (time: string, facts: ChangeFacts, by: string | null = null): ChangeEvidence => ({
  kind: 'change',
  at: moment(time),
  instanceId: INSTANCE_ID,
  facts,
  by: by === null ? null : { principal: by, runId: by === 'person' ? '' : RUN },
});

type State = Extract<ChangeFacts, { about: 'state' }>['state'];
export const state = (time: string, name: State, by: string | null = null): ChangeEvidence =>
  change(time, { about: 'state', state: name, stateReasonCode: null, launchTime: 0 }, by);

const tags = (lease: string) => [{ Key: 'reveille:lease', Value: lease }];
export const leased = (time: string, lease = LEASE): CallEvidence =>
  call(time, 'CreateTags', { by: 'StartInstancesFunction', parameters: { Tag: tags(lease) } });
export const leasedByAnother = (time: string): CallEvidence => ({ ...leased(time, OTHER_LEASE), runId: 'run-2' });
export const released = (time: string): CallEvidence => call(time, 'DeleteTags', { parameters: { Tag: tags(LEASE) } });

/** Woken at 02:01, updated, and stopped at 02:10, as it should be. */
export const aNight: Evidence['timeline'] = [
  leased('02:01'),
  change('02:01', { about: 'tags', tags: { 'reveille:lease': LEASE } }, 'StartInstancesFunction'),
  call('02:01', 'DescribeSessions', { service: 'ssm', instanceIds: [] }),
  call('02:01', 'ListCommandInvocations', { service: 'ssm', instanceIds: [] }),
  call('02:01', 'StopInstances', { parameters: { DryRun: 'true' }, error: 'DryRunOperation' }),
  state('02:01:01', 'pending', 'StartInstancesFunction'),
  call('02:01:01', 'StartInstances', { by: 'StartInstancesFunction' }),
  state('02:01:20', 'running'),
  call('02:03:30', 'SendCommand', {
    by: 'UpdateAgentFunction',
    service: 'ssm',
    parameters: { DocumentName: 'AWS-UpdateSSMAgent' },
  }),
  change('02:04', { about: 'update', phase: 'begin', commandId: 'c', version: OLD, target: TARGET }),
  change('02:05', { about: 'update', phase: 'end', commandId: 'c', version: TARGET, result: 'updated' }),
  state('02:10', 'stopping', 'RestoreInstancesFunction'),
  state('02:11', 'stopped'),
  change('02:12', { about: 'tags', tags: {} }, 'RestoreInstancesFunction'),
  released('02:12'),
];

/** The same, but its lease is still there. */
export const leaseKept: Evidence['timeline'] = aNight.slice(0, -2);

/** Of these, only what happened before a moment. */
export const until = (time: string): Evidence['timeline'] => aNight.filter((entry) => entry.at < moment(time));

const stamp = (time: string): string => at(time).toISOString();

/** The way of the instance of `aNight`. */
const aWay = {
  ...NO_DETAILS,
  platform: 'Linux/UNIX',
  times: {
    startAcceptedAt: stamp('02:01:02'),
    runningAt: stamp('02:01:30'),
    firstPingAt: stamp('02:03:20'),
    stopAcceptedAt: null,
    settledAt: stamp('02:12'),
  },
  commands: [{ commandId: 'c', sentAt: stamp('02:03:31'), endedAt: stamp('02:05'), status: 'Success' }],
  proof: { pingAt: stamp('02:09:30'), version: TARGET },
};

/** What is told of its way fits to what else is told, unless a test says so itself. */
export function aLine(changes: Partial<ReportInstance> = {}): ReportInstance {
  const { restoredAt = stamp('02:12'), versionAfter = TARGET } = changes;
  return {
    instanceId: INSTANCE_ID,
    name: null,
    group: 'dev',
    outcome: 'updated',
    reason: null,
    notes: [],
    versionBefore: OLD,
    versionAfter,
    originalState: 'stopped',
    finalState: 'stopped',
    wokenAt: stamp('02:01:01'),
    restoredAt,
    awakeSeconds: 659,
    ...aWay,
    times: { ...aWay.times, settledAt: restoredAt ?? aWay.times.settledAt },
    proof: versionAfter === null ? null : { ...aWay.proof, version: versionAfter },
    ...changes,
  };
}

/** Kept by each of so many. */
const kept = (count: number): Check => ({
  status: 'kept',
  instances: [],
  text: count === 0 ? 'of no one' : `as promised: ${count} of ${count}`,
});

/** What is checked of the one instance. */
function checksOf({ outcome, originalState }: ReportInstance): Report['checks'] {
  const isIn = outcome !== 'excluded';
  const isAsleep = originalState === 'stopped' || originalState === 'hibernated';
  return {
    versions: kept(outcome === 'updated' || outcome === 'already-current' ? 1 : 0),
    states: kept(isIn && isAsleep ? 1 : 0),
    leases: kept(1),
    launchTimes: kept(isIn && originalState === 'running' ? 1 : 0),
  };
}

/** An execution with a report of this one line. */
export const aReported = (
  line: Partial<ReportInstance> = {},
  changes: Partial<ExecutionEvidence> = {},
): ExecutionEvidence => {
  const { outcome, ...rest } = aLine(line);
  const count = (name: string) => (outcome === name ? 1 : 0);
  const status = outcome === 'failed' ? 'failed' : 'succeeded';
  return anExecution({
    report: {
      ...BARE_REPORT,
      causes: countCauses([{ outcome, reason: rest.reason }]),
      checks: checksOf({ outcome, ...rest }),
      runId: RUN,
      status,
      startedAt: at('02:00').toISOString(),
      diedBeforeReport: false,
      endedAt: at('02:20').toISOString(),
      account: '123456789012',
      region: 'eu-central-1',
      timeZone: 'UTC',
      targetVersion: TARGET,
      counts: {
        intended: 1,
        updated: count('updated'),
        alreadyCurrent: count('already-current'),
        failed: count('failed'),
        excluded: count('excluded'),
      },
      instances: [{ outcome, ...rest }],
    },
    ...changes,
  });
};
