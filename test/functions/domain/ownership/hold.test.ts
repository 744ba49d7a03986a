import { newHold, noteQuiet } from '../../../../functions/domain/steps/hold.ts';
import { type OtherActivity, otherActivityUnknown } from '../../../../functions/domain/steps/other-activity.ts';
import { decideRestore } from '../../../../functions/domain/steps/restore.ts';
import { at, aWokenInstance, restoreCase, stamp, wokenFacts } from '../../../support/builders.ts';

const BOOT = stamp('02:00:30');
const anna: OtherActivity = { reason: { code: 'session-active', text: 'anna has a session on it' }, isKnown: true };
const unknown = otherActivityUnknown({ text: 'ThrottlingException: slow down' });
const quiet = (time: string) => ({ launchTime: BOOT, quietSince: stamp(time) });

describe('what a pass remembers of an instance that its run has left to others', () => {
  it('is since when nothing was seen: the first pass that sees nothing only begins to count', () => {
    expect(noteQuiet(newHold(BOOT), null, BOOT, at('03:00'))).toEqual(quiet('03:00'));
    expect(noteQuiet(quiet('03:00'), null, BOOT, at('03:15'))).toEqual(quiet('03:00'));
  });

  it('is forgotten whenever something is seen, or SSM does not tell', () => {
    for (const found of [anna, unknown]) {
      expect(noteQuiet(quiet('03:00'), found, BOOT, at('03:15'))).toEqual(newHold(BOOT));
    }
  });

  it('is nothing where no one was ever at work: that SSM does not tell holds no instance', () => {
    expect(noteQuiet(null, null, BOOT, at('03:00'))).toBeNull();
    expect(noteQuiet(null, unknown, BOOT, at('03:00'))).toBeNull();
    expect(noteQuiet(null, anna, BOOT, at('03:00'))).toEqual(newHold(BOOT));
  });

  it('says nothing of another boot', () => {
    expect(noteQuiet(quiet('02:00'), null, stamp('02:30'), at('03:00'))).toBeNull();
  });
});

describe('an instance that others have kept awake after its run', () => {
  const decide = (time: string, quietSince: string | null) => {
    const instance = aWokenInstance({ step: 'restore', stepSince: stamp('02:30') });
    return decideRestore(restoreCase(instance, wokenFacts(), { quietSince, deadlineSeconds: null, now: at(time) }));
  };

  it('is put back once nothing was seen on it for 20 minutes', () => {
    expect(decide('03:19:59.999', stamp('03:00'))).toMatchObject({
      action: 'wait',
      reason: { code: 'just-used' },
      until: stamp('03:20'),
    });
    expect(decide('03:20', stamp('03:00'))).toEqual({ action: 'stop', hibernate: false });
    expect(decide('03:00', null)).toEqual({ action: 'stop', hibernate: false });
  });

  it('is left awake at its end, also while someone is at work', () => {
    expect(decide('06:05:01', stamp('05:59'))).toMatchObject({ action: 'settle', reason: { code: 'left-awake' } });
  });
});
