import { DescribeInstanceStatusCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { GetCommandInvocationCommand, ListCommandInvocationsCommand } from '@aws-sdk/client-ssm';
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
  visit,
} from '../../../support/account.ts';
import { INSTANCE_ID, OLD, TARGET } from '../../../support/builders.ts';

/** Starts it so often, and tells how each start ended. */
const startsOf = (behaviour: BehaviourName, times: number) =>
  visit(aFleet(stopped(behaviour)), async (here) => {
    const ends: (string | undefined)[] = [];
    for (let count = 0; count < times; count++) {
      await start(here);
      await here.pass(60);
      const { State, StateReason } = await describedBy(here);
      ends.push(State?.Name === 'running' ? 'running' : StateReason?.Code);
    }
    return ends;
  });

/** EC2's checks of its host, its operating system and its volumes; and no agent is heard of. */
const checksOf = (behaviour: BehaviourName, [system, instance, volumes]: [string, string, string]) =>
  visit(aFleet(stopped(behaviour)), async (here) => {
    await start(here);
    await here.pass(1800);
    const { InstanceStatuses } = await here.ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: [INSTANCE_ID] }));
    expect(InstanceStatuses).toMatchObject([
      {
        SystemStatus: { Status: system },
        InstanceStatus: { Status: instance },
        AttachedEbsStatus: { Status: volumes },
      },
    ]);
    expect(await agentOf(here)).toBeUndefined();
  });

const refusedStart = (behaviour: BehaviourName, name: string) =>
  visit(aFleet(stopped(behaviour)), async (here) => {
    expect(await refusal(start(here))).toMatchObject({ name });
  });

/** How far ahead of AWS's clock a command has ended, by the instance's own. */
const hoursAhead = (behaviour: BehaviourName) =>
  visit(aFleet(running(behaviour)), async (here) => {
    const { ExecutionEndDateTime } = await endOf(here, await sendUpdate(here));
    return Math.round((Date.parse(ExecutionEndDateTime ?? '') - Date.now()) / 3_600_000);
  });

