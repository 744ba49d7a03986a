import fc from 'fast-check';
import { mixedFleet } from '../../local/account/fleet/mixed-fleet.ts';
import { tell } from '../support/stories.ts';

describe('any fleet', () => {
  it('keeps both promises, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 40 }), fc.nat(1_000_000), async (count, seed) => {
        const { broken, report } = await tell(mixedFleet(count, seed), { seed, input: { allowEmpty: true } });
        expect(broken).toEqual([]);
        expect(report.counts.intended).toBe(count);
      }),
      { numRuns: 10 },
    );
  });

  it('is cut into batches, and each has its own result', async () => {
    const { account, report, tally, broken } = await tell(mixedFleet(120, 3));

    expect(broken).toEqual([]);
    expect(report.counts.intended).toBe(120);
    const results = account.objects.keys(account.bucket).filter((key) => key.includes('/results/'));
    const takingPart = report.counts.intended - report.counts.excluded;
    expect(takingPart).toBeGreaterThan(50);
    expect(results).toHaveLength(Math.ceil(takingPart / 50));
    expect(tally.longestHistory).toBeLessThan(25_000);
  });
});
