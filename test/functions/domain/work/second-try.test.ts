import type { InstanceAt } from '../../../../functions/domain/batch/batch-instance.ts';
import { decideUpdate, needsAgentFacts } from '../../../../functions/domain/steps/update.ts';
import { updateSsmAgent } from '../../../../functions/domain/work/update-ssm-agent.ts';
import { anInvocation, at, aWokenInstance, OLD, stamp, TARGET, wokenFacts } from '../../../support/builders.ts';

const PACKAGE = 'amazon-ssm-agent';
const command = (number: number, sentAt: string, endedAt: string | null, status?: string) => ({
  commandId: `command-${number}`,
  sentAt: stamp(sentAt),
  endedAt: endedAt === null ? null : stamp(endedAt),
  ...(status === undefined ? {} : { status }),
});
const sent = aWokenInstance({ step: 'update', versionBefore: OLD, commands: [command(1, '02:02', null)] });
const failed = (output: string, commandId = 'command-1') =>
  anInvocation({ commandId, status: 'Failed', statusDetails: 'Failed', output, endedAt: stamp('02:03') });

const BEGUN = `Successfully downloaded manifest\nUpdating ${PACKAGE} from ${OLD} to ${TARGET}\n`;
const NO_PROXY = 'failed to download file reliably, ssm-agent-manifest.json, connection refused\n';
const UNCHANGED = `Failed to update ${PACKAGE} to ${TARGET}\nNo rollback needed\n`;
const ROLLED_BACK = `Initiating rollback ${PACKAGE} to ${OLD}\nrolledback ${PACKAGE} to ${OLD}\n`;
const DOWNLOAD = `${BEGUN}failed to download file reliably, url, timeout\n${UNCHANGED}`;
const INSTALL = `failed to install ${PACKAGE} ${TARGET}, ErrorMessage=The execution of command returned Exit Status: 125`;

const decide = (instance: InstanceAt<'update'>, now: string, invocation = failed(DOWNLOAD), ec2 = wokenFacts()) =>
  decideUpdate({
    instance,
    invocation,
    agent: null,
    ec2,
    work: updateSsmAgent,
    target: TARGET,
    deadlineSeconds: 45 * 60,
    now: at(now),
  });

describe('an update that has failed, and says that the agent is as it was', () => {
  it.each([
    ['the plugin could download nothing', NO_PROXY],
    ['the updater could not download the package', DOWNLOAD],
    ['the updater gave its installation up', `${BEGUN}${INSTALL}\n${UNCHANGED}`],
    ['the package manager failed, and the version of before was installed again', `${BEGUN}${INSTALL}\n${ROLLED_BACK}`],
  ])('is tried again in two minutes: %s', (_what, output) => {
    expect(decide(sent, '02:04', failed(output))).toMatchObject({
      action: 'back-off',
      instance: {
        step: 'update',
        retryAt: stamp('02:06'),
        otherUpdateSince: null,
        commands: [command(1, '02:02', '02:03')],
      },
      waiting: { reason: { code: 'passing-failure' }, until: stamp('02:06') },
    });
  });

  it.each([
    ['the new agent would not start', `${BEGUN}failed to update ${PACKAGE}, failed to start the agent\n${ROLLED_BACK}`],
    ['the rollback has not ended', `${BEGUN}${INSTALL}\nInitiating rollback ${PACKAGE} to ${OLD}\n`],
    ['the rollback failed', `${BEGUN}${INSTALL}\n${ROLLED_BACK.replace('rolledback', 'failed to rollback')}`],
    ['the updater does not say that nothing was', `${BEGUN}${INSTALL}\n`],
    ['its platform is not supported', `${BEGUN}${INSTALL.replace('125', '124')}\n${UNCHANGED}`],
    ['the cause is not known', `${BEGUN}Invalid target version: x\n${UNCHANGED}`],
    ['the plugin panicked', "Panic with error: 'nil map'"],
  ])('is not tried again if not: %s', (_what, output) => {
    expect(decide(sent, '02:04', failed(output))).toMatchObject({ action: 'fail' });
  });

  it('is not tried again where SSM did not give all that it says', () => {
    const cut = { ...failed(DOWNLOAD), refusal: { text: 'AccessDenied: no' } };
    expect(decide(sent, '02:04', cut)).toMatchObject({ action: 'fail' });
  });

  it('is not tried again where nothing is sent any more by then', () => {
    expect(decide({ ...sent, sendUntil: stamp('02:05:59') }, '02:04')).toMatchObject({ action: 'fail' });
    expect(decide({ ...sent, sendUntil: stamp('02:06') }, '02:04')).toMatchObject({ action: 'back-off' });
  });
});

