import { applyChanges, beginBatch } from '../../../../functions/domain/batch/apply-changes.ts';
import { RUN_DEADLINE_SECONDS } from '../../../../functions/domain/model/limits.ts';
import { LEASE_TAG } from '../../../../functions/domain/ownership/lease.ts';
import { decideRestore } from '../../../../functions/domain/steps/restore.ts';
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
    expect(decide(refused, '02:52')).toMatchObject({ action: 'fail', instance: { reason: { code: 'update-hung' } } });
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
      action: 'fail',
      instance: { reason: { code: 'another-update' } },
    });
  });
});

describe('a run that goes on for too long', () => {
  const late = new Date(at('02:00').getTime() + RUN_DEADLINE_SECONDS * 1000);

  it('ends the work of every instance, and goes on restoring', () => {
    const instances = [anInstance(), aWokenInstance({ step: 'restore', outcome: 'updated' })];
    const [working, restoring] = applyChanges(aBatch(instances), [], late).instances;
    expect(working).toMatchObject({ step: 'restore', outcome: 'failed', reason: { code: 'run-limit' } });
    expect(restoring).toEqual(instances[1]);
  });

  it('does not take the time that a batch has waited for others from its instances', () => {
    const entered = beginBatch(aBatch([anInstance()], { invocations: 0 }), at('03:30'));
    expect(entered).toMatchObject({ lastProgressAt: stamp('03:30'), instances: [{ stepSince: stamp('03:30') }] });
    expect(beginBatch(aBatch([anInstance()]), at('03:30')).instances[0]?.stepSince).toBe(stamp('02:00'));
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
    decideKeptLease(settled, { finalState: 'stopped', refusal: 'UnauthorizedOperation: no' }, 1800, at(time));

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
