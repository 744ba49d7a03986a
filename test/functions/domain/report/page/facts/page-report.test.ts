import { pageReportSchema } from '../../../../../../functions/domain/report/page/facts/page-report.ts';
import { stamp } from '../../../../../support/builders.ts';
import { aPageInstance, aPageReport } from '../../../../../support/page/page-reports.ts';

const older = Object.fromEntries(
  Object.entries(aPageInstance()).filter(
    ([name]) => !['times', 'refusedStarts', 'commands', 'proof', 'said'].includes(name),
  ),
);
const read = (changes: object, report: object = {}) => {
  const { checks: _checks, listedAt: _listedAt, timeZone: _timeZone, ...base } = aPageReport([aPageInstance()]);
  return pageReportSchema.parse({ ...base, ...report, instances: [{ ...older, ...changes }] });
};

describe('what the page reads of a report', () => {
  it('is less of a report that is older', () => {
    const report = read({});
    expect(report).toMatchObject({ checks: null, listedAt: null, timeZone: 'UTC' });
    expect(report.instances).toEqual([aPageInstance()]);
  });

  it.each([
    ['times', { times: 'at night' }],
    ['proof', { proof: { pingAt: 'soon', version: '1' } }],
    ['commands', { commands: { sent: 2 } }],
    ['refusedStarts', { refusedStarts: 3 }],
    ['said', { said: ['a', 'b'] }],
  ])('is less where %s is not as it is known here', (_name, changes) => {
    expect(read(changes).instances).toEqual([aPageInstance()]);
  });

  it('is a moment as far as there is one', () => {
    const [instance] = read({ times: { runningAt: stamp('02:01'), settledAt: 'never' } }).instances;
    expect(instance?.times).toEqual({
      startAcceptedAt: null,
      runningAt: stamp('02:01'),
      firstPingAt: null,
      stopAcceptedAt: null,
      settledAt: null,
    });
  });

  it('is nothing of what is no report', () => {
    expect(() => read({ outcome: 'fine' })).toThrow();
    expect(() => read({}, { counts: null })).toThrow();
  });
});
