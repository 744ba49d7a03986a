import fc from 'fast-check';
import type { BatchInstance, InstanceAt } from '../../../../functions/domain/batch/batch-instance.ts';
import type { Manifest, ManifestInstance } from '../../../../functions/domain/listing/manifest.ts';
import { isBenignExclusion } from '../../../../functions/domain/model/reason.ts';
import { buildReport, coverageHolds, type Observed, reportSchema } from '../../../../functions/domain/report/report.ts';
import { anyBatchInstance } from '../../../support/arbitraries.ts';
import {
  aMember,
  anInstance,
  aRun,
  at,
  aWokenInstance,
  NO_DETAILS,
  OLD,
  stamp,
  TARGET,
  UNSEEN,
} from '../../../support/builders.ts';

const NOW = at('02:30');
const member = (instanceId: string, changes: Partial<ManifestInstance> = {}): ManifestInstance =>
  aMember(instanceId, { name: null, ...changes });
const excluded = (instanceId: string, code: string | null) =>
  member(instanceId, {
    decision: 'excluded',
    originalState: null,
    reason: code === null ? null : { code, text: 'why' },
  });
const settled = (instanceId: string, changes: Partial<InstanceAt<'settled'>> = {}) =>
  aWokenInstance({
    instanceId,
    step: 'settled',
    stepSince: stamp('02:10:30'),
    heardAt: stamp('02:09'),
    outcome: 'updated',
    versionBefore: OLD,
    versionAfter: TARGET,
    restoredAt: stamp('02:10:30'),
    finalState: 'stopped',
    ...changes,
  });
const manifest = (instances: ManifestInstance[], changes: Partial<Manifest> = {}): Manifest => ({
  run: aRun(),
  listedAt: stamp('02:00'),
  allowEmpty: false,
  groups: ['dev'],
  batches: 1,
  instances,
  ...changes,
});
interface Circumstances {
  seen?: Observed;
  caught?: { Error: string; Cause: string };
  allowEmpty?: boolean;
}
const report = (
  instances: ManifestInstance[],
  results: BatchInstance[],
  { seen = new Map(), caught, allowEmpty = false }: Circumstances = {},
) =>
  buildReport({
    manifest: manifest(instances, { allowEmpty }),
    results,
    observed: seen,
    again: UNSEEN,
    error: caught,
    now: NOW,
  });

