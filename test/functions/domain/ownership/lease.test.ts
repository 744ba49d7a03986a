import fc from 'fast-check';
import { recordKey, recordPrefix } from '../../../../functions/domain/model/object-keys.ts';
import { type Attempt, bootOwnerOf } from '../../../../functions/domain/ownership/attempt.ts';
import { formatLease, parseLease } from '../../../../functions/domain/ownership/lease.ts';
import { attemptsOn, startRecordSchema } from '../../../../functions/domain/ownership/start-record.ts';
import { aRecord } from '../../../support/bucket.ts';
import { anAttempt, at, ENDS, INSTANCE_ID, seeking, stamp } from '../../../support/builders.ts';

/** Whether only the windows of these attempts make a boot ours: EC2's replies to them are not known. */
const isOurBoot = (launchTime: string | null, attempts: Attempt[]) =>
  bootOwnerOf(attempts, { state: 'running', transitionReason: null, launchTime }, at('04:00')) === 'ours';

const names = (maxLength: number) => fc.string({ minLength: 1, maxLength }).filter((name) => !name.includes('/'));
const leases = fc.record({ stateMachine: names(80), runId: names(80), child: names(46), attempt: names(36) });

describe('a lease', () => {
  it('reads as state machine, run, child and attempt', () => {
    const lease = { stateMachine: 'reveille', runId: 'run-1', child: 'child-1', attempt: 'attempt-1' };
    expect(formatLease(lease)).toBe('reveille/run-1/child-1/attempt-1');
  });

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(leases, (lease) => {
        expect(parseLease(formatLease(lease))).toEqual(lease);
      }),
    );
  });

  it('of the longest names fits into a tag', () => {
    const [stateMachine, runId, child, attempt] = ['s'.repeat(80), 'r'.repeat(80), 'c'.repeat(46), 'a'.repeat(36)];
    expect(formatLease({ stateMachine, runId, child, attempt }).length).toBeLessThanOrEqual(256);
  });

  it('that EC2 would refuse for its length is refused before', () => {
    const lease = { stateMachine: 's', runId: 'r', child: 'c', attempt: '' };
    expect(formatLease({ ...lease, attempt: 'a'.repeat(250) })).toHaveLength(256);
    expect(() => formatLease({ ...lease, attempt: 'a'.repeat(251) })).toThrow(RangeError);
  });

  it.each(['', '/', '///', 'a/b/c', 'a/b/c/', '/b/c/d', 'a//c/d', 'a/b/c/d/e', 'true', 'someone else'])(
    'is not what %j says',
    (junk) => {
      expect(parseLease(junk)).toBeNull();
    },
  );

  it('read from any junk is either ours to the letter or nothing', () => {
    const junk = fc.oneof(
      fc.string(),
      fc.array(fc.string({ maxLength: 3 }), { maxLength: 6 }).map((s) => s.join('/')),
    );
    fc.assert(
      fc.property(junk, (value) => {
        const lease = parseLease(value);
        if (lease !== null) expect(formatLease(lease)).toBe(value);
      }),
    );
  });
});

describe('a boot', () => {
  const attempts = [anAttempt({ recordedAt: stamp('02:00:10.400'), startBy: stamp('02:01:10') })];

  it.each([
    ['right after the record', '02:00:11'],
    ['a little before the record: LaunchTime has whole seconds, and was seen two before the reply', '02:00:08'],
    ['at the last moment of the Lambda that wrote the record', '02:01:10'],
  ])('is ours when it comes %s', (_when, time) => {
    expect(isOurBoot(stamp(time), attempts)).toBe(true);
  });

  it.each([
    ['before the record', '02:00:07'],
    ['after that Lambda was dead', '02:01:11'],
    ['an hour later', '03:00:30'],
  ])('is someone else’s when it comes %s', (_when, time) => {
    expect(isOurBoot(stamp(time), attempts)).toBe(false);
  });

  it('of which EC2 does not say the time is not ours', () => {
    expect(isOurBoot(null, attempts)).toBe(false);
  });

  it('is ours for every whole second in which our start can have come, and for none outside', () => {
    const start = at('02:00').getTime();
    fc.assert(
      fc.property(
        fc.nat(999),
        fc.integer({ min: 1, max: 60 }),
        fc.nat(120_000),
        (recordedMs, aliveSeconds, startedMs) => {
          const recordedAt = new Date(start + recordedMs);
          const startBy = new Date(recordedAt.getTime() + aliveSeconds * 1000);
          const startedAt = new Date(recordedAt.getTime() + startedMs);
          const launchTime = new Date(Math.floor(startedAt.getTime() / 1000) * 1000);
          const attempt = {
            attempt: 'attempt-1',
            recordedAt: recordedAt.toISOString(),
            startBy: startBy.toISOString(),
          };
          const isOurs = isOurBoot(launchTime.toISOString(), [attempt]);
          if (startedAt <= startBy) expect(isOurs).toBe(true);
          if (launchTime > startBy) expect(isOurs).toBe(false);
        },
      ),
    );
  });
});

