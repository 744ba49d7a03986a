import { judge } from '../../../../local/simulation/checkers/all-checkers.ts';
import type { Evidence } from '../../../../local/simulation/evidence/evidence.ts';
import { at } from '../../../support/builders.ts';
import { anExecution, call, evidence, leasedByAnother, until } from '../evidence.ts';

/** What `two-ends` says of a run at 06:50 that finds what an earlier one has woken at 02:01, and could stop until 06:00. */
const told = (timeline: Evidence['timeline']): string[] =>
  judge(
    evidence({
      timeline: [...until('02:03'), ...timeline],
      executions: [anExecution(), anExecution({ name: 'run-2', startedAt: at('06:50').getTime() })],
    }),
  ).flatMap(({ promise, text }) => (promise === 'two-ends' ? [text] : []));

const sent = (time: string) => ({ ...call(time, 'SendCommand', { by: 'UpdateAgentFunction' }), runId: 'run-2' });

it('what was left awake beyond its end runs for a later run: it is sent its update within that run’s end', () => {
  expect(told([sent('07:00')])).toEqual([]);
  expect(told([sent('09:40')])).toEqual([expect.stringContaining('was sent a command at 07:40')]);
});

it('what a later run has taken over keeps the ends of the run that has started it', () => {
  expect(told([leasedByAnother('06:59'), sent('07:00')])).toEqual([
    expect.stringContaining('and the end for that was at 02:45:00'),
  ]);
});
