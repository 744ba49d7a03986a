import { explainSilence } from '../../functions/domain/silence.ts';
import { instanceFacts, wokenFacts } from '../support/builders.ts';

const lost = { code: 'agent-lost', text: 'no ping in 30 minutes' };

describe('an agent of which nothing is heard', () => {
  it('is lost, if its instance runs', () => {
    expect(explainSilence(lost, wokenFacts())).toEqual(lost);
  });

  it.each(['stopping', 'stopped', 'pending'] as const)(
    'is no mystery if its instance is %s, not by this run',
    (state) => {
      const why = explainSilence(lost, instanceFacts({ state }));
      expect(why.code).toBe('stopped-in-run');
      expect(why.text).toBe(`it is ${state}, and was not stopped by this run; no ping in 30 minutes`);
    },
  );

  it.each(['terminated', 'shutting-down'] as const)('is no mystery if its instance is %s', (state) => {
    expect(explainSilence(lost, instanceFacts({ state }))).toMatchObject({
      code: 'terminated-in-run',
      text: `it is ${state} now; no ping in 30 minutes`,
    });
  });

  it('is no mystery if EC2 does not know its instance any more', () => {
    expect(explainSilence(lost, null).text).toBe('it is not known to EC2 now; no ping in 30 minutes');
  });

  it.each(['update-hung', 'update-lost', 'update-undelivered', 'update-undeliverable'])('may be %s', (code) => {
    expect(explainSilence({ code, text: 'silence' }, null).code).toBe('terminated-in-run');
  });

  it('is not what an agent has told itself', () => {
    const told = { code: 'update-failed', text: 'no disk' };
    expect(explainSilence(told, instanceFacts({ state: 'stopped' }))).toEqual(told);
  });
});
