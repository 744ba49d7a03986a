import { CreateTagsCommand, DeleteTagsCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import {
  CancelCommandCommand,
  DescribeInstanceAssociationsStatusCommand,
  GetCommandInvocationCommand,
} from '@aws-sdk/client-ssm';
import type { BehaviourName } from '../../../../local/account/fleet/behaviours.ts';
import {
  aFleet,
  agentOf,
  describedBy,
  endOf,
  refusal,
  running,
  sendUpdate,
  start,
  stopped,
  type Visit,
  visit,
} from '../../../support/account.ts';
import { INSTANCE_ID, OLD } from '../../../support/builders.ts';

const one = { InstanceIds: [INSTANCE_ID] };
const stop = ({ ec2 }: Visit) => ec2.send(new StopInstancesCommand(one));
const isOnline = async (here: Visit) => (await agentOf(here))?.PingStatus === 'Online';
const associations = async ({ ssm }: Visit) => {
  const { InstanceAssociationStatusInfos } = await ssm.send(
    new DescribeInstanceAssociationsStatusCommand({ InstanceId: INSTANCE_ID }),
  );
  return (InstanceAssociationStatusInfos ?? []).map(({ Status }) => Status);
};

/** Worlds that do not let go, lose things, or are someone else's: seen from outside. */
export const unkindStories = {
  'vcpu-limit': () =>
    visit(aFleet(stopped('vcpu-limit')), async (here) => {
      for (let hour = 0; hour < 24; hour++) {
        expect(await refusal(start(here))).toMatchObject({ name: 'VcpuLimitExceeded', status: 400 });
        await here.pass(3600);
      }
    }),
  'stop-denied': () =>
    visit(aFleet(running('stop-denied')), async (here) => {
      for (const DryRun of [true, false]) {
        const denied = await refusal(here.ec2.send(new StopInstancesCommand({ ...one, DryRun })));
        expect(denied).toMatchObject({ name: 'UnauthorizedOperation', status: 403 });
        expect(denied.message).toContain('with an explicit deny in a service control policy');
      }
      await here.ec2.send(new DeleteTagsCommand({ Resources: [INSTANCE_ID], Tags: [{ Key: 'guardrail' }] }));
      await here.pass(10);
      await stop(here);
    }),
  'hangs-in-pending': () =>
    visit(aFleet(stopped('hangs-in-pending')), async (here) => {
      await start(here);
      await here.pass(86_400);
      expect((await describedBy(here)).State?.Name).toBe('pending');
      expect((await refusal(stop(here))).name).toBe('IncorrectInstanceState');
    }),
  'stuck-stopping': async () => {
    await visit(aFleet(stopped('stuck-stopping')), async (here) => {
      await here.pass(86_400);
      expect((await describedBy(here)).State?.Name).toBe('stopping');
      expect((await refusal(start(here))).name).toBe('IncorrectInstanceState');
    });
    await visit(aFleet(running('stuck-stopping')), async (here) => {
      expect((await describedBy(here)).State?.Name).toBe('running');
      await stop(here);
      await here.pass(86_400);
      expect((await describedBy(here)).State?.Name).toBe('stopping');
    });
  },
  'command-lost': () =>
    visit(aFleet(running('command-lost')), async (here) => {
      const lost = await sendUpdate(here);
      await here.pass(1800);
      const look = () => here.ssm.send(new GetCommandInvocationCommand({ CommandId: lost, InstanceId: INSTANCE_ID }));
      expect((await look()).Status).toBe('Pending');
      expect(Date.now() - ((await agentOf(here))?.LastPingDateTime?.getTime() ?? 0)).toBeLessThan(300_000);
      // The second one arrives, and the agent's restart in it does not bring the first one back.
      expect((await endOf(here, await sendUpdate(here))).Status).toBe('Success');
      await here.pass(600);
      expect((await look()).Status).toBe('Pending');
      await here.ssm.send(new CancelCommandCommand({ CommandId: lost }));
      expect((await look()).Status).toBe('Cancelled');
    }),
  'association-at-boot': () =>
    visit(aFleet(stopped('association-at-boot')), async (here) => {
      await start(here);
      await here.until(() => isOnline(here));
      expect(await associations(here)).toEqual([]);
      await here.until(async () => (await associations(here))[0] === 'InProgress');
      const began = Date.now();
      await here.until(async () => (await associations(here))[0] === 'Success');
      expect((Date.now() - began) / 60_000).toBeGreaterThan(7.9);
      expect((Date.now() - began) / 60_000).toBeLessThan(12.1);
    }),
  'ping-hourly': () =>
    visit(aFleet(stopped('ping-hourly')), async (here) => {
      await start(here);
      await here.until(() => isOnline(here));
      const pings = new Set<number>();
      await here.until(async () => {
        const agent = await agentOf(here);
        expect(agent?.PingStatus).toBe('Online');
        pings.add(agent?.LastPingDateTime?.getTime() ?? 0);
        return pings.size === 3;
      }, 10);
      const [first = 0, second = 0, third = 0] = [...pings];
      expect(second - first).toBeLessThanOrEqual(300_000);
      expect(third - second).toBe(3_600_000);
    }),
  'tag-limit': () =>
    visit(aFleet(stopped('tag-limit', 'auto-scaling')), async (here) => {
      const tag = (Key: string) =>
        here.ec2.send(new CreateTagsCommand({ Resources: [INSTANCE_ID], Tags: [{ Key, Value: 'v' }] }));
      expect((await describedBy(here)).Tags).toHaveLength(51);
      expect(await refusal(tag('reveille:lease'))).toMatchObject({ name: 'TagLimitExceeded', status: 400 });
      // A tag that it has already is no new one.
      await tag('cost-centre-7');
    }),
  'lease-copied': () =>
    visit(aFleet(running('lease-copied')), async (here) => {
      expect((await describedBy(here)).Tags).toContainEqual({
        Key: 'reveille:lease',
        Value: 'reveille-update-agents/no-such-run/no-such-child/no-such-attempt',
      });
      expect((await agentOf(here))?.AgentVersion).toBe(OLD);
    }),
} satisfies Partial<Record<BehaviourName, () => Promise<void>>>;
