import { awaitSight, seenOf, type Unseen, unseenOf } from '../../../../functions/domain/batch/unseen.ts';
import { decideUnseen } from '../../../../functions/domain/steps/restore-decision.ts';
import { applyRestore } from '../../../../functions/domain/steps/restore-result.ts';
import { at, aWokenInstance, INSTANCE_ID, stamp, wokenFacts } from '../../../support/builders.ts';

const UNKNOWN: Unseen = { kind: 'unknown' };
const SILENT: Unseen = {
  kind: 'silent',
  passes: true,
  refusal: { text: 'Unavailable: try again shortly', error: { call: 'DescribeInstances', code: 'Unavailable' } },
};

const booting = { ...aWokenInstance({ stepSince: stamp('02:00') }), unseenSince: stamp('02:10') };
const waitFor = (unseen: Unseen, time: string) => awaitSight({ instance: booting, unseen }, 600, at(time));

describe('an instance that no look shows', () => {
  it('stays at its step until the deadline of that step, counted from the first such look', () => {
    expect(waitFor(UNKNOWN, '02:19:59')).toEqual({
      instance: booting,
      waiting: { reason: { code: 'unknown-id', text: 'EC2 does not know it' }, until: stamp('02:20') },
    });
  });

  it('has disappeared then, and what a lost reply has started of it is looked for', () => {
    expect(waitFor(UNKNOWN, '02:20')).toMatchObject({
      instance: {
        step: 'restore',
        outcome: 'failed',
        reason: { code: 'disappeared', text: 'EC2 has not known it for 10 minutes' },
        strayUntil: stamp('02:21:30'),
        unseenSince: stamp('02:10'),
      },
      waiting: null,
    });
  });

  it('is waited for half an hour at least where EC2 did not answer, which says nothing of it', () => {
    expect(waitFor(SILENT, '02:39:59')).toMatchObject({
      waiting: { reason: { code: 'no-answer', text: expect.stringContaining('Unavailable') }, until: stamp('02:40') },
    });
    expect(waitFor(SILENT, '02:40')).toMatchObject({
      instance: {
        outcome: 'failed',
        reason: { code: 'question-refused', text: expect.stringContaining('30 minutes') },
      },
    });
  });

  it('is noted since when; once it is shown, that is forgotten', () => {
    const facts = new Map([[INSTANCE_ID, wokenFacts()]]);
    expect(seenOf([booting], facts)[0]?.instance).not.toHaveProperty('unseenSince');
    const unseen = new Map([[INSTANCE_ID, UNKNOWN]]);
    expect(unseenOf([booting], unseen, at('02:15'))[0]?.instance.unseenSince).toBe(stamp('02:10'));
    expect(unseenOf([aWokenInstance()], unseen, at('02:15'))[0]?.instance.unseenSince).toBe(stamp('02:15'));
    // What EC2 did not answer for before is unknown to it only from now on.
    const silent = { ...booting, unseenAs: 'silent' as const };
    expect(unseenOf([silent], unseen, at('02:15'))[0]?.instance).toMatchObject({
      unseenSince: stamp('02:15'),
      unseenAs: 'unknown',
    });
    expect(unseenOf([booting], new Map(), at('02:15'))).toEqual([]);
  });
});

describe('one that is to be restored, and that no look shows', () => {
  const done = { ...aWokenInstance({ step: 'restore', outcome: 'updated' }), unseenSince: stamp('02:10') };
  const decide = (unseen: Unseen, time: string) => decideUnseen({ instance: done, unseen }, 1800, at(time));

  it('is waited for until the restore deadline', () => {
    expect(decide(UNKNOWN, '02:39:59')).toMatchObject({ action: 'wait', until: stamp('02:40') });
    expect(decide(SILENT, '02:39:59')).toMatchObject({ action: 'wait', reason: { code: 'no-answer' } });
  });

  it('has disappeared then, if EC2 does not know it', () => {
    expect(decide(UNKNOWN, '02:40')).toMatchObject({
      action: 'settle',
      finalState: 'not-found',
      isGone: true,
      reason: { code: 'disappeared' },
    });
  });

  it('is given up with its lease kept, if EC2 does not say how it is: ReconcileLeases goes on', () => {
    expect(decide(SILENT, '02:40')).toMatchObject({
      action: 'give-up',
      finalState: null,
      reason: { code: 'not-restored', text: expect.stringContaining('its lease is kept: Unavailable') },
    });
  });

  it.each([
    ['failed', { code: 'question-refused', text: 'as it failed' }],
    ['updated', null],
  ] as const)('keeps its outcome, if no lease of ours can be on it: %s', (outcome, reason) => {
    const untouched = { ...done, outcome, reason, owner: { kind: 'none' as const } };
    const decision = decideUnseen({ instance: untouched, unseen: SILENT }, 1800, at('02:40'));
    expect(applyRestore({ instance: untouched, decision, refusal: null }, 1800, at('02:40')).instance).toMatchObject({
      step: 'settled',
      outcome,
      finalState: null,
      reason: reason ?? { code: 'question-refused', text: expect.stringContaining('EC2 did not say for 30 minutes') },
    });
    // What the failed step may have started is waited for.
    const late = { ...untouched, strayUntil: stamp('02:45') };
    expect(decideUnseen({ instance: late, unseen: SILENT }, 1800, at('02:40'))).toMatchObject({
      until: stamp('02:45'),
    });
  });

  it('is waited for no longer than a run follows anything', () => {
    const late = { ...done, stopUntil: stamp('01:30') };
    expect(decideUnseen({ instance: late, unseen: UNKNOWN }, 1800, at('02:15'))).toMatchObject({ action: 'settle' });
  });
});
