import { lastCompleteRunSchema } from '../../../../functions/domain/report/run-register.ts';
import { stamp } from '../../../support/builders.ts';

describe('when a run last ended', () => {
  it('is known of a run, or only of the first look', () => {
    for (const runId of ['run-1', null]) {
      expect(lastCompleteRunSchema.safeParse({ runId, endedAt: stamp('02:30') }).success).toBe(true);
    }
    expect(lastCompleteRunSchema.safeParse({ runId: 'run-1', endedAt: 'yesterday' }).success).toBe(false);
  });
});
