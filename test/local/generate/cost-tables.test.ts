import { monthRows, runRows } from '../../../local/generate/cost-tables.ts';
import { PRICES } from '../../../local/generate/prices.ts';

const cellsOf = (rows: string) =>
  rows.split('\n').map((row) =>
    row
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
const numberIn = (cell = '') => Number(cell.replace(/[,*]/g, ''));

describe.each([
  ['a month without a run', monthRows],
  ['a run', runRows],
])('the cost of %s', (_, rowsOf) => {
  it('is the sum of its lines', async () => {
    const rows = cellsOf(await rowsOf());
    const total = rows.findIndex(([what]) => what === '**together**');
    const sum = rows.slice(0, total).reduce((sumSoFar, [, , , dollars]) => sumSoFar + numberIn(dollars), 0);
    expect(total).toBeGreaterThan(4);
    expect(numberIn(rows[total]?.[3])).toBeCloseTo(sum, 2);
  });
});

describe('a month without a run', () => {
  it('has twelve passes of ReconcileLeases an hour, each with a listing and two reads of the bucket', async () => {
    const counts = new Map(cellsOf(await monthRows()).map(([what = '', count]) => [what, numberIn(count)]));
    expect(counts.get('passes of ReconcileLeases, started by EventBridge Scheduler')).toBe(12 * 730);
    expect(counts.get('listings of the bucket')).toBe(12 * 730);
    expect(counts.get('reads of the bucket')).toBe(2 * 12 * 730);
  });

  it('costs about as much as its alarms and metrics', async () => {
    const rows = cellsOf(await monthRows());
    const dollarsOf = (name: string) => numberIn(rows.find(([what]) => what === name)?.[3]);
    expect(dollarsOf('alarms')).toBeCloseTo(numberIn(rows[0]?.[1]) * PRICES.alarmMonth, 4);
    expect(dollarsOf('alarms') + dollarsOf('metrics of ReconcileLeases')).toBeGreaterThan(
      0.85 * dollarsOf('**together**'),
    );
  });
});
