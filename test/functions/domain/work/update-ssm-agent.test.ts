import fc from 'fast-check';
import { updateSsmAgent } from '../../../../functions/domain/work/update-ssm-agent.ts';
import { anInvocation, OLD, stamp, TARGET } from '../../../support/builders.ts';

const PACKAGE = 'amazon-ssm-agent';
const ERROR_MARK = '\n----------ERROR-------\n';
const PREPARED = `Successfully downloaded manifest

Successfully downloaded updater version ${TARGET}

`;
const DOWNLOADED = `${PREPARED}Updating ${PACKAGE} from ${OLD} to ${TARGET}
Successfully downloaded https://s3.eu-central-1.amazonaws.com/amazon-ssm-eu-central-1/${PACKAGE}/${OLD}/${PACKAGE}.tar.gz
Successfully downloaded https://s3.eu-central-1.amazonaws.com/amazon-ssm-eu-central-1/${PACKAGE}/${TARGET}/${PACKAGE}.tar.gz
Initiating ${PACKAGE} update to ${TARGET}
`;
const FAILED = `\nFailed to update ${PACKAGE} to ${TARGET}`;
const UNCHANGED = `${FAILED}\nNo rollback needed\n`;
const ROLLING_BACK = `Initiating rollback ${PACKAGE} to ${OLD}\n`;

const judgeEnd = (status: string, output: string) =>
  updateSsmAgent.judge(anInvocation({ status, statusDetails: status, output, endedAt: stamp('02:05') }));
const isConclusive = (output: string) => updateSsmAgent.isConclusive(anInvocation({ output }));

describe('a command that ended in Success', () => {
  it.each([
    ['updated', `${DOWNLOADED}${PACKAGE} updated successfully to ${TARGET}`],
    [
      'already installed, as the new updater says it',
      `${PREPARED}Updating ${PACKAGE} from ${TARGET} to ${TARGET}\n${PACKAGE} ${TARGET} has already been installed\nupdate skipped`,
    ],
    ['already installed, as an agent 2.x says it', `${PACKAGE} ${TARGET} has already been installed, update skipped\n`],
  ])('is done when it says %s', (_what, output) => {
    expect(judgeEnd('Success', output)).toEqual({ verdict: 'done' });
    expect(isConclusive(output)).toBe(true);
  });

  it.each([
    ['the newest updater', `${PACKAGE} version ${TARGET} is deprecated/inactive, update skipped`],
    ['an updater of before August 2020', `${PACKAGE} version ${TARGET} is inactive, update skipped`],
  ])('has done nothing when the target is not active, in the words of %s', (_whose, output) => {
    expect(judgeEnd('Success', `${DOWNLOADED}${output}`)).toMatchObject({
      verdict: 'failed',
      reason: { code: 'target-not-active', text: expect.stringContaining(output) },
    });
    expect(isConclusive(output)).toBe(true);
  });

  it.each(['', PREPARED, 'unknown words'])('is done, and to be verified, when it says %j', (output) => {
    expect(judgeEnd('Success', output)).toEqual({ verdict: 'done' });
    expect(isConclusive(output)).toBe(false);
  });
});

describe('a command that ended in Failed because the agent is newer than the target', () => {
  it.each([
    [
      'the newest updater',
      `${PREPARED}Updating ${PACKAGE} to an older version ${TARGET}, please enable allow downgrade to proceed${UNCHANGED}`,
    ],
    [
      'an agent 2.x',
      `${ERROR_MARK}updating ${PACKAGE} to an older version, please enable allow downgrade to proceed\n`,
    ],
  ])('is done, and to be verified, in the words of %s', (_whose, output) => {
    expect(judgeEnd('Failed', output)).toEqual({ verdict: 'done', isNewer: true });
    expect(isConclusive(output)).toBe(true);
  });
});

