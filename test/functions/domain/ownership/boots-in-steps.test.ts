// What the steps make of a boot of which it is not sure, or not yet, that it is ours.
import type { InstanceFacts } from '../../../../functions/domain/model/instance.ts';
import type { Attempt } from '../../../../functions/domain/ownership/attempt.ts';
import { noteLostStart } from '../../../../functions/domain/steps/failed-step.ts';
import { checkReadiness } from '../../../../functions/domain/steps/readiness.ts';
import { decideRestore } from '../../../../functions/domain/steps/restore.ts';
import { decideStart } from '../../../../functions/domain/steps/start.ts';
import {
  agentFacts,
  anAttempt,
  anInstance,
  aProvedAttempt,
  at,
  ENDS,
  instanceFacts,
  leaseValue,
  ours,
  restoreCase,
  stamp,
  wokenFacts,
} from '../../../support/builders.ts';
import { aStartCase } from '../../../support/starts.ts';

/** EC2 has accepted the start at 02:00:03, and no look has shown its LaunchTime. */
const sought = (changes: Partial<Attempt> = {}): Attempt =>
  anAttempt({
    startBy: stamp('02:00:08'),
    boot: {
      kind: 'sought',
      repliedAt: stamp('02:00:03'),
      previousLaunchTime: instanceFacts().launchTime,
      previousTransitionReason: instanceFacts().transitionReason,
      wasSeenAwake: false,
    },
    ...changes,
  });
const doubtful = sought({ boot: { kind: 'doubtful' } });
const unshown = (changes: Partial<InstanceFacts> = {}) =>
  wokenFacts({ launchTime: instanceFacts().launchTime, ...changes });

describe('at the start, an instance that a lost attempt may have started', () => {
  const decide = (ec2: InstanceFacts, attempts: Attempt[], time = '02:00:45') =>
    decideStart(aStartCase({ ec2, lostAttempts: attempts, now: at(time) }));

  it('goes on while its boot is not shown yet: readiness looks again', () => {
    const attempts = [sought()];
    expect(decide(unshown(), attempts)).toMatchObject({
      look: { instance: { step: 'readiness', owner: { kind: 'reveille', attempts, wokenAt: stamp('02:00:45') } } },
    });
  });

  it('is left running where that is in doubt', () => {
    expect(decide(wokenFacts({ launchTime: stamp('02:00:30') }), [sought()])).toMatchObject({
      look: {
        instance: {
          step: 'readiness',
          owner: {
            kind: 'others',
            reason: {
              code: 'boot-in-doubt',
              text: 'whether its boot of 2026-12-06T02:00:30.000Z is the one that Reveille asked for is not certain, so it is left running',
            },
          },
        },
      },
    });
  });

  const lease = (attempts: Attempt[]) =>
    ({ kind: 'orphaned', originalState: 'stopped', attempts, deadSince: stamp('01:00'), ends: ENDS }) as const;

  it.each([
    ['is taken over while a dead run’s start may still show', sought(), unshown(), 'take-over'],
    ['is left running where a dead run’s start is in doubt', doubtful, unshown(), 'none'],
  ])('%s', (_what, attempt, ec2, action) => {
    const decision = decideStart(aStartCase({ ec2, lease: lease([attempt]), now: at('02:03') }));
    expect(decision.action).toBe(action);
    if (decision.action === 'none') {
      expect(decision.look.instance.owner).toMatchObject({ kind: 'others', reason: { code: 'boot-in-doubt' } });
    }
  });
});

