import type { StatusChange } from '../../../local/engine/model.ts';
import type { LocalStateMachine } from '../../../local/engine/state-machine.ts';
import { aMachine, clock, distributing, inVirtualTime, invoking, named, pause } from './machines.ts';

const ARN = 'arn:aws:states:eu-central-1:123456789012:stateMachine:machine';

/** Each change: of which execution, to which status, when in the test. */
function listen(machine: LocalStateMachine) {
  const changes: StatusChange[] = [];
  const told: [string, string, number][] = [];
  machine.onStatusChange((change) => {
    changes.push(change);
    told.push([change.isChild ? 'child' : change.name, change.status, clock()]);
  });
  return { changes, told };
}

describe('a listener is told', () => {
  it('of the start and of each way to end', () =>
    inVirtualTime(async () => {
      const states = {
        Wait: { Type: 'Wait', Seconds: 10, Next: 'Work' },
        Work: invoking('work', { End: true }),
      };
      const work = async (input: unknown) => {
        if (input === 'bad') throw named('Bad');
      };
      const machine = aMachine(states, { work }, { TimeoutSeconds: 60 });
      const { told, changes } = listen(machine);
      await machine.start('good', 1).result;
      await machine.start('bad', 'bad').result;
      const aborted = machine.start('aborted', 1);
      aborted.abort();
      await aborted.result;
      const timedOut = machine.start('timed-out', 1);
      timedOut.timeOut();
      await timedOut.result;
      expect(told).toEqual([
        ['good', 'RUNNING', 0],
        ['good', 'SUCCEEDED', 10],
        ['bad', 'RUNNING', 10],
        ['bad', 'FAILED', 20],
        ['aborted', 'RUNNING', 20],
        ['aborted', 'ABORTED', 20],
        ['timed-out', 'RUNNING', 20],
        ['timed-out', 'TIMED_OUT', 20],
      ]);
      expect(changes[1]).toEqual({
        executionArn: 'arn:aws:states:eu-central-1:123456789012:execution:machine:good',
        stateMachineArn: ARN,
        name: 'good',
        status: 'SUCCEEDED',
        at: expect.any(Number),
        isChild: false,
      });
    }));

  it("of children under their own ARN, and under the state machine's with the label of their map", () =>
    inVirtualTime(async () => {
      const child = { Sleep: { Type: 'Wait', Seconds: 60, End: true } };
      const machine = aMachine({ All: distributing(child, { End: true }) });
      const { told, changes } = listen(machine);
      const execution = machine.start('run-1', ['a']);
      await pause(10);
      execution.abort();
      await execution.result;
      expect(told).toEqual([
        ['run-1', 'RUNNING', 0],
        ['child', 'RUNNING', 0],
        ['child', 'ABORTED', 10],
        ['run-1', 'ABORTED', 10],
      ]);
      expect(changes[2]).toMatchObject({ stateMachineArn: `${ARN}/Items`, isChild: true });
      const { executionArn, name } = changes[2] as StatusChange;
      expect(executionArn).toBe(`arn:aws:states:eu-central-1:123456789012:execution:machine/Items:${name}`);
    }));

  it('when what is remembered says so, too', () =>
    inVirtualTime(async () => {
      const machine = aMachine({ Only: { Type: 'Pass', End: true } });
      const executions = machine.record({ histories: false });
      const seen: (string | undefined)[] = [];
      machine.onStatusChange(({ executionArn }) => seen.push(executions.find(executionArn)?.status));
      await machine.start('run-1', {}).result;
      expect(seen).toEqual(['RUNNING', 'SUCCEEDED']);
    }));
});
