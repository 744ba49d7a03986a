import fc from 'fast-check';
import {
  type BatchInstance,
  type InstanceAt,
  outcomeSchema,
  type Step,
} from '../../functions/domain/batch/batch-instance.ts';
import { ec2StateSchema, type InstanceFacts, originalStateSchema } from '../../functions/domain/model/instance.ts';
import { LEASE_TAG } from '../../functions/domain/ownership/lease.ts';
import type { Owner } from '../../functions/domain/ownership/owner.ts';
import {
  agentFacts,
  anAttempt,
  anInstance,
  at,
  instanceFacts,
  leaseValue,
  OLD,
  ours,
  TARGET,
  theirs,
} from './builders.ts';

/** Any second from an hour before the run until four hours into it, the minutes around its start more often. */
export const moments = fc
  .oneof(fc.integer({ min: -120, max: 300 }), fc.integer({ min: -3600, max: 4 * 3600 }))
  .map((seconds) => new Date(at('02:00').getTime() + seconds * 1000));
export const stamps = moments.map((moment) => moment.toISOString());

const orNull = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { nil: null });
const reasons = fc.record({ code: fc.string(), text: fc.string() });

/** Lease tags as they should be, changed, or not there; other tags that some rule looks at. */
const tags = fc
  .record(
    {
      [LEASE_TAG]: fc.constantFrom(leaseValue(), leaseValue(), leaseValue({ attempt: 'attempt-2' }), 'junk'),
      'reveille:skip': fc.constantFrom('true', 'false', 'FALSE', ''),
      'aws:autoscaling:groupName': fc.constant('web'),
      'karpenter.sh/nodepool': fc.constant('batch'),
    },
    { requiredKeys: [] },
  )
  .map((some): Record<string, string> => ({ ...some }));

export const anyInstanceFacts: fc.Arbitrary<InstanceFacts> = fc
  .record({
    state: fc.constantFrom(...ec2StateSchema.options),
    stateReason: orNull(
      fc.record({
        code: fc.constantFrom(
          'Client.UserInitiatedShutdown',
          'Client.UserInitiatedHibernate',
          'Client.InternalError',
          'Server.SpotInstanceStop',
          '',
        ),
        message: fc.string(),
      }),
    ),
    transitionReason: fc.constantFrom(
      'User initiated (2026-12-05 18:00:00 GMT)',
      'User initiated (2026-12-06 02:10:00 GMT)',
      null,
    ),
    launchTime: orNull(stamps),
    rootDeviceType: fc.constantFrom('ebs', 'instance-store', null),
    isSpot: fc.boolean(),
    instanceProfileArn: fc.constantFrom('arn:aws:iam::123456789012:instance-profile/ssm', null),
    managedBy: fc.option(fc.constant('eks.amazonaws.com'), { nil: null, freq: 10 }),
    tags,
  })
  .map(instanceFacts);

export const versions = fc.constantFrom(null, OLD, TARGET, '3.3.40.0', '3.10.0.0', '4.0.0.0', 'unknown');

export const anyAgentFacts = orNull(
  fc
    .record({
      pingStatus: fc.constantFrom('Online', 'Online', 'ConnectionLost', 'Inactive'),
      lastPingAt: orNull(stamps),
      version: versions,
    })
    .map(agentFacts),
);

const anyAttempt = fc.record({ recordedAt: stamps, seconds: fc.nat(60) }).map(({ recordedAt, seconds }) => {
  const startBy = new Date(new Date(recordedAt).getTime() + seconds * 1000).toISOString();
  return anAttempt({ recordedAt, startBy });
});

/** Most often Reveille's, by the attempt that started what the facts of tests/support show. */
const anyOwner: fc.Arbitrary<Owner> = fc.oneof(
  fc.constant<Owner>({ kind: 'none' }),
  { weight: 3, arbitrary: orNull(stamps).map((wokenAt) => ours([anAttempt()], wokenAt)) },
  fc.record({ attempt: anyAttempt, wokenAt: orNull(stamps) }).map(({ attempt, wokenAt }) => ours([attempt], wokenAt)),
  fc
    .record({ attempts: fc.array(anyAttempt, { maxLength: 1 }), text: fc.string() })
    .map(({ attempts, text }) => theirs(attempts, text)),
);

const commands = fc
  .array(fc.record({ sentAt: stamps, endedAt: orNull(stamps) }), { maxLength: 2 })
  .map((some) => some.map((command, index) => ({ commandId: `command-${index + 1}`, ...command })));

const carried = { originalState: fc.constantFrom(...originalStateSchema.options), stepSince: stamps, owner: anyOwner };
const lastRefusal = orNull(fc.string());
const otherUpdateSince = fc.option(stamps, { nil: null, freq: 2 });
const heard = { launchTime: stamps, versionBefore: versions, commands };
const worked = {
  launchTime: orNull(stamps),
  versionBefore: versions,
  versionAfter: versions,
  commands,
  outcome: orNull(fc.constantFrom(...outcomeSchema.options)),
  reason: orNull(reasons),
};

/** An instance at each step of the conveyor, with what it carries there: also as no run would bring it. */
export const instancesAt: { [S in Step]: fc.Arbitrary<InstanceAt<S>> } = {
  start: fc
    .record({ ...carried, lastRefusal, retryAt: orNull(stamps) })
    .map((some) => anInstance({ step: 'start', ...some })),
  preflight: fc.record({ ...carried, lastRefusal }).map((some) => anInstance({ step: 'preflight', ...some })),
  readiness: fc.record(carried).map((some) => anInstance({ step: 'readiness', ...some })),
  update: fc
    .record({ ...carried, ...heard, lastRefusal, retryAt: orNull(stamps), otherUpdateSince })
    .map((some) => anInstance({ step: 'update', ...some })),
  verify: fc
    .record({ ...carried, ...heard, hasRefusedTarget: fc.boolean() })
    .map((some) => anInstance({ step: 'verify', ...some })),
  restore: fc
    .record({
      ...carried,
      ...worked,
      lastRefusal,
      otherUpdateSince,
      otherActivitySince: orNull(stamps),
      strayUntil: orNull(stamps),
      stopAcceptedAt: orNull(stamps),
    })
    .map((some) => anInstance({ step: 'restore', ...some })),
  settled: fc
    .record({
      ...carried,
      ...worked,
      otherActivitySince: orNull(stamps),
      finalState: fc.constantFrom('stopped', 'running', 'hibernated', 'handed-over'),
      restoredAt: orNull(stamps),
    })
    .map((some) => anInstance({ step: 'settled', ...some })),
};

/** An instance anywhere on the conveyor. */
export const anyBatchInstance: fc.Arbitrary<BatchInstance> = fc.oneof(...Object.values(instancesAt));
