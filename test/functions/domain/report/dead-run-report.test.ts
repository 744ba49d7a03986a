import { buildReport, RUN_DIED, type RunError } from '../../../../functions/domain/report/report.ts';
import { aMember, aRun, at, aWokenInstance, INSTANCE_ID, stamp } from '../../../support/builders.ts';

/** One whose only instance is updated, and stopped again. */
const reportOf = (error: RunError | undefined) =>
  buildReport({
    manifest: {
      run: aRun(),
      listedAt: stamp('02:00'),
      allowEmpty: false,
      groups: ['dev'],
      batches: 1,
      instances: [aMember(INSTANCE_ID)],
    },
    results: [aWokenInstance({ step: 'settled', outcome: 'updated', finalState: 'stopped' })],
    observed: new Map(),
    error,
    now: at('09:00'),
  });

describe('the report of a run that died before it made one', () => {
  it('says so, and that the run failed, however well its instances stand: its execution did', () => {
    const counts = { intended: 1, updated: 1, failed: 0 };
    expect(reportOf(RUN_DIED)).toMatchObject({ status: 'failed', diedBeforeReport: true, counts });
  });

  it.each([undefined, { Error: 'States.TaskFailed', Cause: 'the map' }])(
    'is not that of a run that has made its own: %j',
    (error) => {
      expect(reportOf(error)).toMatchObject({ status: 'succeeded', diedBeforeReport: false });
    },
  );
});
