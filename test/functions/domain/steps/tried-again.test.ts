import { targetVersionSchema } from '../../../../functions/domain/model/agent-version.ts';
import { plainText } from '../../../../functions/domain/model/plain-text.ts';
import { LEASE_TAG } from '../../../../functions/domain/ownership/lease.ts';
import { buildReport } from '../../../../functions/domain/report/report.ts';
import { checkReadiness } from '../../../../functions/domain/steps/readiness.ts';
import { decideRestore } from '../../../../functions/domain/steps/restore.ts';
import { updateSsmAgent } from '../../../../functions/domain/work/update-ssm-agent.ts';
import {
  anAttempt,
  anInstance,
  anInvocation,
  aRun,
  at,
  aWokenInstance,
  leaseValue,
  ours,
  restoreCase,
  stamp,
  UNSEEN,
  wokenFacts,
} from '../../../support/builders.ts';

const done = { step: 'restore', stepSince: stamp('02:10'), outcome: 'updated' } as const;

describe('a restoring that is tried again, because its reply was lost', () => {
  const stopped = aWokenInstance({ ...done, stopAcceptedAt: stamp('02:10') });

  it('takes a lease that is gone for removed by itself', () => {
    const facts = wokenFacts({ state: 'stopped', tags: {} });
    expect(decideRestore(restoreCase(stopped, facts, { now: at('02:12') }))).toEqual({
      action: 'settle',
      finalState: 'stopped',
      releaseLease: false,
      wasSeenStopped: true,
      isGone: false,
      reason: null,
    });
  });

  it('still says that a hibernation was lost', () => {
    const facts = wokenFacts({ state: 'stopped', tags: {} });
    const hibernated = { ...stopped, originalState: 'hibernated' as const };
    expect(decideRestore(restoreCase(hibernated, facts, { now: at('02:12') }))).toMatchObject({
      reason: { code: 'hibernation-lost' },
    });
  });

  it('hands over what someone else restarted under the same reason, with and without the lease', () => {
    const restarted = { state: 'running', launchTime: stamp('02:11') } as const;
    for (const tags of [{ [LEASE_TAG]: leaseValue() }, {}]) {
      const facts = wokenFacts({ ...restarted, tags });
      expect(decideRestore(restoreCase(stopped, facts, { now: at('02:12') }))).toMatchObject({
        finalState: 'handed-over',
        reason: { code: 'restarted-by-others' },
      });
    }
  });
});

describe('a hibernated instance', () => {
  it('is never just stopped, not even when a start may be on its way', () => {
    const waiting = aWokenInstance({ ...done, originalState: 'hibernated', owner: ours([anAttempt()]) });
    const facts = wokenFacts({ state: 'stopped', launchTime: '2026-12-05T06:00:00.000Z' });
    expect(decideRestore(restoreCase(waiting, facts, { now: at('02:12') }))).toMatchObject({
      action: 'stop',
      hibernate: true,
    });
  });
});

describe('an instance whose restoring is looked at too late', () => {
  it('is told to stop at least once before it is given up', () => {
    const decision = decideRestore(restoreCase(aWokenInstance(done), wokenFacts(), { now: at('05:00') }));
    expect(decision).toMatchObject({ action: 'stop', hibernate: false });
  });

  it('has its time to stop, counted from the stop', () => {
    const stopping = aWokenInstance({ ...done, stopAcceptedAt: stamp('05:00') });
    const facts = wokenFacts({ state: 'stopping' });
    const decide = (time: string) => decideRestore(restoreCase(stopping, facts, { now: at(time) })).action;
    expect(decide('05:19')).toBe('wait');
    expect(decide('05:20')).toBe('give-up');
  });
});

describe('the words of a rollback', () => {
  const judge = (output: string) =>
    updateSsmAgent.judge(anInvocation({ status: 'Failed', statusDetails: 'Failed', output }));

  it('are known in the spelling of the agent', () => {
    const output = 'rolledback amazon-ssm-agent to 3.2.1630.0';
    expect(judge(output)).toMatchObject({ reason: { code: 'update-rolled-back' } });
    expect(updateSsmAgent.isConclusive(anInvocation({ output }))).toBe(true);
  });

  it('are not taken for a good one when it failed', () => {
    const output =
      'Initiating rollback amazon-ssm-agent to 3.2.1630.0\nfailed to rollback amazon-ssm-agent to 3.2.1630.0, failed to start the agent';
    expect(judge(output)).toMatchObject({ reason: { code: 'rollback-failed' } });
  });
});

