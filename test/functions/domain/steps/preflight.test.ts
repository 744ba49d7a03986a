import type { InstanceAt } from '../../../../functions/domain/batch/batch-instance.ts';
import type { InstanceFacts } from '../../../../functions/domain/model/instance.ts';
import {
  applyPreflight,
  groupForPreflight,
  needsPreflight,
  type PreflightAnswer,
} from '../../../../functions/domain/steps/preflight.ts';
import { aLeasedInstance, aRun, at, instanceFacts, leasedFacts, stamp } from '../../../support/builders.ts';
import { leased } from '../../../support/functions.ts';
import { heldAt } from '../../../support/looks.ts';

const LEASEHOLDER = { ...aRun(), child: 'child-1' };
const OPEN: PreflightAnswer = { kind: 'open' };
const DENIED: PreflightAnswer = { kind: 'refused', text: 'UnauthorizedOperation: with an explicit deny' };
const UNTRIED: PreflightAnswer = { kind: 'untried' };

const trying = (changes: Partial<InstanceAt<'preflight'>> = {}) => aLeasedInstance({ step: 'preflight', ...changes });
const tried = trying({ lastRefusal: 'UnauthorizedOperation: before' });
const look = (time: string, answer: PreflightAnswer, instance = trying(), ec2: InstanceFacts = leasedFacts()) =>
  applyPreflight({ instance, ec2, answer, leaseholder: LEASEHOLDER, now: at(time) });

describe('an instance whose way back is tried', () => {
  it('goes to its start once the way is open, whose time begins then', () => {
    expect(look('02:00:15', OPEN, tried).instance).toMatchObject({
      step: 'start',
      stepSince: stamp('02:00:15'),
      owner: { kind: 'reveille', wokenAt: null },
      lastRefusal: null,
    });
  });

  it('is asked for again for five minutes, whatever was refused: the policy may not see its lease yet', () => {
    expect(look('02:04:59', DENIED, tried)).toMatchObject({
      instance: { step: 'preflight', lastRefusal: 'UnauthorizedOperation: with an explicit deny' },
      waiting: { reason: { code: 'trying-way-back' }, until: stamp('02:05') },
    });
  });

  it('is not woken after that, and says what EC2 said', () => {
    expect(look('02:05', DENIED, tried).instance).toMatchObject({
      step: 'restore',
      outcome: 'failed',
      reason: {
        code: 'way-back-denied',
        text: 'it could not be stopped again, so it was not started: UnauthorizedOperation: with an explicit deny',
      },
      owner: { kind: 'reveille', wokenAt: null },
    });
  });

  it('is asked for once more after its first refusal, however late that comes', () => {
    expect(look('02:12', DENIED).instance.step).toBe('preflight');
    const untried = trying({ lastRefusal: 'no time was left to try its way back' });
    expect(look('02:12', DENIED, untried).instance.step).toBe('preflight');
  });

  it('is not asked for once it is too late to wake it, as in a run that was redriven hours later', () => {
    expect(needsPreflight(trying(), leasedFacts(), at('04:34'))).toBe(true);
    expect(needsPreflight(trying(), leasedFacts(), at('04:36'))).toBe(false);
    expect(look('04:36', DENIED, tried).instance.step).toBe('start');
  });

  it('says that its lease is gone where it is: no stop is allowed without it', () => {
    const gone = look('02:05', DENIED, tried, instanceFacts()).instance;
    expect(gone).toMatchObject({ outcome: 'failed', reason: { code: 'lease-removed' } });
    const others = leasedFacts({ tags: leased('another/run/child/attempt') });
    expect(heldAt('restore', look('02:05', DENIED, tried, others).instance).reason?.code).toBe('lease-removed');
  });

  it.each([
    ['running', leasedFacts({ state: 'running' })],
    ['terminated', leasedFacts({ state: 'terminated' })],
  ])('is StartInstances’ to judge where it sleeps no more: %s', (_what, ec2) => {
    expect(look('02:05', DENIED, tried, ec2).instance.step).toBe('start');
  });

  it('is waited for where someone has started and stopped it: no start goes before an answer', () => {
    const stopping = leasedFacts({ state: 'stopping' });
    expect(look('02:29:59', OPEN, tried, stopping)).toMatchObject({
      instance: { step: 'preflight' },
      waiting: { reason: { code: 'stopping' }, until: stamp('02:30') },
    });
    expect(look('02:30', OPEN, tried, stopping).instance).toMatchObject({
      step: 'restore',
      outcome: 'failed',
      reason: { code: 'stuck-stopping', text: 'it is still stopping, 30 minutes after it was leased' },
    });
  });

  it('has half an hour where there was no time to ask: that says nothing of it', () => {
    expect(look('02:29:59', UNTRIED)).toMatchObject({
      instance: { step: 'preflight' },
      waiting: { until: stamp('02:30') },
    });
    expect(look('02:30', UNTRIED).instance).toMatchObject({
      step: 'restore',
      reason: { code: 'not-started', text: expect.stringContaining('(tried again for 30 minutes)') },
    });
    expect(heldAt('preflight', look('02:10', UNTRIED, tried).instance).lastRefusal).toBe(tried.lastRefusal);
  });
});

describe('the instances that are asked for together', () => {
  const one = (instanceId: string, tags: Record<string, string>, changes: Partial<InstanceAt<'preflight'>> = {}) => ({
    instance: trying({ instanceId, ...changes }),
    ec2: leasedFacts({ instanceId, tags }),
  });
  const groups = (...asleep: ReturnType<typeof one>[]) =>
    groupForPreflight(asleep).map((group) => group.map(({ instance }) => instance.instanceId));

  it('have the same keys and values of tags, in whatever order', () => {
    expect(groups(one('a', { team: 'x', stage: 'dev' }), one('b', { stage: 'dev', team: 'x' }))).toEqual([['a', 'b']]);
    expect(groups(one('a', { team: 'x' }), one('b', { team: 'y' }), one('c', { tram: 'x' }))).toEqual([
      ['a'],
      ['b'],
      ['c'],
    ]);
    expect(groups(one('a', {}), one('b', { team: 'x' }))).toEqual([['a'], ['b']]);
  });

  it('are stopped in the same way', () => {
    expect(groups(one('a', {}), one('b', {}, { originalState: 'hibernated' }))).toEqual([['a'], ['b']]);
  });

  it('come last where they were refused before: what was not asked for yet has its turn first', () => {
    expect(groups(one('a', { n: '1' }, { lastRefusal: 'denied' }), one('b', { n: '2' }))).toEqual([['b'], ['a']]);
  });
});
