import type { Timing } from './platforms.ts';

export interface Behaviour {
  /** For people who write a fleet file. */
  description: string;
  timing?: Partial<Timing>;
}

/** What a fleet file can say of an instance. Each is one small thing; several can be combined. */
export const behaviours = {
  'never-registers': { description: 'it has an instance profile, and yet its agent never registers with SSM' },
  'no-instance-profile': { description: 'it has no instance profile, so its agent cannot register' },
  'stale-ping': { description: 'its agent is dead: SSM goes on saying Online, with the ping of an earlier day' },
  'slow-boot': {
    description: 'it takes seven to twelve minutes until its agent pings',
    timing: { registerSeconds: [420, 720] },
  },
  'update-fails': { description: 'the update fails, and nothing is changed' },
  'update-rolls-back': { description: 'the new agent does not start well: the update is rolled back' },
  'update-hangs': { description: 'the updater dies without a word: the command stays InProgress for ever' },
  'update-in-progress': {
    description: "when its agent comes up, AWS's own association is updating it, for some minutes",
  },
  'version-reported-late': { description: 'after the update it reports the old version in two more pings' },
  'launch-error': { description: 'StartInstances says yes, and then it falls back to stopped' },
  'no-capacity': { description: 'EC2 never has room for it' },
  'no-capacity-at-first': { description: 'EC2 has room for it only some minutes after the first try' },
  'slow-stop': { description: 'it takes eight to fifteen minutes to stop', timing: { stoppingSeconds: [480, 900] } },
  'stop-protected': { description: 'its attribute disableApiStop is set' },
  'auto-scaling': { description: 'it is a member of an Auto Scaling group' },
  spot: { description: 'a Spot Instance: one-time if it runs; if it is stopped, EC2 has interrupted it' },
  'spot-persistent': { description: 'a Spot Instance of a persistent request: if it is stopped, its owner did that' },
  'instance-store': { description: 'its root device is an instance store, so it cannot be stopped' },
  terminated: { description: 'it was terminated a little while ago; the group still names it' },
  settling: { description: 'at first it is between two states: on its way to the one that the file gives' },
  'opted-out': { description: 'it carries the tag reveille:opt-out' },
  hibernated: { description: 'it is hibernated, not just stopped' },
  'hibernation-falls-back': { description: 'it is hibernated; when it is to hibernate again, EC2 just stops it' },
  'already-current': {
    description: "its agent has the region's latest version, whatever the file's agentVersion says",
  },
  'agent-lost': { description: 'the update succeeds, and its agent is not heard of again' },
  ghost: { description: 'the group names it, EC2 does not know it' },
} as const satisfies Record<string, Behaviour>;
export type BehaviourName = keyof typeof behaviours;
export const behaviourNames = Object.keys(behaviours) as [BehaviourName, ...BehaviourName[]];
