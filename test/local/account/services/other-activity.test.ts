import {
  type CommandFilterKey,
  DescribeInstanceAssociationsStatusCommand,
  DescribeSessionsCommand,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  paginateDescribeSessions,
  paginateListCommandInvocations,
  type SessionFilter,
  type SessionState,
} from '@aws-sdk/client-ssm';
import {
  aFleet,
  changesOf,
  manyInstances,
  nthId,
  pagesOf,
  refusal,
  running,
  sendUpdate,
  stopped,
  type Visit,
  visit,
} from '../../../support/account.ts';
import { INSTANCE_ID } from '../../../support/builders.ts';

const sessions = async ({ ssm }: Visit, State: SessionState = 'Active', Filters?: SessionFilter[]) =>
  (await ssm.send(new DescribeSessionsCommand({ State, ...(Filters ? { Filters } : {}) }))).Sessions ?? [];
const filter = (key: CommandFilterKey, value: string) => [{ key, value }];
const invocations = async ({ ssm }: Visit, key: CommandFilterKey, value: string, InstanceId?: string) =>
  (
    await ssm.send(
      new ListCommandInvocationsCommand({ Filters: filter(key, value), ...(InstanceId ? { InstanceId } : {}) }),
    )
  ).CommandInvocations ?? [];
const commands = async ({ ssm }: Visit, key: CommandFilterKey, value: string, InstanceId?: string) =>
  (await ssm.send(new ListCommandsCommand({ Filters: filter(key, value), ...(InstanceId ? { InstanceId } : {}) })))
    .Commands ?? [];
const associations = async ({ ssm }: Visit, InstanceId = INSTANCE_ID) =>
  (await ssm.send(new DescribeInstanceAssociationsStatusCommand({ InstanceId }))).InstanceAssociationStatusInfos ?? [];

describe('a session', () => {
  it('is listed as long as it lasts, and stands in the history then', () =>
    visit(aFleet(running()), async (here) => {
      here.account.people.openSession(INSTANCE_ID, 600);
      const began = Date.now();
      expect(await sessions(here)).toEqual([
        {
          SessionId: expect.stringMatching(/^person-0[0-9a-f]{16}$/),
          Target: INSTANCE_ID,
          Status: 'Connected',
          StartDate: new Date(began),
          DocumentName: 'SSM-SessionManagerRunShell',
          Owner: 'arn:aws:iam::123456789012:user/person',
          AccessType: 'Standard',
        },
      ]);
      expect(await sessions(here, 'History')).toEqual([]);
      await here.pass(601);
      expect(await sessions(here)).toEqual([]);
      const EndDate = new Date(began + 600_000);
      expect(await sessions(here, 'History')).toMatchObject([{ Status: 'Terminated', EndDate }]);
      const [session] = here.account.world.sessions;
      expect(changesOf(here.account)).toEqual([
        `session: session ${session?.id}: begun`,
        `session: session ${session?.id}: ended`,
      ]);
    }));

  it('ends when its instance is stopped, and the new boot knows nothing of it', () =>
    visit(aFleet(running()), async (here) => {
      here.account.people.openSession(INSTANCE_ID, 3600);
      await here.pass(60);
      here.account.people.stop(INSTANCE_ID);
      expect(await sessions(here)).toEqual([]);
      expect(changesOf(here.account).at(-1)).toMatch(/^session: .*: interrupted$/);
      await here.pass(3600);
      expect(changesOf(here.account).filter((change) => change.startsWith('session'))).toHaveLength(2);
    }));

  it('is found by its target, its owner, its status and its time', () =>
    visit(aFleet(...manyInstances(2, { state: 'running' })), async (here) => {
      here.account.people.openSession(nthId(0), 600);
      await here.pass(60);
      here.account.people.openSession(nthId(1), 600);
      const targets = async (key: SessionFilter['key'], value: string) =>
        (await sessions(here, 'Active', [{ key, value }])).map(({ Target }) => Target);
      expect(await targets('Target', nthId(1))).toEqual([nthId(1)]);
      expect(await targets('Owner', 'arn:aws:iam::123456789012:user/person')).toHaveLength(2);
      expect(await targets('Owner', 'arn:aws:iam::123456789012:user/unknown')).toEqual([]);
      expect(await targets('Status', 'Connected')).toHaveLength(2);
      expect(await targets('Status', 'Disconnected')).toEqual([]);
      expect(await targets('InvokedAfter', '2026-12-06T02:00:30Z')).toEqual([nthId(1)]);
      expect(await targets('InvokedBefore', '2026-12-06T02:00:30Z')).toEqual([nthId(0)]);
    }));

  it.each<[string, SessionFilter[], string]>([
    ['an unknown key', [{ key: 'Reason' as 'Owner', value: 'x' }], 'InvalidFilterKey'],
    ['a status that is none', [{ key: 'Status', value: 'Open' }], 'ValidationException'],
    ['a time that is none', [{ key: 'InvokedAfter', value: 'yesterday' }], 'ValidationException'],
    ['no filter in the list', [], 'ValidationException'],
  ])('is not searched by %s', (_, Filters, name) =>
    visit(aFleet(running()), async (here) => {
      expect((await refusal(sessions(here, 'Active', Filters))).name).toBe(name);
    }),
  );

  it('comes in pages', () =>
    visit(aFleet(...manyInstances(5, { state: 'running' })), async (here) => {
      for (let index = 0; index < 5; index++) here.account.people.openSession(nthId(index), 600);
      const pages = await pagesOf(
        paginateDescribeSessions({ client: here.ssm, pageSize: 2 }, { State: 'Active' }),
        ({ Sessions }) => Sessions?.map(({ Target }) => Target),
      );
      expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
      expect(pages.flat()).toEqual([0, 1, 2, 3, 4].map(nthId));
    }));
});

