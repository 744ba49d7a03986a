import type { BatchInstance, InstanceAt } from '../../../../functions/domain/batch/batch-instance.ts';
import type { ManifestInstance } from '../../../../functions/domain/listing/manifest.ts';
import type { InstanceFacts } from '../../../../functions/domain/model/instance.ts';
import { formatLease, LEASE_TAG } from '../../../../functions/domain/ownership/lease.ts';
import type { Owner } from '../../../../functions/domain/ownership/owner.ts';
import { type Check, checkPromises, checksSchema } from '../../../../functions/domain/report/checks.ts';
import {
  aMember,
  anInstance,
  aProvedAttempt,
  aRun,
  at,
  aWokenInstance,
  INSTANCE_ID,
  instanceFacts,
  leaseValue,
  OLD,
  ours,
  stamp,
  TARGET,
  theirs,
  UNSEEN,
  wokenFacts,
} from '../../../support/builders.ts';

/** Woken, updated and seen stopped at 02:12. Its command ended at 02:05, and a ping of 02:09 proves its version. */
const updated = (changes: Partial<Omit<InstanceAt<'settled'>, 'step'>> = {}): InstanceAt<'settled'> =>
  aWokenInstance({
    step: 'settled',
    stepSince: stamp('02:12'),
    outcome: 'updated',
    versionBefore: OLD,
    versionAfter: TARGET,
    heardAt: stamp('02:09'),
    commands: [{ commandId: 'command-1', sentAt: stamp('02:03'), endedAt: stamp('02:05'), status: 'Success' }],
    stopAcceptedAt: stamp('02:10'),
    finalState: 'stopped',
    ...changes,
  });

/** It ran before, and was neither started nor stopped. */
const ran: Partial<ManifestInstance> = { state: 'running', originalState: 'running', launchTime: stamp('01:00') };
const atHome = (changes: Partial<Omit<InstanceAt<'settled'>, 'step'>> = {}) =>
  updated({
    originalState: 'running',
    owner: { kind: 'none' },
    stopAcceptedAt: null,
    finalState: 'running',
    ...changes,
  });
const running = (launchTime = stamp('01:00')) => instanceFacts({ state: 'running', stateReason: null, launchTime });

interface Night {
  member?: Partial<ManifestInstance>;
  /** null: its batch has left no result. */
  result?: BatchInstance | null;
  /** null: EC2 does not list it any more. */
  ec2?: InstanceFacts | null;
  /** Those of which EC2 does not say how they are. */
  silent?: string[];
  when?: string;
}

/** What is checked of a run with one instance, at 02:30 as long as nothing else is said. */
const checked = ({ member = {}, result = updated(), ec2 = instanceFacts(), silent = [], when = '02:30' }: Night = {}) =>
  checkPromises({
    manifest: { run: aRun(), instances: [aMember(INSTANCE_ID, member)] },
    results: result === null ? [] : [result],
    again: {
      kind: 'seen',
      facts: new Map(ec2 === null ? [] : [[INSTANCE_ID, ec2]]),
      silent: new Set(silent),
      at: at(when),
    },
  });

const KEPT = { status: 'kept', instances: [] };
const NOT_KEPT = { status: 'not-kept', instances: [INSTANCE_ID] };
const NOT_CHECKED = { status: 'not-checked', instances: [] };

it('a run that has put back what it woke has kept all its promises', () => {
  const checks = checked();
  for (const check of Object.values(checks)) expect(check).toMatchObject(KEPT);
  expect(checks.states.text).toMatch(/asleep again.*: 1 of 1$/);
  expect(checks.launchTimes.text).toBe('no instance that took part had run before');
  expect(checksSchema.safeParse(checks).success).toBe(true);
});

it('a promise that EC2 was not asked for is neither kept nor broken, and the proofs need no answer', () => {
  const again = { ...UNSEEN, why: 'RequestLimitExceeded: Request limit exceeded.' };
  const { versions, ...others } = checkPromises({
    manifest: { run: aRun(), instances: [aMember(INSTANCE_ID)] },
    results: [updated()],
    again,
  });
  expect(versions).toMatchObject(KEPT);
  for (const check of Object.values(others)) {
    expect(check).toEqual({ ...NOT_CHECKED, text: `EC2 could not be asked: ${again.why}` });
  }
});

