import { applyChanges, beginBatch } from '../../../../functions/domain/batch/apply-changes.ts';
import type { Batch } from '../../../../functions/domain/batch/batch.ts';
import type { BatchInstance } from '../../../../functions/domain/batch/batch-instance.ts';
import { refusalOf } from '../../../../functions/domain/model/aws-errors.ts';
import { INVOCATIONS_MAX } from '../../../../functions/domain/model/limits.ts';
import { LEASE_TAG } from '../../../../functions/domain/ownership/lease.ts';
import type { OtherActivity } from '../../../../functions/domain/steps/other-activity.ts';
import { decideRestore, type RestoreCase } from '../../../../functions/domain/steps/restore.ts';
import { decideKeptLease } from '../../../../functions/domain/steps/restore-result.ts';
import { decideUpdate } from '../../../../functions/domain/steps/update.ts';
import { noteCommandEnds, updateMayRunUntil } from '../../../../functions/domain/work/sent-commands.ts';
import { updateSsmAgent } from '../../../../functions/domain/work/update-ssm-agent.ts';
import {
  aBatch,
  anAttempt,
  anInstance,
  anInvocation,
  at,
  aWokenInstance,
  instanceFacts,
  leaseValue,
  ours,
  restoreCase,
  stamp,
  TARGET,
  wokenFacts,
} from '../../../support/builders.ts';

const HARD_DEADLINE_SECONDS = 2700;

describe('a second command that SSM refuses to send', () => {
  const hung = aWokenInstance({
    step: 'update',
    stepSince: stamp('02:02'),
    commands: [{ commandId: 'command-1', sentAt: stamp('02:02'), endedAt: null }],
  });
  const decide = (changes: object, time: string) =>
    decideUpdate({
      instance: { ...hung, ...changes },
      ec2: wokenFacts(),
      invocation: anInvocation(),
      agent: null,
      work: updateSsmAgent,
      target: TARGET,
      deadlineSeconds: HARD_DEADLINE_SECONDS,
      now: at(time),
    });

  it('is tried again after its time, not at every look', () => {
    expect(decide({}, '02:47').action).toBe('send');
    const refused = { lastRefusal: 'InvalidInstanceId', retryAt: stamp('02:48') };
    expect(decide(refused, '02:47:30')).toMatchObject({ action: 'wait', waiting: { until: stamp('02:48') } });
    expect(decide(refused, '02:48').action).toBe('send');
  });

  it('is given up in the end, and the instance has failed', () => {
    const refused = { lastRefusal: 'InvalidInstanceId', retryAt: stamp('02:51') };
    expect(decide(refused, '02:52')).toMatchObject({
      action: 'give-up',
      instance: { reason: { code: 'update-hung' } },
    });
  });

  it('is given up as well where another update was at work', () => {
    const busy = {
      commands: [{ commandId: 'command-1', sentAt: stamp('02:02'), endedAt: stamp('02:03') }],
      otherUpdateSince: stamp('02:03'),
      lastRefusal: 'InvalidInstanceId',
    };
    expect(decide({ ...busy, retryAt: stamp('02:30') }, '02:29').action).toBe('wait');
    expect(decide({ ...busy, retryAt: stamp('02:30') }, '02:30').action).toBe('send');
    expect(decide({ ...busy, retryAt: stamp('02:47') }, '02:48')).toMatchObject({
      action: 'give-up',
      instance: { reason: { code: 'another-update' } },
    });
  });
});

