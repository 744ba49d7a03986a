import type { Checker } from '../evidence/checker.ts';
import { calls, clock, isOurs } from '../evidence/evidence.ts';
import { optedOutAt } from '../evidence/opted-out.ts';

/** What has only just been done may not be seen yet; and a call may have been under way. */
const SEEN_SECONDS = 120;

export const optOutObeyed: Checker = {
  promise: 'opt-out-obeyed',
  says: 'Once its owner has put the opt-out tag on an instance, it is neither started nor stopped, and nothing is sent to it.',
  check(evidence) {
    const writes = calls(evidence, 'StartInstances', 'StopInstances', 'SendCommand').filter(
      ({ principal, error }) => isOurs(principal) && error === null,
    );
    return evidence.instances.flatMap(({ instanceId }) =>
      writes
        .filter(({ instanceIds }) => instanceIds.includes(instanceId))
        .flatMap(({ at, principal, operation }) => {
          const since = optedOutAt(evidence, instanceId, at);
          if (since === null || since > at - SEEN_SECONDS * 1000) return [];
          const text = `${instanceId} was opted out at ${clock(evidence, since)}, and ${principal} called ${operation} for it at ${clock(evidence, at)}`;
          return [{ instanceId, at, text }];
        })
        .slice(0, 1),
    );
  },
};
