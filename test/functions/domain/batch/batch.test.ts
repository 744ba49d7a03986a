import fc from 'fast-check';
import { applyChanges } from '../../../../functions/domain/batch/apply-changes.ts';
import { batchSchema } from '../../../../functions/domain/batch/batch.ts';
import type { BatchInstance, Step, Working } from '../../../../functions/domain/batch/batch-instance.ts';
import {
  WAIT_SECONDS_MAX,
  WAIT_SECONDS_MIN,
  waitSecondsFor,
} from '../../../../functions/domain/batch/counts-and-wait.ts';
import { seedBatches } from '../../../../functions/domain/batch/seed-batches.ts';
import { carryOn, fail, finishWork } from '../../../../functions/domain/batch/transitions.ts';
import { BATCH_SIZE_MAX, INVOCATIONS_MAX } from '../../../../functions/domain/model/limits.ts';
import { commandComment, commentPrefix } from '../../../../functions/domain/work/command-comment.ts';
import { anyBatchInstance, moments, stamps } from '../../../support/arbitraries.ts';
import { aBatch, anInstance, aRun, at, ENDS, OLD, stamp, theirs } from '../../../support/builders.ts';

const members = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ instanceId: `i-${index}`, originalState: 'stopped' as const }));

describe('the batches of a run', () => {
  it('begin with a start for what sleeps, and with readiness for what runs', () => {
    const [batch] = seedBatches(
      [
        { instanceId: 'i-1', originalState: 'stopped' },
        { instanceId: 'i-2', originalState: 'running' },
        { instanceId: 'i-3', originalState: 'hibernated' },
      ],
      50,
      ENDS,
      at('02:00'),
    );
    expect(batch?.instances.map(({ step }) => step)).toEqual(['start', 'readiness', 'start']);
    expect(batch?.counts).toEqual({
      start: 2,
      preflight: 0,
      readiness: 1,
      update: 0,
      verify: 0,
      restore: 0,
      unsettled: 3,
    });
    expect(batch?.waitSeconds).toBe(WAIT_SECONDS_MIN);
  });

  it('are small, and are read back as whole batches', () => {
    for (const seed of seedBatches(members(3), 2, ENDS, at('02:00'))) {
      const batch = batchSchema.parse({ run: aRun(), child: 'child-1', ...seed });
      expect(batch).toMatchObject({ invocations: 0, sends: 0, lastProgressAt: stamp('02:00') });
      expect(batch.instances[0]).toMatchObject({ step: 'start', owner: { kind: 'none' }, retryAt: null, ...ENDS });
    }
  });

  it('are none when no instance takes part', () => {
    expect(seedBatches([], 50, ENDS, at('02:00'))).toEqual([]);
  });

  it('hold each instance once, in order, and never more than fit', () => {
    fc.assert(
      fc.property(fc.nat(130), fc.integer({ min: 1, max: BATCH_SIZE_MAX }), (count, size) => {
        const batches = seedBatches(members(count), size, ENDS, at('02:00'));
        const seeded = batches.flatMap(({ instances }) => instances.map(({ instanceId }) => instanceId));
        expect(seeded).toEqual(members(count).map(({ instanceId }) => instanceId));
        expect(batches.map(({ index }) => index)).toEqual([...batches.keys()]);
        for (const { instances } of batches) {
          expect(instances.length).toBeGreaterThan(0);
          expect(instances.length).toBeLessThanOrEqual(size);
        }
      }),
    );
  });
});

describe('the wait before the next look', () => {
  const booting = [anInstance({ step: 'readiness' })];
  const wait = (now: string, instances: BatchInstance[] = booting) =>
    waitSecondsFor(instances, stamp('02:00'), at(now));

  it.each([
    ['02:00', 15],
    ['02:01', 15],
    ['02:02', 30],
    ['02:04', 60],
    ['02:08', 120],
    ['02:30', 120],
  ])('grows with the time in which no instance moved: at %s it is %i s', (now, seconds) => {
    expect(wait(now)).toBe(seconds);
  });

  it('goes to the first start that is to be tried again, if nothing else is left', () => {
    const later = [stamp('02:03'), stamp('02:01:40')].map((retryAt) => anInstance({ retryAt }));
    expect(wait('02:00:50', later)).toBe(50);
    expect(wait('02:00:50', [...later, anInstance({ step: 'settled' })])).toBe(50);
    expect(wait('02:00:50', [...later, ...booting])).toBe(15);
    expect(wait('02:00:50', [...later, anInstance()])).toBe(15);
  });

  it('stays within its bounds, in whole seconds, whatever the instances do and whatever the clock says', () => {
    fc.assert(
      fc.property(fc.array(anyBatchInstance, { maxLength: 5 }), stamps, moments, (instances, lastProgressAt, now) => {
        const seconds = waitSecondsFor(instances, lastProgressAt, now);
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(WAIT_SECONDS_MIN);
        expect(seconds).toBeLessThanOrEqual(WAIT_SECONDS_MAX);
      }),
    );
  });
});

