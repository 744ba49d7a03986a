import { addSeconds } from '../../../../../../functions/domain/model/time.ts';
import { toNight } from '../../../../../../functions/domain/report/page/facts/night.ts';
import { lineHeight, silhouettesOf } from '../../../../../../functions/domain/report/page/facts/silhouettes.ts';
import { stamp } from '../../../../../support/builders.ts';
import { aPageInstance, aPageReport, aRunningInstance } from '../../../../../support/page/page-reports.ts';

const slept = (count: number) =>
  Array.from({ length: count }, (_, index) => aPageInstance({ restoredAt: addSeconds(stamp('02:02'), count - index) }));
const linesOf = (count: number) => silhouettesOf(toNight(aPageReport(slept(count)))).map(({ lines }) => lines.length);

describe('silhouettes', () => {
  it.each([60, 100, 240, 500, 1000, 5000])(
    'of %s instances are 480 pixels high at most, give or take a rounding',
    (count) => {
      const [lines = 0] = linesOf(count);
      expect(lines * lineHeight(count)).toBeLessThanOrEqual(500);
      expect(lines).toBeGreaterThanOrEqual(Math.min(60, count));
    },
  );

  it('have the earliest done on top', () => {
    const [silhouette] = silhouettesOf(toNight(aPageReport(slept(100))));
    const ends = silhouette?.lines.map(({ doneAt }) => doneAt ?? 0) ?? [];
    expect(ends).toEqual([...ends].sort((one, other) => one - other));
  });

  it('are one for each group, and for those that slept and those that ran', () => {
    const night = toNight(aPageReport([aPageInstance(), aRunningInstance(), aRunningInstance({ group: 'prod' })]));
    expect(silhouettesOf(night).map(({ id, instances }) => `${id} ${instances.length}`)).toEqual([
      '0-slept 1',
      '0-ran 1',
      '1-ran 1',
    ]);
  });
});
