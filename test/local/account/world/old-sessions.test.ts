import { DescribeSessionsCommand } from '@aws-sdk/client-ssm';
import { aFleet, changesOf, manyInstances, type Visit, visit } from '../../../support/account.ts';

const SLEEPERS = aFleet(...manyInstances(8, { state: 'stopped' }));
const HIBERNATED = aFleet(...manyInstances(8, { state: 'stopped', behaviours: ['hibernated'] }));
const OLD = { hasOldSessions: true };

const listed = async ({ ssm }: Visit) =>
  (await ssm.send(new DescribeSessionsCommand({ State: 'Active' }))).Sessions ?? [];
const startAll = ({ account }: Visit) => {
  for (const id of account.world.machines.keys()) account.people.start(id);
};
const sessionChanges = ({ account }: Visit) => {
  account.settle();
  return [...account.world.machines.keys()]
    .flatMap((id) => changesOf(account, id))
    .filter((change) => change.startsWith('session'));
};

describe('sessions of yesterday', () => {
  it('are listed on what sleeps, as of the boot before, connected or not', () =>
    visit(
      SLEEPERS,
      async (here) => {
        const sessions = await listed(here);
        expect(sessions).toHaveLength(8);
        expect(new Set(sessions.map(({ Status }) => Status))).toEqual(new Set(['Connected', 'Disconnected']));
        for (const { StartDate, Target = '' } of sessions) {
          const { launchTime } = here.account.world.machines.get(Target) ?? { launchTime: Number.NaN };
          expect(StartDate?.getTime()).toBeGreaterThan(launchTime);
          expect(StartDate?.getTime()).toBeLessThan(Date.now());
        }
      },
      1,
      OLD,
    ));

  it('stay listed through a boot, in which no one is at work', () =>
    visit(
      SLEEPERS,
      async (here) => {
        startAll(here);
        await here.pass(7200);
        expect(await listed(here)).toHaveLength(8);
        expect(sessionChanges(here)).toEqual([]);
      },
      1,
      OLD,
    ));

  it('go on where they come back with the memory, if they are connected, and end then', () =>
    visit(
      HIBERNATED,
      async (here) => {
        const connected = (await listed(here)).filter(({ Status }) => Status === 'Connected').length;
        startAll(here);
        await here.pass(7200);
        expect(sessionChanges(here).filter((change) => change.endsWith('begun'))).toHaveLength(connected);
        expect(sessionChanges(here).filter((change) => change.endsWith('ended'))).toHaveLength(connected);
        expect(await listed(here)).toHaveLength(8 - connected);
      },
      1,
      OLD,
    ));
});
