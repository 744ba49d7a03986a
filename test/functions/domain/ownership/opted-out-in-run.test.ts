import type { InstanceAt } from '../../../../functions/domain/batch/batch-instance.ts';
import type { InstanceFacts } from '../../../../functions/domain/model/instance.ts';
import { decideRestore, type RestoreCase } from '../../../../functions/domain/steps/restore.ts';
import { applyRestore } from '../../../../functions/domain/steps/restore-result.ts';
import { decideStart } from '../../../../functions/domain/steps/start.ts';
import {
  anAttempt,
  at,
  aWokenInstance,
  instanceFacts,
  ours,
  restoreCase,
  stamp,
  wokenFacts,
} from '../../../support/builders.ts';
import { aLostAttempt, aStartCase, saidOfStart } from '../../../support/starts.ts';

const TEXT = 'carries the tag reveille:opt-out: mine';

/** Woken by Reveille at 02:00:30, and its owner has put the tag on it before the work was over at 02:10. */
const done = (changes: Partial<InstanceAt<'restore'>> = {}) =>
  aWokenInstance({ step: 'restore', stepSince: stamp('02:10'), outcome: 'updated', ...changes });
const asleep = () => wokenFacts({ state: 'stopped', stateReason: instanceFacts().stateReason });
const decide = (
  instance: InstanceAt<'restore'>,
  seen: InstanceFacts,
  { now = at('02:10:15'), ...changes }: Partial<RestoreCase> = {},
) => decideRestore(restoreCase(instance, seen, { optOut: TEXT, now, ...changes }));

describe('an instance whose owner has put the opt-out tag on it, and that is to be restored', () => {
  const leftAwake = {
    action: 'settle',
    finalState: 'opted-out',
    releaseLease: true,
    wasSeenStopped: false,
    isGone: false,
    reason: { code: 'opted-out-in-run', text: `${TEXT}: it is left awake` },
  };

  it('is not stopped, and its lease comes off', () => {
    expect(decide(done(), wokenFacts())).toEqual(leftAwake);
    expect(decide(done(), wokenFacts(), { optOut: null })).toMatchObject({ action: 'stop' });
  });

  it('is theirs also if it was opted out before anything was sent to it, and after a dead run', () => {
    const outcome = { outcome: 'excluded', reason: { code: 'opted-out-in-run', text: TEXT } } as const;
    expect(decide(done(outcome), wokenFacts())).toEqual(leftAwake);
    expect(decide(done(), wokenFacts(), { writersAreDead: true, deadlineSeconds: null })).toEqual(leftAwake);
  });

  it('keeps its outcome: what had failed stays failed', () => {
    const settledAs = (changes: Partial<InstanceAt<'restore'>>) => {
      const instance = done(changes);
      const decision = decide(instance, wokenFacts());
      return applyRestore({ instance, decision, refusal: null }, 1800, at('02:11')).instance;
    };
    expect(settledAs({})).toMatchObject({
      outcome: 'updated',
      reason: { code: 'opted-out-in-run' },
      finalState: 'opted-out',
      restoredAt: null,
    });
    expect(settledAs({ outcome: 'failed', reason: { code: 'no-disk-space', text: 'full' } })).toMatchObject({
      outcome: 'failed',
      reason: { code: 'no-disk-space', text: `full; ${TEXT}: it is left awake` },
      finalState: 'opted-out',
    });
  });

  it('is not left in the middle of an update', () => {
    const commands = [{ commandId: 'command-1', sentAt: stamp('02:05'), endedAt: null }];
    expect(decide(done({ commands }), wokenFacts())).toMatchObject({ reason: { code: 'update-may-run' } });
  });

  it('is asleep if our stop was accepted before the tag came', () => {
    const stopped = done({ stopAcceptedAt: stamp('02:10:05') });
    expect(decide(stopped, wokenFacts())).toMatchObject({ reason: { code: 'stop-not-shown' } });
    expect(decide(stopped, wokenFacts({ state: 'stopping' }))).toMatchObject({ reason: { code: 'stopping' } });
    expect(decide(stopped, asleep())).toMatchObject({ finalState: 'stopped', releaseLease: true, reason: null });
  });

  it('is sent no stop while it sleeps either: a minute proves that no start of ours is on its way', () => {
    const tried = done({ outcome: 'excluded', owner: ours([anAttempt()]) });
    expect(decide(tried, asleep(), { now: at('02:01:59') })).toMatchObject({
      action: 'wait',
      reason: { code: 'start-may-come' },
      until: stamp('02:02'),
    });
    expect(decide(tried, asleep(), { now: at('02:02') })).toMatchObject({
      action: 'settle',
      finalState: 'stopped',
      releaseLease: true,
    });
  });
});

describe('an instance whose owner has put the opt-out tag on it, and that awaits its start', () => {
  it('is not started, and not taken over', () => {
    for (const ec2 of [instanceFacts(), wokenFacts()]) {
      expect(saidOfStart(decideStart(aStartCase({ ec2, optOut: TEXT })))).toEqual({
        action: 'exclude',
        reason: { code: 'opted-out-in-run', text: TEXT },
      });
    }
  });

  it('is looked after if a lost attempt may have woken it', () => {
    const decision = decideStart(aStartCase({ optOut: TEXT, lostAttempts: [aLostAttempt()] }));
    expect(decision).toMatchObject({ look: { instance: { owner: { kind: 'reveille', attempts: [aLostAttempt()] } } } });
  });
});
