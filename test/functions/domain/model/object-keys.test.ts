import { ReveilleError } from '../../../../functions/domain/model/errors.ts';
import {
  manifestKey,
  openRunKey,
  planKey,
  reportKey,
  reportPageKey,
  resultKey,
} from '../../../../functions/domain/model/object-keys.ts';
import { openRunSchema } from '../../../../functions/domain/report/run-register.ts';
import { stamp } from '../../../support/builders.ts';

describe('the files of a run', () => {
  const run = { runId: 'run-1' };

  it('lie beside each other, the results in the order of their batches', () => {
    expect(manifestKey(run)).toBe('runs/run-1/manifest.json');
    expect(planKey(run)).toBe('runs/run-1/plan.json');
    expect(reportKey(run)).toBe('runs/run-1/report.json');
    expect(reportPageKey(run)).toBe('runs/run-1/report.html');
    expect(resultKey(run, 7)).toBe('runs/run-1/results/0007.json');
    expect(resultKey(run, 12)).toBe('runs/run-1/results/0012.json');
  });

  it('are open until it is reported: that it is, lies apart, so that one listing finds all of them', () => {
    expect(openRunKey(run)).toBe('open-runs/run-1.json');
    expect(openRunSchema.safeParse({ ...run, executionArn: 'arn', openedAt: stamp('02:00') }).success).toBe(true);
    expect(openRunSchema.safeParse({ ...run, executionArn: 'arn' }).success).toBe(false);
  });
});

it('an error of ours has a name that the state machine knows, and its cause', () => {
  const cause = new Error('why');
  const error = new ReveilleError('EmptyGroup', 'the group is empty', { cause });
  expect(error).toMatchObject({ name: 'EmptyGroup', message: 'the group is empty', cause });
});
