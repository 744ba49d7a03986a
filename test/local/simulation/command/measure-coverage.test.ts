import { type Line, toMarkdown } from '../../../../local/simulation/command/measure-coverage.ts';

const aLine = (text: string, simulations: number, why: string | null = null): Line => ({
  name: text,
  text: `${text} at its line`,
  inDocs: text,
  simulations,
  times: simulations * 1000,
  why,
});

describe('the table of what was covered', () => {
  const ways = [
    aLine('a || b: the left is enough', 7),
    aLine('c: true', 0, 'c is never true'),
    aLine('d: true', 5, 'of a file'),
  ];
  const reasons = Array.from({ length: 30 }, (_, index) => aLine(`reason r${index}`, 10 + index));

  it('begins with the totals, and shows the twenty rarest that are to be met, the rarest first', () => {
    const [totals, , , , ...rows] = toMarkdown(1000, ways, reasons).split('\n');

    expect(totals).toMatch(
      /^1,000 simulations went 2 of the 3 ways of the rules' decisions, and gave 30 reasons\. 1 are rare and argued/,
    );
    expect(rows).toHaveLength(20);
    expect(rows.slice(0, 2)).toEqual([
      '| `a \\|\\| b: the left is enough` | 7 | 7,000 |',
      '| `reason r0` | 10 | 10,000 |',
    ]);
  });
});
