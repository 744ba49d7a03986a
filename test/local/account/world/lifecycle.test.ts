import { StopInstancesCommand } from '@aws-sdk/client-ec2';
import { platformNames, platforms } from '../../../../local/account/fleet/platforms.ts';
import {
  aFleet,
  aFleetInstance,
  agentOf,
  describedBy,
  nthId,
  refusal,
  running,
  sendUpdate,
  start,
  stopped,
  type Visit,
  visit,
} from '../../../support/account.ts';
import { INSTANCE_ID, OLD } from '../../../support/builders.ts';

const stop = ({ ec2 }: Visit) => ec2.send(new StopInstancesCommand({ InstanceIds: [INSTANCE_ID] }));
const isOnline = async (here: Visit) => (await agentOf(here))?.PingStatus === 'Online';
const hasPingSince = (here: Visit, launch: Date | undefined) => async () =>
  ((await agentOf(here))?.LastPingDateTime?.getTime() ?? 0) > (launch?.getTime() ?? Number.POSITIVE_INFINITY);

describe('a stopped instance wakes', () => {
  it('pending, then running, then its agent registers, in this order', async () => {
    await visit(aFleet(stopped()), async (here) => {
      expect(await agentOf(here)).toBeUndefined();
      await start(here);
      const began = Date.now();
      const moments: Record<string, number> = {};
      await here.until(async () => {
        const state = here.machine().state;
        moments[state] ??= (Date.now() - began) / 1000;
        const isOn = await isOnline(here);
        if (isOn) moments['online'] ??= (Date.now() - began) / 1000;
        return isOn;
      });
      expect(Object.keys(moments)).toEqual(['pending', 'running', 'online']);
      const { pendingSeconds, registerSeconds } = platforms['amazon-linux-2023'].timing;
      expect(moments['running']).toBeGreaterThanOrEqual(pendingSeconds[0]);
      expect(moments['running']).toBeLessThanOrEqual(pendingSeconds[1] + 2);
      expect(moments['online']).toBeGreaterThanOrEqual(pendingSeconds[0] + registerSeconds[0]);
      expect(moments['online']).toBeLessThanOrEqual(pendingSeconds[1] + registerSeconds[1] + 4);
    });
  });

  it('once it runs, SSM remembers its agent of before, but not as Online', async () => {
    await visit(aFleet(stopped()), async (here) => {
      await start(here);
      await here.until(() => here.machine().state === 'running');
      const agent = await agentOf(here);
      const launched = new Date(here.machine().launchTime);
      expect(agent?.PingStatus).toBe('ConnectionLost');
      expect(agent?.LastPingDateTime?.getTime()).toBeLessThan(launched.getTime());
      await here.until(hasPingSince(here, launched));
      expect(await agentOf(here)).toMatchObject({ PingStatus: 'Online', AgentVersion: OLD });
    });
  });

  it.each(platformNames)('as %s, and SSM says so', async (platform) => {
    await visit(aFleet(aFleetInstance({ platform })), async (here) => {
      await start(here);
      await here.until(() => isOnline(here), 5);
      const { platformType, platformName, platformVersion, ec2PlatformDetails } = platforms[platform];
      expect(await agentOf(here)).toMatchObject({
        PlatformType: platformType,
        PlatformName: platformName,
        PlatformVersion: platformVersion,
        ResourceType: 'EC2Instance',
      });
      const { PlatformDetails, Platform } = await describedBy(here);
      expect(PlatformDetails).toBe(ec2PlatformDetails);
      expect(Platform).toBe(platform === 'windows' ? 'windows' : undefined);
    });
  });

  it('Windows takes longer to come up than Linux at its slowest', () => {
    const { registerSeconds } = platforms.windows.timing;
    expect(registerSeconds[0]).toBeGreaterThan(platforms['amazon-linux-2023'].timing.registerSeconds[1]);
  });
});

describe('an agent pings', () => {
  it('at its start, within five minutes once more, and then every five minutes', async () => {
    await visit(aFleet(stopped()), async (here) => {
      await start(here);
      await here.until(() => isOnline(here));
      const pings: number[] = [];
      await here.until(async () => {
        const at = (await agentOf(here))?.LastPingDateTime?.getTime() ?? 0;
        if (at !== pings.at(-1)) pings.push(at);
        return pings.length === 6;
      }, 5);
      const pauses = pings.slice(1).map((at, index) => (at - (pings[index] ?? 0)) / 1000);
      expect(pauses[0]).toBeLessThanOrEqual(300);
      expect(pauses.slice(1)).toEqual([300, 300, 300, 300]);
    });
  });

  it('a running one has pinged within the last five minutes', async () => {
    await visit(aFleet(running()), async (here) => {
      const age = Date.now() - ((await agentOf(here))?.LastPingDateTime?.getTime() ?? 0);
      expect(age).toBeGreaterThan(0);
      expect(age).toBeLessThan(300_000);
    });
  });
});

describe('an instance that is stopped', () => {
  it('vanishes from SSM at once, while its neighbour stays', async () => {
    await visit(aFleet(running(), { ...running(), id: nthId(1) }), async (here) => {
      await stop(here);
      expect(await agentOf(here)).toBeUndefined();
      expect(await agentOf(here, nthId(1))).toBeDefined();
      await here.until(() => here.machine().state === 'stopped');
      expect(await agentOf(here)).toBeUndefined();
    });
  });

  it('takes no commands', async () => {
    await visit(aFleet(running()), async (here) => {
      await stop(here);
      expect((await refusal(sendUpdate(here))).name).toBe('InvalidInstanceId');
    });
  });

  it('forgets what was to happen in its earlier life: stopped while it boots, it stays stopped', async () => {
    await visit(aFleet(stopped()), async (here) => {
      await start(here);
      await here.until(() => here.machine().state === 'running');
      await stop(here);
      await here.pass(3600);
      expect(here.machine().state).toBe('stopped');
      expect(here.machine().agent.running).toBeNull();
      expect(await agentOf(here)).toBeUndefined();
    });
  });

  it('comes up again with a new LaunchTime, and its first ping is newer than that', async () => {
    await visit(aFleet(running()), async (here) => {
      const first = (await describedBy(here)).LaunchTime;
      await stop(here);
      await here.until(() => here.machine().state === 'stopped');
      await start(here);
      await here.until(() => isOnline(here));
      const second = (await describedBy(here)).LaunchTime;
      expect(second?.getTime()).toBeGreaterThan(first?.getTime() ?? 0);
      expect((await agentOf(here))?.LastPingDateTime?.getTime()).toBeGreaterThan(second?.getTime() ?? 0);
    });
  });
});

describe('a fleet that is left alone', () => {
  it('stays as it is', async () => {
    await visit(aFleet(stopped(), { ...running(), id: nthId(1) }), async (here) => {
      await here.pass(7200);
      expect([here.machine().state, here.machine(nthId(1)).state]).toEqual(['stopped', 'running']);
      expect(here.account.journal.entries).toEqual([]);
      expect((await agentOf(here, nthId(1)))?.PingStatus).toBe('Online');
    });
  });
});