/** What is too rare to be dealt. Seen from outside. */
export const oddStories = {
  'capacity-gone-at-launch': async () => {
    const code = 'Server.InsufficientInstanceCapacity';
    expect(await startsOf('capacity-gone-at-launch', 3)).toEqual([code, code, 'running']);
  },
  'internal-error-once': async () =>
    expect(await startsOf('internal-error-once', 2)).toEqual(['Server.InternalError', 'running']),
  'internal-error-always': async () =>
    expect(await startsOf('internal-error-always', 3)).toEqual(Array(3).fill('Server.InternalError')),
  'volume-limit': async () => expect(await startsOf('volume-limit', 1)).toEqual(['Client.VolumeLimitExceeded']),
  'system-hangs': () => checksOf('system-hangs', ['ok', 'impaired', 'ok']),
  'host-fails': () => checksOf('host-fails', ['impaired', 'ok', 'ok']),
  'volume-stalls': () => checksOf('volume-stalls', ['ok', 'ok', 'impaired']),
  'host-full': () => refusedStart('host-full', 'InsufficientHostCapacity'),
  'reservation-full': () => refusedStart('reservation-full', 'ReservationCapacityExceeded'),
  'late-credentials': () =>
    visit(aFleet(stopped('late-credentials')), async (here) => {
      await start(here);
      await here.pass(1490);
      expect((await agentOf(here))?.PingStatus).toBe('ConnectionLost');
      await here.pass(350);
      expect((await agentOf(here))?.PingStatus).toBe('Online');
    }),
  'root-volume-missing': () =>
    visit(aFleet(stopped('root-volume-missing')), async (here) => {
      expect(await describedBy(here)).toMatchObject({ RootDeviceName: '/dev/xvda', BlockDeviceMappings: [] });
      expect(await refusal(start(here))).toMatchObject({ name: 'IncorrectInstanceState' });
    }),
  'old-architecture': () =>
    visit(aFleet(stopped('old-architecture')), async (here) => {
      expect((await describedBy(here)).Architecture).toBe('i386');
      const Bucket = 'amazon-ssm-eu-central-1';
      const { Body } = await here.s3.send(new GetObjectCommand({ Bucket, Key: 'ssm-agent-manifest.json' }));
      const { Packages } = JSON.parse((await Body?.transformToString()) ?? '') as {
        Packages: { Files: { Name: string; AvailableVersions: { Version: string }[] }[] }[];
      };
      const newest = (name: string) =>
        Packages[0]?.Files.find(({ Name }) => Name.includes(name))?.AvailableVersions.at(-1)?.Version;
      expect([newest('linux-amd64'), newest('linux-386'), newest('windows-386')]).toEqual([
        TARGET,
        '3.0.0.0',
        '3.0.0.0',
      ]);
    }),
  'updates-on-its-way-down': () =>
    visit(aFleet(running('updates-on-its-way-down')), async (here) => {
      expect((await describedBy(here)).PlatformDetails).toBe('Windows');
      await here.ec2.send(new StopInstancesCommand({ InstanceIds: [INSTANCE_ID] }));
      await here.pass(2090);
      expect((await describedBy(here)).State?.Name).toBe('stopping');
      await here.pass(920);
      expect((await describedBy(here)).State?.Name).toBe('stopped');
    }),
  'older-again': () =>
    visit(aFleet(running('older-again')), async (here) => {
      expect((await endOf(here, await sendUpdate(here))).Status).toBe('Success');
      await here.pass(600);
      expect((await agentOf(here))?.AgentVersion).toBe('3.0.1390.0');
    }),
  'proxy-not-up': () =>
    visit(aFleet(running('proxy-not-up')), async (here) => {
      const first = await endOf(here, await sendUpdate(here));
      expect(first).toMatchObject({ Status: 'Failed', StandardOutputContent: '' });
      expect(first.StandardErrorContent).toContain('failed to download file reliably');
      await here.pass(120);
      expect((await endOf(here, await sendUpdate(here))).Status).toBe('Success');
    }),
  'package-database-locked': () =>
    visit(aFleet(running('package-database-locked')), async (here) => {
      const { Status, StandardOutputContent } = await endOf(here, await sendUpdate(here));
      expect(Status).toBe('Failed');
      expect(StandardOutputContent).toMatch(/Exit Status: 125.*Initiating rollback.*rolledback/s);
      expect(here.machine().agent).toMatchObject({ version: OLD, running: OLD });
      await here.pass(120);
      expect((await endOf(here, await sendUpdate(here))).Status).toBe('Success');
    }),
  'newer-agent': () =>
    visit(aFleet(running('newer-agent')), async (here) => {
      expect((await agentOf(here))?.AgentVersion).toBe('9.9.9.0');
    }),
  'clock-ahead': async () => expect(await hoursAhead('clock-ahead')).toBe(2),
  'clock-behind': async () => expect(await hoursAhead('clock-behind')).toBe(-2),
  'skipped-step': () =>
    visit(aFleet(running('skipped-step')), async (here) => {
      const CommandId = await sendUpdate(here);
      await here.pass(300);
      const { CommandInvocations } = await here.ssm.send(
        new ListCommandInvocationsCommand({ CommandId, Details: true }),
      );
      expect(CommandInvocations?.[0]).toMatchObject({
        Status: 'Failed',
        CommandPlugins: [
          { Name: 'prepareWindows', Status: 'Success', Output: expect.stringMatching(/^Step execution skipped/) },
          { Name: 'aws:updateSsmAgent', Status: 'Failed', Output: expect.stringContaining(`from ${OLD} to`) },
        ],
      });
      const whole = (PluginName?: string) =>
        here.ssm.send(
          new GetCommandInvocationCommand({ CommandId, InstanceId: INSTANCE_ID, ...(PluginName && { PluginName }) }),
        );
      expect((await refusal(whole())).name).toBe('InvalidPluginName');
      expect((await whole('aws:updateSsmAgent')).StandardOutputContent).toContain('connection reset by peer');
    }),
};
