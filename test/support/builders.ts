import type { Batch } from '../../functions/domain/batch/batch.ts';
import {
  type BatchInstance,
  batchInstanceSchema,
  type InstanceAt,
  type Step,
} from '../../functions/domain/batch/batch-instance.ts';
import type { ManifestInstance } from '../../functions/domain/listing/manifest.ts';
import type { AgentFacts, InstanceFacts } from '../../functions/domain/model/instance.ts';
import type { Ends, Run } from '../../functions/domain/model/run.ts';
import type { Attempt } from '../../functions/domain/ownership/attempt.ts';
import { formatLease, LEASE_TAG } from '../../functions/domain/ownership/lease.ts';
import type { Attempts, Owner } from '../../functions/domain/ownership/owner.ts';
import { UNCHECKED } from '../../functions/domain/report/checks.ts';
import { noDetails } from '../../functions/domain/report/instance-details.ts';
import type { RestoreCase } from '../../functions/domain/steps/restore.ts';
import type { Invocation } from '../../functions/domain/work/work.ts';

/** The night of the run. `at('02:05')` is five minutes into it; seconds and milliseconds may follow. */
export const at = (time: string): Date => {
  const full = time.length === 5 ? `${time}:00` : time;
  return new Date(`2026-12-06T${full}Z`);
};
export const stamp = (time: string): string => at(time).toISOString();

export const INSTANCE_ID = 'i-0123456789abcdef0';
export const OLD = '3.2.1630.0';
export const TARGET = '3.3.551.0';

/** A window of four hours, and half an hour for restoring. */
export const ENDS: Ends = { sendUntil: stamp('04:45'), stopUntil: stamp('06:00') };

export const aRun = (changes: Partial<Run> = {}): Run => ({
  runId: 'run-1',
  stateMachine: 'reveille-update-agents',
  account: '123456789012',
  region: 'eu-central-1',
  startedAt: stamp('02:00'),
  targetVersion: TARGET,
  timeZone: 'UTC',
  ...ENDS,
  ...changes,
});

/** Recorded at 02:00; its Lambda was dead at 02:01 at the latest. */
export const anAttempt = (changes: Partial<Attempt> = {}): Attempt => ({
  attempt: 'attempt-1',
  recordedAt: stamp('02:00'),
  startBy: stamp('02:01'),
  ...changes,
});

/** Reveille has made these attempts to start it, the newest first, and has woken it then; null: as far as is known, it has not. */
export const ours = (attempts: Attempts, wokenAt: string | null = null): Owner => ({
  kind: 'reveille',
  attempts,
  wokenAt,
});

/** Someone else has started it, after these attempts of ours. */
export const theirs = (attempts: Attempt[], text = 'someone else started it'): Owner => ({
  kind: 'others',
  attempts,
  reason: { code: 'started-by-others', text },
});

/** What a test says of an instance at a step: what it says alone tells the step (so `NoInfer`), and else the builder's own. */
type ChangesAt<S extends Step> = { step?: S } & Partial<Omit<InstanceAt<S>, 'step'>>;

/** What an instance carries where the schema knows no default. */
const HEARD = { launchTime: stamp('02:00:30'), versionBefore: null };
const NEEDED: { [S in Step]?: object } = { update: HEARD, verify: HEARD, settled: { finalState: 'stopped' } };

/** An instance at a step, with what it carries there; by default one that awaits its start. */
export const anInstance = <S extends Step = 'start'>(changes: ChangesAt<S> = {}): InstanceAt<NoInfer<S>> =>
  batchInstanceSchema.parse({
    instanceId: INSTANCE_ID,
    originalState: 'stopped',
    step: 'start',
    stepSince: stamp('02:00'),
    ...ENDS,
    ...NEEDED[changes.step ?? 'start'],
    ...changes,
  }) as InstanceAt<S>;

/** The same attempt as its record tells of it, as long as EC2's reply is not known; as in `aRecord`. */
export const seeking = (attempt: Attempt): Attempt => ({
  ...attempt,
  boot: {
    kind: 'sought',
    repliedAt: null,
    previousLaunchTime: null,
    previousTransitionReason: null,
    wasSeenAwake: false,
  },
});

/** An attempt whose boot is known: that of 02:00:30. */
export const aProvedAttempt = (changes: Partial<Attempt> = {}): Attempt =>
  anAttempt({ boot: { kind: 'known', launchTime: stamp('02:00:30'), isAssumed: false }, ...changes });

/** An attempt that only leased, half a minute before the others: no boot can be its own. */
export const LEASING: Attempt = { attempt: 'leasing', recordedAt: stamp('01:59:30'), startBy: stamp('01:59:30') };

/** One that is leased, and whose way back is open: it is started next. */
export const aLeasedInstance = <S extends Step = 'start'>(changes: ChangesAt<S> = {}): InstanceAt<NoInfer<S>> =>
  anInstance<S>({ owner: ours([LEASING]), ...changes });

