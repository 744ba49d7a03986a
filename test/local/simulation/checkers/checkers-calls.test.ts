import { judge } from '../../../../local/simulation/checkers/all-checkers.ts';
import type { Evidence } from '../../../../local/simulation/evidence/evidence.ts';
import { aNight, aReported, call, change, evidence } from '../evidence.ts';

const night = (rest: Partial<Evidence> = {}) => evidence({ timeline: aNight, executions: [aReported()], ...rest });

/** What a promise's checker says. */
const complaintsOf = (promise: string, seen: Evidence): string[] =>
  judge(seen).flatMap((complaint) => (complaint.promise === promise ? [complaint.text] : []));

const broken: [promise: string, what: string, seen: Evidence, text: RegExp][] = [
  [
    'within-limits',
    'a command has 51 instances',
    night({
      timeline: [
        ...aNight,
        call('02:15', 'SendCommand', { instanceIds: Array.from({ length: 51 }, (_, index) => `i-${index}`) }),
      ],
    }),
    /named 51 instances/,
  ],
  [
    'within-limits',
    'DeleteTags would remove all tags',
    night({ timeline: [...aNight, call('02:15', 'DeleteTags')] }),
    /named no tag, which removes all of them/,
  ],
  ['within-limits', 'a history is too long', night({ longestHistory: 25_001 }), /25001 events/],
  [
    'within-roles',
    'an instance without a lease is started',
    night({ timeline: [call('02:01', 'StartInstances', { by: 'StartInstancesFunction' })] }),
    /StartInstances of .*, which carried no lease/,
  ],
  [
    'within-roles',
    'an instance is started of which it is not known that it may be stopped again',
    night({ timeline: aNight.filter((entry) => entry.kind !== 'call' || entry.error !== 'DryRunOperation') }),
    /StartInstances of .*, of which it was not known/,
  ],
  [
    'within-roles',
    'an instance is stopped long after its lease was taken away',
    night({ timeline: [...aNight, change('02:11', { about: 'tags', tags: {} }), call('02:15', 'StopInstances')] }),
    /StopInstances of .*, which carried no lease/,
  ],
  [
    'within-roles',
    'another tag is removed',
    night({ timeline: [...aNight, call('02:12', 'DeleteTags', { parameters: { Tag: [{ Key: 'Name' }] } })] }),
    /DeleteTags of the tag Name/,
  ],
  [
    'within-roles',
    'another document is sent',
    night({ timeline: [call('02:05', 'SendCommand', { parameters: { DocumentName: 'AWS-RunShellScript' } })] }),
    /SendCommand of the document AWS-RunShellScript/,
  ],
];

describe.each(broken)('%s', (promise, what, seen, text) => {
  it(`complains when ${what}`, () => {
    expect(complaintsOf(promise, seen).join('\n')).toMatch(text);
  });
});

it.each(['within-limits', 'within-roles'])('%s has nothing to say of a night in which all went well', (promise) => {
  expect(complaintsOf(promise, night())).toEqual([]);
});
