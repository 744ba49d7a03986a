import { computeEnds } from '../../../../functions/domain/listing/run-ends.ts';
import { runSchema } from '../../../../functions/domain/model/run.ts';
import { aRun, ENDS, stamp } from '../../../support/builders.ts';

const MINUTE = 60;
const settings = { windowSeconds: 240 * MINUTE, restoreDeadlineSeconds: 30 * MINUTE };

describe('the two ends of a run', () => {
  it('stops end with its window, and sends 45 minutes and the time to restore before that', () => {
    expect(computeEnds(stamp('02:00'), null, settings)).toEqual({
      sendUntil: stamp('04:45'),
      stopUntil: stamp('06:00'),
    });
  });

  it('come earlier with finishBy, and never later', () => {
    expect(computeEnds(stamp('02:00'), stamp('05:00'), settings)).toEqual({
      sendUntil: stamp('03:45'),
      stopUntil: stamp('05:00'),
    });
    expect(computeEnds(stamp('02:00'), stamp('07:00'), settings)).toEqual(ENDS);
  });

  it('leave more time for the restoring where the deployment does', () => {
    const ends = computeEnds(stamp('02:00'), null, { ...settings, restoreDeadlineSeconds: 60 * MINUTE });
    expect(ends).toEqual({ sendUntil: stamp('04:15'), stopUntil: stamp('06:00') });
  });

  it('are those of a run that an earlier version has begun, too: nothing more is sent, and it may stop for four hours', () => {
    const { sendUntil: _, stopUntil: __, ...before } = aRun();
    expect(runSchema.parse(before)).toMatchObject({ sendUntil: stamp('02:00'), stopUntil: stamp('06:00') });
  });
});
