import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { ListGroupResourcesCommand } from '@aws-sdk/client-resource-groups';
import type { JournalEntry } from '../../../../local/account/world/journal.ts';
import {
  aFleet,
  agentOf,
  changesOf,
  describedBy,
  nthId,
  refusal,
  running,
  sendUpdate,
  stopped,
  type Visit,
  visit,
} from '../../../support/account.ts';
import { INSTANCE_ID, OLD } from '../../../support/builders.ts';

const reaches = (here: Visit, state: string) => here.until(() => here.machine().state === state);
/** What people asked for, and how it was answered. */
const callsOf = ({ account }: Visit) =>
  account.journal.entries.flatMap((entry) =>
    entry.kind === 'call' && entry.principal === 'person'
      ? [`${entry.service} ${entry.operation}: ${entry.error ?? 'done'}`]
      : [],
  );
type About = Extract<JournalEntry, { kind: 'change' }>['facts']['about'];
const factsOf = ({ account }: Visit, about: About) =>
  account.journal.entries.flatMap((entry) =>
    entry.kind === 'change' && entry.facts.about === about ? [entry.facts] : [],
  );

describe('people start and stop instances', () => {
  it('as EC2 lets them: it boots, and it goes down again', () =>
    visit(aFleet(stopped()), async (here) => {
      here.account.people.start(INSTANCE_ID);
      expect(here.machine().state).toBe('pending');
      await reaches(here, 'running');
      await here.until(async () => (await agentOf(here))?.PingStatus === 'Online');
      here.account.people.stop(INSTANCE_ID);
      await reaches(here, 'stopped');
      expect(callsOf(here)).toEqual(['ec2 StartInstances: done', 'ec2 StopInstances: done']);
      expect(here.machine().stateReason?.code).toBe('Client.UserInitiatedShutdown');
    }));

  it('hibernates, where it can', () =>
    visit(aFleet(stopped('hibernated')), async (here) => {
      here.account.people.start(INSTANCE_ID);
      await reaches(here, 'running');
      here.account.people.stop(INSTANCE_ID, { hibernate: true });
      await reaches(here, 'stopped');
      expect(here.machine().stateReason?.code).toBe('Client.UserInitiatedHibernate');
    }));

  it('at a moment to come, and not before', () =>
    visit(aFleet(running()), async (here) => {
      here.account.people.stop(INSTANCE_ID, {}, Date.now() + 60_000);
      await here.pass(59);
      expect(here.machine().state).toBe('running');
      await here.pass(2);
      expect(here.machine().state).toBe('stopping');
      expect(here.account.journal.entries.find(({ kind }) => kind === 'call')?.at).toBe(Date.now() - 1000);
    }));

  it('are refused what no caller can do, and it stands in the journal', () =>
    visit(aFleet(running('stop-protected'), { ...stopped(), id: nthId(1) }), async (here) => {
      here.account.people.stop(INSTANCE_ID);
      here.account.people.start(nthId(2));
      here.account.people.openSession(nthId(1), 60);
      here.account.people.runCommand(nthId(1), 60);
      here.account.people.leaveGroup('no-such-group', nthId(1));
      expect(callsOf(here)).toEqual([
        'ec2 StopInstances: OperationNotPermitted',
        'ec2 StartInstances: InvalidInstanceID.NotFound',
        'ssm StartSession: TargetNotConnected',
        'ssm SendCommand: InvalidInstanceId',
        'resource-groups UngroupResources: NotFoundException',
      ]);
    }));

  it('in the middle of an update: it is interrupted, and the next boot clears its lock', () =>
    visit(aFleet(running()), async (here) => {
      const commandId = await sendUpdate(here);
      await here.until(() => here.machine().agent.lock !== null, 0.2);
      here.account.people.stop(INSTANCE_ID);
      expect(factsOf(here, 'update')).toEqual([
        { about: 'update', phase: 'begin', commandId, version: OLD, target: '3.3.551.0' },
        { about: 'update', phase: 'interrupted', commandId, version: OLD },
      ]);
      await reaches(here, 'stopped');
      here.account.people.start(INSTANCE_ID);
      expect(here.machine().agent.lock).toBeNull();
    }));

  it("in the middle of AWS's own update, too", () =>
    visit(aFleet(running('update-in-progress')), async (here) => {
      here.account.people.terminate(INSTANCE_ID);
      expect(factsOf(here, 'update')).toMatchObject([
        { phase: 'begin', commandId: null },
        { phase: 'interrupted', commandId: null, version: OLD },
      ]);
    }));
});

