import { countOutcomes, coverageHolds } from '../../../../functions/domain/report/report.ts';

describe('the coverage equation', () => {
  it('holds when the outcomes make up the intended', () => {
    const outcomes = (
      ['updated', 'failed', 'failed', 'already-current', 'excluded', 'excluded', 'excluded'] as const
    ).map((outcome) => ({ outcome }));
    const counts = { intended: 7, updated: 1, alreadyCurrent: 1, failed: 2, excluded: 3 };
    expect(countOutcomes(outcomes)).toEqual(counts);
    expect(coverageHolds(counts)).toBe(true);
  });

  it.each([{ intended: 6 }, { updated: 0 }, { alreadyCurrent: 2 }, { failed: 3 }, { excluded: 2 }])(
    'does not hold with %j',
    (change) => {
      const counts = { intended: 7, updated: 1, alreadyCurrent: 1, failed: 2, excluded: 3 };
      expect(coverageHolds({ ...counts, ...change })).toBe(false);
    },
  );
});
