import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import type { BehaviourName } from '../../../../local/account/fleet/behaviours.ts';
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
import { INSTANCE_ID, OLD } from '../../../support/builders.ts';

const leaseOn = async (here: Visit) =>
  (await describedBy(here)).Tags?.find(({ Key }) => Key === 'reveille:lease')?.Value;

const tagged = (here: Visit, Key: string) => describedBy(here).then(({ Tags }) => Tags?.find((tag) => tag.Key === Key));

/** What is seldom met: refusals without hope, failures of the updater itself, and leases of others. Seen from outside. */
export const rareStories = {
  'slow-start': () =>
    visit(aFleet(stopped('slow-start')), async (here) => {
      await start(here);
      await here.pass(299);
      expect((await describedBy(here)).State?.Name).toBe('pending');
      await here.pass(605);
      expect((await describedBy(here)).State?.Name).toBe('running');
    }),
  'type-withdrawn': () =>
    visit(aFleet(stopped('type-withdrawn')), async (here) => {
      await here.pass(86_400);
      expect(await refusal(start(here))).toMatchObject({ name: 'Unsupported', status: 400 });
    }),
  'slow-update-in-progress': () =>
    visit(aFleet(running('slow-update-in-progress')), async (here) => {
      expect(await update(here)).toMatchObject({
        Status: 'Failed',
        StandardErrorContent: expect.stringMatching(/^Another/),
      });
      await here.pass(1400);
      expect(here.machine().agent.version).toBe(OLD);
      await here.pass(1000);
      expect(here.machine().agent.version).toBe('3.3.551.0');
    }),
  'command-undeliverable': () =>
    visit(aFleet(running('command-undeliverable')), async (here) => {
      expect(await update(here)).toMatchObject({ Status: 'TimedOut', StatusDetails: 'Undeliverable' });
      await here.pass(400);
      expect(await agentOf(here)).toMatchObject({ PingStatus: 'Online', AgentVersion: OLD });
    }),
  'send-refused': () =>
    visit(aFleet(running('send-refused')), async (here) => {
      expect((await refusal(sendUpdate(here))).name).toBe('InvalidInstanceId');
      expect(await agentOf(here)).toMatchObject({ PingStatus: 'Online', AgentVersion: OLD });
    }),
  'disk-full': () =>
    visit(aFleet(running('disk-full')), async (here) => {
      expect(await update(here)).toMatchObject({
        Status: 'Failed',
        StandardErrorContent: 'Insufficient available disk space\n',
      });
      expect(here.machine().agent).toMatchObject({ version: OLD, lock: null });
    }),
  'updater-dies': () =>
    visit(aFleet(running('updater-dies')), async (here) => {
      expect(await update(here)).toMatchObject({
        Status: 'Failed',
        StandardErrorContent: 'Updater died before updating, make sure your system is supported\n',
      });
      expect(here.machine().agent).toMatchObject({ version: OLD, lock: null });
    }),
  'target-inactive': () =>
    visit(aFleet(running('target-inactive')), async (here) => {
      const { Status, StandardOutputContent } = await update(here);
      expect(Status).toBe('Success');
      expect(StandardOutputContent).toContain('3.3.551.0 is deprecated/inactive, update skipped');
      expect(here.machine().agent.version).toBe(OLD);
    }),
  'rollback-fails': () =>
    visit(aFleet(running('rollback-fails')), async (here) => {
      const { Status, StandardOutputContent } = await update(here);
      expect(Status).toBe('Failed');
      expect(StandardOutputContent).toContain(`failed to rollback amazon-ssm-agent to ${OLD}`);
      await here.pass(7200);
      expect(await agentOf(here)).toMatchObject({ PingStatus: 'ConnectionLost' });
    }),
  'lease-garbled': () =>
    visit(aFleet(stopped('lease-garbled')), async (here) => {
      expect(await leaseOn(here)).toBe('please do not touch');
    }),
  'leased-by-others': () =>
    visit(aFleet(stopped('leased-by-others')), async (here) => {
      expect(await leaseOn(here)).toMatch(/^another-state-machine\/[^/]+\/[^/]+\/[^/]+$/);
    }),
  'managed-by-eks': () =>
    visit(aFleet(running('managed-by-eks')), async (here) => {
      expect((await describedBy(here)).Operator).toEqual({
        Managed: true,
        Principal: 'eks.amazonaws.com',
        HiddenByDefault: false,
      });
    }),
  'managed-and-hidden': () =>
    visit(aFleet(running('managed-and-hidden')), async (here) => {
      const Filters = [{ Name: 'instance-id', Values: [INSTANCE_ID] }];
      const look = async (IncludeManagedResources?: boolean) => {
        const { Reservations = [] } = await here.ec2.send(
          new DescribeInstancesCommand({ Filters, IncludeManagedResources }),
        );
        return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ Operator }) => Operator?.Principal));
      };
      expect([await look(), await look(false), await look(true)]).toEqual([[], [], ['ecs.amazonaws.com']]);
    }),
  'emr-member': () =>
    visit(aFleet(running('emr-member')), async (here) => {
      expect(await tagged(here, 'aws:elasticmapreduce:job-flow-id')).toMatchObject({
        Value: expect.stringMatching(/^j-/),
      });
    }),
  'karpenter-node': () =>
    visit(aFleet(running('karpenter-node')), async (here) => {
      expect(await tagged(here, 'karpenter.sh/nodepool')).toMatchObject({ Value: 'default' });
    }),
} satisfies Partial<Record<BehaviourName, () => Promise<void>>>;
