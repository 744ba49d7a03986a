import type { Timing } from './platforms.ts';

export interface Behaviour {
  /** For people who write a fleet file. */
  description: string;
  /** How a stopped instance of this behaviour ends in a run: its outcome, and the reason's code. */
  ends: string;
  timing?: Partial<Timing>;
}

/** What a fleet file can say of an instance. Each is one small thing; several can be combined. */
export const behaviours = {
  'never-registers': {
    ends: 'failed: never-registered',
    description: 'it has an instance profile, and yet its agent never registers with SSM',
  },
  'no-instance-profile': {
    ends: 'failed: no-instance-profile',
    description: 'it has no instance profile, so its agent cannot register',
  },
  'stale-ping': {
    ends: 'failed: agent-not-pinging',
    description: 'its agent is dead: SSM goes on saying Online, with the ping of an earlier day',
  },
  'slow-boot': {
    ends: 'updated',
    description: 'it takes seven to twelve minutes until its agent pings',
    timing: { registerSeconds: [420, 720] },
  },
  'update-fails': { ends: 'failed: update-failed', description: 'the update fails, and nothing is changed' },
  'update-rolls-back': {
    ends: 'failed: update-rolled-back',
    description: 'the new agent does not start well: the update is rolled back',
  },
  'update-hangs': {
    ends: 'failed: update-hung',
    description: 'the updater dies without a word: the command stays InProgress for ever',
  },
  'update-in-progress': {
    ends: 'updated',
    description: "when its agent comes up, AWS's own association is updating it, for some minutes",
  },
  'command-lost': {
    ends: 'updated',
    description: 'the first command to it gets lost: it stays Pending, and the agent pings on',
  },
  'association-at-boot': {
    ends: 'updated',
    description: 'soon after it has booted, an association runs on it for eight to twelve minutes',
  },
  'ping-hourly': {
    ends: 'updated',
    description: 'its agent is configured to ping every 60 minutes, not every five',
    timing: { pingSeconds: [3600, 3600] },
  },
  'version-reported-late': {
    ends: 'updated',
    description: 'after the update it reports the old version in two more pings',
  },
  'launch-error': {
    ends: 'failed: launch-error',
    description: 'StartInstances says yes, and then it falls back to stopped',
  },
  'no-capacity': { ends: 'failed: no-capacity', description: 'EC2 never has room for it' },
  'no-capacity-at-first': { ends: 'updated', description: 'EC2 has room for it only some minutes after the first try' },
  'vcpu-limit': { ends: 'failed: limit-reached', description: "the account's vCPU limit never lets it start" },
  'hangs-in-pending': {
    ends: 'failed: not-restored',
    description: 'StartInstances says yes, and then it never gets out of pending',
  },
  'stuck-stopping': {
    ends: 'excluded: still-in-transition',
    description:
      'it never gets out of stopping: a stopped one is at it from the beginning, a running one once it is told to',
  },
  'slow-stop': {
    ends: 'updated',
    description: 'it takes eight to fifteen minutes to stop',
    timing: { stoppingSeconds: [480, 900] },
  },
  'stop-protected': { ends: 'excluded: stop-protected', description: 'its attribute disableApiStop is set' },
  'auto-scaling': { ends: 'excluded: auto-scaling', description: 'it is a member of an Auto Scaling group' },
  spot: {
    ends: 'excluded: spot-interrupted',
    description: 'a Spot Instance: one-time if it runs; if it is stopped, EC2 has interrupted it',
  },
  'spot-persistent': {
    ends: 'updated',
    description: 'a Spot Instance of a persistent request: if it is stopped, its owner did that',
  },
  'instance-store': {
    ends: 'excluded: instance-store',
    description: 'its root device is an instance store, so it cannot be stopped',
  },
  terminated: {
    ends: 'excluded: terminated',
    description: 'it was terminated a little while ago; the group still names it',
  },
  settling: {
    ends: 'updated',
    description: 'at first it is between two states: on its way to the one that the file gives',
  },
  'opted-out': { ends: 'excluded: opted-out', description: 'it carries the tag reveille:opt-out' },
  'tag-limit': { ends: 'failed: lease-refused', description: 'it has 50 tags already, as many as it can have' },
  'lease-copied': {
    ends: 'updated',
    description: 'it carries the lease tag of a run that never was, as if copied with an image',
  },
  hibernated: { ends: 'updated', description: 'it is hibernated, not just stopped' },
  'hibernation-falls-back': {
    ends: 'updated: hibernation-lost',
    description: 'it is hibernated; when it is to hibernate again, EC2 just stops it',
  },
  'already-current': {
    ends: 'already-current',
    description: "its agent has the region's latest version, whatever the file's agentVersion says",
  },
  'agent-lost': { ends: 'failed: agent-lost', description: 'the update succeeds, and its agent is not heard of again' },
  ghost: { ends: 'excluded: not-found', description: 'the group names it, EC2 does not know it' },
} as const satisfies Record<string, Behaviour>;

export type BehaviourName = keyof typeof behaviours;

export const behaviourNames = Object.keys(behaviours) as [BehaviourName, ...BehaviourName[]];
