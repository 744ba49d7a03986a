import type { InstanceAt } from '../../../../functions/domain/batch/batch-instance.ts';
import type { AgentFacts, InstanceFacts, StatusChecks } from '../../../../functions/domain/model/instance.ts';
import { failedByItsEnd } from '../../../../functions/domain/steps/boot-end.ts';
import { checkReadiness, isOverdue } from '../../../../functions/domain/steps/readiness.ts';
import { decideRestore } from '../../../../functions/domain/steps/restore.ts';
import { decideUpdate } from '../../../../functions/domain/steps/update.ts';
import { verifyVersion } from '../../../../functions/domain/steps/verify.ts';
import { updateSsmAgent } from '../../../../functions/domain/work/update-ssm-agent.ts';
import {
  agentFacts,
  anAttempt,
  anInvocation,
  at,
  aWokenInstance,
  instanceFacts,
  OLD,
  ours,
  restoreCase,
  stamp,
  TARGET,
  wokenFacts,
} from '../../../support/builders.ts';
import { said } from '../../../support/looks.ts';

const NOW = at('02:06');
const sent = { commandId: 'command-1', sentAt: stamp('02:02'), endedAt: null };
const updating = aWokenInstance({ step: 'update', versionBefore: OLD, heardAt: stamp('02:01'), commands: [sent] });
const verifying = aWokenInstance({
  step: 'verify',
  versionBefore: OLD,
  heardAt: stamp('02:01'),
  commands: [{ ...sent, endedAt: stamp('02:05') }],
});
const endOf = (ec2: InstanceFacts, instance: InstanceAt<'update' | 'verify'> = updating) =>
  failedByItsEnd(instance, ec2, NOW)?.reason ?? null;
const stoppedBy = (code: string, message = `${code}: a message`) =>
  instanceFacts({ state: 'stopping', stateReason: { code, message } });

describe('the boot of an instance at work', () => {
  it('goes on while EC2 shows it running', () => {
    expect(endOf(wokenFacts())).toBeNull();
  });

  it.each([
    ['Client.UserInitiatedShutdown', 'someone stopped it'],
    ['Client.InstanceInitiatedShutdown', 'it shut itself down'],
    ['Server.ScheduledStop', 'EC2 stopped it, as it had announced'],
    ['Server.SpotInstanceShutdown', 'EC2 took it back, since it is a Spot Instance'],
    ['Server.InternalError', 'EC2 says: Server.InternalError: a message'],
  ])('has ended when it is stopping, and EC2 says by whom: %s', (code, text) => {
    expect(endOf(stoppedBy(code))).toEqual({
      code: 'stopped-in-run',
      text: `it is stopping, and was not stopped by this run: ${text}`,
    });
  });

  it('has ended when it is stopped, and EC2 says nothing of why', () => {
    const facts = instanceFacts({ state: 'stopped', stateReason: null });
    expect(endOf(facts)?.text).toBe('it is stopped, and was not stopped by this run: EC2 says: nothing');
    expect(endOf({ ...facts, stateReason: { code: 'Server.New', message: '' } })?.text).toMatch(/Server\.New$/);
  });

  it.each(['shutting-down', 'terminated'] as const)('has ended when it is %s', (state) => {
    expect(endOf(instanceFacts({ state }))).toEqual({ code: 'terminated-in-run', text: `it is ${state} now` });
  });

  it.each(['running', 'pending'] as const)(
    'has ended when it is %s with a LaunchTime after its agent pinged',
    (state) => {
      const facts = wokenFacts({ state, launchTime: stamp('02:05') });
      const text = `it was started again at ${stamp('02:05')}, not by this run`;
      expect(endOf(facts)).toEqual({ code: 'restarted-in-run', text });
      expect(endOf(facts, verifying)).toEqual({ code: 'restarted-in-run', text });
    },
  );

  it('goes on when EC2 shows another LaunchTime of before that ping: it comes late', () => {
    expect(endOf(wokenFacts({ launchTime: stamp('02:00:50') }))).toBeNull();
    expect(endOf(wokenFacts({ launchTime: null }))).toBeNull();
  });

  it('goes on when LaunchTime comes so late that whose boot it is was in doubt all along', () => {
    const doubtful = ours([anAttempt({ boot: { kind: 'doubtful' } })], stamp('02:00:30'));
    expect(endOf(wokenFacts({ launchTime: stamp('02:05') }), { ...updating, owner: doubtful })).toBeNull();
  });

  it('is over for good once it is seen going down: who starts the instance now is someone else', () => {
    const failed = failedByItsEnd(updating, instanceFacts({ state: 'stopped', launchTime: updating.launchTime }), NOW);
    expect(failed?.owner).toMatchObject({ kind: 'reveille', attempts: [{ boot: { endedAt: stamp('02:06') } }] });
  });
});