describe('small print', () => {
  it('a text is cut between characters, not through one', () => {
    const cut = plainText(`${'a'.repeat(258)}😀${'b'.repeat(10)}`);
    expect(cut.isWellFormed()).toBe(true);
    expect(cut.endsWith('😀…')).toBe(true);
  });

  it('a bad target version is told all that is allowed', () => {
    expect(targetVersionSchema.safeParse('newest').error?.issues[0]?.message).toContain('"latest" or four numbers');
  });

  it('one that is left awake fails the run, whatever its outcome says', () => {
    const { instanceId, originalState } = anInstance();
    const member = {
      instanceId,
      name: null,
      group: 'dev',
      state: 'stopped',
      version: null,
      launchTime: null,
      platform: null,
      decision: 'take-part',
      originalState,
      reason: null,
      ignoredLease: null,
    } as const;
    const manifest = {
      run: aRun(),
      listedAt: stamp('02:00'),
      allowEmpty: false,
      groups: ['dev'],
      batches: 1,
      instances: [member],
    };
    const report = (finalState: string) =>
      buildReport({
        manifest,
        results: [anInstance({ step: 'settled', outcome: 'updated', finalState })],
        observed: new Map(),
        again: UNSEEN,
        error: undefined,
        now: at('03:00'),
      }).status;
    expect(report('stopped')).toBe('succeeded');
    expect(report('handed-over')).toBe('failed');
    expect(report('running')).toBe('failed');
  });
});

const DEADLINES = { deadlineSeconds: 900, startDeadlineSeconds: 1800 };

describe('a start that EC2 accepted and that fell back', () => {
  const fallback = (code: string, message = `${code}: why`, of = aWokenInstance(), time = '02:02') => {
    const ec2 = wokenFacts({ state: 'stopped', stateReason: { code, message } });
    const facts = { instance: of, ec2, agent: null, checks: null, optOut: null };
    return checkReadiness({ ...facts, ...DEADLINES, now: at(time) });
  };
  const refused = (code: string, count = 1) => ({
    refusedStarts: { count, firstAt: stamp('01:40'), lastAt: stamp('02:00'), code },
  });

  it.each(['Server.InsufficientInstanceCapacity', 'Client.VcpuLimitExceeded', 'Server.InsufficientHostCapacity'])(
    'is started again where room is lacking, as one that was refused is: %s',
    (code) => {
      expect(fallback(code)).toMatchObject({
        instance: {
          step: 'start',
          stepSince: stamp('02:02'),
          retryAt: stamp('02:04'),
          owner: { kind: 'reveille', wokenAt: null },
          refusedStarts: { count: 1, code },
        },
        waiting: { reason: { code: 'waiting-to-start' }, until: stamp('02:32') },
      });
    },
  );

  it('is tried until the deadline of the start, counted from the first try', () => {
    const code = 'Server.InsufficientInstanceCapacity';
    const before = aWokenInstance(refused('InsufficientInstanceCapacity', 9));
    expect(fallback(code, code, before, '02:09:59').instance).toMatchObject({
      step: 'start',
      stepSince: stamp('01:40'),
    });
    expect(fallback(code, code, before, '02:10').instance).toMatchObject({
      step: 'restore',
      outcome: 'failed',
      reason: { code: 'no-capacity', text: expect.stringContaining(code) },
    });
  });

  it.each(['Server.InternalError', 'Server.SomethingNew'])('is started once more after an error of EC2: %s', (code) => {
    expect(fallback(code).instance).toMatchObject({ step: 'start', retryAt: stamp('02:02:30') });
    expect(fallback(code, code, aWokenInstance(refused(code))).instance).toMatchObject({
      step: 'restore',
      reason: { code: 'launch-error' },
    });
  });

  it('is started once more also where EC2 had throttled its start for longer than its deadline', () => {
    const throttled = aWokenInstance(refused('RequestLimitExceeded', 20));
    expect(fallback('Server.InternalError', 'why', throttled, '02:30').instance).toMatchObject({
      step: 'start',
      retryAt: stamp('02:30:30'),
    });
  });

  it.each([
    ['Client.InternalError', 'Client.InternalError: why'],
    ['Client.VolumeLimitExceeded', 'Client.VolumeLimitExceeded: why'],
    ['Client.InvalidSnapshot.NotFound', 'Client.InvalidSnapshot.NotFound: why'],
    ['Client.SomethingNew', 'Client.SomethingNew: why'],
  ])('has failed at once where the account is at fault, and says what to look at: %s', (code, look) => {
    expect(fallback(code).instance).toMatchObject({
      step: 'restore',
      owner: { wokenAt: stamp('02:00:30') },
      reason: { code: 'launch-error', text: expect.stringContaining(look) },
    });
  });

  it('is not told by a look that still shows an earlier one, which a start without an answer had brought', () => {
    const boot = { kind: 'known', launchTime: stamp('02:00:30'), isAssumed: true } as const;
    const owner = ours([anAttempt({ attempt: 'second' }), anAttempt({ boot })], stamp('02:01:50'));
    expect(fallback('Server.InternalError', 'why', aWokenInstance({ owner }))).toMatchObject({
      instance: { step: 'readiness' },
      waiting: { reason: { code: 'start-not-shown' }, until: stamp('02:02:50') },
    });
  });

  it('names the key that EC2 names', () => {
    const key = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';
    const { instance } = fallback('Client.InternalError', `The key ${key} is disabled.`);
    expect(instance).toMatchObject({ reason: { text: expect.stringContaining(`over the KMS key ${key}`) } });
  });
});