describe('an instance on the conveyor', () => {
  it('leaves behind what it waited for, and what was refused, when it moves on', () => {
    const sightings = { describeLag: 2 };
    const waiting = anInstance({ retryAt: stamp('02:09'), lastRefusal: 'no', owner: theirs([]), sightings });
    const { step, retryAt, lastRefusal, ...carried } = waiting;
    expect(carryOn(waiting, at('02:05'))).toEqual({ ...carried, stepSince: stamp('02:05') });
  });

  it('has no boot, no version and no command where its agent was not heard, and keeps them where it was', () => {
    const unheard = { launchTime: null, versionBefore: null, commands: [], otherUpdateSince: null };
    const over = (instance: Working) => finishWork(instance, 'failed', null, at('02:05'));
    for (const step of ['start', 'preflight', 'readiness'] as const) {
      expect(over(anInstance({ step }))).toMatchObject(unheard);
    }
    const heard = {
      launchTime: stamp('02:00:30'),
      versionBefore: OLD,
      commands: [{ commandId: 'command-1', sentAt: stamp('02:02'), endedAt: null }],
    };
    const met = { ...heard, otherUpdateSince: stamp('02:03') };
    expect(over(anInstance({ step: 'update', ...met }))).toMatchObject(met);
    expect(over(anInstance({ step: 'verify', ...heard }))).toMatchObject({ ...heard, otherUpdateSince: null });
  });

  it('goes to be put back when the work on it is over', () => {
    expect(finishWork(anInstance({ step: 'verify' }), 'updated', null, at('02:05'))).toMatchObject({
      step: 'restore',
      stepSince: stamp('02:05'),
      outcome: 'updated',
      reason: null,
    });
  });

  it('goes to be put back when the work on it has failed', () => {
    expect(fail(anInstance({ step: 'update' }), 'update-failed', 'it\nfailed', at('02:05'))).toMatchObject({
      step: 'restore',
      outcome: 'failed',
      reason: { code: 'update-failed', text: 'it failed' },
    });
  });
});