describe('an instance that waits for its second try', () => {
  const waiting = { ...sent, commands: [command(1, '02:02', '02:03', 'Failed')], retryAt: stamp('02:06') };

  it('is sent one more command when that is due, and its agent need not be asked', () => {
    expect(decide(waiting, '02:05:59')).toMatchObject({
      action: 'wait',
      waiting: { reason: { code: 'passing-failure' }, until: stamp('02:06') },
    });
    expect(decide(waiting, '02:06')).toMatchObject({ action: 'send', cancelFirst: null });
    const asked = { invocation: failed(DOWNLOAD), work: updateSsmAgent, target: TARGET, deadlineSeconds: 2700 };
    expect(needsAgentFacts({ ...asked, instance: waiting, now: at('02:06') })).toBe(false);
  });

  it('has failed for the first reason when its boot ends before, and how it ended is told and noted', () => {
    const stopped = wokenFacts({
      state: 'stopped',
      stateReason: { code: 'Client.UserInitiatedShutdown', message: '' },
    });
    const decision = decide(waiting, '02:05', failed(DOWNLOAD), stopped);
    expect(decision).toMatchObject({
      action: 'give-up',
      instance: {
        outcome: 'failed',
        reason: { code: 'update-failed', text: expect.stringMatching(/someone stopped it.*timeout/s) },
        owner: { attempts: [{ boot: { endedAt: stamp('02:05') } }] },
      },
    });
  });

  it('has failed for the first reason where SSM refuses the second for good, or nothing is sent any more', () => {
    const refused = { ...waiting, lastRefusal: 'InvalidInstanceId: no' };
    expect(decide(refused, '02:51:59')).toMatchObject({ action: 'send' });
    expect(decide(refused, '02:52')).toMatchObject({
      action: 'give-up',
      cancelFirst: null,
      instance: {
        reason: {
          code: 'update-failed',
          text: expect.stringMatching(/^it could not be sent a second command \(InvalidInstanceId: no\): .*timeout/),
        },
      },
    });
    expect(decide({ ...waiting, sendUntil: stamp('02:05') }, '02:06')).toMatchObject({
      action: 'give-up',
      instance: {
        reason: { text: expect.stringMatching(/^it could not be sent a second command: the update failed/) },
      },
    });
  });

  it('has failed as it is known where SSM does not tell of the first any more', () => {
    const unlisted = failed(DOWNLOAD, 'command-9');
    const late = { ...waiting, sendUntil: stamp('02:05') };
    expect(decide(late, '02:06', { ...unlisted, status: 'Pending' })).toMatchObject({
      instance: { reason: { code: 'update-failed', text: expect.stringContaining('for a cause that may pass') } },
    });
  });

  const tried = { ...sent, commands: [command(1, '02:02', '02:03', 'Failed'), command(2, '02:06', null)] };

  it('is tried no third time, and its reason says that it was tried twice', () => {
    expect(decide(tried, '02:08', failed(DOWNLOAD, 'command-2'))).toMatchObject({
      action: 'fail',
      instance: {
        reason: { code: 'update-failed', text: expect.stringMatching(/^it was tried twice: the update failed/) },
      },
    });
  });

  it('is not said to have been tried twice after the update of others', () => {
    const met = { ...tried, otherUpdateSince: stamp('02:03') };
    expect(decide(met, '02:08', failed(DOWNLOAD, 'command-2'))).toMatchObject({
      instance: { reason: { text: expect.stringMatching(/^the update failed/) } },
    });
  });
});
