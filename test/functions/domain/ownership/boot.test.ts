import type { Ec2State } from '../../../../functions/domain/model/instance.ts';
import {
  type Attempt,
  bootOwnerOf,
  bootSoughtUntil,
  judgeAttempt,
} from '../../../../functions/domain/ownership/attempt.ts';
import type { Boot } from '../../../../functions/domain/ownership/boot.ts';
import { anAttempt, at, stamp } from '../../../support/builders.ts';

const BEFORE = stamp('01:00');
const STOPPED_BEFORE = 'User initiated (2026-12-06 01:30:00 GMT)';
const STOPPED_SINCE = 'User initiated (2026-12-06 02:00:20 GMT)';

/** EC2 has accepted the start of an instance that it had found stopped, at 02:00:10; recorded at 02:00:05. */
const sought: Boot = {
  kind: 'sought',
  repliedAt: stamp('02:00:10'),
  previousLaunchTime: BEFORE,
  previousTransitionReason: STOPPED_BEFORE,
  wasSeenAwake: false,
};
const attempt = anAttempt({ recordedAt: stamp('02:00:05'), startBy: stamp('02:00:15'), boot: sought });

/** When it was looked, and what was shown: state, LaunchTime, and why it was stopped. */
type Shown = [time: string, state: Ec2State, launchTime: string | null, transitionReason?: string];

const toLook = ([time, state, launchTime, transitionReason]: Shown) => ({
  at: at(time),
  state,
  launchTime: launchTime === null ? null : stamp(launchTime),
  transitionReason: transitionReason ?? (state === 'stopped' ? STOPPED_BEFORE : null),
});

/** What is known once all of these looks are made, one after the other. */
const after = (...looks: Shown[]) =>
  looks.reduce((known, look) => judgeAttempt(known, toLook(look)), attempt).boot?.kind;

const UNSHOWN = '01:00';

describe('the boot after a start that EC2 has accepted', () => {
  it.each<[string, Shown[]]>([
    ['two seconds before the reply', [['02:00:25', 'running', '02:00:08']]],
    ['five seconds after it', [['02:00:30', 'running', '02:00:15']]],
    ['whenever that is seen', [['05:00', 'running', '02:00:15']]],
    ['later than we look, by a clock that is ahead', [['02:00:12', 'pending', '02:00:40']]],
    ['though the look shows it stopped again', [['02:01', 'stopped', '02:00:11', 'Client.InternalError']]],
    [
      'half a minute late, and was seen starting before',
      [
        ['02:00:26', 'pending', UNSHOWN],
        ['02:00:45', 'running', '02:00:40'],
      ],
    ],
    [
      'sixty seconds late, and was seen running before',
      [
        ['02:01', 'running', UNSHOWN],
        ['02:01:15', 'running', '02:01:10'],
      ],
    ],
    [
      'late, after looks that lagged',
      [
        ['02:00:10.100', 'stopped', UNSHOWN],
        ['02:00:26', 'pending', UNSHOWN],
        ['02:00:45', 'running', '02:00:40'],
      ],
    ],
  ])('is ours where its LaunchTime comes %s', (_when, looks) => {
    expect(after(...looks)).toBe('known');
  });

  it.each<[string, Shown[]]>([
    ['came late, and the first look shows it', [['02:00:30', 'running', '02:00:16']]],
    [
      'came late, and looks before it only lagged',
      [
        ['02:00:26', 'stopped', UNSHOWN],
        ['02:00:45', 'running', '02:00:40'],
      ],
    ],
    [
      'came later than a minute',
      [
        ['02:01', 'pending', UNSHOWN],
        ['02:01:15', 'running', '02:01:11'],
      ],
    ],
    [
      'came after a stop that was seen',
      [
        ['02:00:26', 'running', UNSHOWN],
        ['02:00:40', 'stopping', UNSHOWN],
        ['02:01:05', 'running', '02:01:01'],
      ],
    ],
    [
      'came after it was seen stopped since',
      [
        ['02:00:26', 'running', UNSHOWN],
        ['02:00:41', 'stopped', UNSHOWN, STOPPED_SINCE],
        ['02:01:05', 'running', '02:01:01'],
      ],
    ],
    [
      'is stopping already when it is seen, late',
      [
        ['02:00:26', 'pending', UNSHOWN],
        ['02:00:45', 'stopping', '02:00:40'],
      ],
    ],
    [
      'is not shown for five minutes',
      [
        ['02:01', 'pending', UNSHOWN],
        ['02:05:10', 'running', UNSHOWN],
      ],
    ],
    ['is not shown for five minutes, and it looks stopped', [['02:05:10', 'stopped', UNSHOWN]]],
  ])('is doubtful where it %s, and stays so', (_why, looks) => {
    expect(after(...looks)).toBe('doubtful');
    expect(after(...looks, ['02:06', 'running', '02:00:12'])).toBe('doubtful');
  });

  it.each<[string, Shown]>([
    ['stopped, as it was before', ['02:00:10.100', 'stopped', UNSHOWN]],
    ['without a LaunchTime', ['02:00:26', 'pending', null]],
    ['awake, with the LaunchTime of before', ['02:05:09', 'running', UNSHOWN]],
    ['in a boot of before our record, which is shown late', ['02:00:11', 'running', '01:59:59']],
  ])('is still looked for where a look shows it %s', (_what, look) => {
    expect(after(look)).toBe('sought');
  });

  it('does not count as seen starting in a boot of before that is shown late', () => {
    expect(after(['02:00:11', 'running', '01:59:59'], ['02:00:45', 'running', '02:00:40'])).toBe('doubtful');
  });
});

