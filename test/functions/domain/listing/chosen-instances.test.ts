import { chooseInstances } from '../../../../functions/domain/listing/chosen-instances.ts';
import { instanceIds } from '../../../support/functions.ts';

const [WEB = '', DB = '', OTHER_DB = ''] = instanceIds(3);

const members = [
  { instanceId: WEB, name: 'web', refusal: null },
  { instanceId: DB, name: 'db', refusal: null },
  { instanceId: OTHER_DB, name: 'db', refusal: null },
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

  it('are not guessed where EC2 does not say how one is called: by ID they are known', () => {
    const untold = [...members, { instanceId: 'i-untold', name: null, refusal: 'EC2 did not say how it is' }];
    expect(() => chooseInstances(['web'], untold)).toThrow(
      'instances: "web" may be i-untold: give an instance ID. EC2 did not say how it is',
    );
    expect([...chooseInstances([WEB], untold)]).toEqual([WEB]);
  });

  it('a name of several is bad input: which one is meant can only be guessed', () => {
    expect(() => chooseInstances(['db'], members)).toThrow(
      `instances: "db" is the name of 2 instances (${DB}, ${OTHER_DB}): give an instance ID`,
    );
  });
});
