import type { Attempt } from '../../functions/domain/ownership/attempt.ts';
import type { StartCase, StartDecision } from '../../functions/domain/steps/start.ts';
import { anAttempt, anInstance, at, instanceFacts } from './builders.ts';

/** An attempt at 02:00 whose reply was lost; its Lambda was dead at 02:01. */
export const aLostAttempt = (changes: Partial<Attempt> = {}): Attempt => anAttempt(changes);

/** A stopped instance that awaits its start, carries no lease, and was not tried before. */
export const aStartCase = (changes: Partial<StartCase> = {}): StartCase => ({
  instance: anInstance(),
  ec2: instanceFacts(),
  lostAttempts: [],
  lease: null,
  optOut: null,
  carriesOurLease: false,
  deadlineSeconds: 20 * 60,
  now: at('02:00:45'),
  ...changes,
});

/** A decision in one word, for stories; one that calls nothing by what it makes of the instance. */
export function saidOfStart(decision: StartDecision) {
  if (decision.action !== 'none') return decision;
  const { instance, waiting } = decision.look;
  const { owner } = instance;
  if (waiting !== null) return { action: 'wait', ...waiting } as const;
  if (instance.step === 'restore') {
    return { action: instance.outcome === 'excluded' ? 'exclude' : 'fail', reason: instance.reason } as const;
  }
  if (instance.step === 'preflight') return { action: 'try-way-back' } as const;
  if (owner.kind === 'others') return { action: 'hand-over', reason: owner.reason } as const;
  return { action: 'adopt', owner } as const;
}
