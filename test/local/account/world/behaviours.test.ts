import { DescribeInstanceAttributeCommand, DescribeInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { ListGroupResourcesCommand } from '@aws-sdk/client-resource-groups';
import { GetCommandInvocationCommand } from '@aws-sdk/client-ssm';
import type { BehaviourName } from '../../../../local/account/fleet/behaviours.ts';
import { behaviours } from '../../../../local/account/fleet/behaviours.ts';
import {
  aFleet,
  agentOf,
  describedBy,
  refusal,
  running,
  sendUpdate,
  start,
  stopped,
  update,
  type Visit,
  visit,
} from '../../../support/account.ts';
import { INSTANCE_ID, OLD, TARGET } from '../../../support/builders.ts';
import { oddStories } from './odd-stories.ts';
import { rareStories } from './rare-stories.ts';
import { unkindStories } from './unkind-stories.ts';

const stop = ({ ec2 }: Visit, Hibernate = false) =>
  ec2.send(new StopInstancesCommand({ InstanceIds: [INSTANCE_ID], Hibernate }));
const isOnline = async (here: Visit) => (await agentOf(here))?.PingStatus === 'Online';
const reaches = (here: Visit, state: string) => here.until(() => here.machine().state === state);
const minutesSince = (began: number) => (Date.now() - began) / 60_000;

/** Wakes it, and lets half an hour pass. */
const sleepsOn = async (here: Visit) => {
  await start(here);
  await here.pass(1800);
};

/** What each behaviour does, seen from outside. A behaviour without a story here does not compile. */
const stories: Record<BehaviourName, () => Promise<void>> = {
  ...unkindStories,
  ...rareStories,
  ...oddStories,
  'never-registers': () =>
    visit(aFleet(stopped('never-registers')), async (here) => {
      await sleepsOn(here);
      const { State, IamInstanceProfile } = await describedBy(here);
      expect(State?.Name).toBe('running');
      expect(IamInstanceProfile?.Arn).toContain(':instance-profile/');
      expect(await agentOf(here)).toBeUndefined();
    }),
  'no-instance-profile': () =>
    visit(aFleet(stopped('no-instance-profile')), async (here) => {
      await sleepsOn(here);
      const { State, IamInstanceProfile } = await describedBy(here);
      expect(State?.Name).toBe('running');
      expect(IamInstanceProfile).toBeUndefined();
      expect(await agentOf(here)).toBeUndefined();
    }),
  'stale-ping': () =>
    visit(aFleet(stopped('stale-ping')), async (here) => {
      await sleepsOn(here);
      const agent = await agentOf(here);
      expect(agent?.PingStatus).toBe('Online');
      expect(agent?.LastPingDateTime?.getTime()).toBeLessThan((await describedBy(here)).LaunchTime?.getTime() ?? 0);
    }),
  'slow-boot': () =>
    visit(aFleet(stopped('slow-boot')), async (here) => {
      await start(here);
      await reaches(here, 'running');
      const began = Date.now();
      await here.until(() => isOnline(here), 5);
      expect(minutesSince(began)).toBeGreaterThan(6.9);
      expect(minutesSince(began)).toBeLessThan(12.2);
    }),
  'update-fails': () =>
    visit(aFleet(running('update-fails')), async (here) => {
      const { Status, StandardOutputContent } = await update(here);
      expect(Status).toBe('Failed');
      expect(StandardOutputContent).toMatch(/Failed to update amazon-ssm-agent to 3\.3\.551\.0\nNo rollback needed\n$/);
      expect(here.machine().agent.version).toBe(OLD);
    }),
  'unknown-system': () =>
    visit(aFleet(running('unknown-system')), async (here) => {
      const { Status, StandardOutputContent } = await update(here);
      expect(Status).toBe('Failed');
      expect(StandardOutputContent).toContain('is unsupported on current platform');
      expect(here.machine().agent.version).toBe(OLD);
    }),
  'update-rolls-back': () =>
    visit(aFleet(running('update-rolls-back')), async (here) => {
      const { Status, StandardOutputContent } = await update(here);
      expect(Status).toBe('Failed');
      expect(StandardOutputContent).toContain(`rolledback amazon-ssm-agent to ${OLD}`);
      await here.pass(310);
      expect(await agentOf(here)).toMatchObject({ PingStatus: 'Online', AgentVersion: OLD });
    }),
  'update-hangs': () =>
    visit(aFleet(running('update-hangs')), async (here) => {
      const CommandId = await sendUpdate(here, { TimeoutSeconds: 172_800 });
      await here.pass(86_400);
      const seen = await here.ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId: INSTANCE_ID }));
      expect(seen).toMatchObject({ Status: 'InProgress', StandardOutputContent: '' });
    }),
  'update-in-progress': () =>
    visit(aFleet(running('update-in-progress')), async (here) => {
      const { Status, StandardErrorContent } = await update(here);
      expect(Status).toBe('Failed');
      expect(StandardErrorContent).toBe('Another update in progress, try again later\n');
      const began = Date.now();
      await here.until(async () => (await agentOf(here))?.AgentVersion === TARGET, 5);
      expect(minutesSince(began)).toBeGreaterThan(1);
    }),
  'version-reported-late': () =>
    visit(aFleet(running('version-reported-late')), async (here) => {
      const { Status, ExecutionEndDateTime } = await update(here);
      expect(Status).toBe('Success');
      const pings = new Map<number, string | undefined>();
      await here.until(async () => {
        const agent = await agentOf(here);
        pings.set(agent?.LastPingDateTime?.getTime() ?? 0, agent?.AgentVersion);
        return agent?.AgentVersion === TARGET;
      });
      // Pings of its own after the end, and not just the updater's from before it.
      const since = [...pings.entries()].filter(([at]) => at > Date.parse(ExecutionEndDateTime ?? ''));
      expect(since.filter(([, version]) => version === OLD).length).toBeGreaterThanOrEqual(1);
    }),
  'launch-error': () =>
    visit(aFleet(stopped('launch-error')), async (here) => {
      expect((await start(here)).StartingInstances).toMatchObject([{ CurrentState: { Name: 'pending' } }]);
      await here.pass(60);
      const { State, StateReason } = await describedBy(here);
      expect(State?.Name).toBe('stopped');
      expect(StateReason).toEqual({
        Code: 'Client.InternalError',
        Message: 'Client.InternalError: Client error on launch',
      });
    }),
  'no-capacity': () =>
    visit(aFleet(stopped('no-capacity')), async (here) => {
      for (let hour = 0; hour < 24; hour++) {
        expect((await refusal(start(here))).name).toBe('InsufficientInstanceCapacity');
        await here.pass(3600);
      }
    }),
  'no-capacity-at-first': () =>
    visit(aFleet(stopped('no-capacity-at-first')), async (here) => {
      // Not before the first try does the time begin to run.
      await here.pass(3600);
      const began = Date.now();
      await here.until(
        () =>
          start(here).then(
            () => true,
            ({ name }) => {
              expect(name).toBe('InsufficientInstanceCapacity');
              return false;
            },
          ),
        10,
      );
      expect(minutesSince(began)).toBeGreaterThan(2.9);
      expect(minutesSince(began)).toBeLessThan(8.5);
    }),
  'slow-stop': () =>
    visit(aFleet(running('slow-stop')), async (here) => {
      await stop(here);
      const began = Date.now();
      await reaches(here, 'stopped');
      expect(minutesSince(began)).toBeGreaterThan(7.9);
      expect(minutesSince(began)).toBeLessThan(15.1);
    }),
  'stop-protected': () =>
    visit(aFleet(stopped('stop-protected')), async (here) => {
      const input = { InstanceId: INSTANCE_ID, Attribute: 'disableApiStop' } as const;
      const { DisableApiStop } = await here.ec2.send(new DescribeInstanceAttributeCommand(input));
      expect(DisableApiStop).toEqual({ Value: true });
      // Starting it is not blocked: that would strand it running.
      await start(here);
      await reaches(here, 'running');
      expect((await refusal(stop(here))).name).toBe('OperationNotPermitted');
    }),
  'auto-scaling': () =>
    visit(aFleet(running('auto-scaling')), async (here) => {
      expect((await describedBy(here)).Tags).toContainEqual({ Key: 'aws:autoscaling:groupName', Value: 'dev-asg' });
    }),
  spot: async () => {
    await visit(aFleet(running('spot')), async (here) => {
      expect((await describedBy(here)).InstanceLifecycle).toBe('spot');
      expect((await refusal(stop(here))).name).toBe('UnsupportedOperation');
    });
    await visit(aFleet(stopped('spot')), async (here) => {
      const { InstanceLifecycle, StateReason } = await describedBy(here);
      expect([InstanceLifecycle, StateReason?.Code]).toEqual(['spot', 'Server.SpotInstanceShutdown']);
      expect((await refusal(start(here))).name).toBe('IncorrectSpotRequestState');
    });
  },
  'spot-persistent': () =>
    visit(aFleet(stopped('spot-persistent')), async (here) => {
      const { InstanceLifecycle, StateReason } = await describedBy(here);
      expect([InstanceLifecycle, StateReason?.Code]).toEqual(['spot', 'Client.UserInitiatedShutdown']);
      await start(here);
      await reaches(here, 'running');
      await stop(here);
      await reaches(here, 'stopped');
    }),
  'instance-store': () =>
    visit(aFleet(running('instance-store')), async (here) => {
      expect((await describedBy(here)).RootDeviceType).toBe('instance-store');
      expect((await refusal(stop(here))).name).toBe('UnsupportedOperation');
    }),
  terminated: () =>
    visit(aFleet(running('terminated')), async (here) => {
      expect((await describedBy(here)).State?.Name).toBe('terminated');
      const { Resources } = await here.groups.send(new ListGroupResourcesCommand({ Group: 'dev' }));
      expect(Resources).toHaveLength(1);
      expect(await agentOf(here)).toBeUndefined();
    }),
  settling: async () => {
    await visit(aFleet(stopped('settling')), async (here) => {
      expect((await describedBy(here)).State?.Name).toBe('stopping');
      await reaches(here, 'stopped');
    });
    await visit(aFleet(running('settling')), async (here) => {
      expect((await describedBy(here)).State?.Name).toBe('pending');
      await reaches(here, 'running');
      await here.until(() => isOnline(here));
    });
  },
  'opted-out': () =>
    visit(aFleet(running('opted-out')), async (here) => {
      expect((await describedBy(here)).Tags).toContainEqual({ Key: 'reveille:opt-out', Value: 'true' });
    }),
  hibernated: () =>
    visit(aFleet(stopped('hibernated')), async (here) => {
      expect((await describedBy(here)).StateReason?.Code).toBe('Client.UserInitiatedHibernate');
      await start(here);
      await reaches(here, 'running');
      await stop(here, true);
      await reaches(here, 'stopped');
      expect(here.machine().stateReason?.code).toBe('Client.UserInitiatedHibernate');
    }),
  'hibernation-falls-back': () =>
    visit(aFleet(stopped('hibernation-falls-back')), async (here) => {
      expect((await describedBy(here)).StateReason?.Code).toBe('Client.UserInitiatedHibernate');
      await start(here);
      await reaches(here, 'running');
      await stop(here, true);
      await reaches(here, 'stopped');
      expect(here.machine().stateReason?.code).toBe('Client.UserInitiatedShutdown');
    }),
  'already-current': () =>
    visit(aFleet(running('already-current')), async (here) => {
      expect((await agentOf(here))?.AgentVersion).toBe(TARGET);
      expect((await update(here)).StandardOutputContent).toContain('has already been installed');
    }),
  'agent-lost': () =>
    visit(aFleet(running('agent-lost')), async (here) => {
      const { Status, ExecutionEndDateTime } = await update(here);
      expect(Status).toBe('Success');
      await here.pass(7200);
      const agent = await agentOf(here);
      expect(agent?.LastPingDateTime?.getTime()).toBeLessThan(Date.parse(ExecutionEndDateTime ?? ''));
      expect(agent?.AgentVersion).toBe(OLD);
      expect(agent?.PingStatus).toBe('ConnectionLost');
    }),
  ghost: () =>
    visit(aFleet(stopped('ghost')), async ({ ec2, groups }) => {
      const { Resources } = await groups.send(new ListGroupResourcesCommand({ Group: 'dev' }));
      expect(Resources?.[0]?.Identifier?.ResourceArn).toContain(INSTANCE_ID);
      expect((await ec2.send(new DescribeInstancesCommand({}))).Reservations).toEqual([]);
    }),
};

describe('a behaviour does what its description says', () => {
  it.each(Object.entries(behaviours).map(([name, { description }]) => [name as BehaviourName, description]))(
    '%s: %s',
    (name) => stories[name as BehaviourName](),
  );

  it('and without any, none of it happens', () =>
    visit(aFleet(running()), async (here) => {
      const instance = await describedBy(here);
      expect(instance).toMatchObject({ RootDeviceType: 'ebs', HibernationOptions: { Configured: false } });
      expect(instance.InstanceLifecycle).toBeUndefined();
      expect(instance.Tags).toEqual([{ Key: 'Environment', Value: 'dev' }]);
      expect((await update(here)).Status).toBe('Success');
      await stop(here);
      await reaches(here, 'stopped');
      await start(here);
      await reaches(here, 'running');
      await here.until(() => isOnline(here));
    }));
});
