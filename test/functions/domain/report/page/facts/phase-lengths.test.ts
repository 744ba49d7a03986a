import { toNight } from '../../../../../../functions/domain/report/page/facts/night.ts';
import { at, phaseLengths } from '../../../../../../functions/domain/report/page/facts/phase-lengths.ts';
import { stamp } from '../../../../../support/builders.ts';
import { aPageInstance, aPageReport } from '../../../../../support/page/page-reports.ts';

describe('how long phases took', () => {
  it('is told of those that are known', () => {
    const ends = ['02:01:30', '02:02:30', '02:10:30'].map((time) => aPageInstance({ restoredAt: stamp(time) }));
    const { woken } = toNight(aPageReport([...ends, aPageInstance({ restoredAt: null })]));
    expect(phaseLengths(woken)).toEqual([
      { name: 'awake', instances: 3, median: 120, p90: 600, longest: 600, together: 780 },
    ]);
  });

  it.each([
    [0.5, 5],
    [0.9, 9],
    [1, 10],
    [0, 1],
  ])('%s of one to ten do not exceed %s', (part, value) => {
    expect(at([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], part)).toBe(value);
  });

  it('of nothing is nothing', () => {
    expect(at([], 0.5)).toBe(0);
  });
});