describe('at readiness, an instance whose start EC2 has accepted', () => {
  const look = (ec2: InstanceFacts, attempt: Attempt, lastPingAt: string, time = '02:01') => {
    const instance = anInstance({ step: 'readiness', owner: ours([attempt], stamp('02:00:03')) });
    const agent = agentFacts({ lastPingAt: stamp(lastPingAt) });
    const seen = { instance, ec2, agent, checks: null, optOut: null };
    return checkReadiness({ ...seen, deadlineSeconds: 900, startDeadlineSeconds: 1800, now: at(time) });
  };

  it('is not ready while its LaunchTime is not shown: its pings may be of the boot before', () => {
    expect(look(unshown(), sought(), '02:00:50').waiting).toMatchObject({ reason: { code: 'booting' } });
    expect(look(wokenFacts({ launchTime: stamp('02:00:04') }), sought(), '02:00:50').instance.step).toBe('update');
  });

  it('is ready in doubt as well, once its agent has pinged since the start', () => {
    expect(look(unshown(), doubtful, '01:59', '02:06').instance.step).toBe('readiness');
    expect(look(unshown(), doubtful, '02:01', '02:06').instance.step).toBe('update');
  });

  it('that was stopped since is told of at once: its start need not show any more', () => {
    const stopped = instanceFacts({ transitionReason: 'User initiated (2026-12-06 02:00:20 GMT)' });
    expect(look(stopped, sought(), '01:59', '02:00:30').instance).toMatchObject({
      outcome: 'failed',
      reason: { code: 'stopped-in-run' },
    });
    expect(look(instanceFacts(), sought(), '01:59', '02:00:30').waiting).toMatchObject({
      reason: { code: 'start-not-shown' },
    });
  });
});

describe('at the end, an instance whose start EC2 has accepted', () => {
  const decide = (ec2: InstanceFacts, attempt: Attempt, time = '02:02') => {
    const owner = ours([attempt], stamp('02:00:03'));
    const instance = anInstance({ step: 'restore', stepSince: stamp('02:01'), outcome: 'failed', owner });
    return decideRestore(restoreCase(instance, ec2, { now: at(time), deadlineSeconds: 60 }));
  };

  it('is waited for while its boot is not shown, past any deadline, and for five minutes at most', () => {
    expect(decide(unshown(), sought(), '02:05:02')).toMatchObject({
      action: 'wait',
      reason: { code: 'start-not-shown' },
      until: stamp('02:05:03'),
    });
    expect(decide(unshown(), sought(), '02:05:03')).toMatchObject({
      action: 'settle',
      finalState: 'handed-over',
      releaseLease: true,
      reason: { code: 'boot-in-doubt' },
    });
  });

  it('is left awake in doubt, and stopped without', () => {
    const late = wokenFacts({ launchTime: stamp('02:00:30') });
    expect(decide(late, sought())).toMatchObject({ finalState: 'handed-over', reason: { code: 'boot-in-doubt' } });
    expect(decide(wokenFacts({ launchTime: stamp('02:00:08') }), sought())).toMatchObject({ action: 'stop' });
  });

  it('is someone else’s in any boot but the one that is ours', () => {
    const restarted = wokenFacts({ launchTime: stamp('02:00:31') });
    expect(decide(restarted, aProvedAttempt())).toMatchObject({ reason: { code: 'restarted-by-others' } });
  });

  it('says that its boot was assumed, where only a window spoke for it', () => {
    const asleep = wokenFacts({ state: 'stopped', stateReason: instanceFacts().stateReason });
    const settle = (attempt: Attempt, originalState: 'stopped' | 'hibernated' = 'stopped') => {
      const owner = ours([attempt], stamp('02:00:03'));
      const done = { step: 'restore', stopAcceptedAt: stamp('02:04'), outcome: 'updated', owner } as const;
      const given = restoreCase(anInstance({ ...done, originalState }), asleep, { now: at('02:05') });
      const decision = decideRestore({ ...given, expectedLease: leaseValue() });
      return decision.action === 'settle' ? decision.reason : decision.action;
    };
    expect(settle(anAttempt())).toEqual({
      code: 'boot-assumed',
      text: "its boot of 2026-12-06T02:00:30.000Z was taken for Reveille's: EC2's answer to the start was lost, and it came in time",
    });
    expect(settle(anAttempt(), 'hibernated')).toMatchObject({ code: 'hibernation-lost' });
    expect(settle(aProvedAttempt())).toBeNull();
  });

  it('counts as woken after a lost reply only if that boot is ours', () => {
    const unaware = anInstance({ step: 'restore', owner: ours([sought()]) });
    const noted = (ec2: InstanceFacts) => noteLostStart(unaware, ec2, at('02:02')).owner;
    expect(noted(wokenFacts({ launchTime: stamp('02:00:04') }))).toMatchObject({ wokenAt: stamp('02:00:04') });
    expect(noted(wokenFacts({ launchTime: stamp('02:00:30') }))).toMatchObject({ wokenAt: null });
  });
});
