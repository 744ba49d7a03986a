import type { OddAnswer } from '../../local/account/fleet/odd-answers.ts';
import { aFleet, tell } from '../support/stories.ts';

/** AWS fails, again and again, as soon as a call names one of ten: no refusal, since it may have done what it was asked. */
const nine = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`web-${index}`, {}]));

/** The first is of its way back, which is tried before it is started. */
const tellOf = (answer: OddAnswer) => tell(aFleet({ dev: { odd: { answers: [{ ...answer, after: 1 }] }, ...nine } }));

it('its stop: it is told as not restored, in the words of EC2, and the others are back', async () => {
  const { report, of } = await tellOf({
    call: 'StopInstances',
    code: 'InternalError',
    message: 'An internal error has occurred',
    status: 500,
  });

  expect(of('odd')).toMatchObject({ outcome: 'failed', finalState: 'running', reason: { code: 'not-restored' } });
  expect(of('odd').reason?.text).toContain('StopInstances: InternalError: An internal error has occurred');
  expect(report.counts).toMatchObject({ updated: 9, failed: 1 });
  const others = report.instances.filter((line) => line !== of('odd'));
  expect(others.map(({ finalState }) => finalState)).toEqual(others.map(() => 'stopped'));
});

it('who is at work on it: it is held, and the others are back', async () => {
  const { report, of } = await tellOf({
    call: 'DescribeInstanceAssociationsStatus',
    code: 'InternalServerError',
    message: 'internal',
    status: 500,
  });

  expect(of('odd')).toMatchObject({ finalState: 'running', restoredAt: null });
  expect(of('odd').reason?.text).toContain('DescribeInstanceAssociationsStatus: InternalServerError');
  const others = report.instances.filter((line) => line !== of('odd'));
  expect(others.map(({ finalState }) => finalState)).toEqual(others.map(() => 'stopped'));
});
