import fc from 'fast-check';
import type { ManifestInstance } from '../../../../functions/domain/listing/manifest.ts';
import { buildPlan, planSchema } from '../../../../functions/domain/listing/plan.ts';
import { aRun, OLD, stamp, TARGET } from '../../../support/builders.ts';

const member = (changes: Partial<ManifestInstance> = {}): ManifestInstance => ({
  instanceId: 'i-1',
  name: null,
  group: 'dev',
  state: 'stopped',
  version: null,
  launchTime: null,
  platform: null,
  decision: 'take-part',
  originalState: 'stopped',
  reason: null,
  ignoredLease: null,
  ...changes,
});
const running = { state: 'running', originalState: 'running' } as const;
const spot = { decision: 'excluded', originalState: null, reason: { code: 'spot', text: 'Spot Instance' } } as const;
const inTransition = { decision: 'in-transition', originalState: null, state: 'stopping' } as const;
const plan = (...instances: ManifestInstance[]) => buildPlan({ run: aRun(), listedAt: stamp('02:00'), instances });

describe('a dry run that begins too late to wake any instance', () => {
  const { counts, instances } = buildPlan({
    run: aRun({ sendUntil: stamp('02:09') }),
    listedAt: stamp('02:00'),
    instances: [member(), member({ instanceId: 'i-2', ...running, version: OLD })],
  });

  it('says so, with the rule of the run itself, and that what runs is updated', () => {
    expect(counts).toMatchObject({ wake: 0, update: 1, excluded: 1 });
    expect(instances).toMatchObject([
      { action: 'exclude', reason: { code: 'out-of-time' }, originalState: 'stopped' },
      { action: 'update', reason: null },
    ]);
  });
});

describe('a dry run', () => {
  it.each<[string, string, Partial<ManifestInstance>]>([
    ['start, update and stop one that sleeps', 'start-update-stop', {}],
    ['wake one that sleeps though it was current when last seen', 'start-update-stop', { version: TARGET }],
    ['start, update and hibernate one that is hibernated', 'start-update-hibernate', { originalState: 'hibernated' }],
    ['update one that runs', 'update', { ...running, version: OLD }],
    ['update one that runs and does not say its version', 'update', running],
    ['update one with an unreadable version', 'update', { ...running, version: 'unknown' }],
    ['do nothing to one that runs with the target', 'none', { ...running, version: TARGET }],
    ['do nothing to one that runs with a newer version', 'none', { ...running, version: '3.10.0.0' }],
    ['wait for one that settles', 'wait', inTransition],
    ['leave one out', 'exclude', spot],
  ])('says that a run would %s', (_what, action, changes) => {
    expect(plan(member(changes)).instances[0]?.action).toBe(action);
  });

  it('says of each instance what is known of it', () => {
    expect(plan(member({ ...spot, version: OLD, state: 'running' })).instances).toEqual([
      {
        instanceId: 'i-1',
        group: 'dev',
        action: 'exclude',
        reason: spot.reason,
        versionBefore: OLD,
        originalState: 'running',
      },
    ]);
  });

  it('takes the original state for one that takes part', () => {
    expect(plan(member({ originalState: 'hibernated' })).instances[0]?.originalState).toBe('hibernated');
  });

  it('counts what would be done', () => {
    const all = [
      member(),
      member({ originalState: 'hibernated' }),
      member(running),
      member({ ...running, version: TARGET }),
      member(inTransition),
      member(spot),
      member(spot),
    ];
    expect(plan(...all)).toMatchObject({
      runId: 'run-1',
      dryRun: true,
      targetVersion: TARGET,
      counts: { intended: 7, wake: 2, update: 1, current: 1, inTransition: 1, excluded: 2 },
    });
  });

  it('tells of every instance once, counts each once, and can be read back', () => {
    const members = fc.array(
      fc
        .record({
          instanceId: fc.string(),
          decision: fc.constantFrom('take-part', 'excluded', 'in-transition'),
          originalState: fc.constantFrom('running', 'stopped', 'hibernated', null),
          version: fc.constantFrom(null, OLD, TARGET, 'unknown'),
          state: fc.constantFrom('running', 'stopped', null),
        })
        .map(member),
    );
    fc.assert(
      fc.property(members, (instances) => {
        const planned = plan(...instances);
        const { intended, ...parts } = planned.counts;
        expect(planned.instances.map(({ instanceId }) => instanceId)).toEqual(instances.map((one) => one.instanceId));
        expect(intended).toBe(instances.length);
        expect(Object.values(parts).reduce((sum, count) => sum + count, 0)).toBe(intended);
        expect(planSchema.parse(planned)).toEqual(planned);
      }),
    );
  });
});
