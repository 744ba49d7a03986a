import type { Ec2State } from '../../../functions/domain/model/instance.ts';
import type { BehaviourName } from '../fleet/behaviours.ts';
import type { Timing } from '../fleet/platforms.ts';
import { has, type Machine, type StateReason } from './machine.ts';

interface Transition {
  from: Ec2State;
  to: Ec2State;
  after: keyof Timing;
  /** Only for machines of this behaviour. The first transition that fits is the one. */
  when?: BehaviourName;
  /** So often at most. */
  times?: number;
  stateReason?: StateReason;
}

const because = (code: string, message: string): StateReason => ({ code, message: `${code}: ${message}` });

/** docs/aws-behaviour.md 19 */
const LAUNCH_ERROR = because('Client.InternalError', 'Client error on launch');

/** docs/aws-behaviour.md 96 */
const NO_CAPACITY = because('Server.InsufficientInstanceCapacity', 'Insufficient capacity to satisfy instance request');

const INTERNAL_ERROR = because('Server.InternalError', 'Internal error on launch');

const VOLUME_LIMIT = because('Client.VolumeLimitExceeded', 'Volume limit exceeded');

/** A launch that falls back to stopped, by behaviour. */
const fallbacks: readonly Pick<Transition, 'when' | 'times' | 'stateReason'>[] = [
  { when: 'launch-error', stateReason: LAUNCH_ERROR },
  { when: 'capacity-gone-at-launch', times: 2, stateReason: NO_CAPACITY },
  { when: 'internal-error-once', times: 1, stateReason: INTERNAL_ERROR },
  { when: 'internal-error-always', stateReason: INTERNAL_ERROR },
  { when: 'volume-limit', stateReason: VOLUME_LIMIT },
];

export const USER_SHUTDOWN: StateReason = {
  code: 'Client.UserInitiatedShutdown',
  message: 'Client.UserInitiatedShutdown: User initiated shutdown',
};

export const USER_HIBERNATE: StateReason = {
  code: 'Client.UserInitiatedHibernate',
  message: 'Client.UserInitiatedHibernate: User initiated hibernate',
};

export const SPOT_INTERRUPTION: StateReason = {
  code: 'Server.SpotInstanceShutdown',
  message: 'Server.SpotInstanceShutdown: Spot instance shutdown',
};

/** What happens to a machine in time, by itself. */
export const transitions: readonly Transition[] = [
  ...fallbacks.map((fallback) => ({ from: 'pending', to: 'stopped', after: 'pendingSeconds', ...fallback }) as const),
  { from: 'pending', to: 'running', after: 'pendingSeconds' },
  { from: 'stopping', to: 'stopped', after: 'stoppingSeconds' },
  { from: 'shutting-down', to: 'terminated', after: 'shuttingDownSeconds' },
];

/** Where a machine of this behaviour stays for ever. */
const stuck: readonly { when: BehaviourName; state: Ec2State }[] = [
  { when: 'hangs-in-pending', state: 'pending' },
  { when: 'stuck-stopping', state: 'stopping' },
];

export function nextTransition(machine: Machine): Transition | undefined {
  if (stuck.some(({ when, state }) => state === machine.state && has(machine, when))) return undefined;
  return transitions.find(
    ({ from, when, times = Number.POSITIVE_INFINITY }) =>
      from === machine.state && machine.fallbacks < times && (when === undefined || has(machine, when)),
  );
}

/** How long a terminated instance is listed (docs/aws-behaviour.md 25). */
export const TERMINATED_LISTED_SECONDS = 3600;

/** How a machine stands at the beginning, by behaviour; the first that fits. */
export const beginnings: readonly {
  when: BehaviourName;
  state?: Partial<Record<'stopped' | 'running', Ec2State>>;
  stateReason?: StateReason;
}[] = [
  { when: 'terminated', state: { stopped: 'terminated', running: 'terminated' }, stateReason: USER_SHUTDOWN },
  { when: 'stuck-stopping', state: { stopped: 'stopping' } },
  { when: 'settling', state: { stopped: 'stopping', running: 'pending' } },
  { when: 'hibernated', stateReason: USER_HIBERNATE },
  { when: 'hibernation-falls-back', stateReason: USER_HIBERNATE },
  { when: 'spot', stateReason: SPOT_INTERRUPTION },
];
