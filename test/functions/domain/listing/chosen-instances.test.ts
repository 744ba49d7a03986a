import { chooseInstances } from '../../../../functions/domain/listing/chosen-instances.ts';
import { instanceIds } from '../../../support/functions.ts';

const [WEB = '', DB = '', OTHER_DB = ''] = instanceIds(3);

const members = [
  { instanceId: WEB, name: 'web', untold: null },
  { instanceId: DB, name: 'db', untold: null },
  { instanceId: OTHER_DB, name: 'db', untold: null },
];

describe('the instances that an input names', () => {
  it('are members of the groups, by ID or by their whole name', () => {
    expect([...chooseInstances(['web', DB], members)]).toEqual([WEB, DB]);
  });

  it('count once, if ID and name are given', () => {
    expect([...chooseInstances(['web', WEB], members)]).toEqual([WEB]);
  });

  it.each(['we', 'WEB', 'i-0aaaaaaaaaaaaaaaa'])('%s is bad input: no member is called so', (name) => {
    expect(() => chooseInstances([name], members)).toThrow(
      `instances: "${name}" is none of the 3 instances of the groups: give an instance ID, or the whole name`,
    );
  });

  it.each([
    ['for good', false, 'InvalidInput'],
    ['for now: another try may tell', true, 'AwsUnavailable'],
  ])('guesses no name where EC2 does not say how one is called, %s', (_how, passes, name) => {
    const why = 'EC2 did not say how it is';
    const untold = [...members, { instanceId: 'i-untold', name: null, untold: { why, passes } }];
    const refused = expect.objectContaining({ name, message: expect.stringMatching(/i-untold: give an instance ID/) });
    expect(() => chooseInstances(['web'], untold)).toThrow(refused);
    expect(() => chooseInstances(['db'], untold)).toThrow(refused);
    expect(chooseInstances([WEB], untold)).toEqual(new Set([WEB]));
    const also = [...untold, { instanceId: 'i-refused', name: null, untold: { why, passes: false } }];
    expect(() => chooseInstances(['web'], also)).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
  });

  it('a name of several is bad input: which one is meant can only be guessed', () => {
    expect(() => chooseInstances(['db'], members)).toThrow(
      `instances: "db" is the name of 2 instances (${DB}, ${OTHER_DB}): give an instance ID`,
    );
  });
});
