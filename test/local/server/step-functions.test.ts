import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  ListMapRunsCommand,
  ListStateMachinesCommand,
  paginateGetExecutionHistory,
  RedriveExecutionCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { aFleet, running, stopped } from '../../support/account.ts';
import { at } from '../../support/builders.ts';
import { rest, type Served, serving, until } from './served.ts';

const start = at('02:00');
const fleet = aFleet(stopped());
const DRY = JSON.stringify({ dryRun: true });

const executionArn = ({ machineArn }: Served, name: string) =>
  `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;

const ended = (served: Served, name: string) =>
  until(async () => {
    const command = new DescribeExecutionCommand({ executionArn: executionArn(served, name) });
    const execution = await served.sfn.send(command);
    return execution.status === 'RUNNING' ? undefined : execution;
  });

const historyOf = async ({ sfn }: Served, arn: string, pageSize = 1000) => {
  const pages = paginateGetExecutionHistory({ client: sfn, pageSize }, { executionArn: arn });
  const all: HistoryEvent[] = [];
  for await (const { events = [] } of pages) all.push(...events);
  return all;
};

describe('StartExecution', () => {
  it('returns at once; what it started runs to its end by itself', () =>
    serving(fleet, start, async (served) => {
      const { sfn, machineArn: stateMachineArn } = served;
      const begun = await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'run-1', input: DRY }));
      expect(begun.executionArn).toBe(executionArn(served, 'run-1'));
      const execution = await ended(served, 'run-1');
      expect(execution).toMatchObject({ status: 'SUCCEEDED', name: 'run-1', input: DRY, startDate: begun.startDate });
      expect(JSON.parse(execution.output ?? '')).toMatchObject({ key: 'runs/run-1/plan.json' });
    }));

  it('with the same name and input is the same execution while that one runs', () =>
    serving(
      fleet,
      start,
      async ({ sfn, machineArn: stateMachineArn }) => {
        const named = (input: string) => new StartExecutionCommand({ stateMachineArn, name: 'run-1', input });
        const first = await sfn.send(named('{"groups": ["dev"]}'));
        const again = await sfn.send(named('{"groups":["dev"]}'));
        expect([again.executionArn, again.startDate]).toEqual([first.executionArn, first.startDate]);
        await expect(sfn.send(named('{}'))).rejects.toThrow(
          expect.objectContaining({ name: 'ExecutionAlreadyExists' }),
        );
      },
      1,
    ));

  it('with the name of one that has ended is refused', () =>
    serving(fleet, start, async (served) => {
      const command = () =>
        new StartExecutionCommand({ stateMachineArn: served.machineArn, name: 'run-1', input: DRY });
      await served.sfn.send(command());
      await ended(served, 'run-1');
      await expect(served.sfn.send(command())).rejects.toThrow(
        expect.objectContaining({ name: 'ExecutionAlreadyExists' }),
      );
    }));

  it('says in AWS’s words what is wrong', () =>
    serving(fleet, start, async ({ sfn, machineArn: stateMachineArn }) => {
      const refusal = (more: object) =>
        sfn.send(new StartExecutionCommand({ stateMachineArn, ...more })).then(
          () => 'none',
          (error: Error) => error.name,
        );
      expect(await refusal({ name: 'a b' })).toBe('InvalidName');
      expect(await refusal({ name: 'a'.repeat(81) })).toBe('InvalidName');
      expect(await refusal({ input: '{' })).toBe('InvalidExecutionInput');
      expect(await refusal({ input: JSON.stringify('a'.repeat(262_144)) })).toBe('InvalidExecutionInput');
      expect(await refusal({ stateMachineArn: `${stateMachineArn}-other` })).toBe('StateMachineDoesNotExist');
      expect(await refusal({ stateMachineArn: 'nonsense' })).toBe('InvalidArn');
      expect(await refusal({ stateMachineArn: stateMachineArn.replace('stateMachine', 'execution') })).toBe(
        'InvalidArn',
      );
    }));
});

describe('GetExecutionHistory', () => {
  it('has AWS’s events in their order, over pages, forwards and backwards', () =>
    serving(fleet, start, async (served) => {
      const { sfn, machineArn: stateMachineArn } = served;
      await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'run-1', input: DRY }));
      await ended(served, 'run-1');
      const events = await historyOf(served, executionArn(served, 'run-1'), 3);
      expect(events.map(({ type }) => type)).toEqual([
        'ExecutionStarted',
        'PassStateEntered',
        'PassStateExited',
        'TaskStateEntered',
        'TaskScheduled',
        'TaskStarted',
        'TaskSucceeded',
        'TaskStateExited',
        'ChoiceStateEntered',
        'ChoiceStateExited',
        'SucceedStateEntered',
        'SucceedStateExited',
        'ExecutionSucceeded',
      ]);
      expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
      expect(events.map(({ previousEventId }) => previousEventId).slice(0, 4)).toEqual([0, 0, 2, 3]);
      expect(events[4]?.taskScheduledEventDetails).toMatchObject({ resourceType: 'lambda', resource: 'invoke' });
      const parameters = JSON.parse(events[4]?.taskScheduledEventDetails?.parameters ?? '{}');
      expect(parameters.FunctionName).toContain('ListInstancesFunction');
      const backwards = await sfn.send(
        new GetExecutionHistoryCommand({
          executionArn: executionArn(served, 'run-1'),
          reverseOrder: true,
          includeExecutionData: false,
          maxResults: 2,
        }),
      );
      expect(backwards.events?.map(({ type }) => type)).toEqual(['ExecutionSucceeded', 'SucceedStateExited']);
      expect(backwards.events?.[0]?.executionSucceededEventDetails).toEqual({});
      expect(backwards.nextToken).toBeDefined();
    }));

  it('of a run with batches: a map run with children, each with a history of its own', () =>
    serving(aFleet(running('already-current')), start, async (served) => {
      const { sfn, machineArn: stateMachineArn } = served;
      await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'run-1' }));
      expect(await ended(served, 'run-1')).toMatchObject({ status: 'SUCCEEDED' });
      const arn = executionArn(served, 'run-1');
      const types = (await historyOf(served, arn)).map(({ type }) => type ?? '');
      const begin = types.indexOf('MapStateEntered');
      const map = ['MapStateEntered', 'MapRunStarted', 'MapRunSucceeded', 'MapStateExited'];
      expect(types.slice(begin, begin + 4)).toEqual(map);
      const { mapRuns = [] } = await sfn.send(new ListMapRunsCommand({ executionArn: arn }));
      const mapRunArn = mapRuns[0]?.mapRunArn ?? '';
      expect(await sfn.send(new DescribeMapRunCommand({ mapRunArn }))).toMatchObject({
        status: 'SUCCEEDED',
        executionArn: arn,
        itemCounts: { total: 1, succeeded: 1, failed: 0, pending: 0 },
      });
      const { executions = [] } = await sfn.send(new ListExecutionsCommand({ mapRunArn }));
      expect(executions.map(({ status, mapRunArn: of }) => [status, of])).toEqual([['SUCCEEDED', mapRunArn]]);
      const child = await historyOf(served, executions[0]?.executionArn ?? '');
      expect(child.at(-1)?.type).toBe('ExecutionSucceeded');
      const listed = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
      expect(listed.executions?.map(({ name }) => name)).toEqual(['run-1']);
    }));
});

describe('StopExecution', () => {
  it('ends the execution and its children, and nothing is called any more', () =>
    serving(aFleet(stopped('never-registers')), start, async (served) => {
      const { sfn, machineArn: stateMachineArn, account } = served;
      await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'run-1' }));
      const arn = executionArn(served, 'run-1');
      const mapRunArn = await until(async () => {
        const { mapRuns = [] } = await sfn.send(new ListMapRunsCommand({ executionArn: arn }));
        return mapRuns[0]?.mapRunArn;
      });
      await until(async () =>
        account.journal.entries.find((entry) => entry.kind === 'call' && entry.operation === 'StartInstances'),
      );
      await sfn.send(new StopExecutionCommand({ executionArn: arn, error: 'Enough', cause: 'on purpose' }));
      expect(await ended(served, 'run-1')).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'on purpose' });
      expect((await historyOf(served, arn)).at(-1)).toMatchObject({
        type: 'ExecutionAborted',
        executionAbortedEventDetails: { error: 'Enough', cause: 'on purpose' },
      });
      expect(await sfn.send(new DescribeMapRunCommand({ mapRunArn }))).toMatchObject({
        status: 'ABORTED',
        itemCounts: { aborted: 1, running: 0 },
      });
      // What a function had begun goes on for a little while, as in AWS: for no longer than its minute.
      await rest(400);
      // The reconciler alone looks on: it is no part of the execution.
      const callsOfFunctions = () =>
        account.journal.entries.filter(
          ({ principal, ...entry }: { kind: string; principal?: string }) =>
            entry.kind === 'call' && principal?.endsWith('Function') && !principal.startsWith('Reconcile'),
        ).length;
      const calls = callsOfFunctions();
      await rest(1000);
      expect(callsOfFunctions()).toBe(calls);
    }));
});

describe('RedriveExecution', () => {
  it('goes on with an execution that was stopped, and appends to its history', () =>
    // An update takes minutes: the map run is surely under way when the execution is stopped.
    serving(aFleet(running()), start, async (served) => {
      const { sfn, machineArn: stateMachineArn } = served;
      await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'run-1' }));
      const arn = executionArn(served, 'run-1');
      await until(async () => {
        const { mapRuns = [] } = await sfn.send(new ListMapRunsCommand({ executionArn: arn }));
        return mapRuns[0]?.mapRunArn;
      });
      await sfn.send(new StopExecutionCommand({ executionArn: arn }));
      const before = await historyOf(served, arn);
      expect(before.at(-1)?.type).toBe('ExecutionAborted');
      const { redriveDate } = await sfn.send(new RedriveExecutionCommand({ executionArn: arn }));
      expect(await ended(served, 'run-1')).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1, redriveDate });
      const history = await historyOf(served, arn);
      expect(history.slice(0, before.length)).toEqual(before);
      const [redriven, mapRun] = history.slice(before.length);
      expect(redriven?.executionRedrivenEventDetails).toEqual({ redriveCount: 1 });
      expect(mapRun?.mapRunRedrivenEventDetails).toMatchObject({ redriveCount: 1 });
      expect(history.map(({ id }) => id)).toEqual(history.map((_, index) => index + 1));
      expect(history.at(-1)?.type).toBe('ExecutionSucceeded');
    }));
});

describe('what is deployed', () => {
  it('is one state machine with its real definition', () =>
    serving(fleet, start, async ({ sfn, machineArn }) => {
      const { stateMachines = [] } = await sfn.send(new ListStateMachinesCommand({}));
      expect(stateMachines.map(({ stateMachineArn }) => stateMachineArn)).toEqual([machineArn]);
      const described = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: machineArn }));
      const definition = JSON.parse(described.definition ?? '');
      expect(definition.States.UpdateBatches.ItemProcessor.ProcessorConfig.Mode).toBe('DISTRIBUTED');
      expect(described.definition).toContain(':function:ListInstancesFunction');
    }));

  it('lists executions by status, the newest first, in pages', () =>
    serving(fleet, start, async (served) => {
      const { sfn, machineArn: stateMachineArn } = served;
      for (const name of ['run-1', 'run-2', 'run-3']) {
        await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: DRY }));
        await ended(served, name);
      }
      const first = await sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 2 }));
      expect(first.executions?.map(({ name }) => name)).toEqual(['run-3', 'run-2']);
      const { nextToken } = first;
      const second = await sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 2, nextToken }));
      expect(second.executions?.map(({ name }) => name)).toEqual(['run-1']);
      expect(second.nextToken).toBeUndefined();
      const failed = await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'FAILED' }));
      expect(failed.executions).toEqual([]);
    }));
});