/** One that Reveille started at 02:00:30; by default it boots. */
export const aWokenInstance = <S extends Step = 'readiness'>(changes: ChangesAt<S> = {}): InstanceAt<NoInfer<S>> =>
  anInstance({
    step: 'readiness',
    owner: ours([aProvedAttempt()], stamp('02:00:30')),
    // Where the step has one.
    launchTime: stamp('02:00:30'),
    ...changes,
  } as ChangesAt<S>);

/** What EC2 says of a stopped instance that was not touched. */
export const instanceFacts = (changes: Partial<InstanceFacts> = {}): InstanceFacts => ({
  instanceId: INSTANCE_ID,
  name: 'web-1',
  state: 'stopped',
  stateReason: {
    code: 'Client.UserInitiatedShutdown',
    message: 'Client.UserInitiatedShutdown: User initiated shutdown',
  },
  transitionReason: 'User initiated (2026-12-05 18:00:00 GMT)',
  launchTime: '2026-12-05T06:00:00.000Z',
  zone: 'eu-central-1a',
  platform: 'Linux/UNIX',
  architecture: 'x86_64',
  lacksRootVolume: false,
  rootDeviceType: 'ebs',
  isSpot: false,
  instanceProfileArn: 'arn:aws:iam::123456789012:instance-profile/ssm',
  managedBy: null,
  tags: {},
  ...changes,
});

export const leaseValue = ({ attempt }: Pick<Attempt, 'attempt'> = anAttempt()): string =>
  formatLease({ stateMachine: aRun().stateMachine, runId: aRun().runId, child: 'child-1', attempt });

/** What EC2 says of it once Reveille has leased it. */
export const leasedFacts = (changes: Partial<InstanceFacts> = {}): InstanceFacts =>
  instanceFacts({ tags: { [LEASE_TAG]: leaseValue(LEASING) }, ...changes });

/** What EC2 says of it once Reveille has started it. */
export const wokenFacts = (changes: Partial<InstanceFacts> = {}): InstanceFacts =>
  instanceFacts({
    state: 'running',
    stateReason: null,
    transitionReason: null,
    launchTime: stamp('02:00:30'),
    tags: { [LEASE_TAG]: leaseValue() },
    ...changes,
  });

/** It should carry our lease, there is no other activity, writers may live, and restoring may take 20 minutes. */
export const restoreCase = (
  instance: InstanceAt<'restore'>,
  ec2: InstanceFacts,
  changes: Partial<RestoreCase> & Pick<RestoreCase, 'now'>,
): RestoreCase => ({
  instance,
  ec2,
  expectedLease: leaseValue(),
  otherActivity: null,
  quietSince: null,
  optOut: null,
  writersAreDead: false,
  deadlineSeconds: 20 * 60,
  ...changes,
});

/** One who takes part, as ListInstances wrote it down. */
export const aMember = (instanceId: string, changes: Partial<ManifestInstance> = {}): ManifestInstance => ({
  instanceId,
  name: 'web-1',
  group: 'dev',
  state: 'stopped',
  version: null,
  launchTime: '2026-12-05T06:00:00.000Z',
  platform: 'Linux/UNIX',
  decision: 'take-part',
  originalState: 'stopped',
  reason: null,
  ignoredLease: null,
  ...changes,
});

/** EC2 was not asked once more when a report was made. */
export const UNSEEN = { kind: 'unseen', why: 'it was not asked' } as const;

/** A report's line where nothing is told of the way of its instance. */
export const NO_DETAILS = noDetails({ platform: null });

/** A report of which only what its lines say matters. */
const KEPT = { status: 'kept' as const, instances: [], text: 'all is as it was' };

/** A run whose own checks have found nothing wrong. */
export const ALL_KEPT = { versions: KEPT, states: KEPT, leases: KEPT, launchTimes: KEPT };

export const BARE_REPORT = { schemaVersion: 3, listedAt: null, causes: [], checks: UNCHECKED };

export const agentFacts = (changes: Partial<AgentFacts> = {}): AgentFacts => ({
  instanceId: INSTANCE_ID,
  pingStatus: 'Online',
  lastPingAt: stamp('02:01:30'),
  version: OLD,
  ...changes,
});

export const anInvocation = (changes: Partial<Invocation> = {}): Invocation => ({
  commandId: 'command-1',
  instanceId: INSTANCE_ID,
  status: 'InProgress',
  statusDetails: 'InProgress',
  output: '',
  startedAt: stamp('02:02:30'),
  endedAt: null,
  ...changes,
});

export const aBatch = (instances: BatchInstance[], changes: Partial<Batch> = {}): Batch => ({
  run: aRun(),
  index: 0,
  child: 'child-1',
  invocations: 1,
  attempts: [],
  sends: 0,
  lastProgressAt: stamp('02:00'),
  waitSeconds: 15,
  counts: { start: 0, preflight: 0, readiness: 0, update: 0, verify: 0, restore: 0, unsettled: instances.length },
  instances,
  ...changes,
});
