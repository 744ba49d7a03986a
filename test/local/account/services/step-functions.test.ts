import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  GetExecutionHistoryCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { type DeploymentOptions, deploy } from '../../../../local/deployment/deploy.ts';
import { parametersFor } from '../../../../local/deployment/fleet-parameters.ts';
import type { LocalStateMachine } from '../../../../local/engine/state-machine.ts';
import { aFleet, nthId, refusal, stopped, type Visit, visit } from '../../../support/account.ts';

const DRY = JSON.stringify({ dryRun: true });
const DAY = 86_400;

interface Deployed extends Visit {
  sfn: SFNClient;
  application: LocalStateMachine;
  arnOf(name: string): string;
  describe(name: string): ReturnType<typeof describeWith>;
}

const describeWith = (sfn: SFNClient, executionArn: string) => sfn.send(new DescribeExecutionCommand({ executionArn }));

/** A visit to an account in process that has the application on it. */
const deployed = <T>(work: (one: Deployed) => Promise<T>, executions?: DeploymentOptions['executions']) =>
  visit(aFleet({ ...stopped(), id: nthId(1) }), async (one) => {
    const parameters = parametersFor(aFleet());
    const application = deploy({ account: one.account, seed: 1, parameters, ...(executions ? { executions } : {}) });
    const sfn = new SFNClient({ ...one.connection, maxAttempts: 1 });
    const arnOf = (name: string) => `${application.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    return work({ ...one, sfn, application, arnOf, describe: (name) => describeWith(sfn, arnOf(name)) });
  });

const startOf = ({ sfn, application }: Deployed, name: string, input = '{}') =>
  sfn.send(new StartExecutionCommand({ stateMachineArn: application.arn, name, input }));

/** How often a function was asked for what it does with this operation. */
const callsOf = ({ account }: Visit, operation: string) =>
  account.journal.entries.filter((entry) => entry.kind === 'call' && entry.operation === operation && !entry.error)
    .length;

describe('Step Functions in process', () => {
  it('knows executions that were started here or there, without their histories', () =>
    deployed(async (one) => {
      const { sfn, application, describe: look, arnOf } = one;
      const started = await startOf(one, 'run-1', DRY);
      expect(started.executionArn).toBe(arnOf('run-1'));
      const { result } = application.start('run-2', { dryRun: true });
      expect(await look('run-1')).toMatchObject({ status: 'RUNNING', input: DRY, redriveCount: 0 });
      expect((await look('run-2')).stopDate).toBeUndefined();
      await result;
      const described = await look('run-2');
      expect(described).toMatchObject({ status: 'SUCCEEDED', input: DRY, redriveStatus: 'NOT_REDRIVABLE' });
      expect(JSON.parse(described.output ?? '')).toMatchObject({ key: 'runs/run-2/plan.json' });
      expect(described.stopDate?.getTime()).toBeGreaterThan(described.startDate?.getTime() ?? Number.NaN);
      expect((await refusal(look('run-3'))).name).toBe('ExecutionDoesNotExist');
      const history = sfn.send(new GetExecutionHistoryCommand({ executionArn: arnOf('run-2') }));
      expect((await refusal(history)).name).toBe('UnknownOperationException');
    }));

  it('starts no execution under a name that was used, however it was started', () =>
    deployed(async (one) => {
      const { result } = one.application.start('run-1', { dryRun: true });
      expect((await startOf(one, 'run-1', DRY)).executionArn).toBe(one.arnOf('run-1'));
      expect((await refusal(startOf(one, 'run-1'))).name).toBe('ExecutionAlreadyExists');
      await result;
      expect((await refusal(startOf(one, 'run-1', DRY))).name).toBe('ExecutionAlreadyExists');
    }));
});

describe('DescribeExecution that lags behind', () => {
  const lagging = { lagSeconds: () => 3 };

  it('does not know an execution that has just started, and shows one that has just ended as running', () =>
    deployed(async (one) => {
      const { application, describe: look, pass } = one;
      const execution = application.start('run-1', {});
      expect((await refusal(look('run-1'))).name).toBe('ExecutionDoesNotExist');
      await pass(3);
      expect((await look('run-1')).status).toBe('RUNNING');
      execution.abort();
      await execution.result;
      const described = await look('run-1');
      expect([described.status, described.stopDate]).toEqual(['RUNNING', undefined]);
      await pass(3);
      expect(await look('run-1')).toMatchObject({ status: 'ABORTED', stopDate: expect.any(Date) });
      application.redrive('run-1');
      expect(await look('run-1')).toMatchObject({ status: 'ABORTED', redriveCount: 0 });
      await pass(3);
      expect(await look('run-1')).toMatchObject({ status: 'RUNNING', redriveCount: 1 });
    }, lagging));

  it('shows nothing out of order: what comes later is never seen before', () => {
    const lags = [3, 0];
    const drawn = { lagSeconds: () => lags.shift() ?? 0 };
    return deployed(async ({ application, describe: look, pass }) => {
      const execution = application.start('run-1', {});
      execution.abort();
      await execution.result;
      expect((await refusal(look('run-1'))).name).toBe('ExecutionDoesNotExist');
      await pass(3);
      expect((await look('run-1')).status).toBe('ABORTED');
    }, drawn);
  });

  it('of a stop: the stop itself is known at once to a caller that stops or redrives', () =>
    deployed(async ({ application, sfn, arnOf }) => {
      application.start('run-1', {});
      const executionArn = arnOf('run-1');
      const stop = await sfn.send(new StopExecutionCommand({ executionArn }));
      expect(stop.stopDate).toBeInstanceOf(Date);
      expect((await sfn.send(new RedriveExecutionCommand({ executionArn }))).redriveDate).toBeInstanceOf(Date);
    }, lagging));
});

describe('RedriveExecution', () => {
  it('goes on with a run that was stopped in the middle of its batch, to a good end', () =>
    deployed(async (one) => {
      const { sfn, until, account, arnOf, describe: look, machine } = one;
      const { startDate } = await startOf(one, 'run-1');
      await until(() => callsOf(one, 'SendCommand') === 1);
      const executionArn = arnOf('run-1');
      await sfn.send(new StopExecutionCommand({ executionArn }));
      expect(await look('run-1')).toMatchObject({ status: 'ABORTED', redriveStatus: 'REDRIVABLE' });
      await one.pass(600);
      expect(machine(nthId(1)).state).toBe('running');
      const before = callsOf(one, 'ListGroupResources');
      const { redriveDate } = await sfn.send(new RedriveExecutionCommand({ executionArn }));
      expect(await look('run-1')).toMatchObject({ status: 'RUNNING', redriveDate, redriveCount: 1, startDate });
      await until(async () => (await look('run-1')).status !== 'RUNNING', 10);
      expect((await look('run-1')).status).toBe('SUCCEEDED');
      expect(machine(nthId(1)).state).toBe('stopped');
      expect(callsOf(one, 'ListGroupResources')).toBe(before);
      expect([callsOf(one, 'StartInstances'), callsOf(one, 'SendCommand')]).toEqual([1, 1]);
      const report = JSON.parse(account.objects.read(account.bucket, 'runs/run-1/report.json') ?? '');
      expect(report).toMatchObject({ status: 'succeeded', startedAt: startDate?.toISOString() });
      const { mapRuns = [] } = await sfn.send(new ListMapRunsCommand({ executionArn }));
      expect(mapRuns).toHaveLength(1);
      const mapRun = await sfn.send(new DescribeMapRunCommand({ mapRunArn: mapRuns[0]?.mapRunArn }));
      expect(mapRun).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1, itemCounts: { total: 1, succeeded: 1 } });
    }));

  it('says in AWS’s words what it does not redrive', () =>
    deployed(async (one) => {
      const { sfn, arnOf, application, until, pass } = one;
      const refused = (executionArn: string, more = {}) =>
        refusal(sfn.send(new RedriveExecutionCommand({ executionArn, ...more })));
      const execution = application.start('run-1', {});
      expect(await refused(arnOf('run-1'))).toEqual({
        name: 'ExecutionNotRedrivable',
        status: 400,
        message: 'Execution is RUNNING and cannot be redriven',
      });
      const children = () => application.record().find(arnOf('run-1'))?.mapRuns[0]?.children ?? [];
      await until(() => children().length > 0);
      execution.abort();
      await execution.result;
      const child = children()[0]?.arn ?? '';
      expect((await refused(child)).name).toBe('ExecutionNotRedrivable');
      const told = await describeWith(sfn, child);
      expect(told).toMatchObject({ status: 'ABORTED', redriveStatus: 'REDRIVABLE_BY_MAP_RUN' });
      expect((await refused(arnOf('run-2'))).name).toBe('ExecutionDoesNotExist');
      expect((await refused(application.arn)).name).toBe('InvalidArn');
      expect((await refused(arnOf('run-1'), { clientToken: 'a b' })).name).toBe('ValidationException');
      await pass(14 * DAY);
      expect((await refused(arnOf('run-1'))).message).toBe('Execution redrivable period exceeded');
    }));

  it('redrives once for one client token, for a quarter of an hour', () =>
    deployed(async ({ sfn, arnOf, application, pass, describe: look }) => {
      const execution = application.start('run-1', {});
      execution.abort();
      await execution.result;
      const again = () => sfn.send(new RedriveExecutionCommand({ executionArn: arnOf('run-1'), clientToken: 'once' }));
      const first = await again();
      await pass(10);
      expect((await again()).redriveDate).toEqual(first.redriveDate);
      expect((await look('run-1')).redriveCount).toBe(1);
      await pass(15 * 60);
      expect((await refusal(again())).name).toBe('ExecutionNotRedrivable');
    }));
});
