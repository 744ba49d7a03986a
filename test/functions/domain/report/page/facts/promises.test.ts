import type { PageReport } from '../../../../../../functions/domain/report/page/facts/page-report.ts';
import { judgePromises } from '../../../../../../functions/domain/report/page/facts/promises.ts';
import {
  ALL_KEPT,
  aPageInstance,
  aPageReport,
  aRunningInstance,
  failedFor,
} from '../../../../../support/page/page-reports.ts';

const judge = (report: PageReport) => {
  const { noFalseSuccess, backAsItWas } = judgePromises(report);
  return [noFalseSuccess.status, backAsItWas.status];
};
const fine = [aPageInstance(), aRunningInstance()];

describe('a promise', () => {
  it('is kept if each of its checks says so', () => {
    expect(judge(aPageReport(fine, { checks: ALL_KEPT }))).toEqual(['kept', 'kept']);
  });

  it('is not checked in a report that knows no checks, however well it reads', () => {
    expect(judge(aPageReport(fine))).toEqual(['not-checked', 'not-checked']);
  });

  it.each(['states', 'leases', 'launchTimes'] as const)(
    'is not checked as long as one check is missing: %s',
    (check) => {
      expect(judge(aPageReport(fine, { checks: { ...ALL_KEPT, [check]: null } as PageReport['checks'] }))).toEqual([
        'kept',
        'not-checked',
      ]);
    },
  );

  it('is not kept for the instances that a check names, and says what that check says', () => {
    const states = { status: 'not-kept' as const, instances: ['i-1', 'i-2'], text: 'they run' };
    const leases = { status: 'not-kept' as const, instances: ['i-2'], text: null };
    const checks = { ...ALL_KEPT, states, leases } as PageReport['checks'];
    expect(judgePromises(aPageReport(fine, { checks })).backAsItWas).toEqual({
      status: 'not-kept',
      instances: ['i-1', 'i-2'],
      texts: ['they run'],
    });
  });

  it.each([
    ['a lost hibernation', aPageInstance({ reason: { code: 'hibernation-lost', text: 'EC2 stopped it' } })],
    ['one that is left awake', aPageInstance({ finalState: 'running', restoredAt: null })],
    ['one that someone else works on', aPageInstance({ finalState: 'handed-over' })],
    ['one that could not be put back', failedFor('not-restored')],
  ])('is not kept for %s, whatever was checked: it has no exceptions', (_, instance) => {
    const { backAsItWas } = judgePromises(aPageReport([...fine, instance], { checks: ALL_KEPT }));
    expect(backAsItWas).toMatchObject({ status: 'not-kept', instances: [instance.instanceId] });
  });

  it('is kept for one whose lease someone has taken away, if it is back', () => {
    const removed = { code: 'lease-removed', text: 'its lease tag was removed' };
    const statusOf = (finalState: string) => {
      const stripped = aPageInstance({ finalState, reason: removed });
      return judgePromises(aPageReport([...fine, stripped], { checks: ALL_KEPT })).backAsItWas.status;
    };
    expect([statusOf('stopped'), statusOf('running')]).toEqual(['kept', 'not-kept']);
  });

  it('is kept for one whose owner wants it awake, by its tag', () => {
    const tagged = aPageInstance({ finalState: 'opted-out', restoredAt: null });
    expect(judge(aPageReport([tagged], { checks: ALL_KEPT }))).toEqual(['kept', 'kept']);
  });

  it('is not kept if the counts of the report are not those of its instances', () => {
    const counts = { intended: 3, updated: 3, alreadyCurrent: 0, failed: 0, excluded: 0 };
    expect(judge(aPageReport(fine, { checks: ALL_KEPT, counts }))).toEqual(['not-kept', 'kept']);
  });
});
