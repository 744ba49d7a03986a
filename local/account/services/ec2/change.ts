import * as z from 'zod';
import type { BehaviourName } from '../../fleet/behaviours.ts';
import { wireBoolean } from '../../wire/query.ts';
import { ServiceError } from '../../wire/service-error.ts';
import type { XmlValue } from '../../wire/xml.ts';
import { has, type Machine, TAGS_MAX } from '../../world/machine.ts';
import { type Call, type Operations, operation } from '../operation.ts';
import { STATE_CODES } from './describe.ts';
import { findMachines } from './lookup.ts';

const RESOURCES_MAX = 1000;

/** docs/aws-behaviour.md 50 */
const VCPU_LIMIT =
  'You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket that the ' +
  'specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an ' +
  'adjustment to this limit.';

const TYPE_WITHDRAWN =
  'The requested configuration is currently not supported. Please check the documentation for supported configurations.';

/** docs/aws-behaviour.md 121 */
const noRootVolume = (id: string): string => `Instance '${id}' does not have a volume attached at root (/dev/xvda)`;

/** How long EC2 lacks capacity for an instance that it finds room for in the end. */
const NO_CAPACITY_SECONDS = [180, 480] as const;

/** What EC2 lacks for good, by behaviour (docs/aws-behaviour.md 18). */
const LACKS: readonly [BehaviourName, string][] = [
  ['no-capacity', 'InsufficientInstanceCapacity'],
  ['host-full', 'InsufficientHostCapacity'],
  ['reservation-full', 'ReservationCapacityExceeded'],
];

const WOULD_HAVE_SUCCEEDED = 'Request would have succeeded, but DryRun flag is set.';

const instanceIds = z.array(z.string()).min(1).max(1000);

const tagSchema = z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256).optional() });

const state = (name: Machine['state']): XmlValue => ({ code: STATE_CODES[name], name });

/** @throws if this machine can't be started; then no machine of the call is (docs/aws-behaviour.md 17-19) */
function assertStartable(machine: Machine, now: number): void {
  if (machine.state === 'running' || machine.state === 'pending') return;
  if (machine.state !== 'stopped') {
    const message = `The instance '${machine.id}' is not in a state from which it can be started.`;
    throw new ServiceError('IncorrectInstanceState', message);
  }
  if (has(machine, 'spot')) {
    const message = `The instance '${machine.id}' was interrupted by Amazon EC2 and cannot be started by you.`;
    throw new ServiceError('IncorrectSpotRequestState', message);
  }
  machine.roomAt ??= now + machine.random.between(NO_CAPACITY_SECONDS) * 1000;
  const isFullAtFirst = has(machine, 'no-capacity-at-first') && now < machine.roomAt;
  const code = isFullAtFirst ? 'InsufficientInstanceCapacity' : LACKS.find(([name]) => has(machine, name))?.[1];
  if (code !== undefined) throw new ServiceError(code, 'Insufficient capacity.', 500);
  if (has(machine, 'vcpu-limit')) throw new ServiceError('VcpuLimitExceeded', VCPU_LIMIT);
  if (has(machine, 'root-volume-missing')) throw new ServiceError('IncorrectInstanceState', noRootVolume(machine.id));
  if (has(machine, 'type-withdrawn')) throw new ServiceError('Unsupported', TYPE_WITHDRAWN);
}

/** @throws if this machine can't be stopped; then no machine of the call is */
function assertStoppable(machine: Machine, hibernate: boolean): void {
  const { id } = machine;
  if (machine.state === 'stopped' || machine.state === 'stopping') return;
  if (machine.state === 'pending') {
    const message = `Instance '${id}' cannot be stopped as it has never reached the 'running' state.`;
    throw new ServiceError('IncorrectInstanceState', message);
  }
  if (machine.state !== 'running') {
    throw new ServiceError(
      'IncorrectInstanceState',
      `The instance '${id}' is not in a state from which it can be stopped.`,
    );
  }
  if (has(machine, 'stop-protected')) {
    const message = `The instance '${id}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.`;
    throw new ServiceError('OperationNotPermitted', message);
  }
  if (has(machine, 'instance-store')) {
    const message = `The instance '${id}' does not have an 'ebs' root device type and cannot be stopped`;
    throw new ServiceError('UnsupportedOperation', message);
  }
  if (has(machine, 'spot')) {
    throw new ServiceError('UnsupportedOperation', `The instance '${id}' is a spot instance and may not be stopped.`);
  }
  if (hibernate && !machine.hibernating) {
    const message = `The instance can't be hibernated because it was not configured at launch for hibernation: ${id}`;
    throw new ServiceError('UnsupportedHibernationConfiguration', message);
  }
}

