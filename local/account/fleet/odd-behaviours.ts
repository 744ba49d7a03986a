import type { Behaviour } from './behaviour.ts';

/** What is too rare to be dealt: stories, quiet nights and the seeds' overlay have it. */
export const oddBehaviours = {
  'capacity-gone-at-launch': {
    ends: 'updated',
    description: 'StartInstances says yes, and twice it falls back to stopped, since EC2 has no room for it',
    decides: ['pending'],
  },
  'internal-error-once': {
    ends: 'updated',
    description: 'StartInstances says yes, and once it falls back to stopped by an internal error of EC2',
    decides: ['pending'],
  },
  'internal-error-always': {
    ends: 'failed: launch-error',
    description: 'StartInstances says yes, and each time it falls back to stopped by an internal error of EC2',
    decides: ['pending'],
  },
  'volume-limit': {
    ends: 'failed: launch-error',
    description: 'StartInstances says yes, and it falls back to stopped: the account has no room for more volumes',
    decides: ['pending'],
  },
  'system-hangs': {
    ends: 'failed: status-check-failed',
    description: "its operating system does not come up: EC2's instance status is impaired, and no agent registers",
    decides: ['agent'],
  },
  'host-fails': {
    ends: 'failed: status-check-failed',
    description: "its host is broken: EC2's system status is impaired, and no agent registers",
    decides: ['agent'],
  },
  'volume-stalls': {
    ends: 'failed: status-check-failed',
    description: "its EBS volume does not answer: EC2's check of the volumes is impaired, and no agent registers",
    decides: ['agent'],
  },
  'host-full': {
    ends: 'failed: no-capacity',
    description: 'its dedicated host has no room for it',
    decides: ['start'],
  },
  'reservation-full': {
    ends: 'failed: no-capacity',
    description: 'it may start in a capacity reservation only, and that one is used up',
    decides: ['start'],
  },
  'late-credentials': {
    ends: 'updated',
    description: 'its agent has no credentials when it boots, and tries again only 25 to 30 minutes later',
    timing: { registerSeconds: [1500, 1800] },
    decides: ['agent'],
  },
  'root-volume-missing': {
    ends: 'excluded: no-root-volume',
    description: 'its root volume is detached, so it could not boot',
    decides: ['root', 'start'],
  },
  'old-architecture': {
    ends: 'excluded: target-not-available',
    description: "its architecture is i386, for which the region's manifest has no newer file than 3.0.0.0",
  },
  'updates-on-its-way-down': {
    ends: 'updated',
    description: 'it runs Windows, whatever the file says, and installs updates for 35 to 50 minutes when it stops',
    timing: { stoppingSeconds: [2100, 3000] },
    decides: ['stopping'],
  },
  'older-again': {
    ends: 'failed: version-not-confirmed',
    description: 'right after the update its package manager puts an older agent back than the one before',
    decides: ['update'],
  },
  'newer-agent': {
    ends: 'already-current: newer-than-target',
    description: "its agent is newer than the region's latest version, whatever the file's agentVersion says",
  },
  'clock-ahead': {
    ends: 'updated',
    description: 'its clock is two hours ahead: so are the times at which its commands begin and end',
    decides: ['clock'],
  },
  'clock-behind': {
    ends: 'updated',
    description: 'its clock is two hours behind: so are the times at which its commands begin and end',
    decides: ['clock'],
  },
  'skipped-step': {
    ends: 'failed: update-failed',
    description: 'the update fails, in a document whose first step is for another platform and is skipped',
    decides: ['update'],
  },
  'unknown-system': {
    ends: 'failed: unsupported-platform',
    description:
      'its updater finds no package of the target version for this system, though the manifest has files for its family',
    decides: ['update'],
  },
  'proxy-not-up': {
    ends: 'updated',
    description:
      'the proxy is not up yet when its first update comes, which can download nothing; a minute later it is',
    decides: ['update'],
  },
  'package-database-locked': {
    ends: 'updated',
    description:
      'others hold its package database for as long as the first update tries to install: that is rolled back, and a second gets through',
    decides: ['update'],
  },
  'managed-by-eks': {
    ends: 'excluded: managed-by-others',
    description: 'EKS Auto Mode manages it, and EC2 says so',
    decides: ['controller'],
  },
  'managed-and-hidden': {
    ends: 'excluded: managed-by-others',
    description: 'ECS manages it, and the account hides such instances from describes that do not ask for them',
    decides: ['controller'],
  },
  'emr-member': {
    ends: 'excluded: managed-by-others',
    description: 'a node of an EMR cluster: it carries the tag of the cluster',
    decides: ['controller'],
  },
  'karpenter-node': {
    ends: 'excluded: managed-by-others',
    description: 'a node of Karpenter: it carries the tag of its node pool',
    decides: ['controller'],
  },
} as const satisfies Record<string, Behaviour>;