describe('a version is proved', () => {
  it.each<[string, Partial<Omit<InstanceAt<'settled'>, 'step'>>, object]>([
    ['by the ping that has it', {}, KEPT],
    ['by a newer version', { versionAfter: '3.10.0.0' }, KEPT],
    ['by no ping', { versionAfter: null }, NOT_KEPT],
    ['by no older version', { versionAfter: OLD }, NOT_KEPT],
    ['by no ping from before the end of its command', { heardAt: stamp('02:05') }, NOT_KEPT],
    ['by no ping from before its boot', { heardAt: stamp('02:00:30'), commands: [] }, NOT_KEPT],
    ['where it needs none: it has failed', { outcome: 'failed', versionAfter: null }, KEPT],
  ])('%s', (_how, changes, verdict) => {
    expect(checked({ result: updated(changes) }).versions).toMatchObject(verdict);
  });

  it('by a ping that a later command without effect does not take away: it met another update', () => {
    const met = { commandId: 'command-2', sentAt: stamp('02:06'), endedAt: stamp('02:10'), status: 'Failed' };
    const { commands } = updated();
    expect(checked({ result: updated({ commands: [...commands, met] }) }).versions).toMatchObject(KEPT);
  });
});

describe('what slept before', () => {
  const hibernated = instanceFacts({
    stateReason: { code: 'Client.UserInitiatedHibernate', message: 'Client.UserInitiatedHibernate' },
  });

  it.each<[string, Night, object]>([
    ['sleeps again', {}, KEPT],
    ['is hibernated again', { member: { originalState: 'hibernated' }, ec2: hibernated }, KEPT],
    ['has lost its memory', { member: { originalState: 'hibernated' } }, NOT_KEPT],
    ['is awake in the boot that this run has brought', { ec2: wokenFacts() }, NOT_KEPT],
    ['is awake, and its batch has left no result', { result: null, ec2: wokenFacts() }, NOT_KEPT],
    [
      'is awake, and was not settled',
      { result: aWokenInstance({ step: 'restore' }), ec2: running(stamp('02:20')) },
      NOT_KEPT,
    ],
    ['is left awake by its tag', { result: updated({ finalState: 'opted-out' }), ec2: wokenFacts() }, NOT_KEPT],
    ['is terminated', { ec2: instanceFacts({ state: 'terminated' }) }, NOT_KEPT],
    ['is not known for a while', { ec2: null }, NOT_CHECKED],
    ['is gone, as it was when it was settled', { ec2: null, result: updated({ finalState: 'not-found' }) }, NOT_KEPT],
  ])('%s', (_how, night, verdict) => {
    expect(checked(night).states).toMatchObject(verdict);
  });

  it('and was started later by someone else breaks no promise, and is told', () => {
    const { states } = checked({ ec2: running(stamp('02:20')) });
    expect(states).toMatchObject({
      ...KEPT,
      text: expect.stringContaining('1 by the doing of others, not of this run'),
    });
  });

  it('and was started by someone else just before Reveille did it breaks no promise either', () => {
    const result = updated({ owner: theirs([aProvedAttempt()]), finalState: 'handed-over' });
    expect(checked({ result, ec2: wokenFacts() }).states).toMatchObject(KEPT);
  });

  it('and is left awake since its boot is in doubt, or since its end has passed, is not as it was', () => {
    for (const code of ['boot-in-doubt', 'left-awake']) {
      const owner: Owner = { kind: 'others', attempts: [aProvedAttempt()], reason: { code, text: 'why' } };
      expect(checked({ result: updated({ owner }), ec2: wokenFacts() }).states).toMatchObject(NOT_KEPT);
    }
  });

  it('is not judged by a look that may be older than its stop', () => {
    const night = { ec2: wokenFacts(), when: '02:12:20' };
    expect(checked(night).states).toMatchObject(NOT_CHECKED);
    expect(checked({ ...night, when: '02:13:01' }).states).toMatchObject(NOT_KEPT);
  });
});

