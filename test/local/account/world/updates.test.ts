import { StopInstancesCommand } from '@aws-sdk/client-ec2';
import {
  CancelCommandCommand,
  type CommandInvocation,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
} from '@aws-sdk/client-ssm';
import {
  aFleet,
  aFleetInstance,
  agentOf,
  endOf,
  refusal,
  running,
  sendUpdate,
  type Visit,
  visit,
} from '../../../support/account.ts';
import { INSTANCE_ID, OLD, TARGET } from '../../../support/builders.ts';

const look = ({ ssm }: Visit, CommandId: string) =>
  ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId: INSTANCE_ID }));
const list = async ({ ssm }: Visit, CommandId: string, Details = true): Promise<CommandInvocation[]> =>
  (await ssm.send(new ListCommandInvocationsCommand({ CommandId, Details }))).CommandInvocations ?? [];
const commands = async ({ ssm }: Visit, Filters?: { key: 'InvokedAfter' | 'InvokedBefore'; value: string }[]) =>
  (await ssm.send(new ListCommandsCommand(Filters ? { Filters } : {}))).Commands ?? [];

/** The literal words of a successful update (docs/aws-behaviour.md 5). */
const UPDATED = `Successfully downloaded manifest
Successfully downloaded updater version 3.3.551.0
Updating amazon-ssm-agent from 3.2.1630.0 to 3.3.551.0
Successfully downloaded https://s3.eu-central-1.amazonaws.com/amazon-ssm-eu-central-1/amazon-ssm-agent/3.2.1630.0/amazon-ssm-agent-linux-amd64.tar.gz
Successfully downloaded https://s3.eu-central-1.amazonaws.com/amazon-ssm-eu-central-1/amazon-ssm-agent/3.3.551.0/amazon-ssm-agent-linux-amd64.tar.gz
Initiating amazon-ssm-agent update to 3.3.551.0
amazon-ssm-agent updated successfully to 3.3.551.0
`;

describe('an update', () => {
  it('goes Pending, InProgress, Success', async () => {
    await visit(aFleet(running()), async (here) => {
      await sendUpdate(here);
      const invocation = here.account.world.commands[0]?.invocations.get(INSTANCE_ID);
      const statuses: (string | undefined)[] = [];
      await here.until(() => {
        if (invocation?.status !== statuses.at(-1)) statuses.push(invocation?.status);
        return invocation?.endedAt !== null;
      }, 0.2);
      expect(statuses).toEqual(['Pending', 'InProgress', 'Success']);
    });
  });

  it('is not to be seen just after the send: no list has it, and no invocation exists', async () => {
    await visit(aFleet(running()), async (here) => {
      const id = await sendUpdate(here);
      expect(await list(here, id)).toEqual([]);
      expect(await commands(here)).toEqual([]);
      expect((await refusal(look(here, id))).name).toBe('InvocationDoesNotExist');
      await here.pass(3);
      expect(await list(here, id)).toHaveLength(1);
      expect(await commands(here)).toHaveLength(1);
      await expect(look(here, id)).resolves.toMatchObject({ CommandId: id, InstanceId: INSTANCE_ID });
    });
  });

  it('says nothing until it has ended, and then the literal words', async () => {
    await visit(aFleet(running()), async (here) => {
      const id = await sendUpdate(here);
      await here.pass(6);
      const open = await look(here, id);
      expect(open).toMatchObject({ Status: 'InProgress', StandardOutputContent: '', StandardErrorContent: '' });
      expect(open.ExecutionEndDateTime).toBe('');
      expect((await list(here, id))[0]?.CommandPlugins?.[0]).toMatchObject({ Output: '', ResponseCode: -1 });

      const ended = await endOf(here, id);
      expect(ended).toMatchObject({ Status: 'Success', ResponseCode: 0, StandardErrorContent: '' });
      expect(ended.StandardOutputContent).toBe(UPDATED);
      const [plugin] = (await list(here, id))[0]?.CommandPlugins ?? [];
      expect(plugin).toMatchObject({ Name: 'aws:updateSsmAgent', Status: 'Success', ResponseCode: 0, Output: UPDATED });
      expect(plugin?.ResponseFinishDateTime?.toISOString()).toBe(ended.ExecutionEndDateTime);
    });
  });

  it('has plugins only in a list with details', async () => {
    await visit(aFleet(running()), async (here) => {
      const id = await sendUpdate(here);
      await here.pass(5);
      expect((await list(here, id, false))[0]?.CommandPlugins).toEqual([]);
      expect((await list(here, id, true))[0]?.CommandPlugins).toHaveLength(1);
    });
  });

  it('the new version comes only with a ping after the end: the one before carries the old', async () => {
    await visit(aFleet(running()), async (here) => {
      const ended = new Date((await endOf(here, await sendUpdate(here))).ExecutionEndDateTime ?? '');
      const atTheEnd = await agentOf(here);
      expect(atTheEnd?.AgentVersion).toBe(OLD);
      // The updater's own ping, with the version of before.
      expect(atTheEnd?.LastPingDateTime?.getTime()).toBeLessThanOrEqual(ended.getTime());
      await here.until(async () => (await agentOf(here))?.AgentVersion === TARGET, 5);
      expect((await agentOf(here))?.LastPingDateTime?.getTime()).toBeGreaterThan(ended.getTime());
      expect(Date.now() - ended.getTime()).toBeLessThan(306_000);
    });
  });

  it.each([
    ['amazon-linux-2023', 'amazon-ssm-agent-linux-amd64.tar.gz'],
    ['ubuntu', 'amazon-ssm-agent-ubuntu-amd64.tar.gz'],
    ['windows', 'amazon-ssm-agent-windows-amd64.zip'],
  ] as const)('on %s downloads %s', async (platform, file) => {
    await visit(aFleet({ ...running(), platform }), async (here) => {
      const { StandardOutputContent } = await endOf(here, await sendUpdate(here));
      expect(StandardOutputContent).toContain(`/${TARGET}/${file}\n`);
    });
  });
});