describe('a run in which all went well', () => {
  it('succeeded, and tells of each instance what became of it', () => {
    const good = report([member('i-1', { group: 'prod' })], [settled('i-1')]);
    expect(good).toEqual({
      schemaVersion: 3,
      listedAt: stamp('02:00'),
      causes: [],
      checks: good.checks,
      runId: 'run-1',
      status: 'succeeded',
      startedAt: stamp('02:00'),
      endedAt: stamp('02:30'),
      diedBeforeReport: false,
      account: '123456789012',
      region: 'eu-central-1',
      timeZone: 'UTC',
      targetVersion: TARGET,
      counts: { intended: 1, updated: 1, alreadyCurrent: 0, failed: 0, excluded: 0 },
      instances: [
        {
          instanceId: 'i-1',
          name: null,
          group: 'prod',
          outcome: 'updated',
          reason: null,
          notes: [],
          versionBefore: OLD,
          versionAfter: TARGET,
          originalState: 'stopped',
          finalState: 'stopped',
          wokenAt: stamp('02:00:30'),
          restoredAt: stamp('02:10:30'),
          awakeSeconds: 600,
          ...NO_DETAILS,
          platform: 'Linux/UNIX',
          times: { ...NO_DETAILS.times, settledAt: stamp('02:10:30') },
          proof: { pingAt: stamp('02:09'), version: TARGET },
        },
      ],
    });
    expect(reportSchema.safeParse(good).success).toBe(true);
  });

  it.each([
    ['stopped', 'running', 'failed'],
    ['stopped', 'pending', 'failed'],
    ['hibernated', 'running', 'failed'],
    ['hibernated', 'pending', 'failed'],
    ['running', 'running', 'succeeded'],
    ['stopped', 'handed-over', 'failed'],
    ['hibernated', 'handed-over', 'failed'],
    ['running', 'handed-over', 'succeeded'],
    ['hibernated', 'hibernated', 'succeeded'],
  ] as const)('of an update of one that was %s, and is %s now, has %s', (originalState, finalState, status) => {
    const seen = report([member('i-1', { originalState })], [settled('i-1', { originalState, finalState })]);
    expect(seen.status).toBe(status);
  });

  it('succeeded with benign exclusions, which are reported as they were found', () => {
    const { status, counts, instances } = report([member('i-1'), excluded('i-2', 'opted-out')], [settled('i-1')]);
    expect(status).toBe('succeeded');
    expect(counts).toMatchObject({ intended: 2, updated: 1, excluded: 1 });
    expect(instances[1]).toMatchObject({
      outcome: 'excluded',
      reason: { code: 'opted-out' },
      originalState: 'stopped',
      finalState: 'stopped',
      wokenAt: null,
    });
  });

  it('succeeded when every instance was current already', () => {
    expect(report([member('i-1')], [settled('i-1', { outcome: 'already-current' })])).toMatchObject({
      status: 'succeeded',
      counts: { alreadyCurrent: 1 },
    });
  });

  it('knows the version before from the listing where the instance ran, and else from its agent', () => {
    const listed = member('i-1', { version: '3.3.40.0' });
    expect(report([listed], [settled('i-1', { versionBefore: null })]).instances[0]?.versionBefore).toBe('3.3.40.0');
    expect(report([listed], [settled('i-1')]).instances[0]?.versionBefore).toBe(OLD);
  });
});

describe('a run fails', () => {
  const others = [member('i-1'), member('i-2')];
  const first = settled('i-1');

  it('when one instance has failed', () => {
    const failed = settled('i-2', { outcome: 'failed', reason: { code: 'no-disk-space', text: 'full' } });
    const { status, instances } = report(others, [first, failed]);
    expect(status).toBe('failed');
    expect(instances[1]).toMatchObject({ outcome: 'failed', reason: { code: 'no-disk-space' } });
  });

  it.each(['still-in-transition', 'in-transition', 'busy', '', null])(
    'when an exclusion would hide a failure: %j',
    (code) => {
      expect(report([member('i-1'), excluded('i-2', code)], [first]).status).toBe('failed');
    },
  );

  it.each(['lease-removed', 'hibernation-lost', 'restarted-by-others'])(
    'when a promise was not kept though the update succeeded: %s',
    (code) => {
      const unkept = settled('i-2', { reason: { code, text: 'why' } });
      expect(report(others, [first, unkept])).toMatchObject({ status: 'failed', counts: { updated: 2, failed: 0 } });
    },
  );

  it.each(['started-by-others', 'updated-by-others'])(
    'but not when someone else has acted on one that is asleep again: %s',
    (code) => {
      const handedOver = settled('i-2', { finalState: 'stopped', reason: { code, text: 'why' } });
      expect(report(others, [first, handedOver]).status).toBe('succeeded');
    },
  );

  it('when no instance took part', () => {
    expect(report([excluded('i-1', 'spot')], []).status).toBe('failed');
    expect(report([], []).status).toBe('failed');
  });

  it('but not when that is allowed', () => {
    expect(report([excluded('i-1', 'spot')], [], { allowEmpty: true }).status).toBe('succeeded');
    expect(report([], [], { allowEmpty: true }).status).toBe('succeeded');
    expect(report([excluded('i-1', 'still-in-transition')], [], { allowEmpty: true }).status).toBe('failed');
  });
});