describe('a lease of this run', () => {
  const carrying = (lease: string) => instanceFacts({ tags: { [LEASE_TAG]: lease } });
  const ofOther = formatLease({ stateMachine: aRun().stateMachine, runId: 'run-2', child: 'c', attempt: 'a' });

  it.each<[string, Night, object]>([
    ['must not be left', { ec2: carrying(leaseValue()) }, NOT_KEPT],
    [
      'must not be left on what is excluded',
      { member: { decision: 'excluded', originalState: null }, result: null, ec2: carrying(leaseValue()) },
      NOT_KEPT,
    ],
    ['is not one of another run', { ec2: carrying(ofOther) }, KEPT],
    ['is not one that says nothing', { ec2: carrying('please do not touch') }, KEPT],
    ['holds nothing that is gone', { ec2: { ...carrying(leaseValue()), state: 'terminated' } }, KEPT],
    ['was taken off just now', { ec2: carrying(leaseValue()), when: '02:12:20' }, NOT_CHECKED],
  ])('%s', (_how, night, verdict) => {
    expect(checked(night).leases).toMatchObject(verdict);
  });

  it.each<[string, Partial<Omit<InstanceAt<'settled'>, 'step'>>]>([
    ['others have it', { finalState: 'running', reason: { code: 'session-active', text: 'a session' } }],
    ['it could not be taken off', { outcome: 'failed', reason: { code: 'lease-kept', text: 'denied' } }],
    ['it could not be stopped', { outcome: 'failed', reason: { code: 'not-restored', text: 'denied' } }],
  ])('is not kept where the run still holds its instance, however short ago that was: %s', (_why, changes) => {
    const night = { result: updated(changes), ec2: carrying(leaseValue()), when: '02:12:20' };
    expect(checked(night).leases).toMatchObject(NOT_KEPT);
  });

  it('was taken off from what is left awake at its end', () => {
    const result = updated({ finalState: 'running', reason: { code: 'left-awake', text: 'its end' } });
    expect(checked({ result, ec2: wokenFacts(), when: '02:12:20' }).leases).toMatchObject(NOT_CHECKED);
  });
});

describe('what ran before', () => {
  it.each<[string, Night, object]>([
    ['runs still, in its boot', { ec2: running() }, KEPT],
    ['and was stopped by this run', { result: atHome({ stopAcceptedAt: stamp('02:10') }) }, NOT_KEPT],
    [
      'and was started by this run',
      { result: atHome({ owner: ours([aProvedAttempt()]) }), ec2: wokenFacts() },
      NOT_KEPT,
    ],
    ['and has another boot, of which no result tells', { result: null, ec2: running(stamp('02:20')) }, NOT_KEPT],
    ['and of which the manifest knows no boot', { member: { ...ran, launchTime: null }, ec2: running() }, NOT_CHECKED],
  ])('%s', (_how, night, verdict) => {
    const { launchTimes, states } = checked({ member: ran, result: atHome(), ...night });
    expect(launchTimes).toMatchObject(verdict);
    expect(states.text).toBe('no instance that took part had slept before');
  });

  it.each<[string, InstanceFacts]>([
    ['has another boot', running(stamp('02:20'))],
    ['is stopped', instanceFacts({ launchTime: stamp('01:00') })],
    ['is gone', instanceFacts({ state: 'terminated', launchTime: stamp('01:00') })],
  ])('and %s now, by someone else, breaks no promise, and is told', (_how, ec2) => {
    const { launchTimes } = checked({ member: ran, result: atHome(), ec2 });
    expect(launchTimes).toMatchObject({ ...KEPT, text: expect.stringMatching(/0 of 1; 1 by the doing of others/) });
  });
});

it('names fifty at most of those of which it is not kept, and counts them all', () => {
  const ids = Array.from({ length: 60 }, (_, index) => `i-${index}`);
  const { states }: { states: Check } = checkPromises({
    manifest: { run: aRun(), instances: ids.map((id) => aMember(id)) },
    results: ids.map((instanceId) => anInstance({ instanceId })),
    again: { kind: 'seen', facts: new Map(), silent: new Set(), at: at('02:30') },
  });
  expect(states.instances).toHaveLength(50);
  expect(states.text).toMatch(/: 60 of 60$/);
});

it('is not checked of one of which EC2 does not say how it is: its zone may be disturbed', () => {
  const { states, leases } = checked({ ec2: null, silent: [INSTANCE_ID] });
  expect(states).toMatchObject(NOT_CHECKED);
  expect(leases).toMatchObject(NOT_CHECKED);
});