describe('several attempts on one instance', () => {
  const attempt = (name: string, recordedAt: string, startBy: string) => ({
    attempt: name,
    recordedAt: stamp(recordedAt),
    startBy: stamp(startBy),
  });
  const first = attempt('attempt-1', '02:00', '02:01');
  const second = attempt('attempt-2', '02:05', '02:06');

  it.each([
    ['02:00:30', true],
    ['02:05:30', true],
    ['02:03:00', false],
    ['02:07:00', false],
  ])('may each have caused the boot, and nothing between them: %s', (time, isOurs) => {
    expect(isOurBoot(stamp(time), [second, first])).toBe(isOurs);
  });

  it('cannot have caused a boot if their starts were refused or never tried', () => {
    const refused = { ...second, startBy: second.recordedAt };
    expect(isOurBoot(second.recordedAt, [refused])).toBe(false);
    expect(isOurBoot(stamp('02:00:30'), [refused, first])).toBe(true);
  });
});

describe('a record', () => {
  it('lies with its run, by child and attempt: what a lease says is enough to find it', () => {
    const leaseholder = { stateMachine: 'reveille', runId: 'run-1', child: 'child-1' };
    expect(recordKey(leaseholder, 'attempt-1')).toBe('runs/run-1/records/child-1/attempt-1.json');
    expect(recordPrefix(leaseholder)).toBe('runs/run-1/records/child-1/');
  });

  const record = {
    runId: 'run-1',
    stateMachine: 'reveille-update-agents',
    child: 'child-1',
    batch: 0,
    attempt: 'attempt-1',
    recordedAt: stamp('02:00'),
    instances: [
      {
        instanceId: INSTANCE_ID,
        originalState: 'hibernated',
        previousLaunchTime: null,
        previousTransitionReason: null,
        repliedAt: null,
        startBy: stamp('02:01'),
        adopted: [],
        ...ENDS,
      },
    ],
  };

  it('says what is to be put back, and how it was', () => {
    expect(startRecordSchema.parse(record)).toEqual(record);
  });

  it('tells of each of its instances whose boots are its own, and which windows it took over', () => {
    const dead = { attempt: 'dead', recordedAt: stamp('01:00'), startBy: stamp('01:01') };
    const [member] = aRecord([INSTANCE_ID]).instances;
    if (member === undefined) throw new Error('no member');
    const taken = aRecord([], { instances: [{ ...member, startBy: stamp('02:00'), adopted: [dead] }] });
    const second = anAttempt({ attempt: 'attempt-2', recordedAt: stamp('02:05'), startBy: stamp('02:06') });
    const later = aRecord(['i-other', INSTANCE_ID], second);
    expect(attemptsOn(INSTANCE_ID, [taken, later])).toEqual([
      anAttempt({ startBy: stamp('02:00') }),
      dead,
      seeking(second),
    ]);
    expect(attemptsOn('i-none', [taken, later])).toEqual([]);
  });

  it('of an earlier version has no ends: nothing more is sent, and its instances may be stopped for four hours', () => {
    const old = record.instances.map(({ sendUntil: _, stopUntil: __, ...member }) => member);
    const { instances } = startRecordSchema.parse({ ...record, instances: old });
    expect(instances).toMatchObject([{ sendUntil: stamp('02:00'), stopUntil: stamp('06:00') }]);
  });

  it('tells of a start that EC2 has accepted which boot is looked for', () => {
    const previousTransitionReason = 'User initiated (2026-12-05 18:00:00 GMT)';
    const [member] = aRecord([INSTANCE_ID]).instances;
    if (member === undefined) throw new Error('no member');
    const repliedAt = stamp('02:00:03');
    const answered = aRecord([], { instances: [{ ...member, previousTransitionReason, repliedAt }] });
    const boot = { kind: 'sought', repliedAt, previousLaunchTime: null, previousTransitionReason, wasSeenAwake: false };
    expect(attemptsOn(INSTANCE_ID, [answered])).toEqual([{ ...anAttempt(), boot }]);
  });

  it('without a time is no record', () => {
    expect(startRecordSchema.safeParse({ ...record, recordedAt: 'yesterday' }).success).toBe(false);
  });
});