describe('an update that changes nothing', () => {
  it('a version that it has already is a success that says so', async () => {
    await visit(aFleet(aFleetInstance({ state: 'running', agentVersion: TARGET })), async (here) => {
      const ended = await endOf(here, await sendUpdate(here));
      expect(ended).toMatchObject({ Status: 'Success', ResponseCode: 0 });
      expect(ended.StandardOutputContent?.split('\n').slice(-3)).toEqual([
        `amazon-ssm-agent ${TARGET} has already been installed`,
        'update skipped',
        '',
      ]);
    });
  });

  it.each([
    ['a downgrade', '3.1.1732.0', 'please enable allow downgrade to proceed'],
    ['a version newer than any', '9.9.9.9', 'target version 9.9.9.9 is unsupported on current platform'],
  ])('%s fails, on stdout', async (_, version, text) => {
    await visit(aFleet(running()), async (here) => {
      const ended = await endOf(here, await sendUpdate(here, { Parameters: { version: [version] } }));
      expect(ended).toMatchObject({ Status: 'Failed', ResponseCode: 1, StandardErrorContent: '' });
      expect(ended.StandardOutputContent).toContain(text);
      expect(ended.StandardOutputContent).toContain(
        `Failed to update amazon-ssm-agent to ${version}\nNo rollback needed`,
      );
      expect(here.machine().agent.version).toBe(OLD);
    });
  });

  it("no version at all means the region's latest", async () => {
    await visit(aFleet(running()), async (here) => {
      await endOf(here, await sendUpdate(here, { Parameters: {} }));
      expect(here.machine().agent.version).toBe(TARGET);
    });
  });

  it('a second update while the first is at work fails, on stderr', async () => {
    await visit(aFleet(running()), async (here) => {
      const first = await sendUpdate(here);
      await here.until(() => here.machine().agent.lock !== null, 0.2);
      const second = await endOf(here, await sendUpdate(here));
      expect(second).toMatchObject({
        Status: 'Failed',
        StandardOutputContent: '',
        StandardErrorContent: 'Another update in progress, try again later\n',
      });
      expect((await endOf(here, first)).Status).toBe('Success');
    });
  });
});

describe('a command', () => {
  it('is found again by its comment and the time of its sending', async () => {
    await visit(aFleet(running()), async (here) => {
      const id = await sendUpdate(here, { Comment: 'run-1 batch 0 attempt 1' });
      await here.pass(5);
      expect(await commands(here)).toMatchObject([{ CommandId: id, Comment: 'run-1 batch 0 attempt 1' }]);
      expect(await commands(here, [{ key: 'InvokedAfter', value: '2026-12-06T02:00:00Z' }])).toHaveLength(1);
      expect(await commands(here, [{ key: 'InvokedAfter', value: '2026-12-06T02:00:01Z' }])).toHaveLength(0);
      expect(await commands(here, [{ key: 'InvokedBefore', value: '2026-12-06T02:00:00Z' }])).toHaveLength(0);
    });
  });

  it('that no agent takes expires, as DeliveryTimedOut', async () => {
    await visit(aFleet(running('stale-ping')), async (here) => {
      const id = await sendUpdate(here, { TimeoutSeconds: 60 });
      await here.pass(55);
      expect((await look(here, id)).Status).toBe('Pending');
      await here.pass(10);
      expect(await look(here, id)).toMatchObject({ Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut' });
    });
  });

  it('that is cancelled ends, and the updater goes on: its end is not told', async () => {
    await visit(aFleet(running()), async (here) => {
      const id = await sendUpdate(here);
      await here.until(() => here.machine().agent.lock !== null, 0.2);
      await here.ssm.send(new CancelCommandCommand({ CommandId: id }));
      await here.pass(120);
      expect(await look(here, id)).toMatchObject({ Status: 'Cancelled', StandardOutputContent: '' });
      expect(here.machine().agent.version).toBe(TARGET);
    });
  });

  it('whose instance is stopped in the middle never ends by itself, and the old version stays', async () => {
    await visit(aFleet(running()), async (here) => {
      const id = await sendUpdate(here);
      await here.until(() => here.machine().agent.lock !== null, 0.2);
      await here.ec2.send(new StopInstancesCommand({ InstanceIds: [INSTANCE_ID] }));
      await here.pass(1800);
      expect((await look(here, id)).Status).toBe('InProgress');
      expect(here.machine().agent.version).toBe(OLD);
    });
  });
});