describe('whose boot it is', () => {
  const known = (launchTime: string): Attempt => ({
    ...attempt,
    boot: { kind: 'known', launchTime: stamp(launchTime), isAssumed: false },
  });
  const doubtful: Attempt = { ...attempt, boot: { kind: 'doubtful' } };
  const whose = (attempts: Attempt[], ...look: Shown) => bootOwnerOf(attempts, toLook(look), at(look[0]));

  it('is ours once it is known, and then no other is, however close', () => {
    expect(whose([known('02:00:12')], '02:10', 'running', '02:00:12')).toBe('ours');
    expect(whose([known('02:00:12')], '02:10', 'running', '02:00:13')).toBe('others');
  });

  it('is someone else’s once ours was seen going down, however late EC2 shows its LaunchTime', () => {
    const falling = judgeAttempt(known('02:00:12'), toLook(['02:10', 'stopping', '02:00:12']));
    const over = judgeAttempt(falling, toLook(['02:10:20', 'stopped', '02:00:12']));
    expect(over.boot).toMatchObject({ kind: 'known', endedAt: stamp('02:10') });
    expect(whose([over], '02:10:30', 'stopped', '02:00:12')).toBe('ours');
    expect(whose([over], '02:11', 'running', '02:00:12')).toBe('open');
    expect(bootSoughtUntil([over])).toBe(stamp('02:15'));
    expect(whose([over], '02:15', 'pending', '02:00:12')).toBe('doubtful');
    expect(whose([over], '02:11', 'running', '02:10:50')).toBe('others');
  });

  it('is not over by a state that EC2 shows of a boot of before', () => {
    expect(judgeAttempt(known('02:00:12'), toLook(['02:10', 'stopped', UNSHOWN]))).toEqual(known('02:00:12'));
  });

  it('is open while EC2 may still show it, and then doubtful', () => {
    expect(whose([attempt], '02:01', 'pending', UNSHOWN)).toBe('open');
    expect(whose([attempt], '02:06', 'pending', UNSHOWN)).toBe('doubtful');
    expect(whose([doubtful], '02:01', 'running', '02:00:12')).toBe('doubtful');
  });

  it('is that of any attempt', () => {
    expect(whose([doubtful, known('02:00:12')], '02:10', 'running', '02:00:12')).toBe('ours');
  });

  it('is assumed by the window where EC2’s reply is not known, from three seconds before the record', () => {
    const lost = anAttempt({ recordedAt: stamp('02:00:05'), startBy: stamp('02:00:28') });
    const judged = (launchTime: string) => judgeAttempt(lost, toLook(['02:10', 'running', launchTime])).boot;
    expect(judged('02:00:02')).toEqual({ kind: 'known', launchTime: stamp('02:00:02'), isAssumed: true });
    expect(judged('02:00:28')).toMatchObject({ isAssumed: true });
    expect([judged('02:00:01'), judged('02:00:29')]).toEqual([undefined, undefined]);
    expect(whose([lost], '02:10', 'running', '02:00:29')).toBe('others');
  });

  it.each<[string, Shown, string]>([
    ['is open while the LaunchTime of before is shown', ['02:01', 'pending', UNSHOWN], 'open'],
    ['is doubtful five minutes later', ['02:05:28', 'running', UNSHOWN], 'doubtful'],
    ['is ours in the window', ['02:10', 'running', '02:00:28'], 'ours'],
    ['is doubtful after it', ['02:10', 'running', '02:00:29'], 'doubtful'],
    ['is doubtful long after it', ['02:10', 'running', '02:04:00'], 'doubtful'],
    ['is someone else’s before the window', ['02:10', 'running', '02:00:01'], 'others'],
    ['is doubtful after a stop that was seen', ['02:01', 'stopped', UNSHOWN, STOPPED_SINCE], 'doubtful'],
  ])('%s, where EC2’s reply is not known and only a record tells of the start', (_what, look, owner) => {
    const recorded = { ...attempt, startBy: stamp('02:00:28'), boot: { ...sought, repliedAt: null } };
    expect(whose([recorded], ...look)).toBe(owner);
  });

  it('can be that of no attempt whose start was refused', () => {
    const refused = anAttempt({ startBy: anAttempt().recordedAt });
    expect(whose([refused], '02:10', 'running', '02:00')).toBe('others');
  });
});
