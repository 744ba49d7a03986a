import { type Block, countAt } from '../../../../local/simulation/coverage/precise-coverage.ts';

describe('how often a place was run through', () => {
  const blocks: Block[] = [
    { start: 0, end: 100, count: 3 },
    { start: 20, end: 40, count: 1 },
    { start: 30, end: 35, count: 0 },
  ];

  it.each([
    [10, 3],
    [20, 1],
    [32, 0],
    [35, 1],
    [40, 3],
    [100, 0],
  ])('is what the smallest block around place %d says: %d', (place, count) => {
    expect(countAt(blocks, place)).toBe(count);
  });
});
