import { buildReport, type ReportFacts, RUN_DIED, type RunError } from '../../../../functions/domain/report/report.ts';
import { aMember, aRun, at, aWokenInstance, INSTANCE_ID, stamp, UNSEEN } from '../../../support/builders.ts';

/** One whose only instance is updated, and stopped again; it died. */
const FACTS: ReportFacts = {
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
  again: UNSEEN,
  error: RUN_DIED,
  now: at('09:00'),
};
const reportOf = (error: RunError | undefined) => buildReport({ ...FACTS, error });

describe('the report of a run that died before it made one', () => {
  it('says so, and that the run failed, however well its instances stand: its execution did', () => {
    const counts = { intended: 1, updated: 1, failed: 0 };
    expect(reportOf(RUN_DIED)).toMatchObject({ status: 'failed', diedBeforeReport: true, counts });
  });

  it('says of an instance without a result what ReconcileLeases and its commands tell of it', () => {
    const observation = {
      finalState: 'hibernated',
      wokenAt: stamp('02:00:30'),
      restoredAt: stamp('02:35:30'),
      command: 'the command that it was sent (c-1) is Success',
    };
    const { instances } = buildReport({ ...FACTS, results: [], observed: new Map([[INSTANCE_ID, observation]]) });
    expect(instances).toMatchObject([
      {
        outcome: 'failed',
        finalState: 'hibernated',
        wokenAt: stamp('02:00:30'),
        restoredAt: stamp('02:35:30'),
        awakeSeconds: 35 * 60,
        reason: { code: 'no-result', text: expect.stringMatching(/RunDied.*; the command that it was sent \(c-1\)/) },
      },
    ]);
  });

  it('calls nothing put back that the run has not woken', () => {
    const observation = { finalState: 'stopped', wokenAt: null, restoredAt: stamp('02:35:30') };
    const { instances } = buildReport({ ...FACTS, results: [], observed: new Map([[INSTANCE_ID, observation]]) });
    expect(instances).toMatchObject([{ wokenAt: null, restoredAt: null, awakeSeconds: null }]);
  });

  it.each([undefined, { Error: 'States.TaskFailed', Cause: 'the map' }])(
    'is not that of a run that has made its own: %j',
    (error) => {
      expect(reportOf(error)).toMatchObject({ status: 'succeeded', diedBeforeReport: false });
    },
  );
});
