import { createTimeScale } from '../../../../../../functions/domain/report/page/facts/time-scale.ts';

const minutes = (...times: number[]) => times.map((time) => time * 60);

describe('the clock of the timeline', () => {
  it('is even where no instance hangs', () => {
    const scale = createTimeScale(minutes(5, 8, 12, 14), 14 * 60);
    expect(scale).toMatchObject({ fold: null, density: 1, end: 900, ticks: [0, 300, 600, 900] });
    expect([0, 450, 900].map(scale.x)).toEqual([0, 50, 100]);
  });

  it('draws what comes after nine of ten denser, if it is long', () => {
    const most = Array.from({ length: 19 }, (_, index) => 5 + index * 0.5);
    const scale = createTimeScale(minutes(...most, 94), 94 * 60);
    expect(scale.fold).toBe(15 * 60);
    expect(scale.x(15 * 60)).toBe(80);
    expect(scale.x(95 * 60)).toBe(100);
    expect(scale.density).toBe(21);
    expect(scale.ticks.slice(-2)).toEqual([60 * 60, 90 * 60]);
  });

  it('draws what lies outside of the run at its edge', () => {
    const scale = createTimeScale(minutes(5), 600);
    expect([-60, 7200].map(scale.x)).toEqual([0, 100]);
  });

  it('is there for a run in which no end is known', () => {
    expect(createTimeScale([], 7200)).toMatchObject({ fold: null, end: 7200 });
  });
});
