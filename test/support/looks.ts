import type { Look } from '../../functions/domain/batch/look.ts';

/** A look in one word, for stories: whether the instance waits, has failed, or goes on. */
export function said({ instance, waiting }: Look) {
  if (waiting !== null) return { action: 'wait', ...waiting } as const;
  const { reason, step } = instance;
  if (step === 'restore') return { action: instance.outcome === 'failed' ? 'fail' : 'finish', reason } as const;
  return { action: 'go-on', step, launchTime: instance.launchTime, version: instance.versionBefore } as const;
}
