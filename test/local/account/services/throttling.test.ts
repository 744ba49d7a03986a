import { EC2Client, StartInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { createEc2Client } from '../../../../functions/aws/sdk/clients.ts';
import {
  aFleet,
  manyInstances,
  nthId,
  type Refusal,
  refusal,
  running,
  sendUpdate,
  type Visit,
  visit,
} from '../../../support/account.ts';
import { INSTANCE_ID, TARGET } from '../../../support/builders.ts';

const times = <T>(count: number, ask: () => Promise<T>) => Promise.allSettled(Array.from({ length: count }, ask));
const counted = (settled: PromiseSettledResult<unknown>[]) => ({
  passed: settled.filter(({ status }) => status === 'fulfilled').length,
  refused: settled.filter(({ status }) => status === 'rejected').length,
});

/** Changes nothing: it is running already. */
const startAgain = ({ ec2 }: Pick<Visit, 'ec2'>) => ec2.send(new StartInstancesCommand({ InstanceIds: [INSTANCE_ID] }));
const stopStopped = ({ ec2 }: Pick<Visit, 'ec2'>) => ec2.send(new StopInstancesCommand({ InstanceIds: [nthId(0)] }));
const refusalsIn = ({ account }: Visit, code: string) =>
  account.journal.entries.filter((entry) => entry.kind === 'call' && entry.error === code).length;

const fleet = aFleet(running(), ...manyInstances(1));

describe('throttling: EC2', () => {
  it('lets five starts pass at once; the next is a 503 named RequestLimitExceeded', async () => {
    await visit(fleet, async (here) => {
      expect(counted(await times(5, () => startAgain(here)))).toEqual({ passed: 5, refused: 0 });
      expect(await refusal(startAgain(here))).toEqual<Refusal>({
        name: 'RequestLimitExceeded',
        status: 503,
        message: 'Request limit exceeded.',
      });
    });
  });

  it('refills two requests a second, and never beyond the brim', async () => {
    await visit(fleet, async (here) => {
      await times(5, () => startAgain(here));
      await here.pass(1);
      expect(counted(await times(4, () => startAgain(here)))).toEqual({ passed: 2, refused: 2 });
      await here.pass(3600);
      expect(counted(await times(7, () => startAgain(here)))).toEqual({ passed: 5, refused: 2 });
    });
  });

  it('counts each API by itself', async () => {
    await visit(fleet, async (here) => {
      await times(6, () => startAgain(here));
      await expect(stopStopped(here)).resolves.toBeDefined();
    });
  });

  it('counts the instances of starts and stops as well', async () => {
    await visit(aFleet(...manyInstances(600, { state: 'running' })), async ({ ec2, pass }) => {
      const InstanceIds = Array.from({ length: 600 }, (_, index) => nthId(index));
      const startAll = () => ec2.send(new StartInstancesCommand({ InstanceIds }));
      await startAll();
      expect((await refusal(startAll())).name).toBe('RequestLimitExceeded');
      // 400 are left, and 2 a second come back.
      await pass(102);
      await expect(startAll()).resolves.toBeDefined();
    });
  });

  it.each([
    ["the SDK's usual retries", ({ connection }: Visit) => new EC2Client({ ...connection, maxAttempts: 6 })],
    ["Reveille's own client", ({ connection }: Visit) => createEc2Client(connection)],
  ])('is got over by %s, which wait meanwhile', async (_, connected) => {
    await visit(fleet, async (here) => {
      const began = Date.now();
      const ec2 = connected(here);
      expect(counted(await times(9, () => startAgain({ ec2 })))).toEqual({ passed: 9, refused: 0 });
      expect(refusalsIn(here, 'RequestLimitExceeded')).toBeGreaterThanOrEqual(4);
      // Four had to wait for tokens, of which two a second come.
      expect(Date.now() - began).toBeGreaterThan(1500);
    });
  });
});

describe('throttling: SSM', () => {
  it('lets twenty commands pass at once; the next is a ThrottlingException', async () => {
    await visit(fleet, async (here) => {
      const settled = await times(24, () => sendUpdate(here));
      expect(counted(settled)).toEqual({ passed: 20, refused: 4 });
      expect(await refusal(sendUpdate(here))).toEqual<Refusal>({
        name: 'ThrottlingException',
        status: 400,
        message: 'Rate exceeded',
      });
      expect(here.account.world.commands).toHaveLength(20);
    });
  });

  it("is got over by the SDK's usual retries, and each command is sent once", async () => {
    await visit(fleet, async (here) => {
      const ssm = new SSMClient({ ...here.connection, maxAttempts: 6 });
      const input = {
        DocumentName: 'AWS-UpdateSSMAgent',
        InstanceIds: [INSTANCE_ID],
        Parameters: { version: [TARGET] },
      };
      const settled = await times(25, () => ssm.send(new SendCommandCommand(input)));
      expect(counted(settled)).toEqual({ passed: 25, refused: 0 });
      expect(refusalsIn(here, 'ThrottlingException')).toBeGreaterThanOrEqual(5);
      expect(here.account.world.commands).toHaveLength(25);
    });
  });
});
