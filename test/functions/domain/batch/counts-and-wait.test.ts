import { applyChanges } from '../../../../functions/domain/batch/apply-changes.ts';
import type { BatchInstance, Step } from '../../../../functions/domain/batch/batch-instance.ts';
import { waitSecondsFor } from '../../../../functions/domain/batch/counts-and-wait.ts';
import { INVOCATIONS_MAX } from '../../../../functions/domain/model/limits.ts';
import { commandComment } from '../../../../functions/domain/work/command-comment.ts';
import { aBatch, anInstance, aRun, at, stamp } from '../../../support/builders.ts';
import { heldAt } from '../../../support/looks.ts';

const NOW = at('02:10');
const LATER = stamp('02:11');
const inSteps = (...steps: [Step, (string | null)?][]) =>
  steps.map(([step, retryAt = null], index) => {
    const instanceId = `i-${index}`;
    return step === 'start' || step === 'update'
      ? anInstance({ instanceId, step, retryAt })
      : anInstance({ instanceId, step });
  });
const counts = (...steps: [Step, (string | null)?][]) => applyChanges(aBatch(inSteps(...steps)), [], NOW).counts;

describe('the counts of a batch', () => {
  it('say how many stand in each step', () => {
    expect(
      counts(
        ['start'],
        ['preflight'],
        ['readiness'],
        ['update'],
        ['update'],
        ['verify'],
        ['restore'],
        ['restore'],
        ['settled'],
      ),
    ).toEqual({ start: 1, preflight: 1, readiness: 1, update: 2, verify: 1, restore: 3, unsettled: 8 });
  });

  it('leave out of the starts what must wait for another attempt, until that is due', () => {
    expect(counts(['start'], ['start', LATER], ['start', stamp('02:10')])).toMatchObject({ start: 2, unsettled: 3 });
  });

  it('count what waits for another try of its update where it is: it is looked at, and takes nothing off the starts', () => {
    expect(counts(['start'], ['update', LATER])).toMatchObject({ start: 1, update: 1, unsettled: 2 });
  });
});

describe('the waiting of a batch', () => {
  const hourAgo = stamp('01:10');

  it('is until the first start is due only where starts are all that is left', () => {
    expect(waitSecondsFor(inSteps(['start', LATER], ['settled']), hourAgo, NOW)).toBe(60);
    expect(waitSecondsFor(inSteps(['start', LATER], ['update', LATER]), hourAgo, NOW)).toBe(120);
    expect(waitSecondsFor(inSteps(['start', LATER], ['start']), hourAgo, NOW)).toBe(120);
  });

  it('is short where an awake instance is due, and had no turn', () => {
    const waiting = (retryAt: string, lastRefusal: string | null = 'no time was left') =>
      waitSecondsFor([anInstance({ step: 'update', retryAt, lastRefusal })], hourAgo, NOW);
    expect(waiting(stamp('02:10'))).toBe(15);
    expect(waiting(LATER)).toBe(120);
    // It waits for someone else's update, and not for a turn.
    expect(waiting(stamp('02:10'), null)).toBe(120);
  });

  it('is as ever where no instance is left', () => {
    expect(waitSecondsFor(inSteps(['settled']), hourAgo, NOW)).toBe(120);
  });
});

describe('a batch that has taken too long', () => {
  const lookAt = (changes: object, now = NOW) =>
    applyChanges(aBatch(inSteps(['update']), changes), [], now).instances[0];
  const reasonOf = (...given: Parameters<typeof lookAt>) => heldAt('restore', lookAt(...given)).reason;

  it('says which limit it has reached', () => {
    expect(reasonOf({ invocations: INVOCATIONS_MAX })).toEqual({
      code: 'run-limit',
      text: 'the work on it was not done after 1500 invocations for its batch',
    });
    expect(lookAt({ invocations: INVOCATIONS_MAX - 1 })?.step).toBe('update');
    expect(lookAt({}, at('05:30'))?.step).toBe('update');
    expect(reasonOf({}, at('05:30:01'))).toEqual({
      code: 'out-of-time',
      text: 'the work on it was not done by 2026-12-06T05:30:00.000Z, and nothing is stopped after 2026-12-06T06:00:00.000Z',
    });
  });

  it('still seeks a start that was lost of one that EC2 does not show', () => {
    const [instance] = inSteps(['start']);
    const ended = (changes: object) =>
      heldAt(
        'restore',
        applyChanges(aBatch([{ ...instance, ...changes } as BatchInstance]), [], at('05:30:01')).instances[0],
      );
    expect(ended({}).strayUntil).toBeNull();
    expect(ended({ unseenSince: stamp('05:20'), unseenAs: 'silent' }).strayUntil).toBe(stamp('05:31:31'));
  });
});

it('a comment that is too long says so', () => {
  const batch = aBatch(inSteps(['update']), { run: aRun({ runId: 'r'.repeat(80) }), index: 1_000_000 });
  expect(() => commandComment(batch, 1000)).toThrow(/^a comment of 10\d characters: reveille r+ b1000000 a1000$/);
});