describe('once the boot has ended', () => {
  const stopped = stoppedBy('Client.UserInitiatedShutdown');
  const shared = { work: updateSsmAgent, target: TARGET, deadlineSeconds: 900, now: NOW, agent: null, ec2: stopped };

  it('a command that is followed is waited for no more, and cancelled: the next boot is not ours', () => {
    const given = { ...shared, instance: updating, invocation: anInvocation() };
    expect(decideUpdate(given)).toMatchObject({
      action: 'give-up',
      cancelFirst: 'command-1',
      instance: { step: 'restore', outcome: 'failed', commands: [sent], reason: { code: 'stopped-in-run' } },
    });
    expect(decideUpdate({ ...given, ec2: wokenFacts() })).toMatchObject({ action: 'wait' });
  });

  it('nothing is sent', () => {
    const ready = aWokenInstance({ step: 'update', versionBefore: OLD });
    const given = { ...shared, instance: ready, invocation: null };
    expect(decideUpdate(given)).toMatchObject({ action: 'give-up', cancelFirst: null });
    expect(decideUpdate({ ...given, ec2: wokenFacts() })).toMatchObject({ action: 'send' });
  });

  it('what the command has said holds', () => {
    const given = { ...shared, instance: updating };
    const said = (status: string) => anInvocation({ status, statusDetails: status, endedAt: stamp('02:05') });
    expect(decideUpdate({ ...given, invocation: said('Success') })).toMatchObject({ action: 'verify' });
    expect(decideUpdate({ ...given, invocation: said('Failed') })).toMatchObject({
      action: 'fail',
      instance: { reason: { code: 'update-failed' } },
    });
  });

  it('a version that its agent had reported before is a proof; without one it has failed', () => {
    const agent = agentFacts({ version: TARGET, lastPingAt: stamp('02:05:30') });
    const given = { ...shared, instance: verifying };
    expect(verifyVersion({ ...given, agent })).toMatchObject({ instance: { outcome: 'updated' } });
    expect(verifyVersion(given)).toMatchObject({
      instance: { outcome: 'failed', reason: { code: 'stopped-in-run' } },
    });
  });
});

describe('the status checks of EC2, once an agent was not heard in time', () => {
  const DEADLINES = { deadlineSeconds: 900, startDeadlineSeconds: 1800 };
  const judge = (seen: { agent: AgentFacts | null; checks: StatusChecks | null; now: Date }) => {
    const facts = { instance: aWokenInstance(), ec2: wokenFacts(), optOut: null };
    return said(checkReadiness({ ...facts, ...DEADLINES, ...seen }));
  };
  const ok = { system: 'ok', instance: 'ok', attachedVolumes: 'ok' };
  const late = at('02:40');

  it.each([
    ['system', 'the host'],
    ['attachedVolumes', 'EBS volumes'],
    ['instance', 'operating system'],
  ])('name the layer that is dead: %s', (check, text) => {
    for (const agent of [null, agentFacts({ lastPingAt: stamp('01:50') })]) {
      expect(judge({ agent, checks: { ...ok, [check]: 'impaired' }, now: late })).toMatchObject({
        reason: { code: 'status-check-failed', text: expect.stringContaining(text) },
      });
    }
  });

  it('name the lowest of several, since it is the cause of the others', () => {
    expect(
      judge({ agent: null, checks: { ...ok, system: 'impaired', instance: 'impaired' }, now: late }),
    ).toMatchObject({
      reason: { text: expect.stringContaining('the host') },
    });
  });

  it('leave the agent where they pass, and nothing where they do not say', () => {
    expect(judge({ agent: null, checks: ok, now: late })).toMatchObject({
      reason: { code: 'never-registered', text: expect.stringContaining('status checks pass') },
    });
    for (const checks of [null, { ...ok, instance: 'insufficient-data' }]) {
      expect(judge({ agent: null, checks, now: late })).toMatchObject({
        reason: { code: 'never-registered', text: 'its agent did not register in 40 minutes' },
      });
    }
  });

  it('are not asked of an instance that is heard, pending, opted out or in time', () => {
    const of = (changes: object) => ({
      ...{ instance: aWokenInstance(), ec2: wokenFacts(), agent: null, optOut: null },
      ...{ ...DEADLINES, now: late },
      ...changes,
    });
    expect(isOverdue(of({}))).toBe(true);
    expect(isOverdue(of({ agent: agentFacts({ lastPingAt: stamp('02:39') }) }))).toBe(false);
    expect(isOverdue(of({ ec2: wokenFacts({ state: 'pending' }) }))).toBe(false);
    expect(isOverdue(of({ optOut: 'mine' }))).toBe(false);
    expect(isOverdue(of({ now: at('02:14') }))).toBe(false);
  });
});

/** Its work ended at 02:10, and whose boot it is was never found out. */
const doubtful = aWokenInstance({
  step: 'restore',
  stepSince: stamp('02:10'),
  outcome: 'updated',
  owner: ours([anAttempt({ boot: { kind: 'doubtful' } })]),
  stopUntil: stamp('03:00'),
});

describe('an instance that is pending again, or still', () => {
  it.each([
    ['it is in doubt whose boot it is', {}],
    ['its owner has opted it out, too', { optOut: 'keep it' }],
  ])('is not called left awake, since its start may fall back: %s', (_why, changes) => {
    const decideAt = (state: InstanceFacts['state'], time: string) =>
      decideRestore({ ...restoreCase(doubtful, wokenFacts({ state }), { now: at(time) }), ...changes });

    expect(decideAt('pending', '02:11')).toMatchObject({ action: 'wait', reason: { code: 'pending' } });
    expect(decideAt('running', '02:11')).toMatchObject({ action: 'settle', wasSeenStopped: false });
    expect(decideAt('pending', '03:00:01')).toMatchObject({ action: 'settle', releaseLease: true });
  });

  it('is told as left to others when restoring has taken too long, not as one that was not restored', () => {
    const decideAt = (time: string) =>
      decideRestore(restoreCase(doubtful, wokenFacts({ state: 'pending' }), { now: at(time) }));
    expect(decideAt('02:29:59')).toMatchObject({ action: 'wait', reason: { code: 'pending' } });
    expect(decideAt('02:30')).toMatchObject({ action: 'settle', finalState: 'handed-over' });
  });
});
