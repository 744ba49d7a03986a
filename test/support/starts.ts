import type { Attempt } from '../../functions/domain/ownership/attempt.ts';
import type { StartCase, StartDecision } from '../../functions/domain/steps/start.ts';
import { aHold, anInstance, at, instanceFacts } from './builders.ts';

/** An attempt at 02:00 whose reply was lost; its Lambda was dead at 02:01. */
export function aLostAttempt(changes: Partial<Attempt> = {}): Attempt {
  const { earlier: _none, ...attempt } = aHold(changes);
  return attempt;
}

/** A stopped instance that awaits its start, carries no lease, and was not tried before. */
export const aStartCase = (changes: Partial<StartCase> = {}): StartCase => ({
  instance: anInstance(),
  ec2: instanceFacts(),
  lostAttempts: [],
  lease: null,
  deadlineSeconds: 20 * 60,
  now: at('02:00:45'),
  ...changes,
});

/** A decision in one word, for stories; one that calls nothing by what it makes of the instance. */
export function saidOfStart(decision: StartDecision) {
  if (decision.action !== 'none') return decision;
  const { instance, waiting } = decision.look;
  const { handedOver, hold, outcome, reason, step, wokenAt } = instance;
  if (waiting !== null) return { action: 'wait', ...waiting } as const;
  if (step === 'restore') return { action: outcome === 'excluded' ? 'exclude' : 'fail', reason } as const;
  if (handedOver !== null) return { action: 'hand-over', reason: handedOver } as const;
  return { action: 'adopt', hold, wokenAt } as const;
}
