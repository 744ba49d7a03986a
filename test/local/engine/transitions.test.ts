import { aMachine, distributing, inVirtualTime, invoking, named } from './machines.ts';

const pass = (Next: string) => ({ Type: 'Pass', Next });
const countDown = async (input: unknown) => ({ left: (input as { left: number }).left - 1 });

describe('what is counted', () => {
  it('each state that is entered, also when it is entered again', () =>
    inVirtualTime(async () => {
      const states = {
        Begin: pass('Work'),
        Work: invoking('work', { Next: 'AnyLeft' }),
        AnyLeft: {
          Type: 'Choice',
          Choices: [{ Variable: '$.left', NumericGreaterThan: 0, Next: 'Wait' }],
          Default: 'Done',
        },
        Wait: { Type: 'Wait', Seconds: 1, Next: 'Work' },
        Done: { Type: 'Succeed' },
      };
      const { start, tally } = aMachine(states, { work: countDown });
      expect((await start('run-1', { left: 3 }).result).status).toBe('SUCCEEDED');
      // Begin; Work and AnyLeft three times; Wait twice; Done.
      expect(tally.transitions).toBe(1 + 2 * 3 + 2 + 1);
      expect(tally.invocations).toBe(3);
    }));

  it('the states of the children as well as those of the parent, and nothing that stands in for them', () =>
    inVirtualTime(async () => {
      const child = { Enter: pass('Work'), Work: invoking('work', { End: true }) };
      const states = {
        Begin: pass('Items'),
        Items: distributing(child, { ItemsPath: '$.items', ResultPath: null, Next: 'Done' }),
        Done: { Type: 'Succeed' },
      };
      const { start, tally } = aMachine(states, { work: countDown });
      const items = [{ left: 1 }, { left: 2 }, { left: 3 }, { left: 4 }];
      expect((await start('run-1', { items }).result).status).toBe('SUCCEEDED');
      // Begin, Items and Done, and two for each of the four.
      expect(tally.transitions).toBe(3 + 4 * 2);
      expect(tally.invocations).toBe(4);
    }));

  it('each further try of a task: AWS bills retries too (docs/aws-behaviour.md 26)', () =>
    inVirtualTime(async () => {
      let tries = 0;
      const work = async () => {
        if (++tries < 3) throw named('Flaky');
        return 'done';
      };
      const Retry = [{ ErrorEquals: ['Flaky'], IntervalSeconds: 1 }];
      const { start, tally } = aMachine({ Work: invoking('work', { Retry, End: true }) }, { work });
      expect((await start('run-1', {}).result).status).toBe('SUCCEEDED');
      expect(tally.invocations).toBe(3);
      expect(tally.transitions).toBe(3);
    }));

  it('the states of all executions of the machine together', () =>
    inVirtualTime(async () => {
      const { start, tally } = aMachine({ Begin: pass('Done'), Done: { Type: 'Succeed' } });
      await start('run-1', {}).result;
      await start('run-2', {}).result;
      expect(tally.transitions).toBe(4);
    }));

  it('the longest history of any one execution: a child has its own', () =>
    inVirtualTime(async () => {
      const work = invoking('work', { End: true });
      const { start, tally } = aMachine(
        { Items: distributing({ Enter: pass('Work'), Work: work }, { End: true }) },
        { work: countDown },
      );
      await start('run-1', []).result;
      const ofParent = tally.longestHistory;
      await start('run-2', [{ left: 1 }]).result;
      // ExecutionStarted; Enter entered and exited; Work entered, scheduled, started, succeeded, exited; ExecutionSucceeded.
      expect(tally.longestHistory).toBe(1 + 2 + 5 + 1);
      expect(ofParent).toBeLessThan(tally.longestHistory);
    }));
});