/** The second of two requests to start may be told what the first one was (docs/beliefs.md). */
function stateFound({ state: found, startedAt }: Machine, { world, now }: Call): Machine['state'] {
  const { previousStateLagSeconds = 0 } = world.habits;
  const isTooNew = found === 'pending' && startedAt !== null && now - startedAt < previousStateLagSeconds * 1000;
  return isTooNew ? 'stopped' : found;
}

const changes = (machines: Machine[], call: Call, change: (machine: Machine) => void) =>
  machines.map((machine) => {
    const previousState = state(stateFound(machine, call));
    change(machine);
    return { instanceId: machine.id, currentState: state(machine.state), previousState };
  });

function tagged(call: Call, resources: string[], check: (machine: Machine) => void): Machine[] {
  if (resources.length > RESOURCES_MAX) {
    throw new ServiceError('InvalidParameterValue', `at most ${RESOURCES_MAX} resources can be tagged in one call`);
  }
  const machines = findMachines(call, resources);
  for (const machine of machines) check(machine);
  return machines;
}

export const changing: Operations = {
  StartInstances: operation(z.strictObject({ InstanceId: instanceIds }), ({ InstanceId }, call) => {
    const machines = findMachines(call, InstanceId);
    for (const machine of machines) assertStartable(machine, call.now);
    const start = (machine: Machine) => {
      if (machine.state === 'stopped') call.world.start(machine, call.now);
    };
    return { instancesSet: changes(machines, call, start) };
  }),

  StopInstances: operation(
    z.strictObject({
      InstanceId: instanceIds,
      Hibernate: wireBoolean.optional(),
      Force: wireBoolean.optional(),
      DryRun: wireBoolean.optional(),
    }),
    ({ InstanceId, Hibernate = false, DryRun = false }, call) => {
      const machines = findMachines(call, InstanceId);
      // Asked after IAM, and before anything that is about the instances themselves (docs/aws-behaviour.md 65).
      if (DryRun) throw new ServiceError('DryRunOperation', WOULD_HAVE_SUCCEEDED, 412);
      for (const machine of machines) assertStoppable(machine, Hibernate);
      const stop = (machine: Machine) => {
        if (machine.state === 'running') call.world.stop(machine, Hibernate, call.now);
      };
      return { instancesSet: changes(machines, call, stop) };
    },
  ),

  // Reveille never does this; people do.
  TerminateInstances: operation(z.strictObject({ InstanceId: instanceIds }), ({ InstanceId }, call) => {
    const terminate = (machine: Machine) => {
      if (machine.state !== 'shutting-down' && machine.state !== 'terminated') call.world.terminate(machine, call.now);
    };
    return { instancesSet: changes(findMachines(call, InstanceId), call, terminate) };
  }),

  CreateTags: operation(
    z.strictObject({ ResourceId: z.array(z.string()).min(1), Tag: z.array(tagSchema).min(1) }),
    ({ ResourceId, Tag }, call) => {
      if (Tag.some(({ Key }) => Key.startsWith('aws:'))) {
        throw new ServiceError('InvalidParameterValue', 'Tag keys starting with aws: are reserved for internal use');
      }
      const machines = tagged(call, ResourceId, (machine) => {
        const keys = new Set([...machine.tags.keys(), ...Tag.map(({ Key }) => Key)]);
        const own = [...keys].filter((key) => !key.startsWith('aws:'));
        if (own.length > TAGS_MAX) {
          throw new ServiceError('TagLimitExceeded', 'The maximum number of Tags for a resource has been reached.');
        }
      });
      for (const machine of machines) {
        call.world.tag(machine, call.now, (tags) => {
          for (const { Key, Value = '' } of Tag) tags.set(Key, Value);
        });
      }
      return { return: true };
    },
  ),

  DeleteTags: operation(
    z.strictObject({ ResourceId: z.array(z.string()).min(1), Tag: z.array(tagSchema).optional() }),
    ({ ResourceId, Tag }, call) => {
      for (const machine of tagged(call, ResourceId, () => undefined)) {
        call.world.tag(machine, call.now, (tags) => {
          // Without tags it deletes all of them (docs/aws-behaviour.md 35).
          const keys =
            Tag ?? [...tags.keys()].filter((key) => !key.startsWith('aws:')).map((Key) => ({ Key, Value: undefined }));
          for (const { Key, Value } of keys) {
            if (Value === undefined || tags.get(Key) === Value) tags.delete(Key);
          }
        });
      }
      return { return: true };
    },
  ),
};
