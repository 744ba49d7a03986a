import type { Checker } from '../evidence/checker.ts';
import { lateCauses } from '../needless/late-causes.ts';
import { findNeedless } from '../needless/needless.ts';
import { needlessCalls } from '../needless/needless-calls.ts';
import { needlessStarts } from '../needless/needless-starts.ts';
import { needlessWaits } from '../needless/needless-waits.ts';

export const nothingNeedless: Checker = {
  promise: 'nothing-needless',
  says: 'An instance for which nothing bad was drawn is updated, once, as it was, and awake no longer than it must be; no call is made in vain.',
  check(evidence) {
    const { failures, minutes } = findNeedless(evidence);
    const places = [...failures, ...minutes].map(({ runId, instanceId, text }) => ({
      instanceId,
      at: null,
      text: `${runId}: ${instanceId} ${text}`,
    }));
    return [
      ...places,
      ...needlessCalls(evidence),
      ...needlessStarts(evidence),
      ...needlessWaits(evidence),
      ...lateCauses(evidence),
    ];
  },
};
