import { StartInstancesCommand } from '@aws-sdk/client-ec2';
import type { BehaviourName } from '../../../../local/account/fleet/behaviours.ts';
import {
  aFleet,
  agentOf,
  describedBy,
  endOf,
  refusal,
  running,
  sendUpdate,
  stopped,
  type Visit,
  visit,
} from '../../../support/account.ts';
import { INSTANCE_ID, OLD } from '../../../support/builders.ts';

const start = ({ ec2 }: Visit) => ec2.send(new StartInstancesCommand({ InstanceIds: [INSTANCE_ID] }));
const update = async (here: Visit) => endOf(here, await sendUpdate(here));
const leaseOn = async (here: Visit) =>
  (await describedBy(here)).Tags?.find(({ Key }) => Key === 'reveille:lease')?.Value;

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
} satisfies Partial<Record<BehaviourName, () => Promise<void>>>;
