import { judge } from '../../../../local/simulation/checkers/all-checkers.ts';
import type { Evidence } from '../../../../local/simulation/evidence/evidence.ts';
import { INSTANCE_ID } from '../../../support/builders.ts';
import { anExecution, call, evidence } from '../evidence.ts';

const refused = (error: string, input: Record<string, unknown>, timeline: Evidence['timeline'] = []): string[] =>
  judge(evidence({ timeline, executions: [anExecution({ status: 'FAILED', error, input })] })).flatMap((complaint) =>
    complaint.promise === 'ended-right' ? [complaint.text] : [],
  );

const left = call('02:00', 'UngroupResources', {
  by: 'person',
  parameters: { Group: 'dev', ResourceArns: [`arn:aws:ec2:eu-central-1:1:instance/${INSTANCE_ID}`] },
});

const denied = call('02:00', 'GetObject', { by: 'ListInstancesFunction', error: 'AccessDenied', parameters: {} });

describe('a run that is refused', () => {
  it.each<[string, Record<string, unknown>]>([
    ['InvalidInput', { groups: ['dev'], targetVersion: '3.3.551.0' }],
    ['EmptyGroup', {}],
    ['BrokenGroup', { groups: ['dev'] }],
    ['TooManyInstances', {}],
    ['UnknownAgentVersion', {}],
  ])('as %s has to deserve it', (error, input) => {
    expect(refused(error, input)).toEqual([expect.stringContaining(`it was refused as ${error}, which neither`)]);
  });

  it.each<[string, Record<string, unknown>, Evidence['timeline']]>([
    ['InvalidInput', { group: 'dev' }, []],
    ['InvalidInput', { targetVersion: 'newest' }, []],
    ['InvalidInput', { groups: ['dev', ''] }, []],
    ['InvalidInput', { groups: ['dev', 'dev'] }, []],
    ['EmptyGroup', {}, [left]],
    ['BrokenGroup', { groups: ['no-such-group'] }, []],
    ['UnknownAgentVersion', {}, [denied]],
  ])('as %s with %j deserves it', (error, input, timeline) => {
    expect(refused(error, input, timeline)).toEqual([]);
  });

  it('as EmptyGroup does not, if it allows one', () => {
    expect(refused('EmptyGroup', { allowEmpty: true }, [left])).toHaveLength(1);
  });
});