describe('a command that ended in Failed', () => {
  const err = (text: string) => `${PREPARED}${ERROR_MARK}${text}`;

  it.each<[string, string, string, string]>([
    ['disk', 'no-disk-space', err('Insufficient available disk space'), 'Insufficient available disk space'],
    [
      'updater gone',
      'updater-died',
      err('Updater died before updating, make sure your system is supported'),
      'Updater died before updating',
    ],
    [
      'source version unknown',
      'unsupported-platform',
      `${PREPARED}${PACKAGE} source version ${OLD} is unsupported on current platform${UNCHANGED}`,
      `source version ${OLD} is unsupported`,
    ],
    [
      'target version unknown',
      'unsupported-platform',
      `${PREPARED}${PACKAGE} target version ${TARGET} is unsupported on current platform${UNCHANGED}`,
      `target version ${TARGET} is unsupported`,
    ],
    [
      'current version unknown, agent 2.x',
      'unsupported-platform',
      `${ERROR_MARK}${PACKAGE} current version ${OLD} is unsupported on current platform\n`,
      `current version ${OLD} is unsupported`,
    ],
    [
      'below the minimum',
      'unsupported-platform',
      `${PREPARED}agent version ${TARGET} is unsupported on current platform${UNCHANGED}`,
      `agent version ${TARGET} is unsupported`,
    ],
    [
      'Bottlerocket',
      'unsupported-platform',
      `${PREPARED}Failed update precondition check: Failed Bottlerocket precondition: Bottlerocket has an immutable root filesystem${UNCHANGED}`,
      'immutable root filesystem',
    ],
    [
      'old kernel',
      'unsupported-platform',
      `${PREPARED}Failed update precondition check: Failed kernel version precondition: Minimum kernel version is 3.2 but instance kernel version is 2.6${UNCHANGED}`,
      'instance kernel version is 2.6',
    ],
    [
      'rolled back',
      'update-rolled-back',
      `${DOWNLOADED}failed to install ${PACKAGE} ${TARGET}, ErrorMessage=exit status 1\n${ROLLING_BACK}rolledback ${PACKAGE} to ${OLD}${FAILED}`,
      `failed to install ${PACKAGE} ${TARGET}`,
    ],
    ['update info', 'update-failed', err('Failed to create update info object: no platform'), 'no platform'],
    ['updater download', 'update-failed', err('failed to download file reliably, 403'), 'download file reliably, 403'],
    ['panic', 'update-failed', err("Panic with error: 'nil map'"), "Panic with error: 'nil map'"],
    ['manifest', 'update-failed', `${PREPARED}Failed to download manifest: timeout${UNCHANGED}`, 'manifest: timeout'],
    [
      'download',
      'update-failed',
      `${PREPARED}failed to download file reliably, url, 404${UNCHANGED}`,
      'reliably, url, 404',
    ],
    [
      'would not install, no rollback',
      'update-failed',
      `${DOWNLOADED}failed to install ${PACKAGE} ${TARGET}, ErrorMessage=exit status 1${UNCHANGED}`,
      'ErrorMessage=exit status 1',
    ],
    [
      'would not start',
      'update-failed',
      `${DOWNLOADED}failed to update ${PACKAGE} to ${TARGET}, failed to start the agent, ErrorMessage=timeout${UNCHANGED}`,
      'failed to start the agent',
    ],
    [
      'wrong version installed',
      'update-failed',
      `${DOWNLOADED}failed to identify installed target agent version: none${UNCHANGED}`,
      'failed to identify installed target agent version',
    ],
    ['unknown words', 'update-failed', 'something new\nhappened', 'happened'],
  ])('failed for the reason that the agent gives: %s', (_what, code, output, telling) => {
    expect(judgeEnd('Failed', output)).toMatchObject({
      verdict: 'failed',
      reason: { code, text: expect.stringContaining(telling) },
    });
    if (code !== 'update-failed') expect(isConclusive(output)).toBe(true);
  });

  it('failed, with nothing but its status to show, when it says nothing', () => {
    expect(judgeEnd('Failed', '')).toMatchObject({
      verdict: 'failed',
      reason: { code: 'update-failed', text: expect.stringContaining('ended Failed') },
    });
  });

  it('is no rollback when it says that none was needed', () => {
    expect(judgeEnd('Failed', `Invalid target version: x${UNCHANGED}`)).toMatchObject({
      reason: { code: 'update-failed' },
    });
  });

  it('failed also when the rollback failed', () => {
    const output = `${DOWNLOADED}${ROLLING_BACK}failed to rollback ${PACKAGE} to ${OLD}, failed to start the agent${FAILED}`;
    expect(judgeEnd('Failed', output)).toMatchObject({ verdict: 'failed' });
  });

  it('met another update when the agent says that it is busy', () => {
    const output = err('Another update in progress, try again later');
    expect(judgeEnd('Failed', output)).toMatchObject({
      verdict: 'busy',
      reason: { code: 'another-update', text: expect.stringContaining('Another update in progress') },
    });
    expect(isConclusive(output)).toBe(true);
  });
});

