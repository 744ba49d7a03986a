import { refusalOf } from '../../../../functions/domain/model/aws-errors.ts';
import type { LeaseStatus } from '../../../../functions/domain/ownership/lease-status.ts';
import {
  isOpen,
  isOrphan,
  type LeasedInstance,
  type Orphan,
  oldestAgeSeconds,
} from '../../../../functions/domain/ownership/leased-instance.ts';
import { isSettled, type ReconcileResult, toReconciled } from '../../../../functions/domain/report/reconcile-report.ts';
import { areWritersDead, toBatchInstance } from '../../../../functions/domain/steps/orphan.ts';
import type { RestoreDecision } from '../../../../functions/domain/steps/restore-decision.ts';
import { CHANGED, UNTRIED } from '../../../../functions/domain/steps/restore-result.ts';
import { aRecord } from '../../../support/bucket.ts';
import {
  anAttempt,
  aRun,
  at,
  ENDS,
  INSTANCE_ID,
  leaseValue,
  ours,
  stamp,
  wokenFacts,
} from '../../../support/builders.ts';

const OURS = aRun().stateMachine;
const busy: LeaseStatus = { kind: 'busy', why: 'run run-1 holds it' };
const ignored: LeaseStatus = { kind: 'ignored', why: 'forged' };
const orphaned = {
  kind: 'orphaned',
  originalState: 'hibernated',
  attempts: [anAttempt()],
  deadSince: stamp('02:30'),
  ends: ENDS,
} as const satisfies LeaseStatus;

const carrier = (changes: Partial<LeasedInstance> = {}): LeasedInstance => ({
  facts: wokenFacts(),
  value: leaseValue(),
  record: aRecord([INSTANCE_ID]),
  status: orphaned,
  ...changes,
});
const orphan: Orphan = { ...carrier(), record: aRecord([INSTANCE_ID]), status: orphaned };

describe('an instance that carries a lease', () => {
  it('is an orphan only if its record says how it was', () => {
    expect(isOrphan(carrier())).toBe(true);
    expect(isOrphan(carrier({ record: null }))).toBe(false);
    for (const status of [busy, ignored]) expect(isOrphan(carrier({ status }))).toBe(false);
  });

  it.each<[string, Partial<LeasedInstance>, boolean]>([
    ['an orphan', {}, true],
    ['one whose run goes on', { status: busy }, true],
    ['one whose run is ending', { status: { kind: 'ending', why: '' } }, true],
    ['one whose lease holds nothing', { status: ignored }, false],
    ['one of another state machine', { value: 'another/run-1/child-1/attempt-1', status: busy }, false],
    ['one whose tag is no lease', { value: 'nonsense', status: ignored }, false],
  ])('counts as open or not: %s', (_what, changes, open) => {
    expect(isOpen(carrier(changes), OURS)).toBe(open);
  });

  it('tells how old the oldest of them is', () => {
    const older = carrier({ record: aRecord([INSTANCE_ID], { recordedAt: stamp('01:00') }) });
    expect(oldestAgeSeconds([carrier(), older, carrier({ record: null })], at('03:00'))).toBe(7200);
    expect(oldestAgeSeconds([], at('03:00'))).toBe(0);
  });

  it('counts from the boot where the record can not be read, so that the alarm fires', () => {
    const unreadable = carrier({ record: null, status: busy });
    expect(oldestAgeSeconds([unreadable], at('16:00:30'))).toBe(14 * 3600);
    const neverBooted = { ...unreadable, facts: wokenFacts({ launchTime: null }) };
    expect(oldestAgeSeconds([neverBooted], at('16:00:30'))).toBe(0);
  });
});

describe('an orphan', () => {
  it('stands where its work is over, held as its lease tells', () => {
    expect(toBatchInstance(orphan)).toMatchObject({
      instanceId: INSTANCE_ID,
      originalState: 'hibernated',
      step: 'restore',
      stepSince: stamp('02:30'),
      owner: ours([anAttempt()]),
      launchTime: stamp('02:00:30'),
      otherActivitySince: null,
      outcome: null,
      stopAcceptedAt: null,
      commands: [],
    });
  });

  it('is believed to sleep five minutes after its last writer’s end', () => {
    const isBelieved = (time: string) => areWritersDead(stamp('02:30'), at(time));
    expect([isBelieved('02:34:59.999'), isBelieved('02:35')]).toEqual([false, true]);
  });
});