describe('a run that goes on for too long', () => {
  // Sending ends at 04:45, an update that is sent last takes 45 minutes, and the rest is for the restoring.
  const after = (instance: BatchInstance, time: string, changes: Partial<Batch> = {}) =>
    applyChanges(aBatch([instance], changes), [], at(time)).instances[0];

  it('ends the work of every instance in time to restore it, and goes on restoring', () => {
    const proving = aWokenInstance({ step: 'verify' });
    expect(after(proving, '05:30')).toEqual(proving);
    expect(after(proving, '05:30:01')).toMatchObject({
      step: 'restore',
      outcome: 'failed',
      reason: { code: 'out-of-time', text: expect.stringContaining('nothing is stopped after 2026-12-06T06:00') },
    });
    const restoring = aWokenInstance({ step: 'restore', outcome: 'updated' });
    expect(after(restoring, '05:30:01')).toEqual(restoring);
  });

  it('goes by the ends of each instance', () => {
    const takenOver = aWokenInstance({ step: 'verify', sendUntil: stamp('02:00'), stopUntil: stamp('03:15') });
    expect(after(takenOver, '02:45:01')).toMatchObject({ step: 'restore', reason: { code: 'out-of-time' } });
  });

  it('excludes what had no turn', () => {
    const running = anInstance({ originalState: 'running', step: 'update' });
    expect(after(running, '05:30:01')).toMatchObject({ outcome: 'excluded', reason: { code: 'out-of-time' } });
  });

  it('ends with the last of its invocations at the latest', () => {
    const invocations = INVOCATIONS_MAX;
    expect(after(aWokenInstance(), '03:00', { invocations })).toMatchObject({ reason: { code: 'run-limit' } });
  });

  it('does not take the time that a batch has waited for others from its instances', () => {
    const entered = beginBatch(aBatch([anInstance()], { invocations: 0 }), at('03:30'));
    expect(entered).toMatchObject({ lastProgressAt: stamp('03:30'), instances: [{ stepSince: stamp('03:30') }] });
    expect(beginBatch(aBatch([anInstance()]), at('03:30')).instances[0]?.stepSince).toBe(stamp('02:00'));
  });
});

describe('an instance whose end has come', () => {
  // Nothing is stopped after 06:00.
  const done = aWokenInstance({ step: 'restore', stepSince: stamp('05:20'), outcome: 'updated' });
  const held: OtherActivity = {
    reason: { code: 'association-running', text: 'the association X is at work on it' },
    isKnown: true,
  };
  const decide = (time: string, { instance = done, ec2 = wokenFacts(), ...changes }: Partial<RestoreCase> = {}) =>
    decideRestore(restoreCase(instance, ec2, { deadlineSeconds: 1800, now: at(time), ...changes }));
  const accepted = { instance: aWokenInstance({ ...done, stopAcceptedAt: stamp('05:58') }) };

  it('is stopped until then, and not a moment later', () => {
    expect(decide('06:00').action).toBe('stop');
    expect(decide('06:00:00.001')).toMatchObject({ action: 'wait', until: stamp('06:05') });
    expect(decide('06:00:00.001', { ec2: wokenFacts({ state: 'stopped' }) })).toMatchObject({
      action: 'settle',
      finalState: 'stopped',
    });
  });

  it('is left awake without its lease once a stop that was sent last has had five minutes to show', () => {
    expect(decide('06:05')).toMatchObject({
      action: 'settle',
      finalState: 'running',
      releaseLease: true,
      reason: { code: 'left-awake' },
    });
    expect(decide('06:05', accepted)).toMatchObject({
      action: 'settle',
      finalState: 'running',
      reason: { code: 'left-awake' },
    });
  });

  it('is told as that, where an earlier try of this step has taken the lease off, and its reply was lost', () => {
    const released = decide('06:05', { ec2: wokenFacts({ tags: {} }) });
    expect(released).toMatchObject({ finalState: 'running', releaseLease: false, reason: { code: 'left-awake' } });
    expect(decide('05:30', { ec2: wokenFacts({ tags: {} }) })).toMatchObject({ reason: { code: 'lease-removed' } });
  });

  it('is told with what held it: someone else, or a refusal', () => {
    expect(decide('06:05', { otherActivity: held })).toMatchObject({
      reason: {
        text: expect.stringContaining('06:00:00.000Z only, so it is left awake: the association X is at work on it'),
      },
    });
    const refused = aWokenInstance({ ...done, lastRefusal: 'UnauthorizedOperation: no' });
    expect(decide('06:05', { instance: refused })).toMatchObject({
      reason: { text: expect.stringContaining('UnauthorizedOperation') },
    });
  });

  it('is followed while it is stopping, for three quarters of an hour: that is not left awake', () => {
    const stopping = { ...accepted, deadlineSeconds: 7200, ec2: wokenFacts({ state: 'stopping' }) };
    expect(decide('06:44', stopping)).toMatchObject({ action: 'wait', reason: { code: 'stopping' } });
    expect(decide('06:45', stopping)).toMatchObject({ action: 'give-up', finalState: 'stopping' });
    expect(decide('09:00', { ...stopping, deadlineSeconds: null })).toMatchObject({ action: 'wait' });
  });

  it('has an hour to stop if it is of Windows, however short the deadline is', () => {
    const stopping = (platform: string) => ({
      instance: aWokenInstance({ ...done, stepSince: stamp('02:05'), stopAcceptedAt: stamp('02:10') }),
      ec2: wokenFacts({ state: 'stopping', platform }),
    });
    expect(decide('02:40', stopping('Linux/UNIX'))).toMatchObject({ action: 'give-up' });
    for (const platform of ['Windows', 'Windows with SQL Server Standard']) {
      expect(decide('03:09', stopping(platform))).toMatchObject({ action: 'wait', reason: { code: 'stopping' } });
      expect(decide('03:10', stopping(platform))).toMatchObject({ action: 'give-up', finalState: 'stopping' });
      const awake = { ...stopping(platform), ec2: wokenFacts({ platform }) };
      expect(decide('02:40', awake)).toMatchObject({ action: 'give-up', finalState: 'running' });
    }
  });

  it('is someone else’s if they have restarted it', () => {
    expect(decide('06:05', { ec2: wokenFacts({ launchTime: stamp('05:50') }) })).toMatchObject({
      finalState: 'handed-over',
    });
  });
});

