import { explainUnresponsive } from '../../../../functions/domain/steps/unresponsive-agent.ts';
import { instanceFacts, stamp, wokenFacts } from '../../../support/builders.ts';

const BOOT = wokenFacts().launchTime;
const lost = { code: 'agent-lost', text: 'no ping in 30 minutes' };

describe('an agent of which nothing is heard', () => {
  it('is lost, if its instance runs', () => {
    expect(explainUnresponsive(lost, wokenFacts(), BOOT)).toEqual(lost);
    expect(explainUnresponsive(lost, wokenFacts(), null)).toEqual(lost);
  });

  it.each([
    ['another boot than that in which it was ready', stamp('02:20'), '2026-12-06T02:20:00.000Z'],
    ['a boot of which EC2 does not say when it began', null, 'an unknown time'],
  ])('is no mystery if its instance runs, in %s', (_what, launchTime, when) => {
    expect(explainUnresponsive(lost, wokenFacts({ launchTime }), BOOT)).toEqual({
      code: 'restarted-in-run',
      text: `it was started again at ${when}, not by this run; no ping in 30 minutes`,
    });
  });

  it('is no mystery if its instance is just being started again', () => {
    const facts = wokenFacts({ state: 'pending', launchTime: stamp('02:20') });
    expect(explainUnresponsive(lost, facts, BOOT).code).toBe('restarted-in-run');
  });

  it.each(['stopping', 'stopped'] as const)('is no mystery if its instance is %s, not by this run', (state) => {
    const why = explainUnresponsive(lost, instanceFacts({ state }), BOOT);
    expect(why.code).toBe('stopped-in-run');
    expect(why.text).toBe(`it is ${state}, and was not stopped by this run; no ping in 30 minutes`);
  });

  it.each(['terminated', 'shutting-down'] as const)('is no mystery if its instance is %s', (state) => {
    expect(explainUnresponsive(lost, instanceFacts({ state }), BOOT)).toMatchObject({
      code: 'terminated-in-run',
      text: `it is ${state} now; no ping in 30 minutes`,
    });
  });

  it('is no mystery if EC2 does not know its instance any more', () => {
    expect(explainUnresponsive(lost, null, BOOT).text).toBe('it is not known to EC2 now; no ping in 30 minutes');
  });

  it.each(['agent-lost', 'update-hung', 'update-lost', 'update-undelivered', 'update-undeliverable'])(
    'may be %s',
    (code) => {
      expect(explainUnresponsive({ code, text: 'silence' }, null, BOOT).code).toBe('terminated-in-run');
    },
  );
});
