import type { Behaviour, Question } from './behaviour.ts';
import { oddBehaviours } from './odd-behaviours.ts';

/** What drawn fleets are dealt. One more here would deal every fleet of every seed anew. */
const dealt = {
  'never-registers': {
    ends: 'failed: never-registered',
    description: 'it has an instance profile, and yet its agent never registers with SSM',
    decides: ['agent'],
  },
  'no-instance-profile': {
    ends: 'failed: no-instance-profile',
    description: 'it has no instance profile, so its agent cannot register',
    decides: ['agent'],
  },
  'stale-ping': {
    ends: 'failed: agent-not-pinging',
    description: 'its agent is dead: SSM goes on saying Online, with the ping of an earlier day',
    decides: ['agent'],
  },
  'slow-boot': {
    ends: 'updated',
    description: 'it takes seven to twelve minutes until its agent pings',
    timing: { registerSeconds: [420, 720] },
  },
  'update-fails': {
    ends: 'failed: update-failed',
    description: 'the update fails, and nothing is changed',
    decides: ['update'],
  },
  'update-rolls-back': {
    ends: 'failed: update-rolled-back',
    description: 'the new agent does not start well: the update is rolled back',
    decides: ['update'],
  },
  'update-hangs': {
    ends: 'failed: update-hung',
    description: 'the updater dies without a word: the command stays InProgress for ever',
    decides: ['update'],
  },
  'update-in-progress': {
    ends: 'updated',
    description: "when its agent comes up, AWS's own association is updating it, for some minutes",
    decides: ['foreign-update'],
  },
  'command-lost': {
    ends: 'updated',
    description: 'the first command to it gets lost: it stays Pending, and the agent pings on',
    decides: ['delivery'],
  },
  'association-at-boot': {
    ends: 'updated',
    description: 'soon after it has booted, an association runs on it for eight to twelve minutes',
  },
  'ping-hourly': {
    ends: 'updated',
    description: 'its agent is configured to ping every 60 minutes, not every five',
    timing: { pingSeconds: [3600, 3600] },
    decides: ['ping-interval'],
  },
  'version-reported-late': {
    ends: 'updated',
    description: 'after the update it reports the old version in two more pings',
  },
  'launch-error': {
    ends: 'failed: launch-error',
    description: 'StartInstances says yes, and then it falls back to stopped',
    decides: ['pending'],
  },
  'no-capacity': { ends: 'failed: no-capacity', description: 'EC2 never has room for it', decides: ['start'] },
  'no-capacity-at-first': {
    ends: 'updated',
    description: 'EC2 has room for it only some minutes after the first try',
    decides: ['start'],
  },
  'vcpu-limit': {
    ends: 'failed: limit-reached',
    description: "the account's vCPU limit never lets it start",
    decides: ['start'],
  },
  'hangs-in-pending': {
    ends: 'failed: not-restored',
    description: 'StartInstances says yes, and then it never gets out of pending',
    decides: ['pending'],
  },
  'stuck-stopping': {
    ends: 'excluded: still-in-transition',
    description:
      'it never gets out of stopping: a stopped one is at it from the beginning, a running one once it is told to',
    decides: ['beginning', 'stopping'],
  },
  'slow-stop': {
    ends: 'updated',
    description: 'it takes eight to fifteen minutes to stop',
    timing: { stoppingSeconds: [480, 900] },
    decides: ['stopping'],
  },
  'stop-protected': { ends: 'excluded: stop-protected', description: 'its attribute disableApiStop is set' },
  'stop-denied': {
    ends: 'failed: way-back-denied',
    description: 'it carries the tag guardrail=keep-running, and a service control policy lets nothing stop what does',
  },
  'auto-scaling': { ends: 'excluded: auto-scaling', description: 'it is a member of an Auto Scaling group' },
  spot: {
    ends: 'excluded: spot-interrupted',
    description: 'a Spot Instance: one-time if it runs; if it is stopped, EC2 has interrupted it',
    decides: ['beginning', 'spot'],
  },
  'spot-persistent': {
    ends: 'updated',
    description: 'a Spot Instance of a persistent request: if it is stopped, its owner did that',
    decides: ['spot'],
  },
  'instance-store': {
    ends: 'excluded: instance-store',
    description: 'its root device is an instance store, so it cannot be stopped',
    decides: ['root'],
  },
  terminated: {
    ends: 'excluded: terminated',
    description: 'it was terminated a little while ago; the group still names it',
    decides: ['beginning'],
  },
  settling: {
    ends: 'updated',
    description: 'at first it is between two states: on its way to the one that the file gives',
    decides: ['beginning'],
  },
  'opted-out': { ends: 'excluded: opted-out', description: 'it carries the tag reveille:opt-out' },
  'tag-limit': { ends: 'failed: lease-refused', description: 'it has 50 tags already, as many as it can have' },
  'lease-copied': {
    ends: 'updated',
    description: 'it carries the lease tag of a run that never was, as if copied with an image',
    decides: ['lease-tag'],
  },
  hibernated: { ends: 'updated', description: 'it is hibernated, not just stopped', decides: ['beginning', 'root'] },
  'hibernation-falls-back': {
    ends: 'updated: hibernation-lost',
    description: 'it is hibernated; when it is to hibernate again, EC2 just stops it',
    decides: ['beginning', 'root'],
  },
  'already-current': {
    ends: 'already-current',
    description: "its agent has the region's latest version, whatever the file's agentVersion says",
  },
  'agent-lost': {
    ends: 'failed: agent-lost',
    description: 'the update succeeds, and its agent is not heard of again',
    decides: ['update'],
  },
  ghost: {
    ends: 'excluded: not-found',
    description: 'the group names it, EC2 does not know it',
    decides: ['beginning'],
  },
  'slow-start': {
    ends: 'updated',
    description: 'it is pending for five to fifteen minutes',
    timing: { pendingSeconds: [300, 900] },
    decides: ['pending'],
  },
  'type-withdrawn': {
    ends: 'failed: start-refused',
    description: 'EC2 supports its configuration no more, and refuses to start it',
    decides: ['start'],
  },
  'slow-update-in-progress': {
    ends: 'updated: updated-by-others',
    description: "when its agent comes up, AWS's own association is updating it, for 25 to 40 minutes",
    decides: ['foreign-update'],
  },
  'command-undeliverable': {
    ends: 'failed: update-undeliverable',
    description: 'its agent pings, and every command to it ends as Undeliverable',
    decides: ['delivery'],
  },
  'send-refused': {
    ends: 'failed: update-undeliverable',
    description: 'its agent pings, and SSM refuses to send it any command',
    decides: ['delivery'],
  },
  'disk-full': {
    ends: 'failed: no-disk-space',
    description: 'its disk is full: the update does not begin',
    decides: ['update'],
  },
  'updater-dies': {
    ends: 'failed: updater-died',
    description: 'the updater dies within a second, and its agent says so',
    decides: ['update'],
  },
  'target-inactive': {
    ends: 'failed: target-not-active',
    description: 'the updater calls the target inactive and skips the update, as a success',
    decides: ['update'],
  },
  'rollback-fails': {
    ends: 'failed: rollback-failed',
    description: 'the update fails, and so does its rollback: the agent is dead until the next boot',
    decides: ['update'],
  },
  'lease-garbled': {
    ends: 'updated',
    description: 'its lease tag has a value that no run would write',
    decides: ['lease-tag'],
  },
  'leased-by-others': {
    ends: 'excluded: busy',
    description: 'it carries the lease of another state machine',
    decides: ['lease-tag'],
  },
} as const satisfies Record<string, Behaviour>;

/** What a fleet file can say of an instance. Each is one small thing; several can be combined. */
export const behaviours = { ...dealt, ...oddBehaviours };

export type BehaviourName = keyof typeof behaviours;

/** Those that drawn fleets are dealt. */
export const dealtNames = Object.keys(dealt) as [keyof typeof dealt, ...(keyof typeof dealt)[]];

/** Those that none is dealt. */
export const oddNames = Object.keys(oddBehaviours) as [keyof typeof oddBehaviours, ...(keyof typeof oddBehaviours)[]];

export const behaviourNames = Object.keys(behaviours) as [BehaviourName, ...BehaviourName[]];

/**
 * Whether an instance can have both: they are two, and decide nothing that the other one decides. What one of them makes
 * pointless is no contradiction: an agent that never registers has no update that could fail.
 */
export function canStandTogether(one: BehaviourName, other: BehaviourName): boolean {
  const decided: readonly Question[] = questionsOf(one);
  return one !== other && !questionsOf(other).some((question) => decided.includes(question));
}

const questionsOf = (name: BehaviourName): readonly Question[] => {
  const behaviour: Behaviour = behaviours[name];
  return behaviour.decides ?? [];
};