describe("someone else's command", () => {
  it('goes Pending, InProgress for so long, Success, and touches no agent', () =>
    visit(aFleet(running()), async (here) => {
      const before = here.machine().agent.session;
      here.account.people.runCommand(INSTANCE_ID, 300);
      await here.pass(10);
      const [open] = await invocations(here, 'Status', 'InProgress');
      expect(open).toMatchObject({ InstanceId: INSTANCE_ID, DocumentName: 'AWS-RunShellScript' });
      const CommandId = open?.CommandId ?? '';
      const look = () => here.ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId: INSTANCE_ID }));
      expect(await look()).toMatchObject({ Status: 'InProgress', PluginName: 'aws:runShellScript' });
      expect(await commands(here, 'ExecutionStage', 'Executing')).toMatchObject([{ CommandId }]);
      await here.pass(300);
      expect(await look()).toMatchObject({ Status: 'Success', ResponseCode: 0 });
      expect(await commands(here, 'ExecutionStage', 'Executing')).toEqual([]);
      expect(await commands(here, 'ExecutionStage', 'Complete')).toMatchObject([{ CommandId }]);
      expect(here.machine().agent.session).toBe(before);
    }));

  it('is interrupted by a stop, which shows only when it expires', () =>
    visit(aFleet(running()), async (here) => {
      here.account.people.runCommand(INSTANCE_ID, 300);
      await here.pass(10);
      here.account.people.stop(INSTANCE_ID);
      expect(changesOf(here.account).at(-1)).toMatch(/^command: AWS-RunShellScript .*: interrupted$/);
      await here.pass(600);
      expect(await invocations(here, 'Status', 'InProgress')).toHaveLength(1);
      await here.pass(7200);
      expect(await invocations(here, 'Status', 'DeliveryTimedOut')).toHaveLength(1);
    }));
});