describe('the end of a look', () => {
  const [one, two] = [anInstance({ instanceId: 'i-1' }), anInstance({ instanceId: 'i-2', step: 'readiness' })];
  const batch = aBatch([one, two], { invocations: 4, sends: 1 });
  const NOW = at('02:04');
  const moved = anInstance({ instanceId: 'i-2', step: 'update', stepSince: stamp('02:04') });

  it('puts the changed in the places of the old, and keeps the others', () => {
    expect(applyChanges(batch, [moved], NOW).instances).toEqual([one, moved]);
  });

  it('counts itself, and the instances at each step', () => {
    const counts = { start: 1, preflight: 0, readiness: 0, update: 1, verify: 0, restore: 0, unsettled: 2 };
    expect(applyChanges(batch, [moved], NOW)).toMatchObject({ invocations: 5, sends: 1, counts });
    const settled = anInstance({ instanceId: 'i-2', step: 'settled' });
    expect(applyChanges(batch, [settled], NOW).counts).toMatchObject({
      readiness: 0,
      unsettled: 1,
    });
    expect(applyChanges({ ...batch, sends: 2 }, [], NOW).sends).toBe(2);
  });

  it('does not count what waits for its next start attempt', () => {
    expect(applyChanges(batch, [{ ...one, retryAt: stamp('02:05') }], NOW).counts).toMatchObject({
      start: 0,
      unsettled: 2,
    });
    expect(applyChanges(batch, [{ ...one, retryAt: stamp('02:04') }], NOW).counts).toMatchObject({ start: 1 });
  });

  it('is progress when an instance moved, and else the waits grow', () => {
    expect(applyChanges(batch, [moved], NOW)).toMatchObject({
      lastProgressAt: stamp('02:04'),
      waitSeconds: 15,
    });
    expect(applyChanges(batch, [{ ...one, lastRefusal: 'no' }], NOW)).toMatchObject({
      lastProgressAt: stamp('02:00'),
      waitSeconds: 60,
    });
  });

  it('is progress when a command was sent: what becomes of it is to be seen soon', () => {
    const commands = [{ commandId: 'command-1', sentAt: stamp('02:04'), endedAt: null }];
    for (const step of ['update', 'restore'] as const) {
      const before = aBatch([one, anInstance({ instanceId: 'i-2', step })]);
      expect(applyChanges(before, [anInstance({ instanceId: 'i-2', step, commands })], NOW)).toMatchObject({
        lastProgressAt: stamp('02:04'),
        waitSeconds: 15,
      });
    }
  });

  it('counts for every definition that an execution may have begun with: one at preflight is for RestoreInstances, by either count', () => {
    const { counts } = applyChanges(aBatch([one, two]), [anInstance({ instanceId: 'i-2', step: 'preflight' })], NOW);
    expect(counts).toMatchObject({ preflight: 1, restore: 1, unsettled: 2 });
    expect(Object.keys(counts)).toEqual(
      expect.arrayContaining(['start', 'preflight', 'readiness', 'update', 'verify', 'restore', 'unsettled']),
    );
  });

  it('leaves all that is not settled to RestoreInstances as long as it is not known what a failed step has done', () => {
    const settled = anInstance({ instanceId: 'i-3', step: 'settled' });
    const error = { Error: 'AwsUnavailable', Cause: 'no answer' };
    const caught = aBatch([one, two, settled], { error, invocations: INVOCATIONS_MAX });
    const next = applyChanges(caught, [], NOW);
    expect(next).toMatchObject({ error, instances: [one, two, settled] });
    expect(next.counts).toEqual({
      start: 0,
      preflight: 0,
      readiness: 0,
      update: 0,
      verify: 0,
      restore: 2,
      unsettled: 2,
    });
  });

  it('gives up what is still at work after too many invocations, and goes on restoring', () => {
    const steps: Step[] = ['start', 'preflight', 'readiness', 'update', 'verify', 'restore', 'settled'];
    const all = steps.map((step) => anInstance({ instanceId: step, step }));
    const before = applyChanges(aBatch(all, { invocations: INVOCATIONS_MAX - 1 }), [], NOW);
    expect(before.instances).toEqual(all);
    const after = applyChanges(before, [], NOW);
    expect(after.instances.map(({ step }) => step)).toEqual([...Array(6).fill('restore'), 'settled']);
    const codes = after.instances.map((instance) => ('reason' in instance ? instance.reason?.code : null));
    expect(codes).toEqual([...Array(5).fill('run-limit'), undefined, undefined]);
  });

  it('loses no instance and lets none in, whatever has changed', () => {
    const some = fc.uniqueArray(fc.constantFrom('i-1', 'i-2', 'i-3'), { minLength: 1 });
    fc.assert(
      fc.property(some, some, fc.constantFrom<Step>('update', 'settled'), (present, changed, step) => {
        const old = aBatch(present.map((instanceId) => anInstance({ instanceId })));
        const next = applyChanges(
          old,
          changed.map((instanceId) => anInstance({ instanceId, step })),
          NOW,
        );
        expect(next.instances.map(({ instanceId }) => instanceId)).toEqual(present);
        const { unsettled, ...steps } = next.counts;
        expect(Object.values(steps).reduce((sum, count) => sum + count, 0)).toBe(unsettled);
      }),
    );
  });
});

describe('the comment of a command', () => {
  it('names run, batch and attempt', () => {
    expect(commandComment({ run: aRun(), index: 3 }, 2)).toBe('reveille run-1 b3 a2');
  });

  it('begins with what all of its batch begin with, and none of another batch or run', () => {
    const comment = commandComment({ run: aRun(), index: 12 }, 1);
    expect(comment.startsWith(commentPrefix({ run: aRun(), index: 12 }))).toBe(true);
    expect(comment.startsWith(commentPrefix({ run: aRun(), index: 1 }))).toBe(false);
    expect(comment.startsWith(commentPrefix({ run: aRun({ runId: 'run' }), index: 12 }))).toBe(false);
  });

  it('fits for the longest name, the last of 500 batches and the last look', () => {
    const run = aRun({ runId: 'r'.repeat(80) });
    expect(commandComment({ run, index: 499 }, INVOCATIONS_MAX).length).toBeLessThanOrEqual(100);
    expect(() => commandComment({ run, index: 499 }, 10_000)).toThrow(RangeError);
  });
});