describe('a command by its status alone', () => {
  const judge = (status: string, statusDetails: string) =>
    updateSsmAgent.judge(anInvocation({ status, statusDetails })).verdict;

  it.each([
    ['Pending', 'Pending', 'pending'],
    ['Delayed', 'Delayed', 'pending'],
    ['InProgress', 'InProgress', 'running'],
    ['Cancelling', 'Cancelling', 'running'],
    ['Rethinking', 'Rethinking', 'running'],
    ['Success', 'Success', 'done'],
    ['Failed', 'Failed', 'failed'],
    ['Failed', 'Terminated', 'lost'],
    ['Cancelled', 'Cancelled', 'lost'],
    ['TimedOut', 'TimedOut', 'lost'],
    ['TimedOut', 'DeliveryTimedOut', 'lost'],
    ['TimedOut', 'Delivery Timed Out', 'lost'],
    ['TimedOut', 'ExecutionTimedOut', 'lost'],
    ['TimedOut', 'Execution Timed Out', 'lost'],
    ['Failed', 'Undeliverable', 'failed'],
    ['TimedOut', 'Undeliverable', 'failed'],
    ['Failed', 'InvalidPlatform', 'failed'],
    ['Failed', 'Invalid Platform', 'failed'],
    ['Failed', 'AccessDenied', 'failed'],
    ['Failed', 'Access Denied', 'failed'],
  ])('%s with the details %j is %s', (status, details, verdict) => {
    expect(judge(status, details)).toBe(verdict);
  });

  it.each(['Undeliverable', 'Invalid Platform', 'Access Denied'])('never reached the agent: %s', (statusDetails) => {
    const judgement = updateSsmAgent.judge(anInvocation({ status: 'Failed', statusDetails }));
    expect(judgement).toMatchObject({ reason: { code: 'update-undeliverable' }, wasNeverDelivered: true });
  });

  it.each(['DeliveryTimedOut', 'Delivery Timed Out'])('was given up by the service: %s', (statusDetails) => {
    const judgement = updateSsmAgent.judge(anInvocation({ status: 'TimedOut', statusDetails }));
    expect(judgement).toMatchObject({
      reason: { code: 'update-lost', text: expect.stringContaining('DeliveryTimedOut') },
    });
  });

  it('is not over before the service says so, whatever its output says', () => {
    const status = fc.oneof(fc.constantFrom('Pending', 'Delayed', 'InProgress', 'Cancelling'), fc.string());
    const output = fc.constantFrom(`${PACKAGE} updated successfully to ${TARGET}`, FAILED, `${ROLLING_BACK}${FAILED}`);
    const isOver = ['Success', 'Failed', 'Cancelled', 'TimedOut'];
    fc.assert(
      fc.property(status, output, (name, text) => {
        fc.pre(!isOver.includes(name));
        const { verdict } = updateSsmAgent.judge(anInvocation({ status: name, statusDetails: '-', output: text }));
        expect(['pending', 'running']).toContain(verdict);
      }),
    );
  });
});

describe('the document', () => {
  it('is sent with the explicit version, never downwards, and twice at most', () => {
    expect(updateSsmAgent.documentName).toBe('AWS-UpdateSSMAgent');
    expect(updateSsmAgent.commandsMax).toBe(2);
    expect(updateSsmAgent.parameters(TARGET)).toEqual({ version: [TARGET], allowDowngrade: ['false'] });
  });

  it.each<[string | null, boolean]>([
    [TARGET, true],
    ['3.10.0.0', true],
    [OLD, false],
    ['3.3.60.0', false],
    [null, false],
    ['unknown', false],
  ])('leaves nothing to do for an agent that reports %s: %s', (version, isAtTarget) => {
    expect(updateSsmAgent.isAtTarget(version, TARGET)).toBe(isAtTarget);
  });
});
