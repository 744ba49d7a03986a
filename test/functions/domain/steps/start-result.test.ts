import type { BatchInstance } from '../../../../functions/domain/batch/batch-instance.ts';
import { attemptsOf } from '../../../../functions/domain/ownership/owner.ts';
import { decideStart, type StartCase } from '../../../../functions/domain/steps/start.ts';
import {
  answeredRecord,
  applyStart,
  type StartResult,
  wasAwake,
} from '../../../../functions/domain/steps/start-result.ts';
import { aRecord, completed } from '../../../support/bucket.ts';
import {
  anAttempt,
  anInstance,
  at,
  ENDS,
  instanceFacts,
  ours,
  stamp,
  theirs,
  wokenFacts,
} from '../../../support/builders.ts';
import { aLostAttempt, aStartCase } from '../../../support/starts.ts';

const DEADLINE_SECONDS = 1200;
/** Recorded at 02:00, answered three seconds later; its Lambda is dead at 02:01. */
const ATTEMPT = { attempt: 'attempt-1', recordedAt: stamp('02:00'), startBy: stamp('02:01') };
const NOW = at('02:00:03');
const LOST = aLostAttempt({ attempt: 'lost', recordedAt: stamp('01:50'), startBy: stamp('01:51') });

/** What is known of the boot that an accepted start brings, before any look. */
const SOUGHT = {
  kind: 'sought',
  repliedAt: stamp('02:00:03'),
  previousLaunchTime: instanceFacts().launchTime,
  previousTransitionReason: instanceFacts().transitionReason,
  wasSeenAwake: false,
} as const;

const accepted = (previousState: string, mayHaveTakenEffect = false, answered = '02:00:03'): StartResult => ({
  kind: 'accepted',
  previousState,
  mayHaveTakenEffect,
  answeredAt: stamp(answered),
});
const refused = (code: string) => ({ kind: 'start-refused', error: { code, message: 'no' }, isItsOwn: true }) as const;
const look = (result: StartResult, { instance = anInstance(), lostAttempts = [] as (typeof LOST)[], now = NOW } = {}) =>
  applyStart({
    instance,
    ec2: instanceFacts(),
    result,
    attempt: ATTEMPT,
    lostAttempts,
    deadlineSeconds: DEADLINE_SECONDS,
    now,
  });
const apply = (...given: Parameters<typeof look>) => look(...given).instance;
const newestOf = ({ owner }: BatchInstance) => attemptsOf(owner)[0];

describe('an instance whose start was accepted', () => {
  it('is ours, awake from now on, and its boot can be no later than five seconds after EC2’s answer', () => {
    expect(apply(accepted('stopped'))).toMatchObject({
      step: 'readiness',
      stepSince: stamp('02:00:03'),
      owner: ours([{ ...ATTEMPT, startBy: stamp('02:00:08'), boot: SOUGHT }], stamp('02:00:03')),
    });
  });

  it('has its answer when the call with it had one, however long others were asked for', () => {
    const late = apply(accepted('stopped'), { now: at('02:00:18') });
    expect(late).toMatchObject({
      owner: ours([{ ...ATTEMPT, startBy: stamp('02:00:08'), boot: SOUGHT }], stamp('02:00:03')),
      sightings: { startAcceptedAt: stamp('02:00:03') },
    });
  });

  it('leaves the boot to the attempt that was lost before, where EC2 found it awake: none can be its own', () => {
    const found = attemptsOf(apply(accepted('pending'), { lostAttempts: [LOST] }).owner);
    expect(found).toEqual([{ ...ATTEMPT, startBy: ATTEMPT.recordedAt }, LOST]);
  });

  it('can have booted until its Lambda is dead where EC2 was asked twice: the first asking may still come', () => {
    expect(newestOf(apply(accepted('stopped', true)))?.startBy).toBe(stamp('02:01'));
  });

  it('can not have booted after its Lambda’s death, however late the answer', () => {
    expect(newestOf(apply(accepted('stopped', false, '02:00:58'), { now: at('02:00:58') }))?.startBy).toBe(
      stamp('02:01'),
    );
  });

  it('keeps what earlier attempts may have done', () => {
    expect(attemptsOf(apply(accepted('stopped'), { lostAttempts: [LOST] }).owner).slice(1)).toEqual([LOST]);
  });

  it.each(['running', 'pending'])('is someone else’s where EC2 found it %s', (previousState) => {
    expect(apply(accepted(previousState))).toMatchObject({
      step: 'readiness',
      owner: theirs(
        [{ ...ATTEMPT, startBy: ATTEMPT.recordedAt }],
        `it was ${previousState} already when Reveille started it, so it stays running`,
      ),
    });
  });

  it.each([
    ['EC2 was asked twice', accepted('pending', true), []],
    ['an attempt before was lost', accepted('pending'), [LOST]],
  ])('may be ours though EC2 found it awake: %s', (_what, result, lostAttempts) => {
    expect(apply(result, { lostAttempts }).owner).toMatchObject({ kind: 'reveille', wokenAt: stamp('02:00:03') });
  });

  it.each([
    [accepted('running'), true],
    [accepted('pending'), true],
    [accepted('stopped'), false],
    [accepted('unknown'), false],
    [refused('running'), false],
    [{ kind: 'taken-over' } as const, false],
  ])('was awake or not: %j', (result, awake) => {
    expect(wasAwake(result)).toBe(awake);
  });
});

