import fc from 'fast-check';
import { type BatchInstance, outcomeSchema, stepSchema } from '../../functions/domain/batch/batch-instance.ts';
import { ec2StateSchema, type InstanceFacts, originalStateSchema } from '../../functions/domain/model/instance.ts';
import { LEASE_TAG } from '../../functions/domain/ownership/lease.ts';
import { agentFacts, aHold, anInstance, at, instanceFacts, leaseValue, OLD, TARGET } from './builders.ts';

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
      [LEASE_TAG]: fc.constantFrom(leaseValue(), leaseValue(), leaseValue(aHold({ attempt: 'attempt-2' })), 'junk'),
      'reveille:skip': fc.constantFrom('true', 'false', 'FALSE', ''),
      'aws:autoscaling:groupName': fc.constant('web'),
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
    launchTime: orNull(stamps),
    rootDeviceType: fc.constantFrom('ebs', 'instance-store', null),
    isSpot: fc.boolean(),
    instanceProfileArn: fc.constantFrom('arn:aws:iam::123456789012:instance-profile/ssm', null),
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

const anyHold = fc.record({ recordedAt: stamps, seconds: fc.nat(60) }).map(({ recordedAt, seconds }) => {
  const startBy = new Date(new Date(recordedAt).getTime() + seconds * 1000).toISOString();
  return aHold({ recordedAt, startBy });
});

const commands = fc
  .array(fc.record({ sentAt: stamps, endedAt: orNull(stamps) }), { maxLength: 2 })
  .map((some) => some.map((command, index) => ({ commandId: `command-${index + 1}`, ...command })));

/** An instance anywhere on the conveyor, also where no run would bring it. */
export const anyBatchInstance: fc.Arbitrary<BatchInstance> = fc
  .record({
    originalState: fc.constantFrom(...originalStateSchema.options),
    step: fc.constantFrom(...stepSchema.options),
    stepSince: stamps,
    retryAt: orNull(stamps),
    hold: fc.oneof(fc.constant(aHold()), orNull(anyHold)),
    wokenAt: orNull(stamps),
    handedOver: fc.option(reasons, { nil: null, freq: 2 }),
    launchTime: orNull(stamps),
    versionBefore: versions,
    versionAfter: versions,
    commands,
    otherUpdateSince: fc.option(stamps, { nil: null, freq: 2 }),
    strayUntil: orNull(stamps),
    stopAcceptedAt: orNull(stamps),
    lastRefusal: orNull(fc.string()),
    outcome: orNull(fc.constantFrom(...outcomeSchema.options)),
    reason: orNull(reasons),
    isUnresponsive: fc.boolean(),
    restoredAt: orNull(stamps),
    finalState: orNull(fc.constantFrom('stopped', 'running', 'hibernated', 'handed-over')),
  })
  .map(anInstance);