describe('one call lists all invocations of the region that are in progress', () => {
  it('of all senders, page by page', () =>
    visit(aFleet(...manyInstances(7, { state: 'running', behaviours: ['update-hangs'] })), async (here) => {
      await sendUpdate(here, { InstanceIds: [0, 1, 2].map(nthId) });
      await here.pass(30);
      for (const index of [3, 4, 5]) here.account.people.runCommand(nthId(index), 600);
      await here.pass(10);
      const pages = await pagesOf(
        paginateListCommandInvocations({ client: here.ssm, pageSize: 4 }, { Filters: filter('Status', 'InProgress') }),
        ({ CommandInvocations }) => CommandInvocations?.map(({ InstanceId }) => InstanceId),
      );
      expect(pages.map((page) => page.length)).toEqual([4, 2]);
      expect(pages.flat().sort()).toEqual([0, 1, 2, 3, 4, 5].map(nthId));
      expect(await invocations(here, 'InvokedAfter', '2026-12-06T02:00:20Z')).toHaveLength(3);
      expect(await invocations(here, 'InvokedBefore', '2026-12-06T02:00:20Z')).toHaveLength(3);
      expect(await invocations(here, 'DocumentName', 'AWS-UpdateSSMAgent')).toHaveLength(3);
      expect(await invocations(here, 'Status', 'InProgress', nthId(4))).toHaveLength(1);
    }));

  it.each<[string, (here: Visit) => Promise<unknown>, string]>([
    ['the stage of an invocation', (here) => invocations(here, 'ExecutionStage', 'Executing'), 'InvalidFilterKey'],
    ['a stage that is none', (here) => commands(here, 'ExecutionStage', 'Done'), 'InvalidFilterValue'],
    ["an invocation's status of a command", (here) => commands(here, 'Status', 'Undeliverable'), 'InvalidFilterValue'],
    ["a command's of an invocation", (here) => invocations(here, 'Status', 'Incomplete'), 'InvalidFilterValue'],
    ['Pending of one instance', (here) => commands(here, 'Status', 'Pending', INSTANCE_ID), 'InvalidFilterValue'],
  ])('but not by %s', (_, ask, name) =>
    visit(aFleet(running()), async (here) => {
      expect((await refusal(ask(here))).name).toBe(name);
    }),
  );
});

describe('an association', () => {
  it('is InProgress for so long, then Success, and no command shows it', () =>
    visit(aFleet(running()), async (here) => {
      const began = Date.now();
      here.account.people.runAssociation(INSTANCE_ID, 300);
      const [association] = await associations(here);
      expect(association).toMatchObject({
        AssociationId: here.account.world.associations[0]?.id,
        Name: 'AWS-GatherSoftwareInventory',
        InstanceId: INSTANCE_ID,
        ExecutionDate: new Date(began),
        Status: 'InProgress',
        DetailedStatus: 'InProgress',
      });
      expect((await here.ssm.send(new ListCommandsCommand({}))).Commands).toEqual([]);
      await here.pass(301);
      expect((await associations(here))[0]?.Status).toBe('Success');
      expect(changesOf(here.account).map((change) => change.split(': ').at(-1))).toEqual(['begun', 'ended']);
    }));

  it('that a stop interrupts stays InProgress until the agent is up again', () =>
    visit(aFleet(running()), async (here) => {
      here.account.people.runAssociation(INSTANCE_ID, 3600);
      here.account.people.stop(INSTANCE_ID);
      await here.pass(600);
      expect((await associations(here))[0]?.Status).toBe('InProgress');
      here.account.people.start(INSTANCE_ID);
      await here.until(async () => (await associations(here))[0]?.Status === 'Failed');
      expect(changesOf(here.account).at(-1)).toMatch(/^agent: online/);
    }));

  it('is asked for by an instance that SSM knows', () =>
    visit(aFleet(running(), { ...stopped('never-registers'), id: nthId(1) }), async (here) => {
      expect((await refusal(associations(here, nthId(1)))).name).toBe('InvalidInstanceId');
      expect((await refusal(associations(here, nthId(9)))).name).toBe('InvalidInstanceId');
      const many = new DescribeInstanceAssociationsStatusCommand({ InstanceId: INSTANCE_ID, MaxResults: 51 });
      expect((await refusal(here.ssm.send(many))).name).toBe('ValidationException');
    }));
});