describe('people terminate an instance', () => {
  it.each([
    ['running', running()],
    ['stopped', stopped()],
  ])('that is %s: it shuts down, is listed as terminated for an hour, and is gone', (_, instance) =>
    visit(aFleet(instance), async (here) => {
      here.account.people.terminate(INSTANCE_ID);
      await here.pass(5);
      expect((await describedBy(here)).State?.Name).toBe('shutting-down');
      expect(await agentOf(here)).toBeUndefined();
      await reaches(here, 'terminated');
      await here.pass(3590);
      expect(await describedBy(here)).toMatchObject({
        State: { Name: 'terminated' },
        StateReason: { Code: 'Client.UserInitiatedShutdown' },
      });
      await here.pass(20);
      const ask = here.ec2.send(new DescribeInstancesCommand({ InstanceIds: [INSTANCE_ID] }));
      expect((await refusal(ask)).name).toBe('InvalidInstanceID.NotFound');
      expect(changesOf(here.account)).toEqual([
        'state: shutting-down (Client.UserInitiatedShutdown)',
        'state: terminated (Client.UserInitiatedShutdown)',
        'state: not listed any more',
      ]);
    }),
  );

  it('and it is not started again', () =>
    visit(aFleet(stopped()), async (here) => {
      here.account.people.terminate(INSTANCE_ID);
      here.account.people.start(INSTANCE_ID);
      await reaches(here, 'terminated');
      here.account.people.terminate(INSTANCE_ID);
      expect(callsOf(here)).toEqual([
        'ec2 TerminateInstances: done',
        'ec2 StartInstances: IncorrectInstanceState',
        'ec2 TerminateInstances: done',
      ]);
    }));
});

describe('people change what an instance belongs to', () => {
  it('its tags, each change told with all that it has then', () =>
    visit(aFleet(stopped()), async (here) => {
      here.account.people.setTag(INSTANCE_ID, 'reveille:lease', 'mine');
      here.account.people.removeTag(INSTANCE_ID, 'Environment');
      await here.pass(5);
      expect((await describedBy(here)).Tags).toEqual([{ Key: 'reveille:lease', Value: 'mine' }]);
      expect(callsOf(here)).toEqual(['ec2 CreateTags: done', 'ec2 DeleteTags: done']);
      expect(factsOf(here, 'tags')).toEqual([
        { about: 'tags', tags: { Environment: 'dev', 'reveille:lease': 'mine' } },
        { about: 'tags', tags: { 'reveille:lease': 'mine' } },
      ]);
      expect(changesOf(here.account)).toEqual(['tags: reveille:lease=mine', 'tags: Environment removed']);
    }));

  it('its group, which names the others still', () =>
    visit(aFleet(stopped(), { ...stopped(), id: nthId(1) }), async (here) => {
      here.account.people.leaveGroup('dev', INSTANCE_ID);
      const { Resources } = await here.groups.send(new ListGroupResourcesCommand({ Group: 'dev' }));
      expect(Resources?.map(({ Identifier }) => Identifier?.ResourceArn?.split('/')[1])).toEqual([nthId(1)]);
      expect(callsOf(here)).toEqual(['resource-groups UngroupResources: done']);
    }));
});

describe('what the world tells of a state', () => {
  it('is told in facts, too', () =>
    visit(aFleet(stopped()), async (here) => {
      here.account.people.start(INSTANCE_ID);
      const { launchTime } = here.machine();
      await here.until(async () => (await agentOf(here))?.PingStatus === 'Online');
      expect(factsOf(here, 'state')).toEqual([
        { about: 'state', state: 'pending', stateReasonCode: null, launchTime },
        { about: 'state', state: 'running', stateReasonCode: null, launchTime },
      ]);
      expect(factsOf(here, 'agent')).toEqual([{ about: 'agent', phase: 'begin', version: OLD }]);
      here.account.people.stop(INSTANCE_ID);
      expect(factsOf(here, 'state').at(-1)).toEqual({
        about: 'state',
        state: 'stopping',
        stateReasonCode: 'Client.UserInitiatedShutdown',
        launchTime,
      });
    }));
});

describe('people send and cancel updates', () => {
  it('an update of theirs takes the time that they give it, and holds the lock meanwhile', () =>
    visit(aFleet(running()), async (here) => {
      here.account.people.runUpdate(INSTANCE_ID, 1800);
      await here.pass(1700);
      expect(here.machine().agent).toMatchObject({ version: OLD, lock: expect.any(String) });
      await here.pass(300);
      expect(here.machine().agent).toMatchObject({ version: '3.3.551.0', lock: null });
    }));

  it('a command that they cancel is not heard of again, and its updater goes on', () =>
    visit(aFleet(running()), async (here) => {
      const commandId = await sendUpdate(here);
      await here.until(() => here.machine().agent.lock !== null, 0.2);
      here.account.people.cancelCommand(commandId, INSTANCE_ID);
      expect(here.account.world.commands[0]?.invocations.get(INSTANCE_ID)?.status).toBe('Cancelled');
      await here.pass(300);
      expect(here.machine().agent.version).toBe('3.3.551.0');
      expect(callsOf(here)).toEqual(['ssm CancelCommand: done']);
    }));
});