describe('an instance without a settled result', () => {
  const lost = { outcome: 'failed', reason: { code: 'no-result' } };

  it.each<[string, BatchInstance[]]>([
    ['has no result at all', []],
    ['has only a foreign result', [settled('i-9')]],
    ['is still being worked on', [aWokenInstance({ instanceId: 'i-1', step: 'update' })]],
    ['is updated, but not put back', [aWokenInstance({ instanceId: 'i-1', step: 'restore', outcome: 'updated' })]],
    ['is settled without an outcome', [settled('i-1', { outcome: null })]],
  ])('has failed: it %s', (_how, results) => {
    expect(report([member('i-1')], results)).toMatchObject({ status: 'failed', instances: [lost] });
  });

  it('says what ended its batch', () => {
    const caught = { Error: 'States.Timeout', Cause: 'too slow' };
    expect(report([member('i-1')], [], { caught }).instances[0]?.reason?.text).toContain('States.Timeout: too slow');
  });

  it('is shown as it was seen last', () => {
    const seen: Observed = new Map([['i-1', { finalState: 'running' }]]);
    const unsettled = aWokenInstance({ instanceId: 'i-1', step: 'update' });
    expect(report([member('i-1')], [unsettled], { seen }).instances[0]).toMatchObject({
      finalState: 'running',
      wokenAt: stamp('02:00:30'),
      restoredAt: null,
      awakeSeconds: null,
    });
    expect(report([member('i-1')], []).instances[0]?.finalState).toBeNull();
  });
});

describe('whatever the batches have brought', () => {
  const ids = fc.constantFrom('i-1', 'i-2', 'i-3', 'i-4', 'i-5');
  const codes = fc.constantFrom(null, 'spot', 'still-in-transition', 'in-transition', 'unheard-of');
  const members = fc.oneof(
    ids.map((id) => member(id)),
    fc.tuple(ids, codes).map(([id, code]) => excluded(id, code)),
    ids.map((id) => member(id, { decision: 'in-transition', originalState: null })),
  );
  const instances = fc.uniqueArray(members, { selector: ({ instanceId }) => instanceId });
  const result = fc.oneof(
    ids.map((id) => settled(id)),
    fc.tuple(ids, anyBatchInstance).map(([instanceId, instance]) => ({ ...instance, instanceId })),
    fc.constant(anInstance({ instanceId: 'i-foreign', step: 'settled', outcome: 'updated' })),
  );
  const runs = fc.tuple(instances, fc.array(result, { maxLength: 8 }), fc.boolean());

  it('every intended instance is there exactly once, no other is, and the equation holds', () => {
    fc.assert(
      fc.property(runs, ([meant, results, allowEmpty]) => {
        const { counts, instances: told } = report(meant, results, { allowEmpty });
        expect(told.map(({ instanceId }) => instanceId)).toEqual(meant.map(({ instanceId }) => instanceId));
        expect(counts.intended).toBe(meant.length);
        expect(counts.updated + counts.alreadyCurrent + counts.failed + counts.excluded).toBe(meant.length);
        expect(coverageHolds(counts)).toBe(true);
      }),
    );
  });

  it('a run with anything wrong in it never succeeds', () => {
    fc.assert(
      fc.property(runs, ([meant, results, allowEmpty]) => {
        const { status, instances: told } = report(meant, results, { allowEmpty });
        const isWrong = told.some(
          ({ outcome, reason }) =>
            outcome === 'failed' || (outcome === 'excluded' && !isBenignExclusion(reason?.code ?? '')),
        );
        const noneTookPart = told.every(({ outcome }) => outcome === 'excluded');
        if (isWrong || (noneTookPart && !allowEmpty)) expect(status).toBe('failed');
      }),
    );
  });

  it('no instance is said to be updated without a settled result that says so', () => {
    fc.assert(
      fc.property(runs, ([meant, results]) => {
        for (const { instanceId, outcome } of report(meant, results).instances) {
          if (outcome !== 'updated' && outcome !== 'already-current') continue;
          const own = results.filter((one) => one.instanceId === instanceId);
          expect(own.some((one) => one.step === 'settled' && one.outcome === outcome)).toBe(true);
        }
      }),
    );
  });
});