describe('an instance whose start was not accepted', () => {
  const notStarted = ours([{ ...ATTEMPT, startBy: ATTEMPT.recordedAt }]);

  it('is tried again later, held by its lease, and can have had no boot of this attempt', () => {
    expect(apply(refused('InsufficientInstanceCapacity'))).toMatchObject({
      step: 'start',
      owner: notStarted,
      retryAt: stamp('02:02:03'),
      lastRefusal: 'it was not started: StartInstances: InsufficientInstanceCapacity: no',
    });
    expect(apply(refused('IncorrectInstanceState'))).toMatchObject({ step: 'start', retryAt: stamp('02:00:33') });
  });

  it('has failed where that never passes, and its lease is to go', () => {
    expect(apply(refused('InvalidKMSKey.InvalidState'))).toMatchObject({
      step: 'restore',
      outcome: 'failed',
      reason: { code: 'start-refused', text: 'it was not started: StartInstances: InvalidKMSKey.InvalidState: no' },
      owner: notStarted,
    });
  });

  it('still awaits its start where there was no time', () => {
    const lastRefusal = 'no time was left to start it';
    expect(apply({ kind: 'lease-untried' })).toEqual(anInstance({ lastRefusal }));
    expect(apply({ kind: 'start-untried' })).toEqual(anInstance({ owner: notStarted, lastRefusal }));
    const waiting = { reason: { code: 'no-time-to-start', text: lastRefusal }, until: stamp('02:30') };
    expect(look({ kind: 'start-untried' }).waiting).toEqual(waiting);
  });

  it.each(['lease-untried', 'start-untried'] as const)(
    'is given up after half an hour, whatever its deadline: %s',
    (kind) => {
      expect(apply({ kind }, { now: at('02:29:59') }).step).toBe('start');
      const late = apply({ kind }, { now: at('02:30'), lostAttempts: [LOST] });
      expect(late).toMatchObject({
        step: 'restore',
        outcome: 'failed',
        reason: { code: 'not-started', text: expect.stringContaining('(tried again for 30 minutes)') },
      });
      expect(attemptsOf(late.owner)).toContainEqual(LOST);
    },
  );

  it('is given up later where its deployment leaves it more time', () => {
    const given = {
      instance: anInstance(),
      ec2: instanceFacts(),
      attempt: ATTEMPT,
      lostAttempts: [],
      deadlineSeconds: 3600,
    };
    const untriedAt = (time: string) => applyStart({ ...given, result: { kind: 'start-untried' }, now: at(time) });
    expect(untriedAt('02:59:59').waiting?.until).toBe(stamp('03:00'));
    expect(untriedAt('03:00').instance).toMatchObject({ step: 'restore', outcome: 'failed' });
  });

  it('waits where all leases were refused: any of them may be to blame, until its time is over', () => {
    const result = {
      kind: 'lease-refused',
      error: { code: 'TagPolicyViolation', message: 'no' },
      isItsOwn: false,
    } as const;
    expect(look(result, { now: at('02:19') }).waiting).toMatchObject({ reason: { code: 'waiting-to-start' } });
    expect(apply(result, { now: at('02:20') })).toMatchObject({ outcome: 'failed', reason: { code: 'lease-refused' } });
  });

  it('has failed without its lease, and is held only by what was there before', () => {
    const error = { code: 'TagLimitExceeded', message: 'too many tags' };
    const result = { kind: 'lease-refused', error, isItsOwn: true } as const;
    expect(apply(result)).toMatchObject({
      step: 'restore',
      outcome: 'failed',
      owner: { kind: 'none' },
      reason: {
        code: 'lease-refused',
        text: 'its lease tag was not written, so it was not started: CreateTags: TagLimitExceeded: too many tags',
      },
    });
    expect(apply(result, { lostAttempts: [LOST] }).owner).toEqual(ours([LOST]));
    const held = anInstance({ owner: ours([anAttempt({ attempt: 'before' })]) });
    expect(apply(result, { instance: held, lostAttempts: [LOST] }).owner).toEqual(
      ours([anAttempt({ attempt: 'before' }), LOST]),
    );
  });
});

