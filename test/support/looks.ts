import type { BatchInstance, InstanceAt, Step } from '../../functions/domain/batch/batch-instance.ts';
import type { Look } from '../../functions/domain/batch/look.ts';

/** A look in one word, for stories: whether the instance waits, has failed, or goes on. */
export function said({ instance, waiting }: Look) {
  if (waiting !== null) return { action: 'wait', ...waiting } as const;
  if (instance.step === 'restore') {
    return { action: instance.outcome === 'failed' ? 'fail' : 'finish', reason: instance.reason } as const;
  }
  const { launchTime = null, versionBefore: version = null } = 'launchTime' in instance ? instance : {};
  return { action: 'go-on', step: instance.step, launchTime, version } as const;
}

/** The instance, which has to stand at this step: so what it carries there can be read. */
export function heldAt<S extends Step>(step: S, instance: BatchInstance | undefined): InstanceAt<S> {
  expect(instance?.step).toBe(step);
  return instance as InstanceAt<S>;
}
