import { readTemplate } from '../../../local/deployment/template.ts';
import { PURPOSES } from '../../../local/generate/permission-purposes.ts';
import { permissionHeads, permissionRows } from '../../../local/generate/permission-tables.ts';

const rowsOf = async (owner: string) => (await permissionRows(owner)).split('\n');

describe('the tables of permissions', () => {
  it('are of every role', () => {
    const owners = Object.entries(readTemplate().Resources).filter(([, { Properties }]) => 'Policies' in Properties);
    expect([...permissionHeads().keys()]).toEqual(owners.map(([logicalId]) => logicalId));
  });

  it('say that only a leased instance is stopped, and that a stop was needed in the night of troubles, and its dry run in the other', async () => {
    const stop = (await rowsOf('RestoreInstancesFunction')).find((row) => row.includes('ec2:StopInstances'));
    expect(stop).toMatch(
      /^\| `ec2:StopInstances` \| `instance\/\*` \| .*\*\*only if\*\* .*lease.* \| bad night, dead run \|$/,
    );
  });

  it('say that the reconciler stops only after a dead run', async () => {
    const stop = (await rowsOf('ReconcileLeasesFunction')).find((row) => row.includes('ec2:StopInstances'));
    expect(stop).toMatch(/ \| dead run \|$/);
  });

  it('say what only AWS itself asks for', async () => {
    const log = (await rowsOf('UpdateAgentsStateMachine')).find((row) => row.includes('logs:CreateLogDelivery'));
    expect(log).toMatch(/ \| by AWS \|$/);
  });

  it('have no purpose of a statement that is gone', async () => {
    const told = (await Promise.all([...permissionHeads().keys()].map(permissionRows))).join('\n');
    expect(Object.entries(PURPOSES).filter(([, { what }]) => !told.includes(what))).toEqual([]);
  });
});