describe('what a pass did', () => {
  const why = { code: 'stopping', text: 'it is stopping' };
  const about = { name: 'web-1', originalState: 'hibernated', wokenAt: orphan.facts.launchTime };
  const base = { instanceId: INSTANCE_ID, runId: 'run-1', ...about };
  const settle = { action: 'settle', releaseLease: true, wasSeenStopped: true, isGone: false, reason: null } as const;

  it.each([
    [
      'it was stopped',
      { action: 'stop', hibernate: false } as const,
      { action: 'stopping', finalState: null, text: null },
    ],
    [
      'it waits',
      { action: 'wait', reason: why, until: null } as const,
      { action: 'waiting', finalState: null, text: why.text },
    ],
    [
      'it was given up for now',
      { action: 'give-up', finalState: 'running', reason: why } as const,
      { action: 'waiting', finalState: null, text: why.text },
    ],
    [
      'it is back',
      { ...settle, finalState: 'hibernated' },
      { action: 'restored', finalState: 'hibernated', text: null },
    ],
    [
      'it was terminated meanwhile',
      { ...settle, isGone: true, finalState: 'terminated', reason: { ...why, text: 'it is terminated' } },
      { action: 'gone', finalState: 'terminated', text: 'it is terminated' },
    ],
    [
      'it is someone else’s',
      { ...settle, finalState: 'handed-over', reason: why },
      { action: 'handed-over', finalState: 'handed-over', text: why.text },
    ],
    [
      'it was left awake, as its end had passed',
      { ...settle, finalState: 'running', reason: { code: 'left-awake', text: 'it is left awake' } },
      { action: 'left-awake', finalState: 'running', text: 'it is left awake' },
    ],
  ])('is told: %s', (_what, decision, told) => {
    expect(toReconciled(orphan, { decision, refusal: null, hold: null }, at('02:40'))).toEqual({ ...base, ...told });
  });

  it.each<[string, RestoreDecision]>([
    ['its lease tag was not removed', { ...settle, finalState: 'stopped' }],
    ['it was not stopped', { action: 'stop', hibernate: false }],
  ])('is told as refused, with what AWS refused: %s', (undone, decision) => {
    expect(
      toReconciled(
        orphan,
        { decision, refusal: refusalOf('StopInstances', { code: 'UnauthorizedOperation', message: 'no' }), hold: null },
        at('02:40'),
      ),
    ).toEqual({
      ...base,
      action: 'refused',
      finalState: 'running',
      text: `${undone}: StopInstances: UnauthorizedOperation: no`,
      awsError: { call: 'StopInstances', code: 'UnauthorizedOperation' },
    });
  });

  it('is told as held while others keep it awake, and as back now once they have left it', () => {
    const hold = { launchTime: stamp('02:00:30'), quietSince: null };
    const told = (decision: RestoreDecision) =>
      toReconciled(orphan, { decision, refusal: null, hold }, at('02:40')).action;
    expect(told({ action: 'wait', reason: why, until: null })).toBe('held');
    expect(told({ ...settle, finalState: 'stopped' })).toBe('back-now');
    expect(told({ ...settle, finalState: 'opted-out' })).toBe('handed-over');
    expect(told({ ...settle, isGone: true, finalState: 'terminated' })).toBe('gone');
  });

  it('is no refusal where the time was over before EC2 was asked', () => {
    const decision = { action: 'stop', hibernate: false } as const;
    const failure = { text: 'StopInstances: Unavailable: wait', passes: true as const };
    for (const refusal of [UNTRIED, CHANGED, failure]) {
      const told = toReconciled(orphan, { decision, refusal, hold: null }, at('02:40'));
      expect(told).toMatchObject({ action: 'waiting', text: refusal.text });
    }
  });

  const finalStates: Partial<Record<ReconcileResult['action'], string>> = {
    restored: 'stopped',
    'handed-over': 'handed-over',
    'left-awake': 'running',
    gone: 'terminated',
  };
  const done = (
    action: ReconcileResult['action'],
    instanceId: string,
    text: string | null = null,
  ): ReconcileResult => ({
    instanceId,
    runId: 'run-1',
    action,
    finalState: finalStates[action] ?? null,
    wokenAt: null,
    text,
    name: 'db-1',
    originalState: 'stopped',
  });

  it('is over for those that are back, left awake or gone, and for no others', () => {
    const over = ['restored', 'handed-over', 'left-awake', 'gone'] as const;
    const actions = [...over, 'stopping', 'waiting', 'refused'] as const;
    expect(actions.filter((action) => isSettled(done(action, 'i-1')))).toEqual(over);
  });
});
