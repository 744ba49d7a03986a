import { DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { aFleet, running } from '../../support/account.ts';
import { ask, type Served, serving, until } from './served.ts';

const start = new Date('2027-01-03T03:55:00.000Z');
const visiting = (work: (served: Served) => Promise<void>) => serving(aFleet(running('already-current')), start, work);
const listRequest = {
  input: { groups: ['dev'] },
  listing: 0,
  executionArn: 'arn:aws:states:eu-central-1:123456789012:execution:reveille-update-agents:by-hand',
  startedAt: '2027-01-03T03:55:00.000Z',
};
const invoke = (served: Served, name: string, body: string, headers: Record<string, string> = {}) =>
  ask(served, 'lambda', { path: `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, headers, body });

describe('Lambda', () => {
  it('runs one step, and answers its bare output', () =>
    visiting(async (served) => {
      const answer = await invoke(served, 'ListInstancesFunction', JSON.stringify(listRequest));
      expect([answer.statusCode, answer.headers['x-amz-function-error']]).toEqual([200, undefined]);
      expect(answer.headers['x-amz-executed-version']).toBe('$LATEST');
      expect(JSON.parse(answer.text)).toMatchObject({ listing: 1, inTransition: 0, run: { runId: 'by-hand' } });
    }));

  it('answers a failure with its name, in a header and in the body', () =>
    visiting(async (served) => {
      const answer = await invoke(served, 'ListInstancesFunction', '{}');
      expect([answer.statusCode, answer.headers['x-amz-function-error']]).toEqual([200, 'Unhandled']);
      expect(JSON.parse(answer.text)).toMatchObject({ errorType: 'InvalidInput' });
    }));

  it('knows its functions by name and by ARN, and no others', () =>
    visiting(async (served) => {
      const dry = { 'x-amz-invocation-type': 'DryRun' };
      const arn = 'arn:aws:lambda:eu-central-1:123456789012:function:ReportRunFunction';
      const statuses = [];
      for (const name of ['ReportRunFunction', arn, `${arn}:$LATEST`, '123456789012:function:ReportRunFunction']) {
        statuses.push((await invoke(served, name, '{}', dry)).statusCode);
      }
      expect(statuses).toEqual([204, 204, 204, 204]);
      for (const name of ['Other', `${arn}:7`, arn.replace('eu-central-1', 'us-east-1')]) {
        const answer = await invoke(served, name, '{}', dry);
        expect([name, answer.statusCode, answer.headers['x-amzn-errortype']]).toEqual([
          name,
          404,
          'ResourceNotFoundException',
        ]);
      }
      const broken = await invoke(served, 'ReportRunFunction', '{');
      expect([broken.statusCode, broken.headers['x-amzn-errortype']]).toEqual([400, 'InvalidRequestContentException']);
    }));

  it('lists its functions in pages', () =>
    visiting(async (served) => {
      const names: string[] = [];
      let marker = '';
      do {
        const path = `/2015-03-31/functions?MaxItems=3&Marker=${marker}`;
        const { text } = await ask(served, 'lambda', { method: 'GET', path });
        const { Functions, NextMarker = '' } = JSON.parse(text);
        names.push(...Functions.map(({ FunctionName }: { FunctionName: string }) => FunctionName));
        marker = NextMarker;
      } while (marker !== '');
      expect(names).toHaveLength(8);
      expect(new Set(names)).toContain('RestoreInstancesFunction');
    }));
});

describe('EventBridge Scheduler', () => {
  it('tells the schedule of template.yaml', () =>
    visiting(async (served) => {
      const list = JSON.parse((await ask(served, 'scheduler', { method: 'GET', path: '/schedules' })).text);
      const [{ Name }] = list.Schedules;
      const { text } = await ask(served, 'scheduler', { method: 'GET', path: `/schedules/${Name}` });
      expect(JSON.parse(text)).toMatchObject({
        ScheduleExpression: 'cron(0 4 ? * SUN#1 *)',
        State: 'ENABLED',
        Target: { Arn: served.machineArn, Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}' },
      });
      const other = await ask(served, 'scheduler', { method: 'GET', path: '/schedules/other' });
      expect([other.statusCode, other.headers['x-amzn-errortype']]).toEqual([404, 'ResourceNotFoundException']);
    }));

  it('starts a run by itself when its time comes, with that time in the input', () =>
    visiting(async ({ sfn, machineArn: stateMachineArn }) => {
      const executionArn = await until(async () => {
        const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
        return executions[0]?.executionArn;
      });
      const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      expect(execution.input).toBe('{"scheduledTime":"2027-01-03T04:00:00Z"}');
      expect(execution.startDate).toEqual(new Date('2027-01-03T04:00:00.000Z'));
      expect(execution.name).toMatch(/^[0-9a-f]{8}-/);
    }));
});