describe('a lease that EC2 does not remove', () => {
  const settled = aWokenInstance({
    step: 'restore',
    stepSince: stamp('02:05'),
    stopAcceptedAt: stamp('02:10'),
    outcome: 'updated',
  });
  const decide = (time: string) =>
    decideKeptLease(
      settled,
      { finalState: 'stopped', refusal: refusalOf('DeleteTags', { code: 'UnauthorizedOperation', message: 'no' }) },
      1800,
      at(time),
    );

  it('is tried again until the deadline, counted from the stop', () => {
    expect(decide('02:39').action).toBe('wait');
    expect(decide('02:40')).toMatchObject({ action: 'give-up', finalState: 'stopped', reason: { code: 'lease-kept' } });
  });
});

describe('an agent that was busy with the update of someone else when its step failed', () => {
  const instance = aWokenInstance({
    step: 'restore',
    outcome: 'failed',
    commands: [{ commandId: 'command-1', sentAt: stamp('02:02'), endedAt: null }],
  });
  const busy = anInvocation({
    status: 'Failed',
    statusDetails: 'Failed',
    output: 'Another update in progress, try again later',
    endedAt: stamp('02:03'),
  });

  it('is left alone until that update must be over', () => {
    const seen = noteCommandEnds(instance, [busy], updateSsmAgent, at('02:04'));
    expect(seen).toMatchObject({ otherUpdateSince: stamp('02:03'), commands: [{ endedAt: stamp('02:03') }] });
    expect(updateMayRunUntil(seen, at('02:04'))).toBe(stamp('02:48'));
  });

  it('is free when its own command ended by itself', () => {
    const done = anInvocation({
      status: 'Success',
      statusDetails: 'Success',
      output: `updated successfully to ${TARGET}`,
      endedAt: stamp('02:03'),
    });
    expect(updateMayRunUntil(noteCommandEnds(instance, [done], updateSsmAgent, at('02:04')), at('02:04'))).toBeNull();
  });
});

describe('a step that failed while a copy of its Lambda may still live', () => {
  const unknown = anInstance({
    step: 'restore',
    stepSince: stamp('02:05'),
    outcome: 'failed',
    strayUntil: stamp('02:06:30'),
  });
  const decide = (time: string, changes: object = {}) =>
    decideRestore(restoreCase({ ...unknown, ...changes }, instanceFacts(), { deadlineSeconds: 1800, now: at(time) }));

  it('keeps a sleeping instance from being settled until that copy is dead', () => {
    expect(decide('02:06').action).toBe('wait');
    expect(decide('02:06:30')).toMatchObject({ action: 'settle', finalState: 'stopped' });
  });

  it('says nothing against a running one', () => {
    expect(decide('02:05', { originalState: 'running' }).action).toBe('settle');
  });
});

describe('an instance whose every start was refused', () => {
  it('is let go at once: no start is on its way, and a stop could only hit someone else’s', () => {
    const refused = anInstance({
      step: 'restore',
      outcome: 'failed',
      owner: ours([anAttempt({ startBy: stamp('02:00') })]),
    });
    const facts = instanceFacts({ tags: { [LEASE_TAG]: leaseValue() } });
    expect(decideRestore(restoreCase(refused, facts, { deadlineSeconds: 1800, now: at('02:35') }))).toMatchObject({
      action: 'settle',
      releaseLease: true,
    });
  });
});