describe('a record once the replies are in', () => {
  const of = (instanceId: string, result: StartResult) => apply(result, { instance: anInstance({ instanceId }) });

  it('says until when a boot of each instance can be of this attempt, and of which none can', () => {
    const held = [
      of('i-started', accepted('stopped')),
      of('i-asked-twice', accepted('stopped', true)),
      of('i-awake', accepted('running')),
      of('i-refused', refused('InvalidKMSKey.InvalidState')),
      of('i-taken-over', { kind: 'taken-over' }),
      of('i-untried', { kind: 'start-untried' }),
      of('i-unleased', { kind: 'lease-untried' }),
    ];
    const record = aRecord(held.map(({ instanceId }) => instanceId));
    const ends = { 'i-started': stamp('02:00:08'), 'i-asked-twice': stamp('02:01') };
    const replies = { 'i-started': stamp('02:00:03'), 'i-asked-twice': stamp('02:00:03') };
    expect(answeredRecord(record, held)).toEqual(completed(record, ends, replies));
  });

  it('claims no boot at all where no start was sent', () => {
    expect(answeredRecord(aRecord(['i-1', 'i-2']), [])).toEqual(completed(aRecord(['i-1', 'i-2'])));
  });

  it('claims none of an instance that another attempt has started', () => {
    const other = anInstance({ instanceId: 'i-1', owner: ours([anAttempt({ attempt: 'other' })]) });
    expect(answeredRecord(aRecord(['i-1']), [other])).toEqual(completed(aRecord(['i-1'])));
  });
});

describe('a decision about an instance that awaits its start', () => {
  const decide = (changes: Partial<StartCase> = {}) => decideStart(aStartCase({ now: NOW, ...changes }));
  const look = (changes: Partial<StartCase> = {}) => {
    const decision = decide(changes);
    return decision.action === 'none' ? decision.look : null;
  };
  const decided = (changes: Partial<StartCase> = {}) => look(changes)?.instance;

  it('leaves to the starting what is to be started or taken over', () => {
    expect(look()).toBeNull();
    const lease = { kind: 'orphaned', originalState: 'stopped', deadSince: stamp('01:00'), ends: ENDS } as const;
    expect(look({ ec2: wokenFacts(), lease: { ...lease, attempts: [anAttempt()] } })).toBeNull();
  });

  it('lets wait what waits', () => {
    const instance = anInstance();
    expect(decided({ instance, ec2: instanceFacts({ state: 'stopping' }) })).toBe(instance);
    const later = anInstance({ retryAt: stamp('02:05') });
    expect(decided({ instance: later })).toBe(later);
  });

  it('goes on with what a lost attempt has started, since its boot', () => {
    const lostAttempts = [aLostAttempt()];
    expect(decided({ ec2: wokenFacts(), lostAttempts })).toMatchObject({
      step: 'readiness',
      owner: ours([anAttempt()], stamp('02:00:30')),
    });
    // Without a LaunchTime no boot is ours.
    expect(decided({ ec2: wokenFacts({ launchTime: null }), lostAttempts })).toMatchObject({
      owner: { kind: 'others', attempts: [anAttempt()], reason: { code: 'started-by-others' } },
    });
  });

  const byOthers = wokenFacts({ launchTime: stamp('01:30') });
  it.each([
    ['leaves to others', byOthers, { kind: 'others', step: 'readiness' }],
    ['fails', instanceFacts({ state: 'terminated' }), { kind: 'reveille', step: 'restore', outcome: 'failed' }],
  ])('%s what has to be, with whatever attempt may have tagged it', (_what, ec2, { kind, ...expected }) => {
    expect(decided({ ec2 })).toMatchObject({ ...expected, owner: { kind: kind === 'others' ? kind : 'none' } });
    const lostAttempts = [aLostAttempt({ attempt: 'lost' })];
    expect(decided({ ec2, lostAttempts })).toMatchObject({ ...expected, owner: { kind, attempts: lostAttempts } });
    const instance = anInstance({ owner: ours([anAttempt()]) });
    expect(decided({ ec2, instance, lostAttempts })).toMatchObject({
      ...expected,
      owner: { kind, attempts: [...lostAttempts, anAttempt()] },
    });
  });
});
