import type { Checker } from '../evidence/checker.ts';
import { findNeedless } from '../needless/needless.ts';

export const nothingNeedless: Checker = {
  promise: 'nothing-needless',
  says: 'An instance for which nothing bad was drawn is updated, once, as it was, and awake no longer than it must be.',
  check(evidence) {
    const { failures, minutes } = findNeedless(evidence);
    return [...failures, ...minutes].map(({ runId, instanceId, text }) => ({
      instanceId,
      at: null,
      text: `${runId}: ${instanceId} ${text}`,
    }));
  },
};
