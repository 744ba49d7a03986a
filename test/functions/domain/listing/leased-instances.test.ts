import { decideEligibility } from '../../../../functions/domain/listing/eligibility.ts';
import type { InstanceFacts } from '../../../../functions/domain/model/instance.ts';
import { isBenignExclusion } from '../../../../functions/domain/model/reason.ts';
import type { LeaseStatus } from '../../../../functions/domain/ownership/lease-status.ts';
import { buildReport } from '../../../../functions/domain/report/report.ts';
import {
  aMember,
  anAttempt,
  aRun,
  at,
  ENDS,
  instanceFacts,
  stamp,
  UNSEEN,
  wokenFacts,
} from '../../../support/builders.ts';

const OPT_OUT_TAG = 'reveille:skip';
const busy: LeaseStatus = { kind: 'busy', why: 'run run-0 holds it' };
const ending: LeaseStatus = { kind: 'ending', why: 'run run-0, which held it, has just ended' };
const ignored: LeaseStatus = { kind: 'ignored', why: 'run run-0 has no record of it' };
const orphaned = (originalState: 'stopped' | 'hibernated' = 'stopped'): LeaseStatus => ({
  kind: 'orphaned',
  originalState,
  attempts: [anAttempt()],
  deadSince: stamp('02:30'),
  ends: ENDS,
});

const judge = (lease: LeaseStatus, instance: InstanceFacts = instanceFacts(), now = at('02:40')) =>
  decideEligibility(instance, lease, { key: OPT_OUT_TAG, timeZone: 'UTC' }, now);

describe('an instance that a dead run has left awake', () => {
  it('is put back as it was until that run’s end, and runs for any run after it', () => {
    const awake = wokenFacts();
    expect(judge(orphaned(), awake, at('06:00'))).toMatchObject({ originalState: 'stopped' });
    expect(judge(orphaned(), awake, at('06:00:00.001'))).toMatchObject({ originalState: 'running' });
  });

  it('takes part as it was, past that end too, if it sleeps', () => {
    expect(judge(orphaned('hibernated'), instanceFacts(), at('07:00'))).toMatchObject({ originalState: 'hibernated' });
  });
});

describe('an instance that carries a lease', () => {
  it('is left out while that one is at work, and that fails the run', () => {
    const { decision, reason } = judge(busy);
    expect({ decision, reason }).toEqual({ decision: 'excluded', reason: { code: 'busy', text: busy.why } });
    expect(isBenignExclusion('busy')).toBe(false);
  });

  it.each(['pending', 'stopping', 'running'] as const)('is left out as busy also while it is %s', (state) => {
    expect(judge(busy, instanceFacts({ state }))).toMatchObject({ reason: { code: 'busy' } });
  });

  it('is waited for while its run is ending', () => {
    expect(judge(ending)).toEqual({
      decision: 'in-transition',
      originalState: null,
      reason: { code: 'in-transition', text: ending.why },
    });
  });

  it('takes part as if it carried none when that lease holds nothing', () => {
    expect(judge(ignored)).toMatchObject({ decision: 'take-part', originalState: 'stopped' });
    expect(judge(ignored, wokenFacts())).toMatchObject({ decision: 'take-part', originalState: 'running' });
  });

  it('keeps its own reasons to be out, whatever run holds it', () => {
    const optedOut = instanceFacts({ tags: { [OPT_OUT_TAG]: 'yes' } });
    for (const lease of [busy, ending, orphaned()]) expect(judge(lease, optedOut).reason?.code).toBe('opted-out');
    const gone = instanceFacts({ state: 'terminated' });
    for (const lease of [busy, ending, orphaned()]) expect(judge(lease, gone).reason?.code).toBe('terminated');
  });
});

describe('an instance that a dead run has left behind', () => {
  it('is to be as it was before that run, and not as it is now: the run had woken it', () => {
    expect(judge(orphaned(), wokenFacts())).toMatchObject({ decision: 'take-part', originalState: 'stopped' });
    expect(judge(orphaned('hibernated'), wokenFacts())).toMatchObject({ originalState: 'hibernated' });
  });

  it('stays hibernated in memory where EC2 shows a plain stop by now', () => {
    expect(judge(orphaned('hibernated'))).toMatchObject({ decision: 'take-part', originalState: 'hibernated' });
  });

  it('counts as running where someone else has started it since', () => {
    const restarted = wokenFacts({ launchTime: stamp('02:40') });
    expect(judge(orphaned(), restarted)).toMatchObject({ decision: 'take-part', originalState: 'running' });
  });

  it.each(['pending', 'stopping'] as const)('is waited for while it is %s', (state) => {
    expect(judge(orphaned(), wokenFacts({ state }))).toMatchObject({ decision: 'in-transition' });
  });
});

describe('a report', () => {
  const report = (ignoredLease: string | null) =>
    buildReport({
      manifest: {
        run: aRun(),
        listedAt: stamp('02:00'),
        allowEmpty: false,
        groups: ['dev'],
        batches: 0,
        instances: [aMember('i-1', { ignoredLease }), aMember('i-2', { ignoredLease, decision: 'excluded' })],
      },
      results: [],
      observed: new Map(),
      again: UNSEEN,
      error: undefined,
      now: at('03:00'),
    });

  it('notes whose lease was ignored and why, whatever became of them', () => {
    const notes = [
      { code: 'lease-ignored', text: 'its tag reveille:lease holds nothing: run run-0 has no record of it' },
    ];
    expect(report('run run-0 has no record of it').instances.map((one) => one.notes)).toEqual([notes, notes]);
    expect(report(null).instances.map((one) => one.notes)).toEqual([[], []]);
  });
});
