import { judge } from '../../../../local/simulation/checkers/all-checkers.ts';
import type { Evidence } from '../../../../local/simulation/evidence/evidence.ts';
import { INSTANCE_ID, OLD, TARGET } from '../../../support/builders.ts';
import { aNight, aReported, call, change, evidence, state, until } from '../evidence.ts';

/** What a promise's checker says of a night like this. */
const told = (timeline: Evidence['timeline'], promise = 'nothing-needless'): string =>
  judge(evidence({ timeline, executions: [aReported()] }))
    .flatMap((complaint) => (complaint.promise === promise ? [complaint.text] : []))
    .join('\n');

const inOrder = (...timeline: Evidence['timeline']): Evidence['timeline'] => timeline.sort((a, b) => a.at - b.at);

const cancelled = (time: string) => call(time, 'CancelCommand', { by: 'UpdateAgentFunction', service: 'ssm' });
const sent = (time: string) => call(time, 'SendCommand', { by: 'UpdateAgentFunction', service: 'ssm' });
const started = (time: string, ids: string[], error: string | null) =>
  call(time, 'StartInstances', {
    by: 'StartInstancesFunction',
    instanceIds: ids,
    parameters: { InstanceId: ids },
    error,
  });
const leased = (time: string, ids: string[]) =>
  call(time, 'CreateTags', { by: 'StartInstancesFunction', instanceIds: ids });
const [one, two] = ['i-1', 'i-2'];

it('nothing is needless in a night in which all goes well', () => {
  expect(told([...aNight])).toBe('');
});

it('what a dead run’s update is still at work on is sent no other one, for 45 minutes from the sending of that one', () => {
  const begun = change('02:04', { about: 'update', phase: 'begin', commandId: 'c', version: OLD, target: TARGET });
  const again = (time: string) => ({ ...sent(time), runId: 'run-2' });
  const text = 'beside the update of a dead run';
  expect(told(inOrder(sent('02:03'), begun, again('02:47:30')))).toContain(text);
  expect(told(inOrder(sent('02:03'), begun, again('02:48:30')))).not.toContain(text);
});

it('a command is not given up before its agent had five minutes to take it', () => {
  const text = 'less than 5 minutes after it';
  expect(told(inOrder(...aNight, cancelled('02:05')))).toContain(text);
  expect(told(inOrder(...aNight, cancelled('02:08:40')))).not.toContain(text);
});

it('an instance is sent two commands, and no third', () => {
  const text = 'time 3 in run-1';
  expect(told(inOrder(...aNight, sent('02:06'), sent('02:07')))).toContain(text);
  expect(told(inOrder(...aNight, sent('02:06')))).not.toContain(text);
});

it('only of what runs it is asked who else is at work', () => {
  const asked = (time: string) => call(time, 'DescribeInstanceAssociationsStatus', { service: 'ssm' });
  expect(told(inOrder(...aNight, asked('02:15')))).toContain('which was stopped');
  expect(told(inOrder(...aNight, asked('02:10:20')))).not.toContain('which was');
});

describe('a start that EC2 has refused', () => {
  const looked = (time: string) =>
    call(time, 'DescribeInstances', { by: 'StartInstancesFunction', instanceIds: [], parameters: { Filter: 'ID' } });
  const at15 = (time: string) => {
    const look = looked(time);
    const [instance] = evidence().instances;
    const id = instance?.instanceId ?? '';
    return told([
      started('02:00:10', [id], 'InsufficientInstanceCapacity'),
      { ...look, parameters: { Filter: [{ Value: [id] }] } },
    ]);
  };

  it('is not looked at before its next try', () => {
    expect(at15('02:00:25')).toContain('too soon after EC2 had refused to start it');
    expect(at15('02:00:41')).not.toContain('too soon');
  });

  it('is tried for each by itself, once their leases must be seen', () => {
    const refused = started('02:01:00', [one, two], 'UnauthorizedOperation');
    const text = 'refused i-1, i-2 together';
    expect(told([leased('02:00:20', [one, two]), refused])).toContain(text);
    expect(told([leased('02:00:59', [one, two]), refused])).not.toContain(text);
    expect(told([leased('02:00:20', [one, two]), refused, started('02:01:01', [one], null)])).not.toContain(text);
  });
});

it.each(['command', 'association'] as const)('what a %s of someone else is at work on is not stopped', (about) => {
  const ofThem = (time: string, phase: 'begin' | 'end') =>
    change(time, about === 'command' ? { about, phase, commandId: 'x' } : { about, phase, associationId: 'x' });
  const text = `${about} at work since 00:06`;
  expect(told(inOrder(...aNight, ofThem('02:06', 'begin')), 'never-stopped')).toContain(text);
  expect(told(inOrder(...aNight, ofThem('02:06', 'begin'), ofThem('02:09', 'end')), 'never-stopped')).toBe('');
});

it('what a living run has settled carries no lease of it', () => {
  const text = 'the run has left its lease on it';
  const stopped = [
    ...until('02:10'),
    state('02:10', 'stopping', 'RestoreInstancesFunction'),
    state('02:11', 'stopped'),
  ];
  const freed = change('02:12', { about: 'tags', tags: {} }, 'RestoreInstancesFunction');
  expect(told(stopped, 'true-report')).toContain(text);
  expect(told([...stopped, freed], 'true-report')).not.toContain(text);
});

describe('an instance whose update is over', () => {
  const restoring = call('02:10', 'DescribeInstances', { parameters: { Filter: [{ Value: [INSTANCE_ID] }] } });
  const stoppedAt = (time: string, ending: 'updated' | 'busy') => [
    ...until('02:05'),
    change('02:05', { about: 'update', phase: 'end', commandId: 'c', version: OLD, result: ending }),
    restoring,
    state(time, 'stopping', 'RestoreInstancesFunction'),
  ];
  const text = 'was free to be stopped at 00:10:00.000';

  it('is not kept awake for long', () => {
    expect(told(stoppedAt('02:40', 'updated'))).toContain(text);
    expect(told(stoppedAt('02:12', 'updated'))).not.toContain(text);
  });

  it('may be, if the update of another was at work', () => {
    expect(told(stoppedAt('02:40', 'busy'))).not.toContain(text);
  });
});
