import type { InstanceAt } from '../../../functions/domain/batch/batch-instance.ts';
import type { InstanceFacts } from '../../../functions/domain/model/instance.ts';
import { LEASE_TAG } from '../../../functions/domain/ownership/lease.ts';
import { decideRestore } from '../../../functions/domain/steps/restore.ts';
import {
  anAttempt,
  at,
  aWokenInstance,
  instanceFacts,
  leaseValue,
  ours,
  restoreCase,
  stamp,
  wokenFacts,
} from '../../support/builders.ts';

/** Its start was asked for at 02:00; the Lambda that asked may live until 02:01. */
const done = (changes: Partial<InstanceAt<'restore'>> = {}) =>
  aWokenInstance({ step: 'restore', stepSince: stamp('02:00:40'), outcome: 'failed', ...changes });
const asleep = (changes: Partial<InstanceFacts> = {}) =>
  instanceFacts({ tags: { [LEASE_TAG]: leaseValue() }, ...changes });
const decide = (time: string, instance: InstanceAt<'restore'>, seen: InstanceFacts, writersAreDead = false) =>
  decideRestore(restoreCase(instance, seen, { writersAreDead, now: at(time) }));

describe('an instance to which a start may still be on its way', () => {
  it.each([
    ['awake', wokenFacts()],
    ['asleep', asleep()],
    ['stopping', wokenFacts({ state: 'stopping' })],
    ['without its lease', asleep({ tags: {} })],
  ])('is neither stopped nor let go while its writer may live: %s', (_what, seen) => {
    expect(decide('02:00:59.999', done(), seen)).toMatchObject({
      action: 'wait',
      reason: { code: 'writer-may-live' },
    });
    expect(JSON.stringify(decide('02:01', done(), seen))).not.toContain('writer-may-live');
  });

  it('waits for the writers of earlier attempts as well', () => {
    const late = { attempt: 'late', recordedAt: stamp('02:04'), startBy: stamp('02:05') };
    const instance = done({ owner: ours([anAttempt(), late]) });
    expect(decide('02:04:30', instance, wokenFacts())).toMatchObject({ reason: { code: 'writer-may-live' } });
    // Their replies were lost, so their ends are unknown: they may live longer than their own starts can take effect.
    expect(decide('02:05:29.999', instance, wokenFacts())).toMatchObject({ reason: { code: 'writer-may-live' } });
    expect(decide('02:05:30', instance, wokenFacts()).action).toBe('stop');
    // One that only leases starts nothing, and may write its lease as late.
    const leasing = done({ owner: ours([anAttempt(), { ...late, startBy: late.recordedAt }]) });
    expect(decide('02:05:29.999', leasing, wokenFacts())).toMatchObject({ reason: { code: 'writer-may-live' } });
    expect(decide('02:05:30', leasing, wokenFacts()).action).toBe('stop');
  });

  it('waits for 90 seconds after a step has failed for good: a copy of it may live', () => {
    const failed = done({ stepSince: stamp('02:10'), strayUntil: stamp('02:11:30') });
    expect(decide('02:11:29.999', failed, wokenFacts())).toMatchObject({ reason: { code: 'writer-may-live' } });
    expect(decide('02:11:30', failed, wokenFacts()).action).toBe('stop');
  });
});

describe('an instance that sleeps with our lease', () => {
  it('is told to stop once more: the stopped that is seen may be of before its start', () => {
    expect(decide('02:02', done(), asleep())).toMatchObject({ action: 'stop', hibernate: false });
    expect(decide('02:02', done({ originalState: 'hibernated' }), asleep())).toMatchObject({
      action: 'stop',
      hibernate: true,
    });
  });

  it('is believed without that once every writer has been dead for long enough', () => {
    expect(decide('02:30', done(), asleep(), true)).toEqual({
      action: 'settle',
      finalState: 'stopped',
      releaseLease: true,
      wasSeenStopped: true,
      isGone: false,
      reason: null,
    });
  });

  it('has lost its hibernation where it sleeps by a plain stop', () => {
    expect(decide('02:30', done({ originalState: 'hibernated' }), asleep(), true)).toMatchObject({
      action: 'settle',
      finalState: 'stopped',
      reason: { code: 'hibernation-lost' },
    });
  });

  it('keeps a lease that is not ours', () => {
    const seen = asleep({ tags: { [LEASE_TAG]: 'reveille-update-agents/run-9/child-9/attempt-9' } });
    expect(decide('02:30', done(), seen, true)).toMatchObject({ action: 'settle', releaseLease: false });
  });

  it('is stopped all the same while it is awake, however dead its writers are', () => {
    expect(decide('02:30', done(), wokenFacts(), true)).toMatchObject({ action: 'stop', hibernate: false });
  });
});
